"""Every hour each call is proved to be counted; health says when one is not."""

import asyncio
from types import SimpleNamespace

from core import events as ev
from etl.reconciling import Reconciling
from tests.etl.conftest import day_of_calls, feed
from tests.etl.test_marts import told


def feeder(state="up", behind=0):
    return SimpleNamespace(status=lambda: {"state": state, "behind": behind})


async def test_a_day_of_calls_is_proved_and_a_call_that_breaks_the_sum_is_named(warehouse):
    proof = Reconciling(warehouse, feeder())
    assert proof.status() == {"status": "ok", "broken": 0, "looked_at": None}
    feed(warehouse, day_of_calls())
    assert await proof.once()
    assert (proof.status()["status"], proof.status()["broken"]) == ("ok", 0)
    assert proof.status()["looked_at"]
    first = day_of_calls()[-1][0] + 1
    broken = told((0, ev.CallArrived("lost", "inbound", "1", "2")), (1, ev.QueueLeft("lost", "q", "answered")))
    feed(warehouse, [(first + n, event) for n, (_number, event) in enumerate(broken)])
    assert await proof.once()
    assert proof.status() | {"looked_at": ""} == {
        "status": "degraded",
        "broken": 1,
        "looked_at": "",
        "detail": "not_reconciled",
        "calls": ["lost"],
    }


async def test_while_the_feed_is_behind_nothing_is_judged(warehouse):
    for known in (feeder("filling"), feeder(behind=3)):
        proof = Reconciling(warehouse, known)
        assert not await proof.once()
        assert proof.status()["looked_at"] is None


async def test_the_running_part_looks_by_itself_and_ends_when_it_is_told(warehouse):
    proof = Reconciling(warehouse, feeder())
    proof.start()
    while proof.status()["looked_at"] is None:
        await asyncio.sleep(0)
    await proof.stop()
    assert proof.status()["status"] == "ok"
