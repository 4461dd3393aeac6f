"""Counts behind an indicator over a period, grouped as asked: rows of sums, from which ``catalogue`` divides.

A period is of whole quarters of an hour, since that is the grain of the marts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import naive_utc
from core.installation.definition import Installation
from core.rosters import service as rosters
from core.rosters.records import Shift
from core.web.answers import off_loop
from core.web.context import Web
from etl.families import installed
from etl.runner import PARAMETER
from etl.warehouse import Snapshot, Warehouse
from kpi import reading
from kpi.measures import orders
from kpi.measures.catalogue import Level, Measure, Source
from kpi.measures.ratios import Row
from kpi.planning import adherence
from kpi.planning.adherence_sums import NO_STATES, sums_of_shifts
from kpi.sql_files import sql_of

QUARTER_S = 900
ORDERS = ("orders", "deadlines", "first_deadlines")

Groups = list[tuple[dict[str, str], Row]]
# A shift, its agent and group, and what was kept of it.
ShiftSums = tuple[Shift, dict[str, str], adherence.AdherenceSums]


@dataclass(frozen=True, slots=True)
class MeasureQuery:
    """``own`` limits to one agent; ``threshold_s`` takes the place of the queues' own T. ``case_mix``: scores compare
    with what the same cases make for all. Times are epoch seconds."""

    measure: Measure
    from_at: float
    until: float
    by: tuple[str, ...]
    now: float
    own: str | None = None
    threshold_s: int | None = None
    level: Level | None = None
    case_mix: bool = False

    @property
    def counted(self) -> Level:
        """Of figures of queues: a queue's own count entries, the house's each caller once."""
        return self.level or ("entry" if "queue" in self.by else "caller")


@dataclass(frozen=True, slots=True)
class Measuring:
    """``answer`` gives group and sums; without ``by`` exactly one group."""

    web: Web
    warehouse: Warehouse | Snapshot
    zone: ZoneInfo
    installation: Installation
    # What takes long and is asked for more than once: shifts for adherence, conformance and what they are made of.
    memo: dict[object, Any] = field(default_factory=dict, init=False, compare=False)

    async def answer(self, question: MeasureQuery) -> Groups:
        if question.measure.source in ORDERS:
            found = await self._of_orders(question)
        elif question.measure.source == "rosters":
            found = await self._of_rosters(question)
        else:
            found = await self._of_marts(question)
        return found or ([] if question.by else [({}, {})])

    async def demo(self, question: MeasureQuery) -> bool:
        (row,) = await self._fetch("demo", question)
        return bool(row["of_orders" if question.measure.source in ORDERS else "of_calls"])

    async def _of_marts(self, question: MeasureQuery) -> Groups:
        if not has_marts(question.measure.source):
            return []
        rows = await self._fetch(question.measure.source, question)
        beside = await self._fetch("waits", question) if question.measure.id == "asa" else []

        def together() -> Groups:
            known = {tuple(_group(row, question.by).values()): row for row in beside}
            groups = [(_group(row, question.by), row) for row in rows]
            return [(group, {**row, **known.get(tuple(group.values()), {})}) for group, row in groups]

        return await off_loop(together)

    async def _fetch(self, name: str, question: MeasureQuery) -> list[dict[str, Any]]:
        sql = sql_of(f"measures/{name}")
        return await self.warehouse.fetch(sql, self.parameters(sql, question))

    def parameters(self, sql: str, question: MeasureQuery, *, each: bool = False) -> dict[str, Any]:
        """Those that the SQL names. With ``each`` every thing counted has a row of its own."""
        known = {
            "each": each,
            "from_at": naive_utc(question.from_at),
            "until": naive_utc(question.until),
            "at": naive_utc(question.now),
            "own": question.own,
            "threshold": question.threshold_s,
            "number": question.measure.number,
            "level": question.counted,
            **{f"by_{name}": name in question.by for name in ("interval", "queue", "agent", "group")},
        }
        return {name: known[name] for name in set(PARAMETER.findall(sql))}

    async def _of_orders(self, question: MeasureQuery) -> Groups:
        period = question.from_at, question.until, question.now
        if question.measure.source == "orders":
            rows = await orders.counts(self.warehouse, *period)
            return await off_loop(lambda: _added([(group, asdict(counts)) for group, counts in rows], question.by))
        first = question.measure.source == "first_deadlines"
        kept = await orders.timeliness(self.warehouse, *period, clock=question.measure.milestone, first=first)
        return await off_loop(lambda: _added([(group, asdict(one)) for _clock, group, one in kept], question.by))

    async def _of_rosters(self, question: MeasureQuery) -> Groups:
        kept = await self.shifts(question)
        return await off_loop(lambda: _added([(group, asdict(one)) for _shift, group, one in kept], question.by))

    async def shifts(self, question: MeasureQuery) -> list[ShiftSums]:
        """Shifts that begin in the period, up to now, with what was kept of each."""
        key = ("shifts", question.from_at, question.until, question.now, question.own)
        if key not in self.memo:
            self.memo[key] = await self._shifts_of(question)
        shifts: list[ShiftSums] = self.memo[key]
        return shifts

    async def _shifts_of(self, question: MeasureQuery) -> list[ShiftSums]:
        first = datetime.fromtimestamp(question.from_at, self.zone).date()
        days = (datetime.fromtimestamp(question.until, self.zone).date() - first).days + 1
        before = rosters.later(first.isoformat(), -1)
        shifts = await self.web.in_session(
            lambda session: rosters.roster(session, before, days + 2, self.zone, own=question.own).shifts
        )
        known_from = await reading.states_from(self.warehouse)
        around = adherence.AROUND_S
        states = await reading.state_times(
            self.warehouse,
            question.from_at - around,
            question.until + 24 * 3600.0 + around,
            question.now,
            question.own,
        )
        since = known_from if known_from is not None else question.now

        def work() -> list[ShiftSums]:
            found: list[ShiftSums] = []
            for extension, own in rosters.by_agent(shifts).items():
                agent = self.installation.agents.get(extension)
                group = {"agent": extension, "group": agent.group if agent else ""}
                begun, known = _begun(own, question), states.get(extension, NO_STATES)
                sums = sums_of_shifts(begun, own, known, since, question.now)
                found += [(shift, group, kept) for shift, kept in zip(begun, sums, strict=True)]
            return found

        return await asyncio.to_thread(work)


def has_marts(source: Source) -> bool:
    """Scores of calls are a mart that another folder brings: where it is not there, nothing was scored."""
    return source != "qa" or any(one.name == "qa" for one in installed())


def _begun(shifts: Iterable[Shift], question: MeasureQuery) -> list[Shift]:
    return [one for one in shifts if question.from_at <= one.starts_at < min(question.until, question.now)]


def _added(rows: Iterable[tuple[Mapping[str, str], Mapping[str, float]]], by: tuple[str, ...]) -> Groups:
    """Sums by the groups asked for, in order of their names."""
    sums: dict[tuple[str, ...], dict[str, float]] = {}
    for group, row in rows:
        held = sums.setdefault(tuple(group[name] for name in by), dict.fromkeys(row, 0))
        for name, value in row.items():
            held[name] += value
    return [(dict(zip(by, key, strict=True)), sums[key]) for key in sorted(sums)]


def _group(row: Mapping[str, Any], by: tuple[str, ...]) -> dict[str, str]:
    return {
        name: f"{row['by_interval'].isoformat(timespec='seconds')}Z" if name == "interval" else row[f"by_{name}"]
        for name in by
    }
