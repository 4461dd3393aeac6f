"""A citizen calls and an agent answers, through the running house: phones, bridge, recording, events, restarts."""

from __future__ import annotations

import asyncio
import urllib.error

import numpy as np
import pytest

from core.demo.phone import Phone, PhoneCall
from core.demo.rtp_stream import tone
from core.telephony.media import g711
from core.telephony.media.recorder import HEADER_BYTES
from tests.house.running import House, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("house"), pytest.mark.timeout(150)]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house") / "site", fresh=True)
    house.start()
    yield house
    assert house.stop() == 0


def loudest_hz(samples: np.ndarray) -> float:
    """The strongest frequency of a signal: with whole seconds of tone this is exact to a hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * 8000 / len(samples))


def decoded(data: bytes) -> np.ndarray:
    return g711.DECODE[np.frombuffer(data, np.uint8).astype(int) + 256].astype(float)


class Desk:
    """Agent 8001's phone, which picks up by itself and hums at 500 Hz."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.calls: list[PhoneCall] = []
        self.answering = True
        self.phone = Phone(house.server, "8001", "demo-8001", on_call=self._ring)

    async def _ring(self, call: PhoneCall) -> None:
        self.calls.append(call)
        if self.answering:
            await call.answer()
            call.rtp.say = tone(500)
            call.rtp.keep = True

    async def sign_on(self) -> None:
        await self.phone.open()
        assert await self.phone.register() == 200
        token = await asyncio.to_thread(self.house.token)
        await asyncio.to_thread(
            self.house.ask, "POST", "/api/v1/agents/8001/state", {"state": "ready", "reason": ""}, token
        )


async def wait_for(check, limit_s: float = 6.0):
    return await asyncio.to_thread(until, check, limit_s)


async def talk(house: House, desk: Desk, dialled: str = "96001") -> tuple[Phone, PhoneCall]:
    citizen = Phone(house.server, "13900001234")
    await citizen.open()
    call = await citizen.call(dialled)
    await asyncio.wait_for(call.answered.wait(), 5)
    call.rtp.say = tone(1000)
    call.rtp.keep = True
    before = len(desk.calls)
    await wait_for(lambda: len(desk.calls) > before or (desk.calls and not desk.calls[-1].ended.is_set()))
    return citizen, call


@pytest.fixture
async def desk(house):
    desk = Desk(house)
    await desk.sign_on()
    yield desk
    await desk.phone.register(0)
    await desk.phone.close()


def finish_wrap_up(house: House) -> None:
    token = house.token()
    try:
        house.ask("POST", "/api/v1/agents/8001/wrap-up", {"category": "咨询", "note": ""}, token)
    except urllib.error.HTTPError:
        return


@pytest.mark.flickered
async def test_both_hear_each_other_and_the_recording_holds_each_on_its_channel(house, desk):
    citizen, call = await talk(house, desk)
    await asyncio.sleep(2.5)
    assert abs(loudest_hz(decoded(bytes(call.rtp.heard))[-8000:]) - 500) < 4
    assert abs(loudest_hz(decoded(bytes(desk.calls[-1].rtp.heard))[-8000:]) - 1000) < 4
    # On disk within a second of being heard, while the call lasts.
    await call.hang_up()
    # The demo's history has recordings, too.
    this = [p["call_id"] for kind, p in house.events() if kind == "call_arrived"][-1]
    saved = await wait_for(
        lambda: [p for kind, p in house.events() if kind == "recording_saved" and p["call_id"] == this]
    )
    path = house.home / "recordings" / saved[-1]["path"]
    stereo = np.frombuffer(path.read_bytes()[HEADER_BYTES:], np.uint8).reshape(-1, 2)
    assert abs(loudest_hz(decoded(stereo[-8000:, 0].tobytes())) - 1000) < 4
    assert abs(loudest_hz(decoded(stereo[-8000:, 1].tobytes())) - 500) < 4
    await citizen.close()
    await asyncio.to_thread(finish_wrap_up, house)


async def test_every_step_of_a_call_is_in_the_event_log_in_order(house, desk):
    citizen, call = await talk(house, desk)
    token = await asyncio.to_thread(house.token)
    rows = (await asyncio.to_thread(house.live, token))["calls"]
    talking = [row for row in rows if row["agent"] == "8001"]
    assert talking[0]["state"] == "talking"
    await call.hang_up()
    call_id = talking[0]["id"]
    mine = await wait_for(
        lambda: (e := [k for k, p in house.events() if p.get("call_id") == call_id]) and "call_ended" in e and e
    )
    wanted = [
        "call_arrived",
        "call_queued",
        "agent_rang",
        "ring_ended",
        "queue_left",
        "call_answered",
        "recording_started",
        "segment_ended",
        "wrap_up_started",
        "call_ended",
    ]
    assert [kind for kind in mine if kind in wanted] == wanted
    await citizen.close()
    await asyncio.to_thread(finish_wrap_up, house)


async def test_the_menu_is_spoken_and_its_key_leads_to_the_repair_queue(house, desk):
    citizen = Phone(house.server, "13900005678")
    await citizen.open()
    call = await citizen.call("96000")
    await asyncio.wait_for(call.answered.wait(), 5)
    call.rtp.keep = True
    # On a busy machine the very first prompt is still being made when the first call comes in.
    await wait_for(lambda: np.abs(decoded(bytes(call.rtp.heard))).max(initial=0) > 2000, 15)
    # Keys are taken while the welcome is still being spoken only once the menu is reached.
    await wait_for(lambda: call.rtp.received > 600, 20)
    call.press("1")
    queued = await wait_for(lambda: [p for k, p in house.events() if k == "call_queued" and p["queue"] == "repair"], 8)
    assert queued
    await call.hang_up()
    await citizen.close()
    await asyncio.to_thread(finish_wrap_up, house)


async def test_the_call_goes_on_when_the_media_process_is_killed(house, desk):
    citizen, call = await talk(house, desk)
    await asyncio.sleep(1)
    await asyncio.to_thread(house.kill, "media")
    await asyncio.sleep(2.5)
    call.rtp.heard.clear()
    await asyncio.sleep(1.5)
    assert not call.ended.is_set()
    assert abs(loudest_hz(decoded(bytes(call.rtp.heard))[-8000:]) - 500) < 4
    await call.hang_up()
    await citizen.close()
    await asyncio.to_thread(finish_wrap_up, house)


async def test_a_killed_sip_process_comes_back_phones_are_reachable_and_the_lost_call_is_closed(house, desk):
    citizen, call = await talk(house, desk)
    token = await asyncio.to_thread(house.token)
    call_id = next(r for r in (await asyncio.to_thread(house.live, token))["calls"] if r["agent"] == "8001")["id"]
    await asyncio.to_thread(house.kill, "sip")
    ended = await wait_for(lambda: [p for k, p in house.events() if k == "call_ended" and p["call_id"] == call_id], 15)
    assert ended[0]["reason"] == "core_restarted"
    await call.hang_up()
    await citizen.close()


async def test_a_killed_web_process_comes_back_while_calls_go_on(house, desk):
    citizen, call = await talk(house, desk)
    await asyncio.to_thread(house.kill, "web")
    call.rtp.heard.clear()
    await asyncio.sleep(1.5)
    assert abs(loudest_hz(decoded(bytes(call.rtp.heard))[-8000:]) - 500) < 4
    await wait_for(lambda: _answers(house), 20)
    await call.hang_up()
    await citizen.close()


def _answers(house: House) -> bool:
    try:
        return bool(house.token())
    except OSError:
        return False
