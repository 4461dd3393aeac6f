"""Orders of another system, kept as they were: with their own times, and only the steps that are known.

An order's key (``source`` and the row's own) is a request key like any other: a second run finds it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.db import audit_log, event_log
from core.db.tables import WorkOrderClockRow, WorkOrderEventRow, WorkOrderRow
from core.errors import HotlineError
from core.events import Event
from core.i18n import _
from core.workorders import office, rows
from core.workorders.case import Case, Report, facts, opened
from core.workorders.deadlines import levels_before
from core.workorders.intake import IntakeRequest, terms_for
from core.workorders.office import Office
from core.workorders.turns import next_number, request_key
from core.workorders.workflow import TransitionRequest

BY = "import"
ROLE = "supervisor"


@dataclass(frozen=True, slots=True)
class PastOrder:
    """``row`` is the line of the file; ``ended_at`` empty for one that is still open."""

    key: str
    row: int
    report: Report
    reported_at: float
    ended_at: float | None = None


@dataclass(slots=True)
class Outcome:
    """Rows that are new, that were there already, and that were there with another content and are left as they are."""

    new: int = 0
    there: int = 0
    changed: list[int] = field(default_factory=list)
    refused: list[tuple[int, HotlineError]] = field(default_factory=list)


def keep(
    session: Session, found: Office, orders: Sequence[PastOrder], source: str, now: float, *, dry_run: bool = False
) -> Outcome:
    """All of them in one transaction. ``dry_run`` finds out the same and changes nothing."""
    outcome = Outcome()
    keys = {one.row: request_key(BY, f"{source}\0{one.key}") for one in orders}
    query = select(WorkOrderRow.request_key, WorkOrderRow.request_hash)
    known = session.execute(query.where(WorkOrderRow.request_key.in_(list(keys.values()))))
    before = {row.request_key: row.request_hash for row in known}
    made: list[tuple[Case, str | None, str]] = []
    for one in orders:
        key, digest = keys[one.row], _digest(one)
        if key in before:
            outcome.there += before[key] == digest
            outcome.changed += [one.row] if before[key] != digest else []
            continue
        try:
            case = _case("" if dry_run else next_number(session, found.zone, one.reported_at), found, one, source)
        except HotlineError as no:
            outcome.refused.append((one.row, no))
            continue
        made.append((case, key, digest))
    outcome.new = len(made)
    if dry_run:
        session.rollback()
    elif made:
        _insert(session, made, source, now)
        session.commit()
    return outcome


def _digest(one: PastOrder) -> str:
    asked = IntakeRequest(
        one.report.category, one.report.summary, one.report.channel, one.report.urgency, one.report.district,
        one.report.address, one.report.longitude, one.report.latitude, one.report.diameter_mm, one.report.site,
        contact=one.report.contact, caller=one.report.caller,
        fields={"reported_at": one.reported_at, "ended_at": one.ended_at},
    )  # fmt: skip
    return asked.hash()


def _case(number: str, found: Office, one: PastOrder, source: str) -> Case:
    """Reported and, if it has ended, closed in one step: what lay between is not known, and not invented."""
    case = opened(number, found.definition, one.report, terms_for(found, one.report), one.reported_at)
    note = {"note": _("Taken over from {source}.", source=source)}
    if one.ended_at is None:
        return case.step(BY, TransitionRequest("accept", ROLE, one.reported_at, note))
    return case.step(BY, TransitionRequest("answer", ROLE, one.ended_at, note))


def _insert(session: Session, made: Sequence[tuple[Case, str | None, str]], source: str, now: float) -> None:
    for case, _key, _digest in made:
        office.keep_calendars(session, case.terms)
    session.execute(insert(WorkOrderRow), [rows.order_columns(case, key, digest) for case, key, digest in made])
    steps: list[dict[str, Any]] = [
        rows.event_columns(case, n) for case, _key, _digest in made for n in range(len(case.steps))
    ]
    session.execute(insert(WorkOrderEventRow), steps)
    clocks = [
        rows.clock_columns(case, clock, levels_before(clock, now))
        for case, _key, _digest in made
        for clock in (case.clocks or {}).values()
    ]
    if clocks:
        session.execute(insert(WorkOrderClockRow), clocks)
    audit_log.note(session, BY, "orders_imported", source, {"orders": len(made)}, now)
    # Last: on PostgreSQL other writers of the log wait from here on.
    event_log.append(
        session, [Event.of(fact, when) for case, _key, _digest in made for when, fact in facts(None, case)]
    )
