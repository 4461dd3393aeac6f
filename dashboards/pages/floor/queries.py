"""What the floor reads from the marts: the day's figures and those of the last quarter of an hour, as counts."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import iso, naive_utc
from dashboards.components.turned_away import turned_away
from etl.service_level import Counts, abandon_rate, short_abandons_removed
from etl.warehouse import Warehouse

LATELY = timedelta(minutes=15)

# Of the house: each caller once, whatever queues the call went through. Waits by the first queue's own threshold; 5 s
# is a short abandon.
CALLERS = """
select
    count(*) filter (where outcome = 'answered') as answered,
    count(*) filter (where outcome = 'abandoned') as abandoned,
    count(*) filter (where outcome = 'redirected') as redirected,
    count(*) filter (where outcome = 'answered' and wait_seconds <= coalesce(threshold_s, 20)) as answered_in_t,
    count(*) filter (where outcome = 'abandoned' and wait_seconds <= coalesce(threshold_s, 20)) as abandoned_in_t,
    count(*) filter (where outcome = 'abandoned' and wait_seconds <= 5) as short_abandons,
    coalesce(sum(wait_seconds) filter (where outcome = 'answered'), 0) as wait_answered_seconds
from (
    select
        calls.caller_outcome as outcome,
        calls.caller_wait_seconds as wait_seconds,
        queues.service_level_s as threshold_s
    from marts.fct_calls as calls
    left join marts.dim_queue as queues on calls.first_queue = queues.queue
    where
        calls.queue_entered_at >= $entered
        and calls.caller_left_at > $since
        and calls.caller_left_at <= $until
)
"""

HANDLING = """
select
    coalesce(sum(handled), 0)::integer as handled,
    coalesce(sum(talk_seconds + hold_seconds + wrap_up_seconds), 0)::double as seconds
from marts.agg_agent_interval
where day = $day
"""


async def figures(warehouse: Warehouse, now: float, timezone: str) -> dict[str, Any]:
    """``day`` and ``lately`` hold ratios beside the counts that make them up; ``None`` is no data.

    Of whole seconds, so that a link can name the quarter of an hour that ``lately`` counted: ``from`` and ``to``.
    """
    now = math.floor(now)
    utc = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    midnight = datetime.fromtimestamp(now, ZoneInfo(timezone)).replace(hour=0, minute=0, second=0)
    day = midnight.date()
    handling = (await warehouse.fetch(HANDLING, {"day": day}))[0]
    return {
        "day": {
            **await _counted(warehouse, midnight, utc - timedelta(days=1), utc),
            **await turned_away(warehouse, day),
        },
        "lately": {
            **await _counted(warehouse, midnight - timedelta(days=1), utc - LATELY, utc),
            "from": iso(now - LATELY.total_seconds()),
            "to": iso(now),
        },
        "aht": handling["seconds"] / handling["handled"] if handling["handled"] else None,
        "handled": handling["handled"],
    }


async def _counted(warehouse: Warehouse, entered: datetime, since: datetime, until: datetime) -> dict[str, Any]:
    asked = {"entered": naive_utc(entered), "since": since, "until": until}
    counts = Counts.of((await warehouse.fetch(CALLERS, asked))[0])
    return {
        **asdict(counts),
        "offered": counts.offered,
        "service_level": short_abandons_removed(counts),
        "abandon_rate": abandon_rate(counts),
    }
