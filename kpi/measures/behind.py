"""The rows behind a figure: each call, segment, stretch of a state, shift, caller or order with its own share of it.

They come from the SQL of the figure itself, asked for each thing, so that their numerators and denominators add up to
it. Knows no HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from core.errors import BadInput
from core.web.answers import off_loop
from kpi.measures import orders
from kpi.measures.catalogue import Source
from kpi.measures.counting import ORDERS, MeasureQuery, Measuring, has_marts
from kpi.measures.ratios import Row
from kpi.sql_files import sql_of

Kind = Literal["call", "state", "shift", "caller", "order"]
KINDS: Mapping[Source, Kind] = {
    "visits": "call",
    "handling": "call",
    "agent_time": "state",
    "rosters": "shift",
    "contacts": "call",
    "callbacks": "caller",
    "orders": "order",
    "deadlines": "order",
    "first_deadlines": "order",
    "qa": "call",
}
# Of these the figure adds up marts; the things themselves are asked for by SQL of their own.
OWN_SQL = ("visits", "agent_time")
# Numbers that gave up in two queues are one for the house: split by queue only where one is asked for.
ONLY_AS_CHOSEN = ("callbacks",)
FACTS = ("part", "outcome", "wait_seconds", "state", "reason")
NONE = "none"
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Item:
    """``at`` and ``until`` in epoch seconds; ``group`` as the figure is split; ``facts`` say what it is."""

    kind: Kind
    id: str
    at: float
    group: Mapping[str, str]
    numerator: float
    denominator: float
    until: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


async def items(measuring: Measuring, question: MeasureQuery, chosen: Mapping[str, str]) -> list[Item]:
    """Everything that counts in the figure, newest first; ``chosen`` limits to groups. ``BadInput`` for too many."""
    dimensions = tuple(name for name in question.measure.by if name != "interval")
    if question.measure.source in ONLY_AS_CHOSEN or question.measure.source == "visits":
        dimensions = tuple(name for name in dimensions if name in chosen)
    asked = replace(question, by=dimensions)
    found = await _found(measuring, asked, chosen)
    if len(found) > MOST:
        raise BadInput(
            "{n} rows are too many to be listed.", field="from", remedy="Choose a shorter period.", n=f"> {MOST}"
        )

    def newest_first() -> list[Item]:
        wanted = [one for one in found if all((one.group[name] or NONE) == key for name, key in chosen.items())]
        counted = [one for one in wanted if one.numerator or one.denominator]
        return sorted(counted, key=lambda one: (one.at, one.id, str(one.facts.get("part", ""))), reverse=True)

    return await off_loop(newest_first)


async def _found(measuring: Measuring, asked: MeasureQuery, chosen: Mapping[str, str]) -> list[Item]:
    source = asked.measure.source
    if source == "rosters":
        return [
            _item(asked, str(shift.id), shift.starts_at, group, asdict(kept), shift.ends_at)
            for shift, group, kept in await measuring.shifts(asked)
        ]
    if source in ORDERS:
        rows = await _of_orders(measuring, asked)
        return await off_loop(_rows_as_items, asked, rows)
    if not has_marts(source):
        return []
    sql = sql_of(f"measures/{'rows/' if source in OWN_SQL else ''}{source}")
    filters = [name for name in asked.by if name in chosen]
    where = " and ".join(f"coalesce(nullif(by_{name}, ''), '{NONE}') = $only_{name}::varchar" for name in filters)
    # Our own SQL and names of our own; values are parameters.
    whole = f"select * from ({sql}) where {where or 'true'} limit {MOST + 1}"  # noqa: S608
    parameters = measuring.parameters(sql, asked, each=True) | {f"only_{name}": chosen[name] for name in filters}
    return await measuring.warehouse.ask(whole, parameters, lambda rows: _rows_as_items(asked, rows))


async def _of_orders(measuring: Measuring, asked: MeasureQuery) -> list[dict[str, Any]]:
    period = asked.from_at, asked.until, asked.now
    if asked.measure.source == "orders":
        return await orders.count_rows(measuring.warehouse, *period, each=True)
    first = asked.measure.source == "first_deadlines"
    return await orders.timeliness_rows(
        measuring.warehouse, *period, clock=asked.measure.milestone, first=first, each=True
    )


def _rows_as_items(asked: MeasureQuery, rows: Iterable[dict[str, Any]]) -> list[Item]:
    return [
        _item(
            asked,
            str(row["item"]),
            _epoch(row["happened_at"]),
            {name: str(row.get(f"by_{name}", row.get(name)) or "") for name in asked.by},
            row,
            _epoch(row["ended_at"]) if row.get("ended_at") is not None else None,
        )
        for row in rows
    ]


def _item(
    asked: MeasureQuery, item: str, at: float, group: Mapping[str, str], row: Row, until: float | None = None
) -> Item:
    of = asked.measure.of
    facts = {name: row[name] for name in FACTS if row.get(name) is not None}
    return Item(KINDS[asked.measure.source], item, at, group, of.numerator(row), of.denominator(row), until, facts)


def _epoch(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()
