"""Leave: asked for, decided, ended. One function for each use case; each commits, or changes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import RosterLeaveRow
from core.errors import BadInput, Conflict, NotFound
from core.people import audit
from core.rosters.leave_reasons import reason_name, reason_of
from core.rosters.records import Leave, Shift, epoch, written
from core.rosters.rows import leave_of
from core.rosters.rules import stands_beside
from core.rosters.service import agent_row, later, remove_rows, roster, take_turn

LONGEST_LEAVE_DAYS = 200
SHORTEST_LEAVE_S = 900.0


def requested_leave(session: Session, *, own: str | None = None) -> list[Leave]:
    """What waits for a supervisor's word, the oldest first."""
    query = select(RosterLeaveRow).where(RosterLeaveRow.state == "asked").order_by(RosterLeaveRow.asked_at)
    if own is not None:
        query = query.where(RosterLeaveRow.extension == own)
    return [leave_of(row) for row in session.scalars(query)]


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """Whole days, or from ``start_minute`` of the first day to ``end_minute`` of the last one (minutes from midnight).

    ``take_shifts_away``: what stands in the roster then is removed with the approval. A shift that leave of a part of a
    day only shortens stays in any case.
    """

    extension: str
    first_day: str
    last_day: str
    reason: str
    note: str = ""
    take_shifts_away: bool = False
    start_minute: int = 0
    end_minute: int = 1440


def ask_leave(session: Session, wanted: LeaveRequest, by: str, at: float, zone: ZoneInfo, *, approve: bool) -> Leave:
    """``approve``: a supervisor enters it, so it counts at once; otherwise it waits for one."""
    try:
        take_turn(session)
        leave = _leave_wanted(session, wanted, zone)
        row = RosterLeaveRow(
            extension=leave.extension,
            starts_at=leave.starts_at,
            ends_at=leave.ends_at,
            reason=leave.reason,
            note=wanted.note,
            state="asked",
            asked_by=by,
            asked_at=at,
        )
        session.add(row)
        session.flush()
        removed = _approve(session, row, by, at, zone, take_away=wanted.take_shifts_away) if approve else []
        detail = {**asdict(wanted), "removed": removed}
        word = "roster_leave_entered" if approve else "roster_leave_asked"
        audit.record(session, by, word, leave.extension, detail, at)
    except BaseException:
        session.rollback()
        raise
    return leave_of(row)


def decide_leave(
    session: Session,
    leave_id: int,
    by: str,
    at: float,
    zone: ZoneInfo,
    *,
    approve: bool,
    words: str = "",
    take_shifts_away: bool = False,
) -> Leave:
    try:
        take_turn(session)
        row = _leave_row(session, leave_id)
        if row.state != "asked":
            raise Conflict("This leave has been decided already.", field="id", remedy="Load the roster again.")
        removed: list[str] = []
        if approve:
            removed = _approve(session, row, by, at, zone, take_away=take_shifts_away)
        else:
            row.state, row.decided_by, row.decided_at = "refused", by, at
        row.decided_words = words
        detail = {"id": leave_id, "words": words, "removed": removed}
        word = "roster_leave_approved" if approve else "roster_leave_refused"
        audit.record(session, by, word, row.extension, detail, at)
    except BaseException:
        session.rollback()
        raise
    return leave_of(row)


def end_leave(session: Session, leave_id: int, by: str, at: float, *, own: str | None = None) -> Leave:
    """Takes a leave back, asked or approved; ``own`` limits it to what this agent still asks for."""
    try:
        take_turn(session)
        row = _leave_row(session, leave_id)
        if own is not None and row.extension != own:
            raise NotFound("There is no leave {id}.", field="id", id=leave_id)
        if row.state not in (("asked",) if own is not None else ("asked", "approved")):
            raise Conflict(
                "This leave has been decided already.", field="id", remedy="Ask the shift supervisor to change it."
            )
        row.state, row.decided_by, row.decided_at = "withdrawn", by, at
        audit.record(session, by, "roster_leave_withdrawn", row.extension, {"id": leave_id}, at)
    except BaseException:
        session.rollback()
        raise
    return leave_of(row)


def _leave_wanted(session: Session, wanted: LeaveRequest, zone: ZoneInfo) -> Leave:
    agent_row(session, wanted.extension)
    days = (date.fromisoformat(wanted.last_day) - date.fromisoformat(wanted.first_day)).days + 1
    if not 1 <= days <= LONGEST_LEAVE_DAYS:
        raise BadInput(
            "The last day of the leave must lie between its first day and {days} days later.",
            field="last_day",
            remedy="Correct the days.",
            days=LONGEST_LEAVE_DAYS,
        )
    start, end = epoch(wanted.first_day, wanted.start_minute, zone), epoch(wanted.last_day, wanted.end_minute, zone)
    if end - start < SHORTEST_LEAVE_S:
        raise BadInput(
            "The leave ends before it begins, or lasts less than {minutes} minutes.",
            field="end",
            remedy="Correct its times.",
            minutes=round(SHORTEST_LEAVE_S / 60),
        )
    leave = Leave(wanted.extension, start, end, reason_of(wanted.reason))
    known = select(RosterLeaveRow).where(
        RosterLeaveRow.extension == wanted.extension,
        RosterLeaveRow.state.in_(("asked", "approved")),
        RosterLeaveRow.ends_at > start,
        RosterLeaveRow.starts_at < end,
    )
    if (other := session.scalars(known.limit(1)).first()) is not None:
        raise Conflict(
            "There is leave in these days already ({reason}, {start} to {end}).",
            field="first_day",
            remedy="Withdraw that leave first, or choose other days.",
            reason=reason_name(other.reason),
            start=written(other.starts_at, zone),
            end=written(other.ends_at, zone),
        )
    return leave


def _approve(
    session: Session, row: RosterLeaveRow, by: str, at: float, zone: ZoneInfo, *, take_away: bool
) -> list[str]:
    """What was taken away. Shifts of which enough is left stay, and are less that leave from now on."""
    leave = replace(leave_of(row), state="approved")
    shifts = [shift for shift in met_by(session, leave, zone) if not stands_beside(shift, leave, zone)]
    if shifts and not take_away:
        raise Conflict(
            "{extension} has {n} shifts in these days, the first on {day}.",
            field="take_shifts_away",
            remedy="Have them taken away with the leave, or move them first.",
            extension=row.extension,
            n=len(shifts),
            day=shifts[0].day,
        )
    if shifts:
        remove_rows(session, [shift.id for shift in shifts], at)
    row.state, row.decided_by, row.decided_at = "approved", by, at
    return [f"{shift.day} {shift.name}" for shift in shifts]


def met_by(session: Session, leave: Leave, zone: ZoneInfo) -> list[Shift]:
    """The agent's shifts that the leave touches."""
    first, last = (datetime.fromtimestamp(at, zone).date().isoformat() for at in leave.span)
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days
    near = roster(session, later(first, -1), days + 2, zone, own=leave.extension)
    return [shift for shift in near.shifts if shift.span.meets(leave.span)]


def _leave_row(session: Session, leave_id: int) -> RosterLeaveRow:
    row = session.get(RosterLeaveRow, leave_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no leave {id}.", field="id", id=leave_id)
    return row
