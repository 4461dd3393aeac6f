"""Orders in the operational database: open one, take a step. All in one transaction with facts, clocks and audit.

The first statement of every change takes the turn: on the day's number for a new order, on the order's row for a step.
Whoever comes second reads what the first one left, so that two steps never start from the same standing. Each function
commits, or changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import (
    AuditRow,
    UserRow,
    WorkOrderClockRow,
    WorkOrderEventRow,
    WorkOrderRow,
)
from core.errors import BadInput, Conflict, HotlineError, NotFound
from core.events import Event
from core.i18n import N_, _
from core.workorders import notices, office, rows
from core.workorders.case import NOWHERE, Case, Where, corrected, facts, opened
from core.workorders.categories import URGENCIES, Limit, asks_of
from core.workorders.deadlines import Clock
from core.workorders.intake import Wanted, checked, known_category, terms_for
from core.workorders.places import distance_m, locate
from core.workorders.rights import Person, sees
from core.workorders.workflow import Asked, Impossible, allowed

log = logging.getLogger(__name__)

# What the house does by itself, in the right of those who agreed to the suspension.
THE_HOUSE = Person("hotline", "supervisor")
SUSPENDED = "suspended"
NUMBER = text(
    "insert into work_order_numbers (day, last) values (:day, 1) "
    "on conflict (day) do update set last = work_order_numbers.last + 1 returning last"
)


@dataclass(frozen=True, slots=True)
class Step:
    """An event that somebody wants. ``version`` is the one that was looked at; left out, any will do.

    Times in epoch seconds, places in WGS 84 degrees. ``key`` makes a repeat harmless.
    """

    event: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    longitude: float | None = None
    latitude: float | None = None
    device_at: float | None = None
    version: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """``new`` is false when the same request had been kept before."""

    id: str
    new: bool


def open_order(session: Session, wanted: Wanted, who: Person, at: float, key: str = "") -> Kept:
    """A new order with its first steps. A repeat under the same ``key`` gives the same order, also after a crash."""
    request, asked = _key(who, key), wanted.hash()
    if (before := _repeated(session, request, asked)) is not None:
        return before
    try:
        found = office.load(session)
        report = checked(session, found, wanted, who.name, at)
        number = _number(session, found.zone, at)
        if (before := _repeated(session, request, asked)) is not None:
            session.rollback()
            return before
        case = opened(number, found.definition, report, terms_for(found, report), at)
        for step in first_steps(wanted, who.role, at):
            _check_names(session, found.sites, case, step.fields)
            case = case.step(who.name, step, _extra(found, case, step.event))
        _insert(session, case, request, asked)
        _audit(session, who, "order_opened", case, {"category": report.category, "state": case.standing.state})
        notices.tell_steps(session, case, 0)
        event_log.append(session, [Event.of(fact, when) for when, fact in facts(None, case)])
        session.commit()
    except IntegrityError:
        # Somebody was faster with the same key.
        session.rollback()
        if (before := _repeated(session, request, asked)) is None:
            raise
        return before
    except BaseException:
        session.rollback()
        raise
    return Kept(case.id, new=True)


def first_steps(wanted: Wanted, role: str, at: float) -> list[Asked]:
    """What an order goes through at its opening."""
    note = {"note": wanted.note}
    match wanted.then:
        case "draft":
            return []
        case "answer":
            return [Asked("answer", role, at, {**wanted.fields, **note})]
        case "dispatch":
            assign = {**wanted.fields, "site": wanted.site, "assignee": wanted.assignee}
            return [Asked("accept", role, at, note), Asked("dispatch", role, at, assign)]
    return [Asked("accept", role, at, {**wanted.fields, **note})]


def take_step(session: Session, order_id: str, step: Step, who: Person, at: float) -> Kept:
    """One step. ``Impossible`` names what is allowed instead; ``NotFound`` also when the order is not theirs to see."""
    request = _key(who, step.key)
    try:
        _take_turn(session, order_id)
        row = session.get_one(WorkOrderRow, order_id, populate_existing=True)
        if not sees(who, site=row.site, assignee=row.assignee):
            raise no_order(order_id)
        if request and session.scalar(select(WorkOrderEventRow.id).where(WorkOrderEventRow.request_key == request)):
            session.rollback()
            return Kept(order_id, new=False)
        before = case_of(session, row)
        _check_version(before, row, step, who)
        # Two machines' clocks, or one set back: an order's steps never go back in time.
        found = office.load(session)
        fields, limits = prepared(session, found, before, step)
        asked = Asked(step.event, who.role, max(at, before.last_at), fields)
        _check_names(session, found.sites, before, step.fields)
        _check_place(step)
        after = before.step(who.name, asked, _extra(found, before, step.event), _where(before, step), limits)
        _check_merge(session, before, after)
        _keep(session, before, after, request)
        notices.tell_steps(session, after, len(before.steps))
        _audit(session, who, f"order_{step.event}", after, {"from": before.standing.state, "to": after.standing.state})
        event_log.append(session, [Event.of(fact, when) for when, fact in facts(before, after)])
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return Kept(order_id, new=True)


def resume_due(session: Session, now: float) -> list[str]:
    """Orders whose suspension has lasted as long as it was agreed go on by themselves; their numbers."""
    resumed: list[str] = []
    for order_id in session.scalars(
        select(WorkOrderRow.id).where(WorkOrderRow.open, WorkOrderRow.state == SUSPENDED)
    ).all():
        case = case_of(session, session.get_one(WorkOrderRow, order_id, populate_existing=True))
        until = next((one.until for one in reversed(case.steps) if one.to_state != one.from_state), None)
        if until is None or until > now:
            continue
        try:
            take_step(session, order_id, Step("resume", {"note": _("The time agreed is over.")}), THE_HOUSE, now)
            resumed.append(order_id)
        except HotlineError as refused:
            # The site's own process may know no such step; the others go on.
            log.warning("order %s stays suspended: %s", order_id, refused)
    return resumed


def hold(session: Session, order_id: str) -> None:
    """The order's turn without a step: until the commit nobody else changes it or its clocks."""
    session.execute(update(WorkOrderRow).where(WorkOrderRow.id == order_id).values(version=WorkOrderRow.version))
    session.expire_all()


