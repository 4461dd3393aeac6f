"""Robot phones on the running house for tests of failures: a citizen and an agent talk, each humming its own tone."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from core.demo.phone import Phone, PhoneCall
from core.demo.rtp_stream import tone
from tests.house.front import Front
from tests.house.running import House, until
from tests.house.tones import alaw, level_db

CALLER_HZ, AGENT_HZ = 1030.0, 1730.0
BEEP_HZ = 880.0
# Half a second in pieces: a packet that a busy machine lost costs one of them and not the phase of all.
PIECES, PIECE_BYTES = 10, 400
_numbers = itertools.count(13900030000)


async def soon(check: Callable[[], Any], limit_s: float = 30.0) -> Any:
    """As ``until``, with the phones going on meanwhile."""
    return await asyncio.to_thread(until, check, limit_s)


def hears(call: PhoneCall, hz: float) -> bool:
    """Whether the newest half second that this phone heard is this tone, nearly all of it."""
    assert call.rtp is not None
    heard = bytes(call.rtp.heard[-PIECES * PIECE_BYTES :])
    if len(heard) < PIECES * PIECE_BYTES:
        return False
    pieces = (heard[at : at + PIECE_BYTES] for at in range(0, len(heard), PIECE_BYTES))
    return sum(level_db(alaw(piece), hz) > -25 for piece in pieces) >= 0.7 * PIECES


async def hears_anew(call: PhoneCall, hz: float, limit_s: float = 30.0) -> None:
    """From now on."""
    assert call.rtp is not None
    call.rtp.heard.clear()
    await soon(lambda: hears(call, hz), limit_s)


async def dial(house: House, number: str, caller: str = "") -> tuple[Phone, PhoneCall]:
    """A citizen who calls and is answered, by whomever."""
    citizen = Phone(house.server, caller or str(next(_numbers)))
    await citizen.open()
    call = await citizen.call(number)
    await asyncio.wait_for(call.answered.wait(), 30)
    assert call.rtp is not None
    call.rtp.say, call.rtp.keep = tone(CALLER_HZ), True
    return citizen, call


class Talk:
    def __init__(self, citizen: Phone, call: PhoneCall, agent: PhoneCall) -> None:
        self.citizen, self.call, self.agent = citizen, call, agent
        self.caller = citizen.user

    async def goes_on(self) -> None:
        """Both are on the line and hear each other."""
        assert not self.call.ended.is_set()
        assert not self.agent.ended.is_set()
        await hears_anew(self.call, AGENT_HZ)
        await hears_anew(self.agent, CALLER_HZ)


class Desk:
    """An agent's phone that picks up by itself."""

    def __init__(self, house: House, extension: str) -> None:
        self.house, self.extension = house, extension
        self.calls: list[PhoneCall] = []
        self.phone = Phone(house.server, extension, f"demo-{extension}", on_call=self._ring)

    async def _ring(self, call: PhoneCall) -> None:
        await call.answer()
        assert call.rtp is not None
        call.rtp.say, call.rtp.keep = tone(AGENT_HZ), True
        self.calls.append(call)

    @asynccontextmanager
    async def talk(self, number: str = "96001") -> AsyncIterator[Talk]:
        """The desk must be ready."""
        before = len(self.calls)
        citizen, call = await dial(self.house, number)
        await soon(lambda: len(self.calls) > before)
        try:
            yield Talk(citizen, call, self.calls[-1])
        finally:
            await call.hang_up()
            await citizen.close()


@asynccontextmanager
async def desk(house: House, front: Front, extension: str = "8001") -> AsyncIterator[Desk]:
    """Registered and ready; signed off afterwards."""
    made = Desk(house, extension)
    await made.phone.open()
    assert await made.phone.register() == 200
    await asyncio.to_thread(front.ready, extension)
    try:
        yield made
    finally:
        await asyncio.to_thread(front.sign_off, extension)
        await made.phone.register(0)
        await made.phone.close()


async def ready_again(front: Front, extension: str = "8001") -> None:
    """After a call: its after-call work is done."""
    await asyncio.to_thread(front.post, f"agents/{extension}/wrap-up", category="咨询", note="")
    await asyncio.to_thread(front.becomes, extension, "ready")
