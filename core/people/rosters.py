"""Rosters: who works when, and who is on leave. One function for each use case; each commits, or changes nothing.

Whoever changes a roster first takes the turn on the settings' row, so that two changes never check the rules
against the same old roster. The rules are in ``roster_rules``; swaps, templates and drafts in files of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from core.db.tables import AgentRow, RosterLeaveRow, RosterSettingsRow, RosterShiftRow, RosterSwapRow
from core.errors import BadInput, Conflict, NotFound
from core.people import audit
from core.people.roster_rules import Leave, Rules, Shift, Span, epoch, problem, written

# The rules look at most at a fortnight to each side: days in a row, weeks, rest.
NEIGHBOUR_DAYS = 15
LONGEST_LEAVE_DAYS = 200
OPEN_SWAPS = ("asked", "accepted")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the office decides about rosters. Shares are 0 to 1; ``due_week_s`` is what a contract asks for."""

    version: int
    rules: Rules
    due_week_s: float = 40 * 3600.0
    service_target: float = 0.8
    most_occupancy: float = 0.85
    shrinkage: float = 0.1


@dataclass(frozen=True, slots=True)
class Roster:
    """``shifts`` begin on the days, ``leaves`` (also asked ones) touch them."""

    first_day: str
    days: int
    version: int
    shifts: tuple[Shift, ...]
    leaves: tuple[Leave, ...]


def settings(session: Session) -> Settings:
    row = session.get_one(RosterSettingsRow, 1)
    rules = Rules(row.least_rest_s, row.most_week_s, row.most_days_in_row)
    return Settings(row.version, rules, row.due_week_s, row.service_target, row.most_occupancy, row.shrinkage)


def take_turn(session: Session) -> None:
    """First thing of every change: until the commit nobody else changes a roster."""
    session.execute(
        update(RosterSettingsRow).where(RosterSettingsRow.id == 1).values(version=RosterSettingsRow.version + 1)
    )


def roster(session: Session, first_day: str, days: int, zone: ZoneInfo, *, own: str | None = None) -> Roster:
    """``own`` limits it to one agent."""
    last_day = later(first_day, days)
    shifts = select(RosterShiftRow).where(RosterShiftRow.day >= first_day, RosterShiftRow.day < last_day)
    leaves = select(RosterLeaveRow).where(
        RosterLeaveRow.ends_at > epoch(first_day, 0, zone), RosterLeaveRow.starts_at < epoch(last_day, 0, zone)
    )
    if own is not None:
        shifts = shifts.where(RosterShiftRow.extension == own)
        leaves = leaves.where(RosterLeaveRow.extension == own)
    return Roster(
        first_day,
        days,
        settings(session).version,
        tuple(map(shift_of, session.scalars(shifts.order_by(RosterShiftRow.starts_at, RosterShiftRow.extension)))),
        tuple(map(leave_of, session.scalars(leaves.order_by(RosterLeaveRow.starts_at)))),
    )


def asked_leave(session: Session, *, own: str | None = None) -> list[Leave]:
    """What waits for a supervisor's word, the oldest first."""
    query = select(RosterLeaveRow).where(RosterLeaveRow.state == "asked").order_by(RosterLeaveRow.asked_at)
    if own is not None:
        query = query.where(RosterLeaveRow.extension == own)
    return [leave_of(row) for row in session.scalars(query)]


