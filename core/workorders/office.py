"""What the office set up for orders: the process, the categories, the sites and who belongs to them.

A site begins with what is shipped; from then on the tables are its own. Nothing here touches an order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.db import audit_log
from core.db.tables import (
    CalendarRow,
    CalendarVersionRow,
    CategoryNameRow,
    CategoryRow,
    InstallationRow,
    OrderSiteMemberRow,
    OrderSiteRow,
    UserRow,
    WorkflowDefinitionRow,
)
from core.errors import BadInput, NotFound
from core.i18n import language
from core.installation.definition import Calendar
from core.workorders.calendars import VERSION_MARK, version_of
from core.workorders.categories import (
    SHIPPED,
    SHIPPED_TREE,
    Category,
    Tree,
    asks_from,
    asks_json,
    leaves,
    limits_from,
    limits_json,
    path,
    written_names,
)
from core.workorders.deadlines import Terms
from core.workorders.definition import Definition
from core.workorders.shipped import DEFAULT

DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Site:
    """A unit that does the work."""

    id: str
    name: str
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that a new order is judged by. ``definition`` is the newest one."""

    definition: Definition
    tree: Tree
    sites: Mapping[str, Site]
    zone: ZoneInfo
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def site_for(self, category: str, district: str) -> str:
        """Who does it by default: as the category says, then as the sites say; empty when nobody is named."""
        one = self.tree.get(category)
        for of in (one, self.tree.get(one.parent) if one else None):
            if of is not None and (named := of.sites.get(district) or of.sites.get("")):
                return named
        return next((site.id for site in self.sites.values() if district and district in site.districts), "")


def load(session: Session) -> Office:
    """The office as it stands. A database that was never asked before is given what is shipped."""
    row = session.scalar(
        select(WorkflowDefinitionRow).order_by(WorkflowDefinitionRow.version.desc(), WorkflowDefinitionRow.id).limit(1)
    )
    if row is None:
        fill_shipped(session, 0.0)
        definition = DEFAULT
    else:
        definition = _parsed(row.definition)
    sites = session.scalars(select(OrderSiteRow).where(OrderSiteRow.active).order_by(OrderSiteRow.rank))
    return Office(
        definition,
        tree(session),
        {one.id: Site(one.id, one.name, tuple(one.districts)) for one in sites},
        zone(session),
        calendars(session),
    )


def zone(session: Session) -> ZoneInfo:
    about = session.get(InstallationRow, 1)
    return ZoneInfo(about.timezone if about else DEFAULT_ZONE)


def tree(session: Session) -> Tree:
    rows = session.scalars(select(CategoryRow).order_by(CategoryRow.rank, CategoryRow.id))
    return {row.id: _category(row) for row in rows}


def category_of(session: Session, said: str) -> str:
    """The id of the category that is named (``spellings``). ``BadInput`` when there is none."""
    category = spellings(session).get(said)
    if category is None:
        found = tree(session)
        raise BadInput(
            "{id} is no category that can be chosen.",
            field="category",
            remedy="Use one of: {allowed}.",
            id=said[:64],
            allowed=", ".join(f"{one.id} ({path(found, one.id, language())})" for one in leaves(found)),
        )
    return category


def spellings(session: Session) -> dict[str, str]:
    """Whatever a category may be named by, to its id: the id, what it is called, what it was called."""
    found = load(session).tree
    former = {row.name: row.category for row in session.scalars(select(CategoryNameRow))}
    return former | written_names(found, "en") | written_names(found) | {one: one for one in found}


def calendars(session: Session) -> dict[str, Calendar]:
    """Those of the site by id, and by version those that orders keep to."""
    kept = {row.id: _calendar(row) for row in session.scalars(select(CalendarVersionRow))}
    mine = [_calendar(row) for row in session.scalars(select(CalendarRow))]
    return kept | {one.id: one for one in mine} | {version_of(one): one for one in mine}


def keep_calendars(session: Session, terms: Terms) -> None:
    """Whatever becomes of the site's calendars, those of an order's limits stay as they are now. Not committed."""
    used = {limit.calendar for level in terms.limits for limit in level if VERSION_MARK in limit.calendar}
    values = [
        {
            "id": name,
            "weekly": one.weekly,
            "holidays": one.holidays,
            "workdays": one.workdays,
            "timezone": one.timezone,
        }
        for name in sorted(used)
        if (one := terms.calendars.get(name)) is not None
    ]
    if values:
        make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(make(CalendarVersionRow).values(values).on_conflict_do_nothing(index_elements=["id"]))


def _calendar(row: CalendarRow | CalendarVersionRow) -> Calendar:
    name = row.id.partition(VERSION_MARK)[0]
    return Calendar(name, _frozen(row.weekly), _frozen(row.holidays), _frozen(row.workdays), row.timezone)


