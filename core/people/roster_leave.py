"""Leave: asked for, decided, ended. One function for each use case; each commits, or changes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import RosterLeaveRow, RosterShiftRow
from core.errors import BadInput, Conflict, NotFound
from core.people import audit
from core.people.roster_records import Leave, epoch, written
from core.people.rosters import agent_row, later, leave_of, remove_rows, shift_of, take_turn

LONGEST_LEAVE_DAYS = 200


def asked_leave(session: Session, *, own: str | None = None) -> list[Leave]:
    """What waits for a supervisor's word, the oldest first."""
    query = select(RosterLeaveRow).where(RosterLeaveRow.state == "asked").order_by(RosterLeaveRow.asked_at)
    if own is not None:
        query = query.where(RosterLeaveRow.extension == own)
    return [leave_of(row) for row in session.scalars(query)]


@dataclass(frozen=True, slots=True)
class LeaveWanted:
    """``take_shifts_away``: what stands in the roster then is removed with the approval."""

    extension: str
    first_day: str
    last_day: str
    reason: str
    note: str = ""
    take_shifts_away: bool = False


def ask_leave(session: Session, wanted: LeaveWanted, by: str, at: float, zone: ZoneInfo, *, approve: bool) -> Leave:
    """``approve``: a supervisor enters it, so it counts at once; otherwise it waits for one."""
    try:
        take_turn(session)
        leave = _leave_wanted(session, wanted, zone)
        row = RosterLeaveRow(
            extension=leave.extension,
            starts_at=leave.starts_at,
            ends_at=leave.ends_at,
            reason=wanted.reason,
            note=wanted.note,
            state="asked",
            asked_by=by,
            asked_at=at,
        )
        session.add(row)
        session.flush()
        removed = _approve(session, row, by, at, take_away=wanted.take_shifts_away) if approve else []
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
            removed = _approve(session, row, by, at, take_away=take_shifts_away)
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


def _leave_wanted(session: Session, wanted: LeaveWanted, zone: ZoneInfo) -> Leave:
    agent_row(session, wanted.extension)
    days = (date.fromisoformat(wanted.last_day) - date.fromisoformat(wanted.first_day)).days + 1
    if not 1 <= days <= LONGEST_LEAVE_DAYS:
        raise BadInput(
            "The last day of the leave must lie between its first day and {days} days later.",
            field="last_day",
            remedy="Correct the days.",
            days=LONGEST_LEAVE_DAYS,
        )
    start, end = epoch(wanted.first_day, 0, zone), epoch(later(wanted.last_day, 1), 0, zone)
    leave = Leave(wanted.extension, start, end, wanted.reason)
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
            reason=other.reason,
            start=written(other.starts_at, zone),
            end=written(other.ends_at, zone),
        )
    return leave


def _approve(session: Session, row: RosterLeaveRow, by: str, at: float, *, take_away: bool) -> list[str]:
    standing = select(RosterShiftRow).where(
        RosterShiftRow.extension == row.extension,
        RosterShiftRow.ends_at > row.starts_at,
        RosterShiftRow.starts_at < row.ends_at,
    )
    shifts = [shift_of(one) for one in session.scalars(standing.order_by(RosterShiftRow.starts_at))]
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


def _leave_row(session: Session, leave_id: int) -> RosterLeaveRow:
    row = session.get(RosterLeaveRow, leave_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no leave {id}.", field="id", id=leave_id)
    return row
