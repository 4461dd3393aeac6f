from __future__ import annotations

import asyncio

from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.signalling import Signalling
from core.telephony.signalling.fake import FakeSignalling


def test_the_fake_has_every_public_method_of_the_real_one_that_the_engine_uses() -> None:
    for name in ("start", "stop", "execute", "contacts", "legs_up"):
        assert callable(getattr(Signalling, name))
        assert callable(getattr(FakeSignalling, name))


async def test_the_fake_fails_a_dial_to_nobody_as_the_real_one_does() -> None:
    told: list[inp.Input] = []
    fake = FakeSignalling(told.append)
    fake.phones["8001"] = ["sip:8001@10.0.0.9"]
    fake.execute(cmd.Dial(inp.LegId("a"), "139", "", extension="8001"))
    fake.execute(cmd.Dial(inp.LegId("b"), "139", "", extension="8002"))
    assert told == []
    await asyncio.sleep(0)
    assert told == [inp.LegFailed(inp.LegId("b"), 480, "not registered")]
    fake.execute(cmd.HangUp(inp.LegId("b")))
    assert fake.legs_up() == 1
