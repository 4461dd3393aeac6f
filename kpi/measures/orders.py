"""What the indicators of work orders count in a period, asked of the marts; ``ratios`` says what is divided by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.clock import naive_utc
from kpi.measures.ratios import DeadlineCounts, OrderCounts
from kpi.measures.warehouse import Fetches
from kpi.sql_files import sql_of

REPEAT_DAYS = 7


# The clocks whose deadlines are milestones; a dispatch has no clock of its own.
MILESTONES = ("take", "arrive", "finish", "close", "return_visit", "total")


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
    return await warehouse.fetch(*counting(from_at, until, now, repeat_days=repeat_days, each=each))


def counting(
    from_at: float, until: float, now: float, *, repeat_days: int = REPEAT_DAYS, each: bool = False
) -> tuple[str, dict[str, Any]]:
    """What ``count_rows`` asks: the SQL and its parameters."""
    more = {"at": naive_utc(now), "repeat_days": repeat_days, "each": each}
    return sql_of("measures/order_counts"), {**_period(from_at, until), **more}


async def timeliness(
    warehouse: Fetches, from_at: float, until: float, now: float, *, clock: str | None = None, first: bool = False
) -> list[tuple[str, dict[str, str], DeadlineCounts]]:
    """By milestone, of all or of one: category, district and site with what was due and what was kept. ``first``: by
    the date that was promised first."""
    rows = await timeliness_rows(warehouse, from_at, until, now, clock=clock, first=first)
    return [(row["clock"], _group(row), DeadlineCounts(row["due"], row["kept"])) for row in rows]


async def timeliness_rows(
    warehouse: Fetches,
    from_at: float,
    until: float,
    now: float,
    *,
    clock: str | None = None,
    first: bool = False,
    each: bool = False,
) -> list[dict[str, Any]]:
    """The rows of ``timeliness``; with ``each`` one an order and milestone: ``happened_at`` is its deadline."""
    return await warehouse.fetch(*timing(from_at, until, now, clock=clock, first=first, each=each))


def timing(
    from_at: float, until: float, now: float, *, clock: str | None = None, first: bool = False, each: bool = False
) -> tuple[str, dict[str, Any]]:
    """What ``timeliness_rows`` asks: the SQL and its parameters."""
    more = {"at": naive_utc(now), "clock": clock, "first": first, "each": each}
    return sql_of("measures/order_timeliness"), {**_period(from_at, until), **more}


async def returners(warehouse: Fetches, from_at: float, until: float) -> dict[str, int]:
    """Who returned how many of the orders dispatched in the period."""
    sql = sql_of("measures/order_returns")
    return {row["done_by"]: row["returned"] for row in await warehouse.fetch(sql, _period(from_at, until))}


def together(found: Iterable[tuple[Any, OrderCounts]]) -> OrderCounts:
    return sum((one for _, one in found), OrderCounts())


def _period(from_at: float, until: float) -> dict[str, datetime]:
    return {"from_at": naive_utc(from_at), "until": naive_utc(until)}


def _group(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ("category", "district", "site")}
