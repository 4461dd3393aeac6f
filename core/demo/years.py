"""A year of a house of any size, as a labelled site: two weeks are simulated call by call, then told again and again.

Everything goes into the tables as the running site would have left it: the event log in order of time, orders with
their steps and clocks, alerts. The last weeks end now, so that today has its calls and its open orders.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Index, Table, insert
from sqlalchemy.orm import Session

from core import events as ev
from core.db.tables import (
    AlertRow,
    EventRow,
    WorkOrderClockRow,
    WorkOrderEventRow,
    WorkOrderNumberRow,
    WorkOrderRow,
)
from core.demo import customers, history, orders
from core.demo import installation as demo
from core.demo.repeating import DAY_S, Earlier, LogRow
from core.installation.definition import Installation
from core.notify.rule_service import rules
from core.notify.rules import Rule
from core.workorders import office, rows
from core.workorders.case import Case
from core.workorders.deadlines import Terms, levels_before

PERIOD_DAYS = 14
PERIODS = 26
# Of the calls, as many come from customers; the rest call seldom, from numbers that no network gives out.
CUSTOMERS_SHARE = 0.3
CALLS_A_CUSTOMER = 50
CALLS_A_STRANGER = 4
CALLS_AN_AGENT_A_DAY = 33
ALERTS_A_DAY = 3.0
AT_ONCE = 20_000
SHARED_DAY_FROM = 5000


@dataclass(frozen=True, slots=True)
class Size:
    """What a number of calls in a year asks for."""

    calls: int
    seed: int = 1

    @property
    def calls_a_day(self) -> float:
        return self.calls / (PERIODS * PERIOD_DAYS)

    @property
    def agents(self) -> int:
        return max(len(demo.AGENTS), math.ceil(self.calls_a_day / CALLS_AN_AGENT_A_DAY))

    @property
    def customers(self) -> int:
        return min(10_000, max(customers.COUNT, self.calls // CALLS_A_CUSTOMER))

    def callers(self) -> list[str]:
        """To be drawn from with equal chances."""
        known = customers.caller_numbers(self.customers)
        strangers = [f"1000{n:07d}" for n in range(max(1, int(self.calls * (1 - CUSTOMERS_SHARE)) // CALLS_A_STRANGER))]
        often = max(1, round(len(strangers) * CUSTOMERS_SHARE / (1 - CUSTOMERS_SHARE) / len(known)))
        return known * often + strangers


@dataclass(slots=True)
class Progress:
    """How much has been written so far."""

    facts: int = 0
    calls: int = 0
    orders: int = 0
    alerts: int = 0


def fill_installation(session: Session, now: float, size: Size) -> Installation:
    """What stands before the first call: customers and the office. Not committed."""
    today = datetime.fromtimestamp(now, history.ZONE)
    customers.fill(session, today.year, today.month, size.customers)
    orders.fill_office(session, now)
    return demo.demo_installation(size.agents)


def fill(database: Engine, size: Size, until: float) -> Progress:
    """The year before ``until`` (UTC epoch seconds), oldest first; commits after each two weeks.

    The ids are drawn from the ``random`` module: who seeds it gets the same site.
    """
    with Session(database, expire_on_commit=False) as session:
        year = _Year(session, size, until)
        session.commit()
    made = Progress()
    with database.begin() as connection:
        for index in _log_indexes():
            index.drop(connection)
    for period in range(PERIODS - 1, -1, -1):
        with database.begin() as connection:
            year.write(connection, period, made)
    with database.begin() as connection:
        for index in _log_indexes():
            index.create(connection)
    return made


@dataclass(frozen=True, slots=True)
class _Order:
    """One story to its end: its rows, and its facts in order of time."""

    talk: orders.CategorisedCall
    number: str
    customer: Any
    case: Case
    facts: list[LogRow]


class _Year:
    """The two weeks that everything is told from; orders begin in them and end when they end."""

    def __init__(self, session: Session, size: Size, until: float) -> None:
        self.size, self.until = size, until
        house = history.CentreSize(demo.agents(size.agents), size.calls_a_day, size.callers())
        told = list(history.events(PERIOD_DAYS, size.seed, until, house))
        self.facts: list[tuple[LogRow, str]] = []
        for event in told:
            about = event.payload
            self.facts.append((log_row(event), about.get("call_id") or about.get("during_call") or ""))
        self.calls = sum(event.kind == "call_arrived" for event in told)
        self.office = replace(office.load(session), calendars=demo.demo_installation().calendars)
        self.terms: dict[tuple[str, str], Terms] = {}
        self.orders = list(self._orders(session, told))
        for terms in self.terms.values():
            office.keep_calendars(session, terms)
        self.rule = next(rule for rule in rules(session) if rule.warn is not None and not rule.queue_limits)
        # Facts of orders that outlast their two weeks wait for those that they fall into.
        self._later: list[LogRow] = []
        self._numbers: dict[str, int] = {}
        self._chance = random.Random(f"{size.seed}-alerts")

    def _orders(self, session: Session, told: list[ev.Event]) -> Iterator[_Order]:
        by_number = orders.customers_by_number(session)
        chance = random.Random(self.size.seed)
        # Two neighbours share the day in which one ends and the other begins.
        last = {self._day(self.until - PERIOD_DAYS * DAY_S): SHARED_DAY_FROM}
        for talk in orders.talks(told, self.office):
            if orders.is_written_down(chance, self.office, talk):
                day = self._day(talk.at)
                last[day] = last.get(day, 0) + 1
                number, customer = f"{day}-{last[day]:04d}", by_number.get(talk.caller)
                yield self._tell(talk, number, customer, math.inf)

    def _day(self, at: float) -> str:
        return datetime.fromtimestamp(at, self.office.zone).strftime("%y%m%d")

    def _tell(self, talk: orders.CategorisedCall, number: str, customer: Any, until: float) -> _Order:
        # A chance of its own: told to an earlier end it goes the same way up to there.
        chance = random.Random(f"{self.size.seed}-{number}")
        happened: list[ev.Event] = []
        case = orders.Story(chance, self.office, self.terms, talk, customer, until).played(number, happened)
        return _Order(talk, number, customer, case, [log_row(event) for event in happened])

    def write(self, connection: Connection, period: int, made: Progress) -> None:
        """The two weeks that end ``period`` times two weeks before the end."""
        earlier = Earlier(period * PERIOD_DAYS)
        ends = self.until - earlier.days * DAY_S
        facts = [earlier.call_fact(row, call) for row, call in self.facts]
        told = [order for one in self.orders if (order := self._as_of(one, period)) is not None]
        facts += [earlier.order_fact(row) for order in told for row in order.facts]
        facts += self._later
        facts += self._alerts(connection, ends, made)
        facts.sort(key=lambda row: row[1])
        cut = next((n for n, row in enumerate(facts) if row[1] > ends * 1e6), len(facts)) if period else len(facts)
        self._later = facts[cut:]
        _write_log(connection, facts[:cut])
        _write_orders(connection, told, earlier, self.until + earlier.days * DAY_S)
        for order in told:
            day, _dash, count = earlier.number(order.number).partition("-")
            self._numbers[day] = max(self._numbers.get(day, 0), int(count))
        if not period and self._numbers:
            numbers = [{"day": day, "last": last} for day, last in self._numbers.items()]
            connection.execute(insert(WorkOrderNumberRow), numbers)
        made.facts += cut
        made.calls += self.calls
        made.orders += len(told)

    def _as_of(self, order: _Order, period: int) -> _Order | None:
        """The order as it stands at the end of the year, when it was opened so many periods before."""
        end = self.until + period * PERIOD_DAYS * DAY_S
        if order.case.last_at > end:
            return self._tell(order.talk, order.number, order.customer, end)
        # What nobody ever did anything about is found out in the end.
        return None if order.case.is_open and period > 1 else order

    def _alerts(self, connection: Connection, ends: float, made: Progress) -> list[LogRow]:
        chance, rule = self._chance, self.rule
        count = round(PERIOD_DAYS * ALERTS_A_DAY)
        raised = sorted(ends - chance.uniform(0.01, PERIOD_DAYS) * DAY_S for _n in range(count))
        kept, facts = [], []
        for number, at in enumerate(raised, made.alerts + 1):
            row, told = _alert(number, rule, at, min(ends, at + chance.uniform(60, 1800)), chance)
            kept.append(row)
            facts += told
        connection.execute(insert(AlertRow), kept)
        made.alerts += count
        return facts


def log_row(event: ev.Event) -> LogRow:
    """As ``event_log`` writes it."""
    payload = orjson.dumps(event.payload).decode()
    return (event.uid, event.at_us, event.kind, event.version, event.subject, payload)


def _alert(
    number: int, rule: Rule, at: float, cleared: float, chance: random.Random
) -> tuple[dict[str, Any], list[LogRow]]:
    limit = float(rule.warn or 0.0)
    value = limit * chance.uniform(1.0, 2.0)
    words = "已安排支援（演示）"
    acknowledged = (at + cleared) / 2 if chance.random() < 0.6 else None
    facts = [(at, ev.AlertRaised(number, rule.name, rule.figure, "house", "", "warn", limit, value))]
    happened: list[tuple[float, ev.Fact]] = [*facts, (cleared, ev.AlertCleared(number, "eased", value))]
    if acknowledged is not None:
        happened.insert(1, (acknowledged, ev.AlertAcknowledged(number, "supervisor", words)))
    row = {
        "id": number,
        "rule_id": rule.id,
        "rule": {**asdict(rule), "recipients": list(rule.recipients)},
        "figure": rule.figure,
        "subject_kind": "house",
        "subject_id": "",
        "subject_name": "",
        "severity": "warn",
        "threshold": limit,
        "value": value,
        "worst": value,
        "raised_at": at,
        "cleared_at": cleared,
        "cleared_why": "eased",
        "acknowledged_at": acknowledged,
        "acknowledged_by": None if acknowledged is None else "supervisor",
        "acknowledged_words": "" if acknowledged is None else words,
        "receipts": [],
    }
    return row, [log_row(ev.Event.of(fact, when)) for when, fact in happened]


def _log_indexes() -> list[Index]:
    """They take longer row by row than all at once."""
    table = EventRow.__table__
    return sorted(table.indexes, key=lambda index: str(index.name)) if isinstance(table, Table) else []


def _write_log(connection: Connection, facts: list[LogRow]) -> None:
    names = ("uid", "at_us", "kind", "version", "subject", "payload")
    statement = insert(EventRow)
    ahead = iter(facts)
    while some := list(islice(ahead, AT_ONCE)):
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in some])


def _write_orders(connection: Connection, told: list[_Order], earlier: Earlier, now: float) -> None:
    """``now`` is the year's end as the two weeks see it."""
    moved = earlier.columns
    ahead = iter(told)
    while some := list(islice(ahead, AT_ONCE // 10)):
        connection.execute(insert(WorkOrderRow), [moved(rows.order_columns(one.case)) for one in some])
        steps = [rows.event_columns(one.case, n) for one in some for n in range(len(one.case.steps))]
        connection.execute(insert(WorkOrderEventRow), [moved(step) for step in steps])
        clocks = [(one.case, clock) for one in some for clock in (one.case.clocks or {}).values()]
        if clocks:
            columns = [rows.clock_columns(case, one, levels_before(one, now)) for case, one in clocks]
            connection.execute(insert(WorkOrderClockRow), [moved(row) for row in columns])
