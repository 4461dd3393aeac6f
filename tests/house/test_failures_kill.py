"""kill -9 of every process in the middle of the day's work: what was acknowledged is in the log, once, and all come back."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import threading
import urllib.error
from collections import Counter
from contextlib import suppress
from typing import Any, Self

import pytest

from core.demo.phone import Phone
from tests.house.front import Front
from tests.house.line import desk, ready_again, soon
from tests.house.running import House, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kill"), pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("kill") / "site")
    house.start()
    yield house
    assert house.stop() == 0


@pytest.fixture(scope="module")
def front(house):
    return Front(house)


class Clerk:
    """Sends agent 8012 into one numbered break after the other and keeps which of them were acknowledged."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.acknowledged: list[str] = []
        self.failed = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        assert self.front.token
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._closing.set()
        self._thread.join()

    def _work(self) -> None:
        for number in range(100_000):
            if self._closing.wait(0.02):
                return
            try:
                row = self.front.state("8012", "break", f"n{number}")
            except (OSError, json.JSONDecodeError):
                self.failed += 1
                continue
            assert row["reason"] == f"n{number}"
            self.acknowledged.append(row["reason"])


class Citizens:
    """One call after the other into the menu; those that were answered are kept."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.answered: list[str] = []
        self.closing = False
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self._call())
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self.task is not None
        self.closing = True
        await self.task

    async def _call(self) -> None:
        for number in range(13900050000, 13900060000):
            if self.closing:
                return
            phone = Phone(self.house.server, str(number))
            await phone.open()
            call = await phone.call("96000")
            with suppress(TimeoutError):
                await asyncio.wait_for(call.answered.wait(), 2)
            if call.status == 200:
                self.answered.append(phone.user)
            await asyncio.sleep(0.1)
            with suppress(TimeoutError):
                await asyncio.wait_for(call.hang_up(), 1)
            phone.calls.clear()
            await phone.close()


OK = {"status": "ok"}


def facts(house: House) -> list[tuple[str, dict[str, Any]]]:
    with sqlite3.connect(f"file:{house.home / 'hotline.db'}?mode=ro", uri=True) as db:
        rows = db.execute("select kind, payload from event_log order by id").fetchall()
    return [(kind, json.loads(payload)) for kind, payload in rows]


def well(house: House) -> bool:
    try:
        return house.ask("GET", "/healthz")["parts"]["sip"]["status"] == "ok"
    except (OSError, KeyError):
        return False


def fallen(house: House, front: Front) -> bool:
    """The alert that the core fell is up."""
    found = house.ask("GET", "/api/v1/alerts?figure=core_restarted&open=true", token=front.token)["items"]
    return [alert["severity"] for alert in found] == ["alarm"]


async def at_work_again(front: Front) -> None:
    """Whose call was cut off has its after-call work, and is then ready without signing on again."""
    await soon(lambda: front.agent("8001")["state"] in ("wrap_up", "ready"))
    if front.agent("8001")["state"] == "wrap_up":
        await ready_again(front)


def gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True


async def test_whatever_is_killed_nothing_acknowledged_is_lost(house, front):
    async with desk(house, front) as agent, Citizens(house) as citizens:
        with Clerk(front) as clerk:
            async with agent.talk() as talk:
                for name in ("web", "media"):
                    await asyncio.to_thread(house.kill, name)
                    await talk.goes_on()
                    await soon(lambda: well(house), 30)
                before = len(citizens.answered)
                await soon(lambda: len(citizens.answered) > before + 3, 30)
                await asyncio.to_thread(house.kill, "sip")
                assert (await soon(lambda: front.over(talk.caller), 20))["reason"] == "core_restarted"
            await at_work_again(front)
            before = len(citizens.answered)
            await soon(lambda: well(house) and len(citizens.answered) > before + 3, 30)
            await soon(lambda: fallen(house, front))

            async with agent.talk() as talk:
                pids = [house.pid(name) for name in ("sip", "media", "web")]
                house.process.kill()
                await asyncio.to_thread(house.process.wait, 10)
                # A keeper's restart comes at once: it waits for what is still ending.
                await asyncio.to_thread(house.start)
                assert all(gone(pid) for pid in pids)
                # Its processes are told to end, and say how their calls ended.
                assert (await soon(lambda: front.over(talk.caller), 20))["reason"] == "house_stopped"
            before = len(clerk.acknowledged), len(citizens.answered)
            await soon(lambda: len(clerk.acknowledged) > before[0] and len(citizens.answered) > before[1] + 1, 30)
            await at_work_again(front)
            async with agent.talk() as talk:
                await talk.goes_on()
    await soon(
        lambda: (parts := house.ask("GET", "/healthz")["parts"].get("journal", {})).get("status") == "ok" and parts
    )
    await asyncio.to_thread(until, lambda: not open_calls(facts(house)), 15)

    log = facts(house)
    breaks = [p["reason"] for kind, p in log if kind == "agent_state_changed" and re.fullmatch(r"n\d+", p["reason"])]
    # A core that starts again says in which break the last one left the seat.
    breaks = [reason for place, reason in enumerate(breaks) if place == 0 or reason != breaks[place - 1]]
    assert len(clerk.acknowledged) > 50
    assert clerk.failed > 0
    assert not set(clerk.acknowledged) - set(breaks), "acknowledged and lost"
    assert len(breaks) == len(set(breaks))
    assert breaks == sorted(breaks, key=lambda reason: int(reason[1:]))
    arrived = Counter(p["caller"] for kind, p in log if kind == "call_arrived")
    assert len(citizens.answered) > 20
    assert not [caller for caller in citizens.answered if arrived[caller] != 1], "answered and lost"
    endings = Counter(p["call_id"] for kind, p in log if kind == "call_ended")
    assert not [call for call, n in endings.items() if n > 1]


def open_calls(log: list[tuple[str, dict[str, Any]]]) -> set[str]:
    ended = {p["call_id"] for kind, p in log if kind == "call_ended"}
    return {p["call_id"] for kind, p in log if kind == "call_arrived"} - ended


async def test_the_day_s_calls_are_listed_once_each_after_all_this(house, front):
    log = facts(house)
    # Before the first start there is invented history only.
    first = next(place for place, (kind, _fact) in enumerate(log) if kind == "core_started")
    today = {p["call_id"] for kind, p in log[first:] if kind == "call_arrived"}

    def listed() -> list[str]:
        found, cursor = [], ""
        while True:
            page = house.ask("GET", f"/api/v1/calls?limit=200{cursor}", token=front.token)
            found += [row["id"] for row in page["items"]]
            if not page.get("next") or len(found) > 2000:
                return [call for call in found if call in today]
            cursor = f"&cursor={page['next']}"

    await soon(lambda: set(listed()) == today, 30)
    assert len(listed()) == len(today)


async def test_a_database_locked_from_outside_costs_no_call_and_no_fact(house, front):
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            with sqlite3.connect(house.home / "hotline.db", timeout=10) as db:
                db.isolation_level = None
                db.execute("begin exclusive")
                await asyncio.to_thread(front.state, "8012", "break", "locked")
                await talk.goes_on()
                # A core that is late with its word has no such part for a moment.
                journal = await soon(lambda: (p := parts(house).get("journal", OK))["status"] != "ok" and p, 30)
                assert journal == {"status": "degraded", "state": "spilling"}
                # What needs to be written is refused in words, and the rest goes on.
                with pytest.raises(urllib.error.HTTPError) as refused:
                    await asyncio.to_thread(house.token, "agent8003")
                problem = json.load(refused.value)
                assert (refused.value.code, problem["code"]) == (503, "unavailable")
                assert problem["detail"]
                assert problem["remedy"]
                await soon(lambda: house.live(front.token)["health"]["database"] == "spilling")
                await talk.call.hang_up()
                await ready_again(front)
                async with agent.talk() as second:
                    await second.goes_on()
                db.execute("rollback")
        await soon(lambda: parts(house).get("journal", {}).get("status") == "ok", 30)
        for one in (talk, second):
            await soon(lambda one=one: front.over(one.caller))
            # The voice process closes the file when the call is over: nobody waits for that one.
            await soon(lambda one=one: front.fact(one.caller, "recording_saved"))
            kinds = Counter(front.kinds(one.caller))
            assert {kinds[kind] for kind in ("call_arrived", "call_answered", "recording_saved", "call_ended")} == {1}
        assert ("break", "locked") in front.states("8012")


def parts(house: House) -> dict[str, Any]:
    return house.health()["parts"]
