"""What live boards and alerts count: the day so far, the last minutes, and what agents handled today.

A board counts a wait of the last minutes where it came to its end, and the day's waits by their queue entry.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from kpi.measures.ratios import CallCounts
from kpi.measures.warehouse import Fetches
from kpi.sql_files import sql_of

LATELY = timedelta(minutes=15)
# By queue; under ``None`` the house, where each caller counts once whatever queues the call went through.
ByQueue = dict[str | None, CallCounts]


async def today(warehouse: Fetches, day: date) -> ByQueue:
    """Of the site's local day; a queue without a caller is not there."""
    return _by_queue(await warehouse.fetch(sql_of("measures/today"), {"day": day}))


async def lately(warehouse: Fetches, until: datetime) -> ByQueue:
    """Waits that ended in the quarter of an hour up to ``until`` (UTC without a zone)."""
    asked = {"since": until - LATELY, "until": until}
    return _by_queue(await warehouse.fetch(sql_of("measures/lately"), asked))


async def handled(warehouse: Fetches, day: date, own: str | None = None) -> dict[str, Any]:
    """Of one extension or of all: ``handled`` calls with their seconds, for ``ratios.aht``."""
    (row,) = await warehouse.fetch(sql_of("measures/handled_today"), {"day": day, "own": own})
    return row


def _by_queue(rows: list[dict[str, Any]]) -> ByQueue:
    return {row["queue"]: CallCounts.of(row) for row in rows}
