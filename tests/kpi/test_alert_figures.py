"""Shares by queue and together, of the day and of the last quarter of an hour."""

import pytest

from core import events as ev
from core.notify.rules import Subject
from kpi.alert_figures import readings
from tests.etl.conftest import NOON, feed
from tests.etl.test_marts import told

ZONE = "Asia/Shanghai"
SITE = Subject("site")


@pytest.fixture
def queues(warehouse):
    with warehouse.writing() as cursor:
        cursor.executemany(
            "insert into marts.dim_queue values (?, ?, ?)",
            [("repair", "报修", 20.0), ("billing", "账单", 60.0), ("idle", "空闲", 20.0)],
        )
    return warehouse


def visit(call, queue, at, waited, how):
    agent = [(at + waited, ev.CallAnswered(call, f"{call}-1", "8001", queue))] if how == "answered" else []
    rang = (
        [
            (at + waited, ev.AgentRang(call, f"{call}-1", "8001", queue)),
            (at + waited, ev.RingEnded(call, f"{call}-1", "8001", "answered")),
        ]
        if agent
        else []
    )
    return [
        (at, ev.CallArrived(call, "inbound", "13800001111", "96000", "demo")),
        (at, ev.CallQueued(call, queue, 1, 1)),
        *rang,
        (at + waited, ev.QueueLeft(call, queue, how, "8001" if agent else None)),
        *agent,
    ]


def value(found, figure, queue=None):
    (one,) = [
        one
        for one in found[figure]
        if one.subject.id == (queue or "") and one.subject.kind == ("queue" if queue else "site")
    ]
    return one.value, one.sample


async def test_each_queue_counts_by_its_own_threshold_and_the_house_by_the_sums(queues):
    facts = [
        *visit("a", "repair", 0, 10, "answered"),
        *visit("b", "repair", 1, 30, "answered"),
        *visit("c", "repair", 2, 3, "abandoned"),
        *visit("d", "repair", 3, 40, "abandoned"),
        *visit("e", "billing", 4, 45, "answered"),
        *visit("f", "billing", 5, 5, "overflow"),
    ]
    feed(queues, told(*sorted(facts, key=lambda one: one[0])))
    found = await readings(queues, NOON + 600, ZONE)
    for figure in ("service_level_15min", "service_level_today"):
        assert value(found, figure, "repair") == (1 / 3, 3)
        assert value(found, figure, "billing") == (1.0, 1)
        assert value(found, figure) == (2 / 4, 4)
    assert value(found, "abandon_rate_today", "repair") == (1 / 3, 3)
    assert value(found, "abandon_rate_today") == (1 / 5, 5)


async def test_a_queue_without_calls_has_no_data(queues):
    found = await readings(queues, NOON, ZONE)
    assert {one.value for shares in found.values() for one in shares} == {None}
    assert value(found, "service_level_15min", "idle") == (None, 0)


async def test_the_last_quarter_of_an_hour_counts_calls_where_they_ended(queues):
    feed(queues, told(*visit("a", "repair", 0, 100, "answered")))
    assert value(await readings(queues, NOON + 99, ZONE), "service_level_15min", "repair") == (None, 0)
    assert value(await readings(queues, NOON + 100 + 899, ZONE), "service_level_15min", "repair") == (0.0, 1)
    late = await readings(queues, NOON + 100 + 901, ZONE)
    assert value(late, "service_level_15min", "repair") == (None, 0)
    assert value(late, "service_level_today", "repair") == (0.0, 1)


async def test_the_day_is_the_site_s(queues):
    feed(queues, told(*visit("a", "repair", 0, 100, "answered")))
    assert value(await readings(queues, NOON + 11 * 3600, ZONE), "service_level_today", "repair") == (0.0, 1)
    assert value(await readings(queues, NOON + 13 * 3600, ZONE), "service_level_today", "repair") == (None, 0)


async def test_every_queue_and_the_house_are_read_once(queues):
    found = await readings(queues, NOON, ZONE)
    for shares in found.values():
        assert len({one.subject for one in shares}) == len(shares)
        assert SITE in {one.subject for one in shares}
