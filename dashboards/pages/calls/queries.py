"""The list's rows and totals for a filter. The only module of the page that touches DuckDB; rights are checked here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.api.app import Web
from core.api.masking import sees_numbers
from core.clock import naive_utc
from core.errors import BadInput
from core.people import steering
from core.people.users import User
from dashboards.pages.calls.filters import Filter
from etl.calls import call_row, numbers_shown, own_extension
from etl.warehouse import Warehouse

LIST = (Path(__file__).parent / "list.sql").read_text("utf-8")
A_PAGE = 500
LONGEST_FILE = 50_000
# States of the floor that are seats' states; the others are the calls' own.
SEAT_STATES = {"ringing": "ringing", "talking": "talking", "held": "hold"}


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all rows of the filter, shown or not; waits in queues are counted with a ``visit`` filter only."""

    all_rows: int = 0
    all_calls: int = 0
    all_answered: int = 0
    all_abandoned: int = 0
    all_talk_seconds: float = 0.0
    all_entries: int = 0
    entries_in_time: int = 0
    entries_answered: int = 0
    entries_abandoned: int = 0
    entries_short: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    calls: list[dict[str, Any]] = field(default_factory=list)
    totals: Totals = Totals()


async def page(web: Web, user: User, chosen: Filter) -> Found:
    """One page of the list."""
    await web.lookups.searched(user, chosen.caller, "calls")
    web.audit.seen(user.name, "calls_listed", "calls", numbers=numbers_shown(user), **chosen.asked())
    return await _fetch(web, user, chosen, A_PAGE, (chosen.page - 1) * A_PAGE)


async def whole(web: Web, user: User, chosen: Filter) -> list[dict[str, Any]]:
    """Every call of the filter, for a file; refuses what no spreadsheet would open."""
    await web.lookups.searched(user, chosen.caller, "calls")
    found = await _fetch(web, user, chosen, LONGEST_FILE, 0)
    if found.totals.all_rows > LONGEST_FILE:
        raise BadInput(
            "{n} calls are too many for one file.",
            field="from",
            remedy="Choose a shorter period.",
            n=found.totals.all_rows,
        )
    return found.calls


async def orders_of(web: Web, call_id: str) -> list[str]:
    """The work orders that were taken in the call. Whoever may read a call may read them all."""
    sql = "select order_id from marts.fct_orders where from_call = $call order by order_id"
    return [row["order_id"] for row in await web.parts["warehouse"].fetch(sql, {"call": call_id})]


async def _fetch(web: Web, user: User, chosen: Filter, most: int, skip: int) -> Found:
    warehouse: Warehouse = web.parts["warehouse"]
    plain = sees_numbers(user)
    rows = await warehouse.fetch(
        LIST,
        {
            "from_at": naive_utc(chosen.begin) if chosen.begin else None,
            "until": naive_utc(chosen.end) if chosen.end else None,
            "visit": chosen.visit or None,
            "level": chosen.counted or None,
            "queue": chosen.queue or None,
            "agent": chosen.agent or None,
            "direction": chosen.direction or None,
            "outcome": chosen.outcome or None,
            # Searching by part would tell a masked number digit by digit.
            "caller": None if plain else chosen.caller or None,
            "caller_part": chosen.caller or None if plain else None,
            "own": own_extension(user),
            "ids": list(ids_in(web.live.state(), chosen)) if chosen.state else None,
            "marked": await _marked(web, chosen),
            "return_visits": chosen.kept == "return_visit",
            "oldest_first": chosen.state == "waiting",
            "most": most,
            "skip": skip,
        },
    )
    if not rows:
        return Found()
    totals = Totals(**{name: rows[0][name] or 0 for name in Totals.__dataclass_fields__})
    return Found([call_row(row, user) for row in rows], totals)


async def _marked(web: Web, chosen: Filter) -> list[str] | None:
    """Calls that somebody put aside; ``None`` is no such filter."""
    if chosen.kept not in ("qa", "training"):
        return None
    found = await web.in_session(lambda session: steering.marks(session, kind=chosen.kept))
    return [mark["call_id"] for mark in found]


def ids_in(floor: dict[str, Any], chosen: Filter) -> Iterable[str]:
    """The calls that are in the state now, as the wall counts them."""
    state = chosen.state
    # In which queue a call is now, not where it has been before.
    calls = [call for call in floor["calls"] if chosen.queue in ("", call["queue"])]
    if state in SEAT_STATES:
        at_seats = {seat["call_id"] for seat in floor["agents"] if seat["state"] == SEAT_STATES[state]}
        return {call["id"] for call in calls if call["id"] in at_seats}
    if state == "waiting":
        return {call["id"] for call in calls if call["position"] is not None}
    return {call["id"] for call in calls if state in ("open", call["state"])}
