"""A merged child is no repair: figures before and after its master is done are the same, but for the visits."""

import asyncio
from zoneinfo import ZoneInfo

import pytest

from core.installation.definition import Installation
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.measures import behind
from kpi.measures.catalogue import MEASURES
from kpi.measures.counting import MeasureQuery, Measuring
from tests.etl.conftest import NOON
from tests.etl.order_facts import clock, opened, step, told

DAY = 86_400


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    prepare(made)
    yield made
    made.close()


def figures(warehouse):
    """Of the day of the openings, by id; and whether the rows behind say the same."""
    measuring = Measuring(None, warehouse, ZoneInfo("Asia/Shanghai"), Installation(1, "example"))
    found = {}
    for one in MEASURES.values():
        if one.source in ("orders", "deadlines", "first_deadlines"):
            question = MeasureQuery(one, NOON, NOON + DAY, (), NOON + 2 * DAY)
            ((_, row),) = asyncio.run(measuring.answer(question))
            found[one.id] = (one.of.numerator(row), one.of.denominator(row))
            rows = asyncio.run(behind.items(measuring, question, {}))
            assert (sum(r.numerator for r in rows), sum(r.denominator for r in rows)) == found[one.id], one.id
    return found


def master_and_child(*after):
    return [
        (0, opened("M", customer_id=1)),
        (0, step("M", "accept", "draft", "accepted")),
        (0, clock("M", "total", "running", DAY / 2)),
        (60, step("M", "dispatch", "accepted", "dispatched", assignee="east")),
        (100, opened("C", customer_id=2)),
        (100, step("C", "accept", "draft", "accepted")),
        (100, clock("C", "total", "running", DAY / 2)),
        (100, clock("C", "finish", "running", 110)),
        (200, step("C", "merge", "accepted", "merged")),
        (200, clock("C", "total", "stopped", DAY / 2)),
        (200, clock("C", "finish", "stopped", 110)),
        (300, opened("N", customer_id=2)),
        *after,
    ]


DONE = (
    (900, step("M", "close_out", "in_review", "awaiting_visit")),
    (900, step("C", "master_done", "merged", "awaiting_visit", "hotline")),
    (900, clock("C", "return_visit", "running", 7200)),
    (900, clock("C", "total", "running", DAY / 2)),
    (1000, step("M", "visit", "awaiting_visit", "closed")),
    (1000, clock("M", "total", "met", DAY / 2)),
    (1100, step("C", "visit", "awaiting_visit", "closed")),
    (1100, clock("C", "return_visit", "met", 7200)),
    (1100, clock("C", "total", "met", DAY / 2)),
)
VISITS = ("return_visit_rate", "return_visit_rate.attempted", "order_timeliness(return_visit)")


def test_closing_the_master_changes_its_own_share_only(warehouse):
    load(warehouse, told(master_and_child()), "Asia/Shanghai")
    before = figures(warehouse)
    assert (before["close_rate.cohort"], before["overdue_rate"]) == ((0, 2), (1, 2))
    load(warehouse, told(list(DONE), 13), "Asia/Shanghai")
    after = figures(warehouse)
    assert (after["close_rate.cohort"], after["first_fix_rate"]) == ((1, 2), (1, 1))
    assert after["repeat_rate"] == before["repeat_rate"] == (0, 2)
    assert after["order_timeliness(total)"] == (1, 1)
    # Every reporter is visited on its own.
    assert {name: after[name] for name in VISITS} == dict.fromkeys(VISITS, (1, 1))
    (day,) = warehouse.query("select sum(closed) closed, sum(opened) opened from marts.agg_order_interval")
    assert day == {"closed": 1, "opened": 3}


@pytest.mark.parametrize(
    "back",
    [
        [(300, step("C", "split", "merged", "accepted"))],
        [*DONE[1:3], (1100, step("C", "reopen", "awaiting_visit", "accepted", round=2))],
    ],
    ids=["split off", "opened again"],
)
def test_a_child_that_has_work_of_its_own_again_is_an_order_like_others(warehouse, back):
    load(warehouse, told(master_and_child(*back)), "Asia/Shanghai")
    assert figures(warehouse)["close_rate.cohort"] == (0, 3)
