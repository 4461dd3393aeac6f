"""What the desk reads from the marts: the agent's own day, and what became of a number's earlier calls."""

from __future__ import annotations

from datetime import date
from typing import Any

from etl.calls import iso
from etl.warehouse import Warehouse

EARLIER_SHOWN = 8

TODAY = """
select
    coalesce(sum(handled), 0)::integer as handled,
    -- Nothing is counted of a call before its wrap-up ends: no mean then, not one of zero.
    nullif(sum(talk_seconds + hold_seconds + wrap_up_seconds), 0) / nullif(sum(handled), 0) as mean_handling_s
from marts.agg_agent_interval
where extension = $extension and day = $day
"""

# Calls from the number and calls of ours to it; the total stands on every row.
EARLIER = """
select
    call_id,
    direction,
    outcome,
    last_queue,
    last_extension,
    category,
    note,
    arrived_at,
    count(*) over () as calls
from marts.fct_calls
where
    call_id <> $call_id
    and arrived_at >= $since::date
    and (caller = $number or (direction = 'outbound' and dialled = $number))
order by arrived_at desc
limit $most
"""


async def today(warehouse: Warehouse, extension: str, day: date) -> dict[str, Any]:
    """Calls handled and their mean handling time; ``None`` before the first one."""
    return (await warehouse.fetch(TODAY, {"extension": extension, "day": day}))[0]


async def earlier(warehouse: Warehouse, number: str, call_id: str, since: date) -> tuple[list[dict[str, Any]], int]:
    """The newest earlier calls of a number, and how many there are since the day."""
    if not number:
        # Who keeps the number back is nobody that we know.
        return [], 0
    rows = await warehouse.fetch(EARLIER, {"number": number, "call_id": call_id, "since": since, "most": EARLIER_SHOWN})
    calls = [
        {
            "id": row["call_id"],
            "direction": row["direction"],
            "outcome": row["outcome"],
            "queue": row["last_queue"],
            "agent": row["last_extension"],
            "category": row["category"],
            "note": row["note"],
            "arrived_at": iso(row["arrived_at"]),
        }
        for row in rows
    ]
    return calls, rows[0]["calls"] if rows else 0
