"""The indicators of work orders, each written once. Pure but for ``counts`` and ``timeliness``, which ask the marts.

Ratios are of sums: add up counts first (``OrderCounts.__add__``), divide afterwards. Every ratio gives ``None``
where the denominator is zero, which pages show as a dash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from core.clock import naive_utc
from core.i18n import N_
from etl.runner import statements
from etl.service_level import Indicator, Ratio

REPEAT_DAYS = 7


class Fetches(Protocol):
    """The part of ``etl.warehouse.Warehouse`` that is needed here."""

    async def fetch(self, sql: str, parameters: Any = None, *, fresh_s: float = 0.0) -> list[dict[str, Any]]: ...


# The clocks whose deadlines are milestones; a dispatch has no clock of its own.
MILESTONES = ("take", "arrive", "finish", "close", "return_visit", "total")


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """What ``etl/sql/api/order_counts.sql`` counts in a period."""

    opened: int = 0
    opened_and_closed: int = 0
    closed: int = 0
    closed_in_round_1: int = 0
    backlog: int = 0
    dispatched: int = 0
    returned: int = 0
    urged: int = 0
    overdue: int = 0
    repeated: int = 0
    visits_due: int = 0
    visits_tried: int = 0
    visits_reached: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> OrderCounts:
        return cls(**{one.name: int(row.get(one.name) or 0) for one in fields(cls)})

    def __add__(self, other: OrderCounts) -> OrderCounts:
        mine, theirs = asdict(self), asdict(other)
        return OrderCounts(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, slots=True)
class Kept:
    """Orders whose deadline of one milestone fell in the period, and those that kept it."""

    due: int = 0
    kept: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.due + other.due, self.kept + other.kept)

    @property
    def share(self) -> float | None:
        """``order_timeliness``: kept / due."""
        return kept_rate(self)


# Of those opened in the period; it goes on growing after the period's end.
close_rate_cohort: Ratio[OrderCounts] = Ratio(lambda c: c.opened_and_closed, lambda c: c.opened)
# Closed in the period, of all that were there to be closed.
close_rate_flow: Ratio[OrderCounts] = Ratio(lambda c: c.closed, lambda c: c.backlog + c.opened)
return_rate: Ratio[OrderCounts] = Ratio(lambda c: c.returned, lambda c: c.dispatched)
return_visit_rate: Ratio[OrderCounts] = Ratio(lambda c: c.visits_reached, lambda c: c.visits_due)
return_visit_attempted: Ratio[OrderCounts] = Ratio(lambda c: c.visits_tried, lambda c: c.visits_due)
first_fix_rate: Ratio[OrderCounts] = Ratio(lambda c: c.closed_in_round_1, lambda c: c.closed)
urge_rate: Ratio[OrderCounts] = Ratio(lambda c: c.urged, lambda c: c.opened)
# Opened in the period and past a deadline, by now or in the end.
overdue_rate: Ratio[OrderCounts] = Ratio(lambda c: c.overdue, lambda c: c.opened)
repeat_rate: Ratio[OrderCounts] = Ratio(lambda c: c.repeated, lambda c: c.opened)
# order_timeliness, of one milestone.
kept_rate: Ratio[Kept] = Ratio(lambda c: c.kept, lambda c: c.due)


INDICATORS: Mapping[str, Indicator[OrderCounts]] = {
    one.id: one
    for one in (
        Indicator(
            "close_rate.cohort",
            N_("Close rate (of those opened)"),
            "closed of those opened / opened",
            close_rate_cohort,
        ),
        Indicator(
            "close_rate.flow",
            N_("Close rate (of the work in hand)"),
            "closed / (backlog + opened)",
            close_rate_flow,
        ),
        Indicator("return_rate", N_("Return rate"), "returned at least once / dispatched", return_rate),
        Indicator("return_visit_rate", N_("Return visit rate"), "reached / due", return_visit_rate),
        Indicator(
            "return_visit_rate.attempted", N_("Return visits attempted"), "attempted / due", return_visit_attempted
        ),
        Indicator("first_fix_rate", N_("Solved in the first round"), "closed in round 1 / closed", first_fix_rate),
        Indicator("urge_rate", N_("Urge rate"), "urged / opened", urge_rate),
        Indicator("overdue_rate", N_("Overdue rate"), "past a deadline / opened", overdue_rate),
        Indicator("repeat_rate", N_("Repeat rate"), "same customer and category in n days / opened", repeat_rate),
    )
}


async def counts(
    warehouse: Fetches, from_at: float, until: float, now: float, *, repeat_days: int = REPEAT_DAYS
) -> list[tuple[dict[str, str], OrderCounts]]:
    """Counts by category, district and site; times in UTC epoch seconds."""
    rows = await count_rows(warehouse, from_at, until, now, repeat_days=repeat_days)
    return [(_group(row), OrderCounts.of(row)) for row in rows]


async def count_rows(
    warehouse: Fetches, from_at: float, until: float, now: float, *, repeat_days: int = REPEAT_DAYS, each: bool = False
) -> list[dict[str, Any]]:
    """The rows of ``counts``; with ``each`` one an order: ``item`` is its number, ``happened_at`` its opening."""
    (sql,) = statements("api/order_counts.sql")
    more = {"at": naive_utc(now), "repeat_days": repeat_days, "each": each}
    return await warehouse.fetch(sql, {**_period(from_at, until), **more})


async def timeliness(
    warehouse: Fetches, from_at: float, until: float, now: float
) -> list[tuple[str, dict[str, str], Kept]]:
    """By milestone: category, district and site with what was due and what was kept."""
    rows = await timeliness_rows(warehouse, from_at, until, now)
    return [(row["clock"], _group(row), Kept(row["due"], row["kept"])) for row in rows]


async def timeliness_rows(
    warehouse: Fetches, from_at: float, until: float, now: float, *, each: bool = False
) -> list[dict[str, Any]]:
    """The rows of ``timeliness``; with ``each`` one an order and milestone: ``happened_at`` is its deadline."""
    (sql,) = statements("api/order_timeliness.sql")
    return await warehouse.fetch(sql, {**_period(from_at, until), "at": naive_utc(now), "each": each})


async def returners(warehouse: Fetches, from_at: float, until: float) -> dict[str, int]:
    """Who returned how many of the orders dispatched in the period."""
    (sql,) = statements("api/order_returns.sql")
    return {row["done_by"]: row["returned"] for row in await warehouse.fetch(sql, _period(from_at, until))}


def together(found: Iterable[tuple[Any, OrderCounts]]) -> OrderCounts:
    return sum((one for _, one in found), OrderCounts())


def _period(from_at: float, until: float) -> dict[str, datetime]:
    return {"from_at": naive_utc(from_at), "until": naive_utc(until)}


def _group(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("category", "district", "site")}
