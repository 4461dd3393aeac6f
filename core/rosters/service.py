"""Rosters: who works when. One function for each use case; each commits, or changes nothing.

Whoever changes a roster first takes the turn on the settings' row, so that two changes never check the rules against
the same old roster. The rules are in ``roster_rules``; leave, swaps, templates and drafts in files of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from core.db.tables import (
    AgentRow,
    RosterLeaveRow,
    RosterSettingsRow,
    RosterShiftRow,
    RosterSwapRow,
    ShiftTemplateRow,
)
from core.errors import HotlineError, NotFound
from core.people import audit
from core.rosters.records import Leave, Rules, Shift, epoch, less_leave, planned
from core.rosters.rows import fill, leave_of, shift_of, shift_record, template_of
from core.rosters.rules import break_problem, problem, shape_problem

# The rules look at most at a fortnight to each side: days in a row, weeks, rest.
NEIGHBOUR_DAYS = 15
OPEN_SWAPS = ("asked", "accepted")


@dataclass(frozen=True, slots=True)
class RosterSettings:
    """What the office decides about rosters. Shares are 0 to 1; ``due_week_s`` is what a contract asks for.

    ``least_present`` people stay at the phones while others rest, wherever that can be had.
    """

    version: int
    rules: Rules
    due_week_s: float = 40 * 3600.0
    service_target: float = 0.8
    most_occupancy: float = 0.85
    shrinkage: float = 0.1
    least_present: int = 1


@dataclass(frozen=True, slots=True)
class Roster:
    """``shifts`` begin on the days and know the approved leave in them; ``leaves`` (also asked ones) touch the days."""

    first_day: str
    days: int
    version: int
    shifts: tuple[Shift, ...]
    leaves: tuple[Leave, ...]


def settings(session: Session) -> RosterSettings:
    row = session.get_one(RosterSettingsRow, 1)
    rules = Rules(row.least_rest_s, row.most_week_s, row.most_days_in_row)
    return RosterSettings(
        row.version,
        rules,
        row.due_week_s,
        row.service_target,
        row.most_occupancy,
        row.shrinkage,
        row.least_present,
    )


def take_turn(session: Session) -> None:
    """First thing of every change: until the commit nobody else changes a roster."""
    session.execute(
        update(RosterSettingsRow).where(RosterSettingsRow.id == 1).values(version=RosterSettingsRow.version + 1)
    )


def roster(session: Session, first_day: str, days: int, zone: ZoneInfo, *, own: str | None = None) -> Roster:
    """``own`` limits it to one agent."""
    last_day = later(first_day, days)
    shifts = select(RosterShiftRow).where(RosterShiftRow.day >= first_day, RosterShiftRow.day < last_day)
    # A shift of the last day may go on into the next one.
    leaves = select(RosterLeaveRow).where(
        RosterLeaveRow.ends_at > epoch(first_day, 0, zone),
        RosterLeaveRow.starts_at < epoch(later(last_day, 1), 0, zone),
    )
    if own is not None:
        shifts = shifts.where(RosterShiftRow.extension == own)
        leaves = leaves.where(RosterLeaveRow.extension == own)
    away = [leave_of(row) for row in session.scalars(leaves.order_by(RosterLeaveRow.starts_at))]
    by_extension: dict[str, list[Leave]] = {}
    for leave in away:
        by_extension.setdefault(leave.extension, []).append(leave)
    found = map(shift_of, session.scalars(shifts.order_by(RosterShiftRow.starts_at, RosterShiftRow.extension)))
    end = epoch(last_day, 0, zone)
    return Roster(
        first_day,
        days,
        settings(session).version,
        tuple(less_leave(shift, by_extension.get(shift.extension, ())) for shift in found),
        tuple(leave for leave in away if leave.starts_at < end),
    )


def one_shift(session: Session, shift_id: int) -> Shift:
    row = session.get(RosterShiftRow, shift_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no shift {id}.", field="id", remedy="Load the roster again.", id=shift_id)
    met = select(RosterLeaveRow).where(
        RosterLeaveRow.extension == row.extension,
        RosterLeaveRow.ends_at > row.starts_at,
        RosterLeaveRow.starts_at < row.ends_at,
    )
    return less_leave(shift_of(row), [leave_of(one) for one in session.scalars(met)])


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
        detail = {"shift": shift_record(kept, zone), "before": shift_record(before, zone) if before else None}
        audit.record(session, by, "roster_shift_moved" if before else "roster_shift_put", shift.extension, detail, at)
    except BaseException:
        session.rollback()
        raise
    return kept


def move_breaks(session: Session, moved: Sequence[Shift], by: str, at: float, zone: ZoneInfo) -> int:
    """Breaks that were spread, all in one step; a shift that is no longer what it was is left alone. How many moved."""
    try:
        take_turn(session)
        kept: list[Shift] = []
        for shift in moved:
            row = session.get(RosterShiftRow, shift.id, populate_existing=True)
            if row is None or (row.extension, row.starts_at, row.ends_at) != (shift.extension, *shift.span):
                continue
            if (found := shape_problem(shift) or _break_problem(session, shift, zone)) is not None:
                raise found
            row.breaks, row.changed_at, row.changed_by = [list(pause) for pause in shift.breaks], at, by
            kept.append(shift)
        detail = {"n": len(kept), "days": sorted({shift.day for shift in kept})}
        audit.record(session, by, "roster_breaks_spread", "roster", detail, at)
    except BaseException:
        session.rollback()
        raise
    return len(kept)


def remove_shift(session: Session, shift_id: int, by: str, at: float, zone: ZoneInfo) -> Shift:
    try:
        take_turn(session)
        shift = one_shift(session, shift_id)
        remove_rows(session, [shift_id], at)
        audit.record(session, by, "roster_shift_removed", shift.extension, {"shift": shift_record(shift, zone)}, at)
    except BaseException:
        session.rollback()
        raise
    return shift


def check_shift(session: Session, shift: Shift, zone: ZoneInfo) -> None:
    """Raises what the rules find, against what is kept now."""
    agent = agent_row(session, shift.extension)
    if (found := _break_problem(session, shift, zone)) is not None:
        raise found
    rules = settings(session).rules
    others, leaves = around(session, shift.extension, shift.day, zone)
    if (found := problem(shift, others, leaves, agent.skills, rules, zone)) is not None:
        raise found


def _break_problem(session: Session, shift: Shift, zone: ZoneInfo) -> HotlineError | None:
    """Only of a shift that still has its template's times: with own times the breaks are its own too."""
    row = session.get(ShiftTemplateRow, shift.template_id) if shift.template_id is not None else None
    if row is None or not row.active:
        return None
    usual = planned(template_of(row), shift.extension, shift.day, zone)
    if usual.span != shift.span or set(usual.breaks) == set(shift.breaks):
        return None
    return break_problem(shift, template_of(row), zone)


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
