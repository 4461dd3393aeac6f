"""Orders' indicators by district and unit, repeated contacts and calls back, against examples counted by hand."""

import asyncio
from zoneinfo import ZoneInfo

import pytest

from core import events as ev
from core.installation.definition import Installation
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.measures.catalogue import MEASURES, measure
from kpi.measures.counting import MeasureQuery, Measuring
from tests.etl.conftest import NOON
from tests.etl.order_facts import clock, day_of_orders, opened, step, told

HOUR, DAY = 3600, 86_400


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    prepare(made)
    yield made
    made.close()


def asked(warehouse, name, *by, now=NOON + DAY, until=NOON + DAY):
    """Group to numerator and denominator."""
    one = measure(name)
    measuring = Measuring(None, warehouse, ZoneInfo("Asia/Shanghai"), Installation(1, "example"))
    groups = asyncio.run(measuring.answer(MeasureQuery(one, NOON, until, by, now)))
    return {tuple(group.values()): (one.of.numerator(row), one.of.denominator(row)) for group, row in groups}


def test_orders_are_counted_by_the_district_they_lie_in(warehouse):
    told_of = [
        (0, opened("A", district="东城")),
        (60, step("A", "accept", "draft", "accepted")),
        (90, step("A", "dispatch", "accepted", "dispatched", assignee="east")),
        (90, clock("A", "take", "running", 690)),
        (100, step("A", "take", "dispatched", "taken", "worker1")),
        (100, clock("A", "take", "met", 690)),
        (200, step("A", "urge", "taken", "taken")),
        (0, opened("B", district="西城", customer_id=8)),
        (60, step("B", "accept", "draft", "accepted")),
        (90, step("B", "dispatch", "accepted", "dispatched", assignee="west")),
        (90, clock("B", "take", "running", 690)),
        (0, opened("C", district="", customer_id=9)),
        (60, step("C", "void", "draft", "void")),
        (0, opened("D", district="", customer_id=10)),
        (60, step("D", "answer", "draft", "closed")),
    ]
    load(warehouse, told(told_of), "Asia/Shanghai")
    assert asked(warehouse, "order_timeliness(accept)", "district") == {("东城",): (1, 1), ("西城",): (0, 1)}
    assert asked(warehouse, "order_timeliness(arrive)") == {(): (0, 0)}
    assert asked(warehouse, "urge_rate", "district") == {("",): (0, 1), ("东城",): (1, 1), ("西城",): (0, 1)}
    assert asked(warehouse, "close_rate.cohort") == {(): (1, 3)}
    assert asked(warehouse, "return_rate", "site") == {("east",): (0, 2)}


def test_groups_of_orders_add_up_to_the_whole(warehouse):
    load(warehouse, list(day_of_orders()), "Asia/Shanghai")
    busy = 0
    for one in MEASURES.values():
        if one.source not in ("orders", "deadlines"):
            continue
        ((upper, lower),) = asked(warehouse, one.id).values()
        busy += lower > 0
        for by in (("district",), ("category",), ("site",), ("district", "category")):
            parts = asked(warehouse, one.id, *by).values()
            assert (sum(a for a, _ in parts), sum(b for _, b in parts)) == (upper, lower), (one.id, by)
    assert busy > 6


def call(n, at, caller, *, category="water", answered=True, direction="inbound", dialled="96001"):
    """One call of a minute, in ``category`` when it was answered."""
    name = f"call-{n}"
    yield at, ev.CallArrived(name, direction, caller, dialled)
    if direction == "inbound":
        yield at, ev.CallQueued(name, "general", 0, 1)
        yield at + 10, ev.QueueLeft(name, "general", "answered" if answered else "abandoned")
    if answered:
        yield at + 10, ev.AgentRang(name, f"{name}-0", "8001", "general" if direction == "inbound" else None)
        yield at + 10, ev.RingEnded(name, f"{name}-0", "8001", "answered")
        yield at + 10, ev.CallAnswered(name, f"{name}-0", "8001", "general" if direction == "inbound" else None)
        yield at + 60, ev.SegmentEnded(name, f"{name}-0", "8001", "caller_hung_up")
        yield at + 60, ev.WrapUpStarted(name, f"{name}-0", "8001", 30)
        yield at + 70, ev.WrapUpEnded(name, f"{name}-0", "8001", category)
    yield at + (60 if answered else 10), ev.CallEnded(name, "caller_hung_up", 200)


def told_calls(*plans):
    facts = [pair for n, (at, caller, more) in enumerate(plans) for pair in call(n, at, caller, **more)]
    return sorted(facts, key=lambda pair: pair[0])


def test_a_contact_was_enough_without_a_call_about_the_same_in_n_days(warehouse):
    facts = told_calls(
        # The same again after two days; another thing; somebody else; not said what about.
        (0, "13900000001", {}),
        (2 * DAY, "13900000001", {}),
        (HOUR, "13900000002", {"category": "bill"}),
        (2 * HOUR, "13900000002", {"category": "water"}),
        (HOUR, "13900000003", {}),
        (HOUR, "13900000004", {"category": ""}),
    )
    load(warehouse, told(facts), "Asia/Shanghai")
    late = {"now": NOON + 30 * DAY}
    assert asked(warehouse, "fcr.no_repeat", **late) == {(): (3, 4)}
    assert asked(warehouse, "fcr.no_repeat(1)", "agent", **late) == {("8001",): (4, 4)}
    # Before the days are over nobody knows.
    assert asked(warehouse, "fcr.no_repeat", now=NOON + 5 * DAY) == {(): (0, 0)}


