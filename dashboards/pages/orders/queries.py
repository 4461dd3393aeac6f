"""The list's rows and totals for a filter, from the marts. The only module of the page that touches DuckDB.

Whoever asks sees the orders of the own scope only; numbers are masked here for whom they are no business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import naive_utc
from core.db.tables import OrderSiteRow, UserRow
from core.errors import BadInput
from core.free_text import asks_for_number
from core.people.users import User
from core.rights import Scope
from core.web.context import Web
from core.web.masking import masked, masked_text, sees_numbers
from core.web.order_people import person as person_of
from core.web.routes.workorders import numbers_in
from core.workorders import reading
from core.workorders.rights import Actor, sees_number
from dashboards.pages.orders.filters import MANY, OrderFilter
from dashboards.pages.orders.words import OPEN_STATES
from etl.readers import FILE_LIMIT_S
from etl.warehouse import WAREHOUSE
from kpi.lists.categories import Categories, categories
from kpi.lists.order_list import OrderList, OrderTotals

A_PAGE = 500
# The level of a clock from which on its deadline is amber.
SOON_PERCENT = 80
LONGEST_FILE = 50_000

DISTRICTS = """
select distinct district
from marts.fct_orders
where district <> ''
order by district
"""


@dataclass(frozen=True, slots=True)
class OrderPage:
    orders: list[dict[str, Any]] = field(default_factory=list)
    totals: OrderTotals = field(default_factory=OrderTotals)


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What may be chosen: ids to names."""

    categories: Categories
    districts: list[str]
    sites: dict[str, str]
    people: dict[str, str]

    def site(self, site: str | None) -> str:
        return self.sites.get(site, site) if site else ""

    def person(self, name: str | None) -> str:
        return self.people.get(name, name) if name else ""


async def page(web: Web, user: User, chosen: OrderFilter, now: float) -> OrderPage:
    """One page of the list as it stands at ``now`` (UTC epoch seconds)."""
    await _noted(web, user, chosen)
    warehouse = web.parts[WAREHOUSE]
    who = await person(web, user)
    wanted = _list(who, user, chosen, now)
    totals = await wanted.totals(warehouse)
    orders = await wanted.page(
        warehouse, A_PAGE, (chosen.page - 1) * A_PAGE, lambda rows: [_as_seen_by(who, row) for row in rows]
    )
    found = OrderPage(orders, totals)
    asked = {name: getattr(chosen, name) for name in ("caller", "customer", "site", "assignee", "from_call", "q")}
    told = {name: value for name, value in asked.items() if value}
    web.audit.seen(user.name, "orders_listed", "orders", numbers=numbers_in(found.orders), **told)
    return found


async def file_of(
    web: Web, user: User, chosen: OrderFilter, now: float, text_of: Callable[[Iterator[dict[str, Any]]], bytes]
) -> tuple[int, bytes]:
    """How many orders, and what ``text_of`` makes of them as they come; refuses what no spreadsheet would open."""
    warehouse = web.parts[WAREHOUSE]
    await _noted(web, user, chosen)
    who = await person(web, user)
    wanted = _list(who, user, chosen, now)
    count = (await wanted.totals(warehouse)).all_orders
    if count > LONGEST_FILE:
        raise BadInput(
            "{n} orders are too many for one file.", field="from", remedy="Choose a shorter period.", n=count
        )
    text = await wanted.page(
        warehouse,
        LONGEST_FILE,
        0,
        lambda rows: text_of(_as_seen_by(who, row) for row in rows),
        is_long=count > A_PAGE,
        limit_s=FILE_LIMIT_S,
    )
    return count, text


async def _noted(web: Web, user: User, chosen: OrderFilter) -> None:
    """Looking for a number, also among the words, is a look-up of those to whom it would be masked."""
    await web.lookups.searched(user, chosen.caller, "orders")
    await web.lookups.searched(user, chosen.q if asks_for_number(chosen.q) else "", "orders")


async def filter_choices(web: Web, user: User) -> FilterChoices:
    """What this person may choose from: a manager's only site is the own."""
    warehouse = web.parts[WAREHOUSE]
    tree = await categories(warehouse)
    districts = await warehouse.fetch(DISTRICTS, fresh_s=10)
    sites, people = await web.in_session(_names)
    who = await person(web, user)
    if who.reach is Scope.SITE:
        sites = {site: title for site, title in sites.items() if site == who.site}
    return FilterChoices(
        tree,
        [row["district"] for row in districts],
        sites,
        people,
    )


async def soon(web: Web, orders: list[dict[str, Any]]) -> set[str]:
    """The orders whose next deadline has used up most of its time: by the clock's own levels, not by minutes."""
    clocks = {order["order_id"]: order["due_clock"] for order in orders if order["due_clock"]}

    def work(session: Session) -> set[str]:
        found = reading.clocks_of(session, list(clocks))
        return {
            order
            for order, rows in found.items()
            if any(row.clock == clocks[order] and row.state == "running" and row.told >= SOON_PERCENT for row in rows)
        }

    return await web.in_session(work) if clocks else set()


def _names(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    sites = session.execute(select(OrderSiteRow.id, OrderSiteRow.name).order_by(OrderSiteRow.rank)).all()
    people = session.execute(select(UserRow.name, UserRow.display_name)).all()
    return {row.id: row.name for row in sites}, {row.name: row.display_name for row in people}


async def person(web: Web, user: User) -> Actor:
    """Who asks, with the site that they belong to."""
    return await web.in_session(lambda session: person_of(session, user))


def scope(who: Actor) -> tuple[str | None, str | None, str | None]:
    """The site, the worker and the worker's site whose orders this person sees, as ``rights.sees`` says; ``None`` is no
    limit."""
    # Nobody's site is no site; no order is assigned to nobody.
    site = who.site or "\0"
    match who.reach:
        case Scope.ALL:
            return None, None, None
        case Scope.SITE:
            return site, None, None
        case Scope.OWN:
            return None, who.name, site
    return "\0", "\0", "\0"


def _list(who: Actor, user: User, chosen: OrderFilter, now: float) -> OrderList:
    plain = sees_numbers(user)
    own_site, own_assignee, free_site = scope(who)
    names = (
        "now",
        "state",
        "site",
        "urgency",
        "flag",
        "place",
        "assignee",
        "opened_by",
        "from_call",
        "q",
        "clock",
        "kept",
    )
    return OrderList(
        **{name: getattr(chosen, name) or None for name in names},
        **{name: getattr(chosen, name).split(",") if getattr(chosen, name) else None for name in MANY},
        at=datetime.fromtimestamp(now, UTC).replace(tzinfo=None),
        from_at=naive_utc(chosen.begin) if chosen.begin else None,
        until=naive_utc(chosen.end) if chosen.end else None,
        by_closing=chosen.by == "closed",
        # Searching by part would tell a masked number digit by digit.
        caller=None if plain else chosen.caller or None,
        caller_part=chosen.caller or None if plain else None,
        customer=int(chosen.customer) if chosen.customer else None,
        own_site=own_site,
        own_assignee=own_assignee,
        free_site=free_site,
    )


def _as_seen_by(who: Actor, row: dict[str, Any]) -> dict[str, Any]:
    seen = sees_number(
        who,
        site=row["site"] or "",
        assignee=row["assignee"] or "",
        created_by=row["opened_by"] or "",
        is_open=row["state"] in OPEN_STATES,
    )
    if seen:
        return row
    written = {name: masked_text(row[name] or "") for name in ("address", "summary")}
    return {**row, **written, "caller": masked(row["caller"])}