def case_of(session: Session, row: WorkOrderRow) -> Case:
    """The order as its steps make it."""
    query = select(WorkOrderEventRow).where(WorkOrderEventRow.order_id == row.id).order_by(WorkOrderEventRow.seq)
    definition = office.definition_of(session, row.workflow, row.workflow_version)
    return rows.case_of(row, session.scalars(query), definition, office.zone(session), office.calendars(session))


def no_order(order_id: str) -> NotFound:
    return NotFound("There is no order {id}.", field="id", remedy="Look at its number again.", id=order_id[:20])


def prepared(
    session: Session, found: office.Office, case: Case, step: Step
) -> tuple[Mapping[str, Any], tuple[Limit, ...] | None]:
    """The fields of a step; a correction's with place and urgency worked out, and the limits that hold from then on."""
    event = case.definition.event(step.event)
    if event is None or "correct" not in event.effects:
        return step.fields, None
    fields = {name: value for name, value in step.fields.items() if value not in (None, "")}
    if (category := fields.get("category")) is not None:
        kind = known_category(found, str(category), "fields.category")
        if kind.urgency == "emergency":
            fields["urgency"] = kind.urgency
    if "address" in fields and "longitude" not in fields and (place := locate(session, str(fields["address"]))):
        fields |= {"longitude": place.longitude, "latitude": place.latitude}
        fields.setdefault("district", place.district)
    if ("longitude" in fields) != ("latitude" in fields):
        raise BadInput("A place has two numbers.", field="fields.longitude", remedy="Give both.")
    urgency: Any = fields.get("urgency", case.standing.urgency)
    # What is no known urgency the process refuses, with its choices.
    known = urgency if urgency in URGENCIES else case.standing.urgency
    report = corrected(replace(case.report, urgency=known), {"category": fields.get("category", case.report.category)})
    return fields, terms_for(found, report).limits[0]


# --- turns and repeats ---------------------------------------------------------------------------------------


def _number(session: Session, zone: ZoneInfo, at: float) -> str:
    """``YYMMDD-NNNN``: the local day and the number of that day. Others wait for this one's end."""
    day = datetime.fromtimestamp(at, zone).strftime("%y%m%d")
    return f"{day}-{session.execute(NUMBER, {'day': day}).scalar_one():04d}"


def _take_turn(session: Session, order_id: str) -> None:
    mine = update(WorkOrderRow).where(WorkOrderRow.id == order_id).values(version=WorkOrderRow.version + 1)
    if session.execute(mine.returning(WorkOrderRow.id)).first() is None:
        raise no_order(order_id)


def _key(who: Person, key: str) -> str | None:
    return hashlib.sha256(f"{who.name}\0{key}".encode()).hexdigest() if key else None


def _repeated(session: Session, request: str | None, asked: str) -> Kept | None:
    if request is None:
        return None
    query = select(WorkOrderRow.id, WorkOrderRow.request_hash).where(WorkOrderRow.request_key == request)
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    if found[1] != asked:
        raise Conflict(
            "This key was used for another order: {id}.",
            field="Idempotency-Key",
            remedy="Use a new key for every order.",
            id=found[0],
        )
    return Kept(found[0], new=False)