def one_shift(session: Session, shift_id: int) -> Shift:
    row = session.get(RosterShiftRow, shift_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no shift {id}.", field="id", remedy="Load the roster again.", id=shift_id)
    return shift_of(row)


# --- shifts ----------------------------------------------------------------------------------------------------


def put_shift(session: Session, shift: Shift, by: str, at: float, zone: ZoneInfo) -> Shift:
    """Adds a shift (``id`` 0) or gives an existing one new hands, day or times. The rules' error when one is broken."""
    try:
        take_turn(session)
        before = one_shift(session, shift.id) if shift.id else None
        check_shift(session, shift, zone)
        row = session.get_one(RosterShiftRow, shift.id) if shift.id else RosterShiftRow()
        fill(row, shift, by, at)
        session.add(row)
        session.flush()
        lapse_swaps(session, [row.id], at)
        kept = shift_of(row)
        detail = {"shift": told(kept, zone), "before": told(before, zone) if before else None}
        audit.record(session, by, "roster_shift_moved" if before else "roster_shift_put", shift.extension, detail, at)
    except BaseException:
        session.rollback()
        raise
    return kept


def remove_shift(session: Session, shift_id: int, by: str, at: float, zone: ZoneInfo) -> Shift:
    try:
        take_turn(session)
        shift = one_shift(session, shift_id)
        remove_rows(session, [shift_id], at)
        audit.record(session, by, "roster_shift_removed", shift.extension, {"shift": told(shift, zone)}, at)
    except BaseException:
        session.rollback()
        raise
    return shift


def check_shift(session: Session, shift: Shift, zone: ZoneInfo) -> None:
    """Raises what ``roster_rules.problem`` finds, against what is kept now."""
    agent = agent_row(session, shift.extension)
    rules = settings(session).rules
    others, leaves = around(session, shift.extension, shift.day, zone)
    if (found := problem(shift, others, leaves, agent.skills, rules, zone)) is not None:
        raise found


def around(session: Session, extension: str, day: str, zone: ZoneInfo) -> tuple[Sequence[Shift], Sequence[Leave]]:
    """The agent's shifts and leaves near the day, as far as any rule looks."""
    near = roster(session, later(day, -NEIGHBOUR_DAYS), 2 * NEIGHBOUR_DAYS + 1, zone, own=extension)
    return near.shifts, near.leaves


def agent_row(session: Session, extension: str) -> AgentRow:
    row = session.get(AgentRow, extension)
    if row is None:
        raise NotFound("There is no agent {extension}.", field="extension", extension=extension)
    return row


def remove_rows(session: Session, shift_ids: Collection[int], at: float) -> None:
    """Without commit; swaps that were about these shifts lapse."""
    lapse_swaps(session, shift_ids, at)
    session.execute(delete(RosterShiftRow).where(RosterShiftRow.id.in_(shift_ids)))


def lapse_swaps(session: Session, shift_ids: Collection[int], at: float) -> None:
    session.execute(
        update(RosterSwapRow)
        .where(
            RosterSwapRow.state.in_(OPEN_SWAPS),
            or_(RosterSwapRow.shift_id.in_(shift_ids), RosterSwapRow.other_shift_id.in_(shift_ids)),
        )
        .values(state="lapsed", open_key=None, decided_at=at)
    )


# --- leave -----------------------------------------------------------------------------------------------------


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


# --- rows ------------------------------------------------------------------------------------------------------


def shift_of(row: RosterShiftRow) -> Shift:
    return Shift(
        row.extension,
        row.day,
        row.starts_at,
        row.ends_at,
        row.name,
        tuple(Span(start, end) for start, end in row.breaks),
        tuple(row.skills),
        row.template_id,
        row.note,
        row.id,
    )


def fill(row: RosterShiftRow, shift: Shift, by: str, at: float) -> None:
    for name in ("extension", "day", "starts_at", "ends_at", "name", "template_id", "note"):
        setattr(row, name, getattr(shift, name))
    row.breaks = [list(pause) for pause in shift.breaks]
    row.skills = list(shift.skills)
    row.changed_at, row.changed_by = at, by


def leave_of(row: RosterLeaveRow) -> Leave:
    return Leave(
        row.extension,
        row.starts_at,
        row.ends_at,
        row.reason,
        row.state,
        row.id,
        row.note,
        row.asked_by,
        row.decided_by,
        row.decided_words,
    )


def told(shift: Shift, zone: ZoneInfo) -> dict[str, Any]:
    """A shift as the audit and swaps keep it: readable without the roster."""
    return {
        "id": shift.id,
        "extension": shift.extension,
        "day": shift.day,
        "name": shift.name,
        "starts": written(shift.starts_at, zone),
        "ends": written(shift.ends_at, zone),
    }


def later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def in_hands_of(shift: Shift, extension: str) -> Shift:
    return replace(shift, extension=extension)


def numbered(shift: Shift, shift_id: int) -> Shift:
    return replace(shift, id=shift_id)


def by_agent(shifts: Iterable[Shift]) -> dict[str, list[Shift]]:
    found: dict[str, list[Shift]] = {}
    for shift in shifts:
        found.setdefault(shift.extension, []).append(shift)
    return found