def test_an_order_opened_again_was_not_enough(warehouse):
    facts = [
        *told_calls((0, "13900000001", {}), (0, "13900000002", {})),
        (70, opened("A", from_call="call-0")),
        (80, step("A", "reopen", "closed", "accepted", round=2)),
    ]
    load(warehouse, told(facts), "Asia/Shanghai")
    assert asked(warehouse, "fcr.no_repeat", "queue", now=NOON + 30 * DAY) == {("general",): (1, 2)}


def test_who_gave_up_counts_once_as_called_back_or_not_and_not_at_all_after_getting_through(warehouse):
    lost = {"answered": False}
    back = {"direction": "outbound"}
    facts = told_calls(
        # Gave up twice, called back after five minutes.
        (0, "13900000001", lost),
        (60, "13900000001", lost),
        (360, "8001", {**back, "dialled": "13900000001"}),
        # Got through again by himself.
        (0, "13900000002", lost),
        (300, "13900000002", {}),
        # Called back too late.
        (0, "13900000003", lost),
        (2 * HOUR, "8001", {**back, "dialled": "13900000003"}),
        # Never.
        (0, "13900000004", lost),
    )
    load(warehouse, told(facts), "Asia/Shanghai")
    assert asked(warehouse, "callback_rate") == {(): (1, 3)}
    assert asked(warehouse, "callback_rate(180)", "queue") == {("general",): (2, 3)}
    assert asked(warehouse, "callback_rate", now=NOON + 600) == {(): (0, 0)}


def test_an_attempt_that_nobody_answered_has_not_called_back(warehouse):
    def outgoing(n, at, number, *, picked_up):
        """The agent's phone answers first, as when the house dials for the agent."""
        name = f"out-{n}"
        yield at, ev.CallArrived(name, "outbound", "8001", number)
        yield at, ev.AgentRang(name, f"{name}-0", "8001")
        yield at, ev.CallAnswered(name, f"{name}-0", "8001")
        yield at + 1, ev.AgentRang(name, f"{name}-1", number)
        if picked_up:
            yield at + 9, ev.CallAnswered(name, f"{name}-1", number)
        yield at + 20, ev.CallEnded(name, "caller_hung_up", 200)

    facts = told_calls((0, "13900000001", {"answered": False}), (0, "13900000002", {"answered": False}))
    facts += outgoing(1, 60, "13900000001", picked_up=False)
    facts += outgoing(2, 90, "13900000002", picked_up=False)
    facts += outgoing(3, 600, "13900000002", picked_up=True)
    load(warehouse, told(sorted(facts, key=lambda pair: pair[0])), "Asia/Shanghai")
    assert asked(warehouse, "callback_rate") == {(): (1, 2)}
    assert asked(warehouse, "callback_rate(5)") == {(): (0, 2)}


def line(n, at, *, answered=None, ended):
    """One of several lines of one caller, in seconds."""
    name = f"line-{n}"
    yield at, ev.CallArrived(name, "inbound", "13900000001", "96001")
    yield at, ev.CallQueued(name, "general", 0, 1)
    yield answered or ended, ev.QueueLeft(name, "general", "answered" if answered else "abandoned")
    if answered:
        yield answered, ev.AgentRang(name, f"{name}-0", "8001", "general")
        yield answered, ev.CallAnswered(name, f"{name}-0", "8001", "general")
        yield ended, ev.SegmentEnded(name, f"{name}-0", "8001", "caller_hung_up")
    yield ended, ev.CallEnded(name, "caller_hung_up", 200)


@pytest.mark.parametrize(
    ("begun", "answered", "ended", "lost"),
    [
        # Begun before the other line was given up, and answered after it; while it lasted; and over before.
        (50, 72, 200, 0),
        (10, 40, 200, 0),
        (10, 30, 55, 1),
        # Begun within the hour and answered after it.
        (3600, 3700, 3800, 1),
    ],
)
def test_who_got_through_on_another_line_is_not_lost(warehouse, begun, answered, ended, lost):
    facts = [*line(1, 0, ended=60), *line(2, begun, answered=answered, ended=ended)]
    load(warehouse, told(sorted(facts, key=lambda pair: pair[0])), "Asia/Shanghai")
    assert asked(warehouse, "callback_rate") == {(): (0, lost)}


def test_a_call_back_that_was_dialled_before_the_caller_gave_up_counts_by_its_answer(warehouse):
    facts = [
        *line(1, 0, ended=60),
        (55, ev.CallArrived("out", "outbound", "8001", "13900000001")),
        (56, ev.AgentRang("out", "out-0", "13900000001")),
        (70, ev.CallAnswered("out", "out-0", "13900000001")),
        (90, ev.CallEnded("out", "caller_hung_up", 200)),
    ]
    load(warehouse, told(sorted(facts, key=lambda pair: pair[0])), "Asia/Shanghai")
    assert asked(warehouse, "callback_rate") == {(): (1, 1)}
