"""The list's rows and totals for a filter, from the marts. The only module of the page that touches DuckDB.

Whoever asks sees the orders of the own scope only; numbers are masked here for whom they are no business.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api.app import Web
from core.api.masking import masked, sees_numbers
from core.api.workorders import numbers_in
from core.api.workorders import person as person_of
from core.clock import naive_utc
from core.db.tables import OrderSiteRow, UserRow
from core.errors import BadInput
from core.i18n import language
from core.people.users import User
from core.rights import Scope
from core.workorders import reading
from core.workorders.rights import Person, sees_number
from dashboards.pages.orders.filters import MANY, Filter
from dashboards.pages.orders.words import OPEN_STATES
from etl.warehouse import Warehouse

LIST = (Path(__file__).parent / "list.sql").read_text("utf-8")
A_PAGE = 500
# The level of a clock from which on its deadline is amber.
SOON_PERCENT = 80
LONGEST_FILE = 50_000

CATEGORIES = """
select
    category,
    coalesce(parent, '') as parent,
    name,
    name_en
from marts.dim_order_category
order by
    rank,
    category
"""

DISTRICTS = """
select distinct district
from marts.fct_orders
where district <> ''
order by district
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all orders of the filter, shown or not."""

    all_orders: int = 0
    all_open: int = 0
    all_overdue: int = 0
    all_closed: int = 0
    all_kept: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    orders: list[dict[str, Any]] = field(default_factory=list)
    totals: Totals = Totals()


@dataclass(frozen=True, slots=True)
class Known:
    """What may be chosen: ids to names; categories below their parents."""

    categories: dict[str, str]
    parents: dict[str, str]
    districts: list[str]
    sites: dict[str, str]
    people: dict[str, str]

    def category(self, category: str) -> str:
        """报修/明漏"""
        name = self.categories.get(category, category)
        parent = self.parents.get(category)
        return f"{self.categories.get(parent, parent)}/{name}" if parent else name

    def site(self, site: str | None) -> str:
        return self.sites.get(site, site) if site else ""

    def person(self, name: str | None) -> str:
        return self.people.get(name, name) if name else ""


async def page(web: Web, user: User, chosen: Filter, now: float) -> Found:
    """One page of the list as it stands at ``now`` (UTC epoch seconds)."""
    await web.lookups.searched(user, chosen.caller, "orders")
    found = await _fetch(web, user, chosen, now, A_PAGE, (chosen.page - 1) * A_PAGE)
    asked = {name: getattr(chosen, name) for name in ("caller", "customer", "site", "assignee", "from_call", "q")}
    told = {name: value for name, value in asked.items() if value}
    web.audit.seen(user.name, "orders_listed", "orders", numbers=numbers_in(found.orders), **told)
    return found


async def whole(web: Web, user: User, chosen: Filter, now: float) -> list[dict[str, Any]]:
    """Every order of the filter, for a file; refuses what no spreadsheet would open."""
    await web.lookups.searched(user, chosen.caller, "orders")
    found = await _fetch(web, user, chosen, now, LONGEST_FILE, 0)
    if found.totals.all_orders > LONGEST_FILE:
        raise BadInput(
            "{n} orders are too many for one file.",
            field="from",
            remedy="Choose a shorter period.",
            n=found.totals.all_orders,
        )
    return found.orders


async def known(web: Web, user: User) -> Known:
    """What this person may choose from: a manager's only site is the own."""
    warehouse: Warehouse = web.parts["warehouse"]
    categories = await warehouse.fetch(CATEGORIES, fresh_s=10)
    districts = await warehouse.fetch(DISTRICTS, fresh_s=10)
    sites, people = await web.in_session(_names)
    who = await person(web, user)
    if who.reach is Scope.SITE:
        sites = {site: title for site, title in sites.items() if site == who.site}
    name = "name_en" if language() == "en" else "name"
    return Known(
        {row["category"]: row[name] for row in categories},
        {row["category"]: row["parent"] for row in categories},
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


async def person(web: Web, user: User) -> Person:
    """Who asks, with the site that they belong to."""
    return await web.in_session(lambda session: person_of(session, user))


def scope(who: Person) -> tuple[str | None, str | None, str | None]:
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


async def _fetch(web: Web, user: User, chosen: Filter, now: float, most: int, skip: int) -> Found:
    warehouse: Warehouse = web.parts["warehouse"]
    plain = sees_numbers(user)
    who = await person(web, user)
    own_site, own_assignee, free_site = scope(who)
    names = ("state", "category", "district", "site", "urgency", "flag", "place", "assignee", "from_call", "q")
    asked = {name: getattr(chosen, name) or None for name in names}
    rows = await warehouse.fetch(
        LIST,
        {
            **asked,
            **{name: str(asked[name]).split(",") if asked[name] else None for name in MANY},
            "at": datetime.fromtimestamp(now, UTC).replace(tzinfo=None),
            "from_at": naive_utc(chosen.begin) if chosen.begin else None,
            "until": naive_utc(chosen.end) if chosen.end else None,
            "by_closing": chosen.by == "closed",
            "clock": chosen.clock or None,
            "kept": chosen.kept or None,
            "only_open": chosen.now == "open",
            "only_overdue": chosen.now == "overdue",
            "only_closed": chosen.now == "closed",
            # Searching by part would tell a masked number digit by digit.
            "caller": None if plain else chosen.caller or None,
            "caller_part": chosen.caller or None if plain else None,
            "customer": int(chosen.customer) if chosen.customer else None,
            "own_site": own_site,
            "own_assignee": own_assignee,
            "free_site": free_site,
            "by_deadline": chosen.now in ("open", "overdue"),
            "most": most,
            "skip": skip,
        },
    )
    if not rows:
        return Found()
    totals = Totals(**{name: rows[0][name] or 0 for name in Totals.__dataclass_fields__})
    return Found([_as_seen_by(who, row) for row in rows], totals)


def _as_seen_by(who: Person, row: dict[str, Any]) -> dict[str, Any]:
    seen = sees_number(
        who,
        site=row["site"] or "",
        assignee=row["assignee"] or "",
        created_by=row["opened_by"] or "",
        is_open=row["state"] in OPEN_STATES,
    )
    return row if seen else {**row, "caller": masked(row["caller"])}
