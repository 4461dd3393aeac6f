"""What a figure and a round of the feed work through does not grow with what lies outside of what they are about.

Counted are the rows that come out of every operator of DuckDB's plans, beside a short and beside a long past.
"""

import asyncio
import json
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy.orm import Session

from core import events as ev
from core.clock import naive_utc
from core.db import connect, migrate
from core.demo import customers, history, orders
from core.demo.installation import demo_installation
from core.demo.repeating import Earlier
from core.demo.years import log_row
from etl import runner
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.lists.call_list import CallList
from kpi.measures.catalogue import MEASURES
from kpi.measures.counting import ORDERS, MeasureQuery, Measuring
from tests.etl.conftest import NOON

ZONE = "Asia/Shanghai"
DAY_S = 86_400
HOUSE = history.CentreSize(calls_a_day=150)
# Times that the same day has passed before, all of them long ago.
PASTS = {"short": 1, "long": 5}
# What is new, and what is open at all times, may differ by a few rows.
SLACK = 20


@pytest.fixture(scope="module")
def today(tmp_path_factory):
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('today') / 'hotline.db'}")
    migrate(engine)
    told = list(history.events(1, 3, NOON, HOUSE))
    with Session(engine) as session:
        customers.fill(session, 2026, 11)
        orders.fill_office(session, NOON)
        made = orders.fill(session, told, 3, NOON + 10 * DAY_S)
    engine.dispose()
    closed = {event.subject for event in made if event.payload.get("to_state") == "closed"}
    return told, [event for event in made if event.subject in closed]


def earlier(today, days):
    told, made = today
    moved = Earlier(days)
    for event in told:
        about = event.payload
        yield moved.call_fact(log_row(event), about.get("call_id") or about.get("during_call") or "")
    for event in made:
        yield moved.order_fact(log_row(event))


@pytest.fixture(scope="module")
def warehouses(today, tmp_path_factory):
    made = {}
    for name, times in PASTS.items():
        rows = [row for n in range(times) for row in earlier(today, 60 + 20 * n)]
        past = [ev.Event(*row[:5], orjson.loads(row[5])) for row in rows]
        log = sorted([*past, *today[0], *today[1]], key=lambda event: event.at_us)
        made[name] = Warehouse(tmp_path_factory.mktemp(name) / "warehouse.duckdb").open()
        prepare(made[name])
        load(made[name], list(enumerate(log, start=1)), ZONE)
    yield made
    for one in made.values():
        one.close()


def rows_out(operators):
    return sum(one.get("intermediate_rows", 0) + rows_out(one.get("children", [])) for one in operators)


def counted(cursor, sql, parameters):
    """Runs the statement and counts."""
    ((_kind, plan),) = cursor.execute(f"explain (analyze, format json) {sql}", parameters or None).fetchall()
    return rows_out(json.loads(plan)["operator"])


class Counting:
    """A warehouse that counts what its answers took."""

    def __init__(self, warehouse):
        self.warehouse, self.rows = warehouse, 0

    async def fetch(self, sql, parameters=None, *, fresh_s=0.0):
        cursor = self.warehouse.cursor()
        self.rows += counted(cursor, sql, parameters)
        cursor.close()
        return self.warehouse.query(sql, parameters)


@pytest.mark.parametrize("wanted", [one.id for one in MEASURES.values() if one.source != "rosters"])
def test_a_figure_of_today_works_through_todays_rows_only(warehouses, wanted):
    taken = {}
    for name, warehouse in warehouses.items():
        counting = Counting(warehouse)
        measuring = Measuring(None, counting, ZoneInfo(ZONE), demo_installation())
        one = MEASURES[wanted]
        asked = MeasureQuery(one, NOON - DAY_S, NOON, one.by[-1:], NOON + DAY_S * 8)
        asyncio.run(measuring.answer(asked))
        taken[name] = counting.rows
    known = {
        name: file.query("select count(*) as n from marts.fct_orders")[0]["n"] for name, file in warehouses.items()
    }
    # Orders are found by their id in one pass: each may come out of the scan and its filter, and of nothing else.
    looks = 2 * (known["long"] - known["short"]) if one.source in ORDERS else 0
    assert taken["long"] <= taken["short"] + looks + SLACK, taken


@pytest.mark.parametrize(
    ("level", "visit"), [("entry", "offered"), ("entry", "in_time"), ("caller", "counted"), ("", None)]
)
def test_a_list_of_today_works_through_todays_calls_only(warehouses, level, visit):
    taken = {}
    for name, warehouse in warehouses.items():
        listed = CallList(naive_utc(NOON - DAY_S), naive_utc(NOON), visit=visit, level=level)
        cursor = warehouse.cursor()
        questions = (listed.totals_sql(), listed.page_sql())
        taken[name] = sum(counted(cursor, sql, listed.parameters(sql)) for sql in questions)
        cursor.close()
    assert taken["long"] <= taken["short"] + SLACK, taken


def test_a_round_of_the_feed_works_through_what_it_is_about_only(warehouses, monkeypatch):
    taken = {}
    for name, warehouse in warehouses.items():
        rows = 0

        def run(cursor, file, parameters=None):
            nonlocal rows
            for statement in runner.statements(file):
                used = {key: (parameters or {})[key] for key in runner.PARAMETER.findall(statement)}
                rows += counted(cursor, statement, used)
                if statement.startswith("select"):
                    cursor.execute(statement, used)

        last = warehouse.query("select max(id) as id from raw.event_log")[0]["id"]
        call = "0199aaaaaaaa7aaa8aaaaaaaaaaaaaaa"
        facts = [
            ev.CallArrived(call, "inbound", "13900001111", "96001"),
            ev.CallQueued(call, "general", 0, 1),
            ev.AgentStateChanged("8001", "ready"),
            ev.OrderStepped("261123-0001", "urge", "closed", "closed", "agent8001", "agent", 1),
        ]
        new = [(last + 1 + n, ev.Event.of(fact, NOON + 3600 + n)) for n, fact in enumerate(facts)]
        with monkeypatch.context() as patch:
            patch.setattr(runner, "run", run)
            load(warehouse, new, ZONE)
        taken[name] = rows
    assert taken["long"] <= taken["short"] + SLACK, taken
