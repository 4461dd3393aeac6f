"""The day's figures of the wall, read from the marts. The only module of the page that knows the warehouse."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from core.clock import iso
from dashboards.components.turned_away import turned_away
from etl.service_level import Counts, abandon_rate, asa, short_abandons_removed

QUARTER_S = 900

# The row without a queue is the house: each caller once, whatever queues the call went through.
BY_QUEUE = """
select
    case when level = 'entry' then queue end as queue,
    sum(answered) as answered,
    sum(abandoned) as abandoned,
    sum(redirected) as redirected,
    sum(answered_in_t) as answered_in_t,
    sum(abandoned_in_t) as abandoned_in_t,
    sum(short_abandons) as short_abandons,
    sum(wait_answered_seconds) as wait_answered_seconds
from marts.interval_counts
where day = $day
group by
    level,
    case when level = 'entry' then queue end
"""

ARRIVALS = """
select
    day,
    interval_start,
    count(*) as calls
from marts.fct_calls
where direction = 'inbound' and day in ($day, $week_ago)
group by
    day,
    interval_start
"""

OUTCOMES = """
select
    outcome,
    count(*) as calls
from marts.fct_calls
where direction = 'inbound' and day = $day
group by outcome
"""

# Whole minutes, so that the list behind the figure holds the same calls.
HOUR = """
select
    count(*) filter (where arrived_at >= $minute - interval 1 hour and arrived_at < $minute) as calls,
    count(*) filter (
        where arrived_at >= $minute - interval '7 days 1 hour' and arrived_at < $minute - interval 7 days
    ) as calls_week_ago,
    count(*) filter (where arrived_at <= $now - interval 7 days and day = $week_ago) as so_far_week_ago
from marts.fct_calls
where direction = 'inbound' and day in ($day, $day - interval 1 day, $week_ago, $week_ago - interval 1 day)
"""


class Fetches(Protocol):
    """The part of ``etl.warehouse.Warehouse`` that pages use."""

    async def fetch(self, sql: str, parameters: Any = None, *, fresh_s: float = 0.0) -> list[dict[str, Any]]: ...


async def today(warehouse: Fetches, now: float, timezone: str) -> dict[str, Any]:
    """Everything of the day up to ``now`` (UTC epoch seconds), in the site's time zone. ``None`` is no data."""
    zone = ZoneInfo(timezone)
    utc = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    day = datetime.fromtimestamp(now, zone).date()
    week_ago = day - timedelta(days=7)
    queues = await warehouse.fetch(BY_QUEUE, {"day": day})
    arrivals = await warehouse.fetch(ARRIVALS, {"day": day, "week_ago": week_ago})
    outcomes = await warehouse.fetch(OUTCOMES, {"day": day})
    minute = utc.replace(second=0, microsecond=0)
    hour = (await warehouse.fetch(HOUR, {"now": utc, "minute": minute, "day": day, "week_ago": week_ago}))[0]
    found = {row["queue"]: Counts.of(row) for row in queues}
    total = found.get(None, Counts())
    counts = {queue: one for queue, one in found.items() if queue is not None}
    return {
        "day": day.isoformat(),
        "total": {**indicators(total), **await turned_away(warehouse, day)},
        "queues": {queue: indicators(one) for queue, one in counts.items()},
        "arrivals": quarters(arrivals, day, zone),
        "arrivals_week_ago": quarters(arrivals, week_ago, zone),
        "outcomes": {row["outcome"] or "in_progress": row["calls"] for row in outcomes},
        "minute": iso(minute.replace(tzinfo=UTC).timestamp()),
        "last_hour": hour["calls"],
        "last_hour_week_ago": hour["calls_week_ago"],
        "so_far_week_ago": hour["so_far_week_ago"],
    }


def indicators(counts: Counts) -> dict[str, Any]:
    """The ratios beside the counts that they are made of, so that the wall can show its expression."""
    return {
        **asdict(counts),
        "offered": counts.offered,
        "service_level": short_abandons_removed(counts),
        "abandon_rate": abandon_rate(counts),
        "asa": asa(counts),
    }


def quarters(rows: list[dict[str, Any]], day: date, zone: ZoneInfo) -> list[int]:
    """96 counts, midnight first, of the calls that arrived on ``day``."""
    found = [0] * 96
    midnight = datetime.combine(day, datetime.min.time(), zone)
    for row in rows:
        if row["day"] == day:
            since = row["interval_start"].replace(tzinfo=UTC) - midnight
            place = int(since.total_seconds() // QUARTER_S)
            if 0 <= place < len(found):
                found[place] += row["calls"]
    return found
