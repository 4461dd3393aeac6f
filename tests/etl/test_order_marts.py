"""Marts of work orders from hand-made facts: what each row says, and that neither batches nor repetition change them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import events as ev
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from tests.etl.conftest import NOON, contents, feed
from tests.etl.order_facts import clock, day_of_orders, opened, step, told, whole_life

NOON_UTC = datetime.fromtimestamp(NOON, UTC).replace(tzinfo=None)


def after(seconds):
    return NOON_UTC + timedelta(seconds=seconds)


def order(warehouse, **expected):
    (found,) = warehouse.query("select * from marts.fct_orders")
    assert {name: found[name] for name in expected} == expected
    return found


def test_an_order_is_one_row_with_all_that_became_of_it(warehouse):
    feed(warehouse, told(whole_life()))
    found = order(
        warehouse,
        state="closed",
        round=2,
        category="repair.leak_visible",
        site="west",
        assignee="worker1",
        opened_by="agent8001",
        from_call="call-1",
        urged=2,
        supervised=True,
        extended=0,
        returned=1,
        dispatched=3,
        missed=1,
        visits_tried=2,
        visits_reached=2,
        immediate=False,
        due_at=None,
        due_clock=None,
        first_due_at=after(86400),
        opened_at=NOON_UTC,
        dispatched_at=after(60),
        taken_at=after(900),
        arrived_at=after(1800),
        finished_at=after(9300),
        closed_at=after(9500),
        longitude=121.5,
    )
    assert (str(found["day"]), str(found["closed_day"])) == ("2026-11-23", "2026-11-23")


def test_an_open_order_is_due_at_its_earliest_running_clock(warehouse):
    feed(warehouse, told(whole_life()[:13]))
    order(warehouse, state="taken", due_clock="finish", due_at=after(7200), closed_at=None)
    feed(warehouse, told(whole_life()[:20]))
    order(warehouse, state="suspended", due_clock="total", due_at=after(86400))


def test_each_run_of_a_clock_is_a_row_with_its_pauses(warehouse):
    feed(warehouse, told(whole_life()))
    rows = warehouse.query(
        "select clock, run_no, round, state, paused_seconds, began_at, due_at, first_due_at, ended_at"
        " from marts.fct_order_clocks order by clock, run_no"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("finish", 1, 1, "missed", 600.0, after(900), after(7800), after(7200), after(8000)),
        ("take", 1, 1, "stopped", 0.0, after(60), after(660), after(660), after(300)),
        ("take", 2, 1, "met", 0.0, after(400), after(1000), after(1000), after(900)),
        ("take", 3, 2, "met", 0.0, after(9100), after(9700), after(9700), after(9200)),
        ("total", 1, 1, "met", 0.0, NOON_UTC, after(86400), after(86400), after(9500)),
    ]


def test_what_is_closed_is_never_overdue(warehouse):
    feed(
        warehouse,
        told([(0, opened("o")), (0, clock("o", "total", "running", 60)), (9, step("o", "void", "accepted", "void"))]),
    )
    order(warehouse, state="void", due_at=None, due_clock=None)


def test_a_paused_clock_makes_nothing_overdue(warehouse):
    feed(
        warehouse,
        told([(0, opened("o")), (0, clock("o", "finish", "running", 600)), (60, clock("o", "finish", "paused", None))]),
    )
    order(warehouse, due_at=None, due_clock=None, missed=0)


def test_steps_stand_in_order_of_time_with_what_lay_before_them(warehouse):
    feed(warehouse, told(whole_life()))
    rows = warehouse.query(
        "select step_no, event, to_state, seconds_before, device_at from marts.fct_order_steps order by step_no"
    )
    assert [row["event"] for row in rows][:4] == ["accept", "dispatch", "return", "dispatch"]
    assert [row["seconds_before"] for row in rows][:4] == [0.0, 60.0, 240.0, 100.0]
    assert [row["device_at"] for row in rows if row["event"] == "arrive"] == [after(1795)]
    assert len(rows) == len([fact for _, fact in whole_life() if isinstance(fact, ev.OrderStepped)])


def test_what_a_step_corrects_of_the_order_is_counted_where_it_belongs_now(warehouse):
    feed(warehouse, told([(0, opened("o"))]))
    counted = "select category, district, opened, closed from marts.agg_order_interval order by all"
    assert [tuple(row.values()) for row in warehouse.query(counted)] == [("repair.leak_visible", "东城", 1, 0)]
    correction = step(
        "o", "correct", "draft", "draft", fields='{"category": "quality", "district": "西城", "longitude": 121.6}'
    )
    feed(warehouse, told([(30, correction)], 2))
    order(warehouse, category="quality", district="西城", longitude=121.6)
    assert [tuple(row.values()) for row in warehouse.query(counted)] == [("quality", "西城", 1, 0)]


def test_closed_at_intake_and_reopened_are_told_apart(warehouse):
    feed(
        warehouse,
        told(
            [
                (0, opened("a", "consultation")),
                (0, step("a", "answer", "draft", "closed")),
                (0, opened("b")),
                (0, step("b", "accept", "draft", "accepted")),
                (1000, step("b", "visit", "awaiting_visit", "closed")),
                (2000, step("b", "reopen", "closed", "accepted", round=2)),
            ]
        ),
    )
    rows = warehouse.query("select order_id, immediate, state, closed_at from marts.fct_orders order by order_id")
    assert [tuple(row.values()) for row in rows] == [("a", True, "closed", NOON_UTC), ("b", False, "accepted", None)]
    sums = "select sum(opened) o, sum(closed) c, sum(closed_at_once) i from marts.agg_order_interval"
    assert [tuple(row.values()) for row in warehouse.query(sums)] == [(2, 1, 1)]


@pytest.mark.parametrize("fields", ["", "no json", "[]", "3", '{"longitude": "east", "category": {"a": 1}}'])
def test_fields_that_make_no_sense_do_not_stop_the_feed(warehouse, fields):
    feed(warehouse, told([(0, opened("o")), (1, step("o", "work", "on_site", "working", fields=fields))]))
    order(warehouse, state="working", longitude=121.5)


def test_a_time_from_nowhere_is_no_time(warehouse):
    late = step("o", "arrive", "en_route", "on_site", device_at=1e18)
    feed(warehouse, told([(0, opened("o")), (1, late), (1, clock("o", "finish", "running", -1e13))]))
    assert warehouse.query("select device_at from marts.fct_order_steps") == [{"device_at": None}]
    order(warehouse, due_at=None)


def test_steps_of_an_order_that_nobody_opened_are_still_there(warehouse):
    feed(warehouse, told([(0, step("ghost", "take", "dispatched", "taken"))]))
    order(warehouse, order_id="ghost", state="taken", category="", opened_at=NOON_UTC)


def test_an_order_that_a_call_names_is_no_call_of_the_order(warehouse):
    feed(warehouse, told([(0, ev.CallArrived("c", "outbound", "8001", "13900000007", order_id="o"))]))
    assert warehouse.query("select * from marts.fct_orders") == []


def test_intervals_add_up_to_the_orders(warehouse):
    feed(warehouse, day_of_orders(), 37)
    (sums,) = warehouse.query("select sum(opened) o, sum(closed) c from marts.agg_order_interval")
    (orders,) = warehouse.query("select count(*) o, count(closed_at) c from marts.fct_orders")
    assert sums == orders
    assert orders["o"] == 60
    assert orders["c"] > 5


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory):
    made = Warehouse(tmp_path_factory.mktemp("whole") / "w.duckdb").open()
    prepare(made)
    feed(made, day_of_orders())
    yield contents(made)
    made.close()


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(1, 600), st.integers(0, 60)), min_size=1, max_size=8))
def test_any_split_into_batches_and_any_repetition_gives_the_same_marts(in_one_go, tmp_path_factory, cuts):
    rows = day_of_orders()
    made = Warehouse(tmp_path_factory.mktemp("split") / "w.duckdb").open()
    try:
        prepare(made)
        start = 0
        for end, again in [*sorted(cuts), (len(rows), 30)]:
            load(made, rows[max(0, start - again) : end], "Asia/Shanghai")
            start = max(start, end)
        load(made, rows, "Asia/Shanghai")
        assert contents(made) == in_one_go
    finally:
        made.close()


def test_a_phone_s_clock_that_is_more_than_a_day_off_is_marked(warehouse):
    facts = [(0, opened("o"))]
    for n, off in enumerate((None, 3600, 86_000, 86_500, -200_000)):
        device_at = None if off is None else NOON + 60 + n + off
        facts.append((60 + n, step("o", "note", "accepted", "accepted", device_at=device_at)))
    feed(warehouse, told(facts))
    rows = warehouse.query("select is_device_off from marts.fct_order_steps order by step_no")
    assert [row["is_device_off"] for row in rows] == [False, False, False, True, True]