def definition_of(session: Session, workflow: str, version: int) -> Definition:
    """The one that an order started with."""
    row = session.get(WorkflowDefinitionRow, (workflow, version))
    if row is None:
        raise NotFound("There is no process {id} version {version}.", field="workflow", id=workflow, version=version)
    return _parsed(row.definition)


def definitions(session: Session) -> dict[tuple[str, int], Definition]:
    """All versions, for lists that hold orders of several."""
    return {(row.id, row.version): _parsed(row.definition) for row in session.scalars(select(WorkflowDefinitionRow))}


def fill_shipped(session: Session, at: float) -> None:
    """Process and categories for a site that has none. Does not commit."""
    if session.scalar(select(WorkflowDefinitionRow.id).limit(1)) is None:
        session.add(
            WorkflowDefinitionRow(
                id=DEFAULT.id,
                version=DEFAULT.version,
                definition=DEFAULT.to_json(),
                published_at=at,
                published_by="hotline",
            )
        )
        _fill_categories(session)
    session.flush()


def _fill_categories(session: Session) -> None:
    """What was there before the process are nodes that a list of names has become."""
    there = set(session.scalars(select(CategoryRow.id)))
    if rows := [_columns(one, rank) for rank, one in enumerate(SHIPPED) if one.id not in there]:
        session.execute(insert(CategoryRow), rows)
    named = set(session.scalars(select(CategoryNameRow.name)))
    shipped = written_names(SHIPPED_TREE).items()
    if names := [{"name": name, "category": category} for name, category in shipped if name not in named]:
        session.execute(insert(CategoryNameRow), names)


def site_of(session: Session, user_name: str) -> str:
    """The unit that somebody belongs to; empty for none."""
    return session.scalar(select(OrderSiteMemberRow.site).where(OrderSiteMemberRow.user_name == user_name)) or ""


def called(session: Session, names: Sequence[str]) -> list[str]:
    """People by the names that others know them by, in place of those that they sign in with."""
    shown = session.execute(select(UserRow.name, UserRow.display_name).where(UserRow.name.in_(names)))
    # All first: a result has keys, and dict() takes it for a mapping.
    found = dict(shown.all())
    return [found.get(name) or name for name in names]


def members(session: Session, site: str) -> list[str]:
    query = select(OrderSiteMemberRow.user_name).where(OrderSiteMemberRow.site == site)
    return list(session.scalars(query.order_by(OrderSiteMemberRow.user_name)))


def save_site(session: Session, site: Site, people: Sequence[str], by: str, at: float) -> None:
    """Adds a unit or changes it; ``people`` are all of its managers and workers, and leave the unit they were in.

    Commits, with an audit line. ``BadInput`` names who does not exist or has no such role.
    """
    query = select(UserRow.name, UserRow.role).where(UserRow.name.in_(people))
    known = {row.name: row.role for row in session.execute(query)}
    for name in people:
        if known.get(name) not in ("site_manager", "worker"):
            raise BadInput(
                "{name} is neither a site's manager nor a worker.",
                field="people",
                remedy="Add the user with such a role first.",
                name=name[:64],
            )
    try:
        row = session.get(OrderSiteRow, site.id)
        if row is None:
            rank = session.scalar(select(func.count()).select_from(OrderSiteRow)) or 0
            row = OrderSiteRow(id=site.id, rank=rank)
            session.add(row)
        row.name, row.districts, row.active = site.name, list(site.districts), True
        gone = or_(OrderSiteMemberRow.site == site.id, OrderSiteMemberRow.user_name.in_(people))
        session.execute(delete(OrderSiteMemberRow).where(gone))
        session.add_all(OrderSiteMemberRow(user_name=name, site=site.id) for name in dict.fromkeys(people))
        detail = {"name": site.name, "districts": list(site.districts), "people": list(people)}
        audit_log.note(session, by, "order_site_saved", site.id, detail, at)
        session.commit()
    except BaseException:
        session.rollback()
        raise


@lru_cache(32)
def _parsed(text: str) -> Definition:
    return Definition.from_json(text)


def _category(row: CategoryRow) -> Category:
    urgency: Any = row.urgency
    return Category(
        row.id,
        row.name_zh,
        row.name_en,
        row.parent,
        urgency,
        row.immediate,
        asks_from(row.asks),
        _limits(json.dumps(row.limits)),
        dict(row.sites),
        row.active,
    )


@lru_cache(512)
def _limits(text: str) -> Any:
    return limits_from(json.loads(text))


def _columns(one: Category, rank: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "parent": one.parent,
        "rank": rank,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "urgency": one.urgency,
        "immediate": one.immediate,
        "asks": asks_json(one.asks),
        "limits": limits_json(one.limits),
        "sites": dict(one.sites),
        "active": one.active,
    }


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
