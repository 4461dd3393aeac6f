"""The list's rows and totals for a filter. The only module of the page that touches DuckDB; rights are checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.clock import naive_utc
from core.errors import BadInput
from core.installation import steering
from core.people.users import User
from core.web.context import Web
from core.web.masking import sees_numbers
from dashboards.pages.calls.filters import CallFilter
from etl.readers import FILE_LIMIT_S
from etl.warehouse import WAREHOUSE
from kpi.lists.call_list import CallList, CallTotals
from kpi.lists.calls import call_row, numbers_shown, own_extension
from kpi.lists.categories import categories

A_PAGE = 500
LONGEST_FILE = 50_000
# States of the floor that are seats' states; the others are the calls' own.
SEAT_STATES = {"ringing": "ringing", "talking": "talking", "held": "hold"}


@dataclass(frozen=True, slots=True)
class CallPage:
    calls: list[dict[str, Any]] = field(default_factory=list)
    totals: CallTotals = field(default_factory=CallTotals)


async def page(web: Web, user: User, chosen: CallFilter) -> CallPage:
    """One page of the list."""
    await web.lookups.searched(user, chosen.caller, "calls")
    web.audit.seen(user.name, "calls_listed", "calls", numbers=numbers_shown(user), **chosen.as_parameters())
    warehouse = web.parts[WAREHOUSE]
    wanted = await _list(web, user, chosen)
    totals = await wanted.totals(warehouse)
    tree = await categories(warehouse)
    calls = await wanted.page(
        warehouse, A_PAGE, (chosen.page - 1) * A_PAGE, lambda rows: [call_row(row, user, tree) for row in rows]
    )
    return CallPage(calls, totals)


async def file_of(
    web: Web, user: User, chosen: CallFilter, text_of: Callable[[Iterator[dict[str, Any]]], bytes]
) -> tuple[int, bytes]:
    """How many calls, and what ``text_of`` makes of them as they come; refuses what no spreadsheet would open."""
    warehouse = web.parts[WAREHOUSE]
    await web.lookups.searched(user, chosen.caller, "calls")
    wanted = await _list(web, user, chosen)
    count = (await wanted.totals(warehouse)).all_rows
    if count > LONGEST_FILE:
        raise BadInput("{n} calls are too many for one file.", field="from", remedy="Choose a shorter period.", n=count)
    tree = await categories(warehouse)
    text = await wanted.page(
        warehouse,
        LONGEST_FILE,
        0,
        lambda rows: text_of(call_row(row, user, tree) for row in rows),
        is_long=count > A_PAGE,
        limit_s=FILE_LIMIT_S,
    )
    return count, text


async def orders_of(web: Web, call_id: str) -> list[str]:
    """The work orders that were taken in the call. Whoever may read a call may read them all."""
    sql = "select order_id from marts.fct_orders where from_call = $call order by order_id"
    return [row["order_id"] for row in await web.parts[WAREHOUSE].fetch(sql, {"call": call_id})]


async def _list(web: Web, user: User, chosen: CallFilter) -> CallList:
    plain = sees_numbers(user)
    return CallList(
        from_at=naive_utc(chosen.begin) if chosen.begin else None,
        until=naive_utc(chosen.end) if chosen.end else None,
        visit=chosen.visit or None,
        level=chosen.counted,
        sign=chosen.sign or None,
        queue=chosen.queue or None,
        agent=chosen.agent or None,
        direction=chosen.direction or None,
        outcome=chosen.outcome or None,
        # Searching by part would tell a masked number digit by digit.
        caller=None if plain else chosen.caller or None,
        caller_part=chosen.caller or None if plain else None,
        own=own_extension(user),
        ids=list(ids_in(web.live.state(), chosen)) if chosen.state else None,
        marked=await _marked(web, chosen),
        return_visits=chosen.kept == "return_visit",
        oldest_first=chosen.state == "waiting",
    )


async def _marked(web: Web, chosen: CallFilter) -> list[str] | None:
    """Calls that somebody put aside; ``None`` is no such filter."""
    if chosen.kept not in ("qa", "training"):
        return None
    found = await web.in_session(lambda session: steering.marks(session, kind=chosen.kept))
    return [mark["call_id"] for mark in found]


def ids_in(floor: dict[str, Any], chosen: CallFilter) -> Iterable[str]:
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