# --- checks ----------------------------------------------------------------------------------------------------


def _check_version(case: Case, row: WorkOrderRow, step: Step, who: Person) -> None:
    # The turn has raised it already.
    if step.version is not None and step.version != row.version - 1:
        raise Impossible(
            N_("{name} was faster: the order has changed meanwhile."),
            allowed(case.definition, case.standing, who.role),
            name=case.steps[-1].by if case.steps else case.report.by,
        )


def _check_names(session: Session, sites: Mapping[str, Any], case: Case, fields: Mapping[str, Any]) -> None:
    """Sites and workers that are named must be of this house."""
    site = fields.get("site") or ""
    if site and site not in sites:
        raise BadInput(
            "There is no site {id}.",
            field="fields.site",
            remedy="Use one of: {allowed}.",
            id=str(site)[:40],
            allowed=", ".join(sites) or "—",
        )
    assignee = fields.get("assignee") or ""
    if not assignee:
        return
    people = office.members(session, site or case.standing.site)
    known = session.scalar(select(UserRow.id).where(UserRow.name == str(assignee), UserRow.active)) is not None
    if not known or assignee not in people:
        raise BadInput(
            "{name} does not belong to this site.",
            field="fields.assignee",
            remedy="Use one of: {allowed}.",
            name=str(assignee)[:64],
            allowed=", ".join(people) or "—",
        )


def _check_place(step: Step) -> None:
    if (step.longitude is None) != (step.latitude is None):
        raise BadInput("A place has two numbers.", field="position", remedy="Give longitude and latitude, or neither.")


def _check_merge(session: Session, before: Case, after: Case) -> None:
    """Into another order that is open itself."""
    into = after.standing.parent
    if not into or into == before.standing.parent:
        return
    target = session.get(WorkOrderRow, into)
    if target is None or target.id == after.id or not target.open:
        raise Impossible(
            N_("{id} is not another open order."),
            allowed(before.definition, before.standing, "supervisor"),
            id=into[:20],
        )


def _extra(found: office.Office, case: Case, event: str) -> tuple[Any, ...]:
    return asks_of(found.tree, case.report.category, event)


def _where(case: Case, step: Step) -> Where:
    place, at = case.report, (step.longitude, step.latitude)
    if at[0] is None or at[1] is None:
        return NOWHERE if step.device_at is None else Where(device_at=step.device_at)
    away = None
    if place.longitude is not None and place.latitude is not None:
        away = round(distance_m(at[0], at[1], place.longitude, place.latitude), 1)
    return Where(at[0], at[1], away, step.device_at)


# --- rows ------------------------------------------------------------------------------------------------------


def _insert(session: Session, case: Case, request: str | None, asked: str) -> None:
    session.execute(insert(WorkOrderRow), rows.order_columns(case, request, asked))
    if case.steps:
        session.execute(insert(WorkOrderEventRow), [rows.event_columns(case, n) for n in range(len(case.steps))])
    if case.clocks:
        session.execute(insert(WorkOrderClockRow), [rows.clock_columns(case, one) for one in case.clocks.values()])


def _keep(session: Session, before: Case, after: Case, request: str | None) -> None:
    session.execute(update(WorkOrderRow).where(WorkOrderRow.id == after.id).values(rows.head_columns(after)))
    session.execute(insert(WorkOrderEventRow), rows.event_columns(after, len(after.steps) - 1, request))
    known = before.clocks or {}
    changed = [clock for name, clock in (after.clocks or {}).items() if clock != known.get(name)]
    for clock in changed:
        _keep_clock(session, after, known.get(clock.id), clock)


def _keep_clock(session: Session, case: Case, before: Clock | None, clock: Clock) -> None:
    """What was told of this run of the clock stays told."""
    mine = (WorkOrderClockRow.order_id == case.id, WorkOrderClockRow.clock == clock.id)
    told = 0
    if before is not None and before.began_at == clock.began_at:
        told = session.scalar(select(WorkOrderClockRow.told).where(*mine)) or 0
    session.execute(delete(WorkOrderClockRow).where(*mine))
    session.execute(insert(WorkOrderClockRow), rows.clock_columns(case, clock, told))


def _audit(session: Session, who: Person, action: str, case: Case, detail: dict[str, Any]) -> None:
    session.add(AuditRow(user_name=who.name, action=action[:64], subject=case.id, detail=detail, at=case.last_at))
    session.flush()
