"""The house against phones that we did not write: sipp, and baresip for the registrar."""

from __future__ import annotations

import asyncio
import shutil
import socket
from pathlib import Path
from typing import Self

import pytest

from core.telephony import inputs as inp
from tests.core.telephony.signalling.house import House

SCENARIOS = Path(__file__).parents[3] / "peers"

pytestmark = [pytest.mark.peers, pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed")]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sipp:
    """One run of sipp; ``async with`` ends it whatever happens."""

    def __init__(self, house: House, where: Path, scenario: str, *options: str, limit_s: int = 20) -> None:
        self.port = free_port()
        name = ["-sn", scenario] if not scenario.endswith(".xml") else ["-sf", str(SCENARIOS / scenario)]
        self.arguments = [
            *(f"127.0.0.1:{house.sip.port}", *name, "-i", "127.0.0.1", "-p", str(self.port), "-mp", str(free_port())),
            *("-nostdin", "-timeout", f"{limit_s}s", "-timeout_error", *options),
        ]
        self.where = where

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            "sipp",
            *self.arguments,
            cwd=self.where,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_args: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def result(self) -> int:
        """0: every call went well; 1: some did not."""
        _, said = await self.process.communicate()
        assert self.process.returncode in (0, 1), said.decode()[-500:]
        return self.process.returncode


class At:
    """Something with a port, for ``House.place``."""

    def __init__(self, port: int) -> None:
        self.port = port


def uac(house: House, tmp_path: Path, calls: int, rate: int, *options: str, limit_s: int = 20) -> Sipp:
    arguments = ("-s", "8001", "-m", str(calls), "-r", str(rate), "-d", "100", *options)
    return Sipp(house, tmp_path, "signalling_uac.xml", *arguments, limit_s=limit_s)


async def test_sipp_registers_with_the_right_password_and_fails_with_a_wrong_one(house: House, tmp_path: Path) -> None:
    async with Sipp(
        house, tmp_path, "signalling_register.xml", "-s", "8001", "-ap", "demo-8001", "-au", "8001", "-m", "1"
    ) as ok:
        assert await ok.result() == 0
    assert house.sip.contacts("8001") == [f"sip:8001@127.0.0.1:{ok.port}"]
    async with Sipp(
        house, tmp_path, "signalling_register.xml", "-s", "8002", "-ap", "wrong", "-au", "8002", "-m", "1"
    ) as no:
        assert await no.result() == 1
    assert house.sip.contacts("8002") == []


async def test_sipp_calls_a_sipp_phone_through_the_house(house: House, tmp_path: Path) -> None:
    async with Sipp(house, tmp_path, "signalling_uas.xml", "-m", "20") as phone:
        house.place("8001", At(phone.port))  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        async with uac(house, tmp_path, 20, 20) as caller:
            assert await caller.result() == 0
        await house.quiet()
        assert house.kinds().count("LegAnswered") == 40
        assert await phone.result() == 0


async def test_sipps_own_caller_scenario_is_content(house: House, tmp_path: Path) -> None:
    house.on = house.answer_all
    async with Sipp(house, tmp_path, "uac", "-s", "96001", "-m", "10", "-r", "20", "-d", "50") as caller:
        assert await caller.result() == 0
    await house.quiet()


@pytest.mark.slow
async def test_with_a_tenth_of_all_messages_lost_every_call_still_ends_and_nearly_all_connect(
    house: House, tmp_path: Path
) -> None:
    house.ring_s = 40.0
    async with Sipp(house, tmp_path, "signalling_uas.xml", "-lost", "10", limit_s=60) as phone:
        house.place("8001", At(phone.port))  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        async with uac(house, tmp_path, 30, 20, "-lost", "10", limit_s=50) as caller:
            await caller.result()
        await house.quiet(45)
    answered = [given for given in house.inputs if isinstance(given, inp.LegAnswered)]
    assert len(answered) >= 2 * 29
