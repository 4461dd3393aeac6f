"""Callers whom the queues sent on, by why: closed, full, nobody on duty, waited too long. Each caller once."""

from __future__ import annotations

from datetime import date

from kpi.measures.warehouse import Fetches

# The last queue's word counts, as in the day's figures.
BY_WHY = """
with lasts as (
    select
        call_id,
        arg_max(left_how, visit_no) as left_how
    from marts.fct_queue_visits
    where day = $day and direction = 'inbound'
    group by call_id
)

select
    lasts.left_how,
    count(*) as callers
from lasts
inner join marts.fct_calls as calls on lasts.call_id = calls.call_id
where calls.caller_outcome = 'redirected'
group by lasts.left_how
"""
WHYS = ("closed", "overflow", "no_agents", "max_wait")


async def turned_away(warehouse: Fetches, day: date) -> dict[str, int]:
    """Every reason, also those of which there was none."""
    found = {row["left_how"]: int(row["callers"]) for row in await warehouse.fetch(BY_WHY, {"day": day})}
    return {why: found.get(why, 0) for why in WHYS}
