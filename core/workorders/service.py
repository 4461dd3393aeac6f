"""Orders in the operational database: open one, take a step. All in one transaction with facts, clocks and audit.

The first statement of every change takes the turn: on the day's number for a new order, on the order's row for a step.
Whoever comes second reads what the first one left, so that two steps never start from the same standing. Each function
commits, or changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import audit_log, event_log
from core.db.tables import WorkOrderClockRow, WorkOrderEventRow, WorkOrderRow
from core.errors import HotlineError, NotAllowed
from core.events import Event
from core.i18n import N_, _
from core.workorders import notices, office, reading, rows
from core.workorders.case import Case, facts, opened
from core.workorders.deadlines import Clock
from core.workorders.intake import IntakeRequest, checked, terms_for
from core.workorders.rights import Actor, may_step, may_visit, sees
from core.workorders.steps import (
    StepRequest,
    check_merge,
    check_names,
    check_place,
    check_version,
    extra_fields,
    prepared,
    where_of,
)
from core.workorders.turns import Idempotent, idempotent_step, next_number, not_theirs, repeated, request_key, take_turn
from core.workorders.workflow import Impossible, TransitionRequest, allowed

log = logging.getLogger(__name__)

# What the house does by itself, in the right of those who agreed to the suspension.
THE_HOUSE = Actor("hotline", "supervisor")
SUSPENDED = "suspended"


def open_order(
    session: Session, wanted: IntakeRequest, who: Actor, at: float, key: str = "", digest: str = ""
) -> Idempotent:
    """A new order with its first steps. A repeat under the same ``key`` gives the same order, also after a crash.

    ``digest`` is of what was asked for, where ``wanted`` holds more than that.
    """
    request, asked = request_key(who.name, key), digest or wanted.hash()
    if (before := repeated(session, request, asked)) is not None:
        return before
    try:
        found = office.load(session)
        report = checked(session, found, wanted, who.name, at)
        number = next_number(session, found.zone, at)
        if (before := repeated(session, request, asked)) is not None:
            session.rollback()
            return before
        case = opened(number, found.definition, report, terms_for(found, report), at)
        for step in first_steps(wanted, who.role, at):
            check_names(session, found.sites, case, step.fields)
            case = case.step(who.name, step, extra_fields(found, case, step.event))
        office.keep_calendars(session, case.terms)
        _insert(session, case, request, asked)
        _audit(session, who, "order_opened", case, {"category": report.category, "state": case.standing.state})
        notices.tell_steps(session, case, 0)
        event_log.append(session, [Event.of(fact, when) for when, fact in facts(None, case)])
        session.commit()
    except IntegrityError:
        # Somebody was faster with the same key.
        session.rollback()
        if (before := repeated(session, request, asked)) is None:
            raise
        return before
    except BaseException:
        session.rollback()
        raise
    return Idempotent(case.id, new=True)


def first_steps(wanted: IntakeRequest, role: str, at: float) -> list[TransitionRequest]:
    """What an order goes through at its opening."""
    note = {"note": wanted.note}
    match wanted.then:
        case "draft":
            return []
        case "answer":
            return [TransitionRequest("answer", role, at, {**wanted.fields, **note})]
        case "dispatch":
            assign = {**wanted.fields, "site": wanted.site, "assignee": wanted.assignee}
            return [TransitionRequest("accept", role, at, note), TransitionRequest("dispatch", role, at, assign)]
    return [TransitionRequest("accept", role, at, {**wanted.fields, **note})]


def take_step(session: Session, order_id: str, step: StepRequest, who: Actor, at: float) -> Idempotent:
    """One step. ``Impossible`` names what is allowed instead; ``NotAllowed`` when the order is not theirs."""
    request = request_key(who.name, step.key)
    try:
        take_turn(session, order_id)
        row = session.get_one(WorkOrderRow, order_id, populate_existing=True)
        if not sees(who, site=row.site, assignee=row.assignee, is_open=row.open):
            raise not_theirs(order_id)
        if idempotent_step(session, request, order_id, step.hash()):
            session.rollback()
            return Idempotent(order_id, new=False)
        told = _stepped(session, row, step, who, at, request)
        # Last: on PostgreSQL other writers of the log wait from here on.
        event_log.append(session, told)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return Idempotent(order_id, new=True)


def check_step(session: Session, row: WorkOrderRow, event_id: str, who: Actor) -> None:
    """Refuses what this person may not do with the order now; for what has to happen before the step is taken."""
    case = case_of(session, row)
    event = case.definition.event(event_id)
    now_possible = allowed(case.definition, case.standing, who.role)
    if event is None or event not in now_possible:
        raise Impossible(
            N_("{event} is not possible: the order is {state}."),
            now_possible,
            event=_(event.name) if event else event_id,
            state=_(case.definition.state(case.standing.state).name),
        )


def _stepped(
    session: Session, row: WorkOrderRow, step: StepRequest, who: Actor, at: float, request: str | None = None
) -> list[Event]:
    """The step of an order whose turn it is, and those of the orders that hang on it; what is to be told of them."""
    before = case_of(session, row)
    check_version(session, before, row, step, who)
    found = office.load(session)
    wanted = before.definition.event(step.event)
    if wanted is not None and not may_step(who, wanted, assignee=row.assignee):
        raise not_theirs(row.id)
    if wanted is not None and not may_visit(who, wanted, created_by=row.created_by):
        raise NotAllowed(
            "The return visit is not for whoever took the order.", field="event", remedy="Ask a colleague to do it."
        )
    fields, limits = prepared(session, found, before, step, who)
    if wanted is not None and "assign" in wanted.effects and not (fields.get("site") or before.standing.site):
        # As at the intake: who does it by default.
        fields = {**fields, "site": found.site_for(before.report.category, before.report.district)}
    # Two machines' clocks, or one set back: an order's steps never go back in time.
    asked = TransitionRequest(step.event, who.role, max(at, before.last_at), fields)
    check_names(session, found.sites, before, step.fields)
    check_place(step)
    after = before.step(who.name, asked, extra_fields(found, before, step.event), where_of(before, step), limits)
    check_merge(session, before, after)
    if limits is not None:
        office.keep_calendars(session, after.terms)
    _keep(session, before, after, request, step.hash() if request else "")
    notices.tell_steps(session, after, len(before.steps))
    _audit(session, who, f"order_{step.event}", after, {"from": before.standing.state, "to": after.standing.state})
    told = [Event.of(fact, when) for when, fact in facts(before, after)]
    if wanted is not None and "free_merged" in wanted.effects:
        told += _freed(session, row.id, at, "freed", {})
    if after.standing.state == SUSPENDED and after.standing.urgency == "emergency":
        # An emergency is never suspended, also one that was recognised late.
        take_turn(session, row.id)
        again = session.get_one(WorkOrderRow, row.id, populate_existing=True)
        told += _stepped(
            session, again, StepRequest("resume", {"note": _("It has become an emergency.")}), THE_HOUSE, at
        )
    state = after.definition.state(after.standing.state)
    if state.final and state.side:
        # Nobody repairs it there any more.
        told += _freed(session, row.id, at, "unlink", {"note": _("The order that it was merged into is void.")})
    return told


def _freed(session: Session, order_id: str, at: float, effect: str, fields: Mapping[str, Any]) -> list[Event]:
    """What was merged into an order that is done goes to its own return visit: every reporter is asked. What was merged
    into one that is void goes back to be dispatched."""
    query = select(WorkOrderRow.id).where(WorkOrderRow.parent == order_id).order_by(WorkOrderRow.id)
    told: list[Event] = []
    for child_id in session.scalars(query).all():
        take_turn(session, child_id)
        child = session.get_one(WorkOrderRow, child_id, populate_existing=True)
        definition = office.definition_of(session, child.workflow, child.workflow_version)
        freeing = next((one for one in definition.from_state(child.state) if effect in one.effects), None)
        if freeing is not None:
            told += _stepped(session, child, StepRequest(freeing.id, fields), THE_HOUSE, at)
    return told


def resume_due(session: Session, now: float) -> list[str]:
    """Orders whose suspension has lasted as long as it was agreed go on by themselves, from the moment agreed on, also
    when the house was down then; their numbers."""
    resumed: list[str] = []
    for order_id in session.scalars(
        select(WorkOrderRow.id).where(WorkOrderRow.open, WorkOrderRow.state == SUSPENDED)
    ).all():
        case = case_of(session, session.get_one(WorkOrderRow, order_id, populate_existing=True))
        until = next((one.until for one in reversed(case.steps) if one.to_state != one.from_state), None)
        if until is None or until > now:
            continue
        try:
            take_step(
                session, order_id, StepRequest("resume", {"note": _("The time agreed is over.")}), THE_HOUSE, until
            )
            resumed.append(order_id)
        except HotlineError as refused:
            # The site's own process may know no such step; the others go on.
            log.warning("order %s stays suspended: %s", order_id, refused)
    return resumed


def readable(session: Session, order_id: str, who: Actor) -> WorkOrderRow:
    """``NotAllowed`` for what is not theirs to see."""
    row = reading.order(session, order_id)
    if not reading.may_read(row, who):
        raise not_theirs(order_id)
    return row


def case_of(session: Session, row: WorkOrderRow) -> Case:
    """The order as its steps make it."""
    query = select(WorkOrderEventRow).where(WorkOrderEventRow.order_id == row.id).order_by(WorkOrderEventRow.seq)
    definition = office.definition_of(session, row.workflow, row.workflow_version)
    return rows.case_of(row, session.scalars(query), definition, office.zone(session), office.calendars(session))


# --- rows ------------------------------------------------------------------------------------------------------


def _insert(session: Session, case: Case, request: str | None, asked: str) -> None:
    session.execute(insert(WorkOrderRow), rows.order_columns(case, request, asked))
    if case.steps:
        session.execute(insert(WorkOrderEventRow), [rows.event_columns(case, n) for n in range(len(case.steps))])
    if case.clocks:
        session.execute(insert(WorkOrderClockRow), [rows.clock_columns(case, one) for one in case.clocks.values()])


def _keep(session: Session, before: Case, after: Case, request: str | None, asked: str) -> None:
    session.execute(update(WorkOrderRow).where(WorkOrderRow.id == after.id).values(rows.head_columns(after)))
    session.execute(insert(WorkOrderEventRow), rows.event_columns(after, len(after.steps) - 1, request, asked))
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


def _audit(session: Session, who: Actor, action: str, case: Case, detail: dict[str, Any]) -> None:
    audit_log.note(session, who.name, action, case.id, detail, case.last_at)
