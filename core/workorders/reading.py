"""Orders to be read: lists with a cursor, one with its story, likely duplicates, what is overdue. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from core.db.tables import WorkOrderClockRow, WorkOrderEventRow, WorkOrderRow
from core.errors import BadInput
from core.rights import Scope
from core.workorders.places import box, distance_m, squeezed
from core.workorders.rights import Actor, sees
from core.workorders.turns import no_order

LONGEST_PAGE = 500
DUPLICATE_RADIUS_M = 100.0
DUPLICATE_WITHIN_S = 86_400.0
DUPLICATES_SHOWN = 10
IDS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which orders; what is ``None`` or empty does not matter. ``category`` also finds what is below it.

    ``since`` and ``until`` are of the opening; ``after`` is the ``next`` of the page before.
    """

    since: float | None = None
    until: float | None = None
    states: tuple[str, ...] = ()
    category: str = ""
    district: str = ""
    urgency: str = ""
    channel: str = ""
    site: str = ""
    assignee: str = ""
    customer_id: int | None = None
    caller: str = ""
    from_call: str = ""
    words: str = ""
    parent: str = ""
    overdue: bool | None = None
    open: bool | None = None
    after: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class OverdueGroup:
    """Of one district and site: how many orders are past a deadline, and the first of them by how long they are."""

    district: str
    site: str
    count: int
    ids: tuple[str, ...] = field(default=())


def orders(session: Session, wanted: OrderQuery, who: Actor, now: float) -> tuple[list[WorkOrderRow], str | None]:
    """The newest first, of those that the person may see, and the cursor of the next page."""
    limit = min(max(wanted.limit, 1), LONGEST_PAGE)
    query = _chosen(select(WorkOrderRow), wanted, now)
    query = _theirs(query, who)
    if wanted.after:
        at, order_id = _cursor(wanted.after)
        query = query.where(
            or_(
                WorkOrderRow.created_at < at,
                and_(WorkOrderRow.created_at == at, WorkOrderRow.id < order_id),
            )
        )
    query = query.order_by(WorkOrderRow.created_at.desc(), WorkOrderRow.id.desc()).limit(limit + 1)
    found = list(session.scalars(query))
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], f"{last.created_at!r}~{last.id}"


def order(session: Session, order_id: str) -> WorkOrderRow:
    row = session.get(WorkOrderRow, order_id)
    if row is None:
        raise no_order(order_id)
    return row


def of_caller(session: Session, number: str, customer_id: int | None, shown: int) -> tuple[Sequence[WorkOrderRow], int]:
    """Orders of a number or of its customer, open ones first, then the newest; and how many are open."""
    row = WorkOrderRow
    theirs = [row.caller == number] if number else []
    if customer_id is not None:
        theirs.append(row.customer_id == customer_id)
    if not theirs:
        return [], 0
    query = select(row).where(or_(*theirs)).order_by(row.open.desc(), row.created_at.desc()).limit(shown)
    count = session.scalar(select(func.count()).select_from(row).where(or_(*theirs), row.open))
    return session.scalars(query).all(), count or 0


def version_of(session: Session, order_id: str) -> tuple[str, int]:
    """The process that it started with, and its version."""
    row = order(session, order_id)
    return row.workflow, row.workflow_version


def may_read(row: WorkOrderRow, who: Actor) -> bool:
    """Whoever opened an order may see what became of it."""
    return sees(who, site=row.site, assignee=row.assignee, is_open=row.open) or row.created_by == who.name


def events(session: Session, order_id: str) -> Sequence[WorkOrderEventRow]:
    query = select(WorkOrderEventRow).where(WorkOrderEventRow.order_id == order_id).order_by(WorkOrderEventRow.seq)
    return session.scalars(query).all()


def children(session: Session, order_id: str, who: Actor) -> Sequence[WorkOrderRow]:
    """What was merged into it, of those that the person may see."""
    query = select(WorkOrderRow).where(WorkOrderRow.parent == order_id, WorkOrderRow.state == "merged")
    return session.scalars(_theirs(query, who).order_by(WorkOrderRow.id)).all()


