"""Stops, planned and not: calls have the length that they had, recordings their end, and the next start finds all told."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.demo.phone import Phone
from tests.house.front import Front
from tests.house.line import Desk, soon
from tests.house.running import House

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stop"), pytest.mark.timeout(600)]


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path / "site", environment={"HOTLINE_DRAIN_S": "60"})
    made.start()
    yield made
    if made.process.poll() is None:
        made.process.send_signal(signal.SIGTERM)
        made.stop()


@asynccontextmanager
async def at_work(house: House, front: Front) -> AsyncIterator[Desk]:
    """As ``desk``, for a house that is gone when the desk is left."""
    made = Desk(house, "8001")
    await made.phone.open()
    assert await made.phone.register() == 200
    await asyncio.to_thread(front.ready, "8001")
    try:
        yield made
    finally:
        await made.phone.close()


def times(house: House, caller: str) -> dict[str, tuple[float, dict[str, Any]]]:
    """The newest fact of each kind of this caller's call, with its time."""
    front = Front(house)
    call = front.calls(caller)[-1]
    with sqlite3.connect(f"file:{house.home / 'hotline.db'}?mode=ro", uri=True) as db:
        rows = db.execute("select kind, at_us from event_log where subject = ? order by id", (call,)).fetchall()
    return {kind: (at_us / 1e6, fact) for (kind, at_us), (_kind, fact) in zip(rows, front.story(caller), strict=True)}


def seconds(house: House, recording: str) -> float:
    return ((house.home / "recordings" / recording).stat().st_size - 58) / 16_000


async def test_a_stop_waits_for_the_talk_takes_nobody_new_and_then_tells_how_the_rest_ended(house):
    front = Front(house)
    assert front.token
    async with at_work(house, front) as agent, agent.talk() as talk:
        await talk.goes_on()
        house.process.send_signal(signal.SIGTERM)
        stops = await soon(lambda: house.live(front.token)["health"].get("stopping_at"))
        assert stops
        await talk.goes_on()
        # Into the menu, and to an agent: refused.
        late = Phone(house.server, "13900060001")
        await late.open()
        call = await late.call("96000")
        await soon(lambda: call.status >= 400)
        assert call.status == 503
        await late.close()
        assert house.process.poll() is None
        await talk.goes_on()
        # Nobody waits any longer: a second signal.
        began = time.monotonic()
        house.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(house.process.wait, 40) == 0
        assert time.monotonic() - began < 30
        await soon(talk.call.ended.is_set)
    told = await asyncio.to_thread(times, house, talk.caller)
    assert told["segment_ended"][1]["reason"] == told["call_ended"][1]["reason"] == "house_stopped"
    talked = told["segment_ended"][0] - told["call_answered"][0]
    saved = told["recording_saved"][1]
    assert saved["seconds"] == pytest.approx(seconds(house, saved["path"]), abs=0.01)
    assert saved["seconds"] == pytest.approx(talked, abs=1.0)
    assert (await asyncio.to_thread(times, house, "13900060001"))["call_ended"][1]["sip_status"] == 503
    assert Counter(front.kinds(talk.caller))["call_ended"] == 1


async def test_a_stop_ends_as_soon_as_the_last_call_does(house):
    front = Front(house)
    assert front.token
    async with at_work(house, front) as agent, agent.talk() as talk:
        await talk.goes_on()
        house.process.send_signal(signal.SIGTERM)
        await soon(lambda: house.live(front.token)["health"].get("stopping_at"))
        await talk.call.hang_up()
        assert await asyncio.to_thread(house.process.wait, 40) == 0
    assert front.over(talk.caller)["reason"] == "caller_hung_up"
    assert "recording_saved" in front.kinds(talk.caller)


async def test_after_kill_9_of_everything_lengths_are_right_and_recordings_have_their_end(house):
    front = Front(house)
    assert front.token
    async with at_work(house, front) as agent, agent.talk() as talk:
        await talk.goes_on()
        answered = (await asyncio.to_thread(times, house, talk.caller))["call_answered"][0]
        began = time.monotonic()
        first = await soon(
            lambda: talk.call.rtp is not None and len(talk.call.rtp.heard) > 4 * 8000 and time.monotonic()
        )
        pids = [house.process.pid, *(house.pid(name) for name in ("sip", "media", "web"))]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        assert first >= began
        path = front.fact(talk.caller, "recording_started")["path"]
        before = seconds(house, path)
        # The office works on meanwhile: what others write says nothing of the core.
        await asyncio.to_thread(house.process.wait, 10)
        with sqlite3.connect(house.home / "hotline.db") as db:
            (newest,) = db.execute("select max(at_us) from event_log").fetchone()
            db.execute(
                "insert into event_log (uid, at_us, kind, version, subject, payload) "
                "values ('f' || hex(randomblob(15)), ?, 'alert_cleared', 1, 'system', ?)",
                (newest + 30_000_000, '{"alert": 1, "why": "eased", "worst": 1.0}'),
            )
        await asyncio.to_thread(house.start)
        told = await soon(
            lambda: (found := times(house, talk.caller)).keys() >= {"call_ended", "recording_saved"} and found
        )
    assert told["call_ended"][1]["reason"] == "core_restarted"
    talked = told["segment_ended"][0] - answered
    # From the answer to the kill, as the wall clock of this test saw it, and not half a minute more.
    assert 4.0 - 1.0 <= talked <= killed - began + 15
    assert told["recording_saved"][1]["seconds"] == pytest.approx(before, abs=0.5)
    assert before > talked - 2.0
    assert Counter(front.kinds(talk.caller))["recording_saved"] == 1
