"""The indicators of work orders against a worked example, and against what must hold for any orders."""

import asyncio
from dataclasses import asdict

import pytest

from kpi.measures import orders as oi
from kpi.measures.catalogue import MEASURES
from kpi.measures.ratios import DeadlineCounts, OrderCounts
from tests.etl.conftest import NOON, feed
from tests.etl.order_facts import clock, day_of_orders, opened, step, told

OF_ORDERS = [one for one in MEASURES.values() if one.source == "orders"]
HOUR = 3600.0
DAY = 24 * HOUR


def closed(order, at, *, round_=1, category="repair.no_water", opened_at=0.0, **more):
    """Accepted, dispatched, taken late or in time, visited and closed."""
    return [
        (opened_at, opened(order, category, **more)),
        (opened_at, step(order, "accept", "draft", "accepted")),
        (opened_at + 60, step(order, "dispatch", "accepted", "dispatched", assignee="east")),
        (at - 60, step(order, "close_out", "in_review", "awaiting_visit", round=round_)),
        (at - 60, clock(order, "return_visit", "running", at)),
        (at, step(order, "visit", "awaiting_visit", "closed", round=round_)),
        (at, clock(order, "return_visit", "met", at)),
    ]


def example():
    """The period is one day from noon. Yesterday's A is closed in it and B goes on; today's C to H.

    C closed in round 1; D closed in round 2 and urged; E returned and overdue; F dispatched, its customer's second of
    the week; G not dispatched; H void and counted nowhere.
    """
    return told(
        [
            *closed("A", 2 * HOUR, opened_at=-DAY, customer_id=1),
            (-DAY, opened("B", "quality", customer_id=2)),
            *closed("C", 3 * HOUR, customer_id=3),
            *closed("D", 5 * HOUR, round_=2, customer_id=4),
            (4 * HOUR, step("D", "urge", "taken", "taken", round=1)),
            (0, opened("E", customer_id=5)),
            (60, step("E", "dispatch", "accepted", "dispatched", assignee="east")),
            (60, clock("E", "take", "running", 660)),
            (300, step("E", "return", "dispatched", "accepted", "east.lead")),
            (300, clock("E", "take", "stopped", 660)),
            (400, step("E", "dispatch", "accepted", "dispatched", assignee="west")),
            (400, clock("E", "take", "running", 1000)),
            (0, opened("F", "repair.leak_visible", customer_id=1)),
            (60, step("F", "dispatch", "accepted", "dispatched", assignee="east")),
            (60, clock("F", "take", "running", 660)),
            (120, step("F", "take", "dispatched", "taken", "worker1")),
            (120, clock("F", "take", "met", 660)),
            (0, opened("G", "complaint", customer_id=7)),
            (0, clock("G", "total", "running", 10 * DAY)),
            (0, opened("H", customer_id=8)),
            (60, step("H", "void", "accepted", "void")),
        ]
    )


def period(warehouse, ask, *more, **named):
    return asyncio.run(ask(warehouse, NOON, NOON + DAY, *more, **named))


@pytest.fixture
def together(warehouse):
    feed(warehouse, example())
    return oi.together(period(warehouse, oi.counts, NOON + 20 * HOUR))


def test_the_worked_example_counts_each_order_where_it_belongs(together):
    assert together == OrderCounts(
        opened=5,
        opened_and_closed=2,
        closed=3,
        closed_in_round_1=2,
        backlog=2,
        dispatched=4,
        returned=1,
        urged=1,
        overdue=1,
        repeated=1,
        visits_due=3,
        visits_tried=3,
        visits_reached=3,
    )


@pytest.mark.parametrize(
    ("indicator", "share"),
    [
        ("close_rate.cohort", 2 / 5),
        ("close_rate.flow", 3 / 7),
        ("return_rate", 1 / 4),
        ("return_visit_rate", 1.0),
        ("first_fix_rate", 2 / 3),
        ("urge_rate", 1 / 5),
        ("overdue_rate", 1 / 5),
        ("repeat_rate", 1 / 5),
    ],
)
def test_the_worked_example_gives_its_shares(together, indicator, share):
    assert MEASURES[indicator].of(asdict(together)) == pytest.approx(share)


def test_timeliness_counts_open_and_overdue_as_failed_and_what_is_no_longer_asked_for_nowhere(warehouse):
    feed(warehouse, example())
    found = period(warehouse, oi.timeliness, NOON + 20 * HOUR)
    assert {name: sum((one for n, _, one in found if n == name), DeadlineCounts()) for name, _, _ in found} == {
        "take": DeadlineCounts(2, 1),
        "return_visit": DeadlineCounts(3, 3),
    }
    # Ten minutes after noon no deadline to take has come yet.
    assert [one for one in period(warehouse, oi.timeliness, NOON + 600) if one[0] == "take"] == []


def test_who_returned_orders_is_told_by_name(warehouse):
    feed(warehouse, example())
    assert period(warehouse, oi.returners) == {"east.lead": 1}


def test_a_repeat_is_one_within_the_days_asked_for(warehouse):
    feed(warehouse, example())
    none = oi.together(period(warehouse, oi.counts, NOON + DAY, repeat_days=0))
    assert none.repeated == 0


def test_with_nothing_to_divide_by_there_is_no_figure():
    assert {one.of({}) for one in OF_ORDERS} == {None}
    assert DeadlineCounts().share is None


def test_every_share_of_orders_made_by_chance_is_a_share(warehouse):
    feed(warehouse, day_of_orders())
    groups = period(warehouse, oi.counts, NOON + DAY)
    assert len(groups) > 5
    for counts in (*(one for _, one in groups), oi.together(groups)):
        for indicator in OF_ORDERS:
            value = indicator.of(asdict(counts))
            assert value is None or 0 <= value <= 1, indicator.id
    for _, _, kept in period(warehouse, oi.timeliness, NOON + DAY):
        assert 0 <= kept.kept <= kept.due
