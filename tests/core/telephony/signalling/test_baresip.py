"""The house against baresip: it registers with its password, and answers by itself."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Self

import pytest

from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.signalling.house import House

MODULES = next(
    (path for path in (Path("/usr/lib/baresip/modules"), *Path("/usr/lib").glob("*/baresip/modules")) if path.is_dir()),
    None,
)

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(shutil.which("baresip") is None or MODULES is None, reason="baresip is not installed"),
]


class Baresip:
    def __init__(self, house: House, where: Path, extension: str, password: str) -> None:
        self.where = where / "baresip"
        self.where.mkdir()
        (self.where / "config").write_text(
            f"sip_listen 127.0.0.1:0\nmodule_path {MODULES}\nmodule g711.so\nmodule_tmp account.so\n"
            "module_app menu.so\naudio_player aubridge,none\naudio_source aubridge,none\nmodule aubridge.so\n"
            "rtp_ports 45000-46000\n"
        )
        (self.where / "accounts").write_text(
            f"<sip:{extension}@127.0.0.1:{house.sip.port}>;auth_pass={password};regint=60;answermode=auto\n"
        )

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            "baresip",
            "-f",
            str(self.where),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return self

    async def __aexit__(self, *_args: object) -> None:
        self.process.kill()
        await self.process.wait()


async def test_baresip_registers_answers_and_is_hung_up(house: House, tmp_path: Path) -> None:
    house.on = None
    async with Baresip(house, tmp_path, "8001", "demo-8001"):
        assert (await house.seen(inp.Registered, timeout=8)).extension == "8001"
        house.sip.execute(cmd.Dial(inp.LegId("a"), "139", "张三", extension="8001"))
        assert (await house.seen(inp.LegAnswered, timeout=5)).leg == "a"
        assert house.media.connected["a"][-1].payload_type in (0, 8)
        house.sip.execute(cmd.HangUp(inp.LegId("a")))
        await asyncio.sleep(0.2)
        assert house.sip.tm.tclient == {}
        await house.quiet()
