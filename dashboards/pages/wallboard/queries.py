"""The day's figures of the wall, read from the marts. The only module of the page that knows the warehouse."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import iso, wall_text
from dashboards.components.turned_away import turned_away
from kpi.measures import boards
from kpi.measures.ratios import CallCounts, abandon_rate, asa, short_abandons_removed
from kpi.measures.warehouse import Fetches

QUARTER_S = 900

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


async def today(warehouse: Fetches, now: float, timezone: str) -> dict[str, Any]:
    """Everything of the day up to ``now`` (UTC epoch seconds), in the site's time zone. ``None`` is no data."""
    zone = ZoneInfo(timezone)
    utc = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    day = datetime.fromtimestamp(now, zone).date()
    week_ago = day - timedelta(days=7)
    found = await boards.today(warehouse, day)
    arrivals = await warehouse.fetch(ARRIVALS, {"day": day, "week_ago": week_ago})
    outcomes = await warehouse.fetch(OUTCOMES, {"day": day})
    minute = utc.replace(second=0, microsecond=0)
    hour = (await warehouse.fetch(HOUR, {"now": utc, "minute": minute, "day": day, "week_ago": week_ago}))[0]
    starts, then = quarter_starts(day, zone), quarter_starts(week_ago, zone)
    total = found.get(None, CallCounts())
    counts = {queue: one for queue, one in found.items() if queue is not None}
    return {
        "day": day.isoformat(),
        "total": {**indicators(total), **await turned_away(warehouse, day)},
        "queues": {queue: indicators(one) for queue, one in counts.items()},
        # The beginnings of the day's quarters as the lists' filters read them, and its end.
        "quarters": [wall_text(at) for at in starts],
        "first_quarter": iso(starts[0].timestamp()),
        "arrivals": quarters(arrivals, starts),
        "arrivals_week_ago": by_the_clock(quarters(arrivals, then), then, starts),
        "outcomes": {row["outcome"] or "in_progress": row["calls"] for row in outcomes},
        "minute": iso(minute.replace(tzinfo=UTC).timestamp()),
        "last_hour": hour["calls"],
        "last_hour_week_ago": hour["calls_week_ago"],
        "so_far_week_ago": hour["so_far_week_ago"],
    }


def indicators(counts: CallCounts) -> dict[str, Any]:
    """The ratios beside the counts that they are made of, so that the wall can show its expression."""
    return {
        **asdict(counts),
        "offered": counts.offered,
        "service_level": short_abandons_removed(counts),
        "abandon_rate": abandon_rate(counts),
        "asa": asa(counts),
    }


def quarter_starts(day: date, zone: ZoneInfo) -> list[datetime]:
    """The local day's quarters, 92 to 100 where clocks change, and the midnight that ends it."""
    first, last = (datetime.combine(day + timedelta(days=n), datetime.min.time(), zone).timestamp() for n in (0, 1))
    return [datetime.fromtimestamp(first + QUARTER_S * n, zone) for n in range(round((last - first) / QUARTER_S) + 1)]


def quarters(rows: list[dict[str, Any]], starts: list[datetime]) -> list[int]:
    """The calls that arrived in each quarter of the day, each of a repeated hour by itself."""
    found, first = [0] * (len(starts) - 1), starts[0].timestamp()
    for row in rows:
        place = int((row["interval_start"].replace(tzinfo=UTC).timestamp() - first) // QUARTER_S)
        if 0 <= place < len(found):
            found[place] += row["calls"]
    return found


def by_the_clock(counts: list[int], starts: list[datetime], wanted: list[datetime]) -> list[int]:
    """Counts of one day at the same times of another, where either may have hours twice or not at all."""
    at = dict.fromkeys((one.time() for one in starts[:-1]), 0)
    for one, count in zip(starts, counts, strict=False):
        at[one.time()] += count
    return [at.get(one.time(), 0) for one in wanted[:-1]]