def duplicates(
    session: Session,
    category: str,
    longitude: float | None,
    latitude: float | None,
    address: str,
    now: float,
    who: Actor,
) -> list[tuple[WorkOrderRow, float | None]]:
    """Open orders of the same category within 24 h and 100 m, or at the same address, of those that the person may
    see; nearest first, with metres."""
    query = select(WorkOrderRow).where(
        WorkOrderRow.open,
        WorkOrderRow.category == category,
        WorkOrderRow.created_at > now - DUPLICATE_WITHIN_S,
    )
    same = squeezed(address)
    near = None
    if longitude is not None and latitude is not None:
        west, east, south, north = box(longitude, latitude, DUPLICATE_RADIUS_M)
        near = and_(WorkOrderRow.longitude.between(west, east), WorkOrderRow.latitude.between(south, north))
    if near is None and not same:
        return []
    at_address = func.replace(WorkOrderRow.address, " ", "") == same
    query = _theirs(query.where(at_address if near is None else or_(near, at_address) if same else near), who)
    found: list[tuple[WorkOrderRow, float | None]] = []
    for row in session.scalars(query):
        away = None
        if None not in (longitude, latitude, row.longitude, row.latitude):
            away = distance_m(longitude, latitude, row.longitude, row.latitude)  # type: ignore[arg-type]
        if squeezed(row.address) == same or (away is not None and away <= DUPLICATE_RADIUS_M):
            found.append((row, away))
    found.sort(key=lambda one: (one[1] is None, one[1] or 0.0, -one[0].created_at))
    return found[:DUPLICATES_SHOWN]


def overdue(session: Session, now: float) -> list[OverdueGroup]:
    """By district and site; cheap enough for every second: closed orders have no deadline and are not looked at."""
    query = (
        select(WorkOrderRow.district, WorkOrderRow.site, WorkOrderRow.id)
        .where(WorkOrderRow.due_at < now)
        .order_by(WorkOrderRow.due_at)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for district, site, order_id in session.execute(query):
        found.setdefault((district, site), []).append(order_id)
    return [OverdueGroup(*key, len(ids), tuple(ids[:IDS_SHOWN])) for key, ids in sorted(found.items())]


def clocks_of(session: Session, order_ids: Sequence[str]) -> dict[str, list[WorkOrderClockRow]]:
    """The kept clocks of a page of orders."""
    found: dict[str, list[WorkOrderClockRow]] = {}
    for row in session.scalars(select(WorkOrderClockRow).where(WorkOrderClockRow.order_id.in_(order_ids))):
        found.setdefault(row.order_id, []).append(row)
    return found


def _theirs(query: Select[Any], who: Actor) -> Select[Any]:
    """The same as ``rights.sees``, in SQL."""
    match who.reach:
        case Scope.ALL:
            return query
        case Scope.SITE:
            return query.where(WorkOrderRow.site == who.site, WorkOrderRow.site != "")
        case Scope.OWN:
            free = and_(
                WorkOrderRow.open, WorkOrderRow.assignee == "", WorkOrderRow.site == who.site, WorkOrderRow.site != ""
            )
            return query.where(or_(WorkOrderRow.assignee == who.name, free))
    return query.where(false())


def _chosen(query: Select[Any], wanted: OrderQuery, now: float) -> Select[Any]:
    row = WorkOrderRow
    if wanted.since is not None:
        query = query.where(row.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(row.created_at < wanted.until)
    if wanted.states:
        query = query.where(row.state.in_(wanted.states))
    if wanted.category:
        query = query.where(
            or_(row.category == wanted.category, row.category.startswith(f"{wanted.category}.", autoescape=True))
        )
    for column, value in (
        (row.district, wanted.district),
        (row.urgency, wanted.urgency),
        (row.channel, wanted.channel),
        (row.site, wanted.site),
        (row.assignee, wanted.assignee),
        (row.caller, wanted.caller),
        (row.from_call, wanted.from_call),
        (row.parent, wanted.parent),
    ):
        if value:
            query = query.where(column == value)
    if wanted.customer_id is not None:
        query = query.where(row.customer_id == wanted.customer_id)
    if wanted.open is not None:
        query = query.where(row.open == wanted.open)
    if wanted.overdue is not None:
        late = and_(row.due_at.is_not(None), row.due_at < now)
        query = query.where(late if wanted.overdue else or_(row.due_at.is_(None), row.due_at >= now))
    if words := wanted.words.strip():
        query = query.where(
            or_(
                row.id.contains(words, autoescape=True),
                row.address.contains(words, autoescape=True),
                row.summary.contains(words, autoescape=True),
                row.contact.contains(words, autoescape=True),
                row.caller == words,
            )
        )
    return query


def _cursor(text: str) -> tuple[float, str]:
    at, _, order_id = text.partition("~")
    try:
        return float(at), order_id
    except ValueError as problem:
        raise BadInput(
            "The cursor is not one of ours.", field="cursor", remedy="Use next of the page before."
        ) from problem
