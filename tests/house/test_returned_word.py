"""An agent whose transfer failed hears why on the phone, over the talk, and the citizen does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Self

import pytest

from core.demo.phone import Phone, PhoneCall
from core.i18n import translated
from core.telephony import pcm
from core.telephony.call_control.transfers import RETURNED
from core.telephony.prompts import text_key
from tests.house.front import Front
from tests.house.line import AGENT_HZ, CALLER_HZ, Desk, desk, hears, hears_anew, soon
from tests.house.running import House

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("returned"), pytest.mark.timeout(300)]

# What the site has recorded for each word.
WORDS = {"busy": (486, 880.0), "declined": (603, 660.0)}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("returned") / "site")
    house.start()
    clips = house.home / "clips"
    clips.mkdir(exist_ok=True)
    for why, (_status, hz) in WORDS.items():
        name = text_key(translated(RETURNED[why].phrase, "zh_CN"))
        (clips / f"{name}.wav").write_bytes(pcm.write_wav(pcm.tone(hz, 6.0)))
    yield house
    assert house.stop() == 0


@pytest.fixture
async def agent(house: House) -> AsyncIterator[Desk]:
    async with desk(house, Front(house)) as agent:
        yield agent


class Refuses:
    """A colleague's phone that says no."""

    def __init__(self, house: House, status: int) -> None:
        self.status = status
        self.phone = Phone(house.server, "8002", "demo-8002", on_call=self._no)

    def _no(self, call: PhoneCall) -> None:
        call.reject(self.status, "No")

    async def __aenter__(self) -> Self:
        await self.phone.open()
        assert await self.phone.register() == 200
        return self

    async def __aexit__(self, *_args: object) -> None:
        await self.phone.register(0)
        await self.phone.close()


@pytest.mark.parametrize("by", ["desk", "phone"])
@pytest.mark.parametrize("why", list(WORDS))
async def test_why_a_transfer_failed_is_heard_by_the_agents_phone_alone(
    house: House, agent: Desk, why: str, by: str
) -> None:
    status, hz = WORDS[why]
    front = Front(house)
    async with Refuses(house, status), agent.talk() as talk:
        await talk.goes_on()
        before = len(agent.calls)
        if by == "desk":
            call = await asyncio.to_thread(lambda: front.call(talk.caller)["id"])
            await asyncio.to_thread(front.act, call, "transfer", "8001", "8002")
            await soon(lambda: len(agent.calls) > before)
        else:
            assert await talk.agent.refer("8002") == 202
        phone = agent.calls[-1]
        await soon(lambda: hears(phone, hz))
        assert not hears(talk.call, hz)
        # Over the talk, which goes on under it and after it.
        await hears_anew(talk.call, AGENT_HZ)
        assert not hears(talk.call, hz)
        await hears_anew(phone, CALLER_HZ)
        await soon(lambda: not hears(phone, hz))
