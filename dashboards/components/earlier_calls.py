"""The earlier calls of a number, for whoever stands before the caller: the desk, the floor."""

from __future__ import annotations

from datetime import date
from typing import Any

from etl.warehouse import Warehouse
from kpi.lists.calls import iso, named
from kpi.lists.categories import categories

EARLIER_SHOWN = 8

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


async def earlier(warehouse: Warehouse, number: str, call_id: str, since: date) -> tuple[list[dict[str, Any]], int]:
    """The newest earlier calls of a number, and how many there are since the day."""
    if not number:
        # Who keeps the number back is nobody that we know.
        return [], 0
    rows = await warehouse.fetch(EARLIER, {"number": number, "call_id": call_id, "since": since, "most": EARLIER_SHOWN})
    tree = await categories(warehouse)
    calls = [
        {
            "id": row["call_id"],
            "direction": row["direction"],
            "outcome": row["outcome"],
            "queue": row["last_queue"],
            "agent": row["last_extension"],
            **named(row["category"], tree),
            "note": row["note"],
            "arrived_at": iso(row["arrived_at"]),
        }
        for row in rows
    ]
    return calls, rows[0]["calls"] if rows else 0
