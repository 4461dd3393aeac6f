"""Proposed rosters as drafts: begun, ended, taken over. Worked out elsewhere; here they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.db.tables import AgentRow, RosterDraftRow, RosterShiftRow
from core.errors import Conflict, NotFound
from core.people import audit
from core.rosters.records import Shift, Span
from core.rosters.rows import fill
from core.rosters.rules import problem
from core.rosters.service import NEIGHBOUR_DAYS, agent_row, by_agent, later, remove_rows, roster, settings, take_turn

DRAFTS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """``shifts`` have id 0. ``report`` holds what was reached, in figures; ``progress`` how far the work is."""

    id: int
    state: str
    first_day: str
    days: int
    wanted: dict[str, Any]
    progress: dict[str, Any]
    report: dict[str, Any]
    shifts: tuple[Shift, ...]
    asked_by: str
    asked_at: float
    ended_at: float | None


def begin_draft(session: Session, first_day: str, days: int, wanted: dict[str, Any], by: str, at: float) -> Draft:
    """``Conflict`` while another one is being worked out."""
    try:
        take_turn(session)
        if session.scalar(select(RosterDraftRow.id).where(RosterDraftRow.state == "running")) is not None:
            raise Conflict("A proposal is being worked out already.", remedy="Wait until it is done, or cancel it.")
        row = RosterDraftRow(
            state="running",
            first_day=first_day,
            days=days,
            wanted=wanted,
            progress={},
            shifts=[],
            report={},
            asked_by=by,
            asked_at=at,
        )
        session.add(row)
        session.flush()
        old = select(RosterDraftRow.id).order_by(RosterDraftRow.id.desc()).offset(DRAFTS_KEPT)
        session.execute(delete(RosterDraftRow).where(RosterDraftRow.id.in_(list(session.scalars(old)))))
        audit.record(session, by, "roster_proposal_asked", first_day, {"draft": row.id, "days": days, **wanted}, at)
    except BaseException:
        session.rollback()
        raise
    return _draft(row)


def draft(session: Session, draft_id: int) -> Draft:
    row = session.get(RosterDraftRow, draft_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no proposal {id}.", field="id", id=draft_id)
    return _draft(row)


def newest_draft(session: Session) -> Draft | None:
    row = session.scalars(select(RosterDraftRow).order_by(RosterDraftRow.id.desc()).limit(1)).first()
    return None if row is None else _draft(row)


def note_progress(session: Session, draft_id: int, progress: dict[str, Any]) -> None:
    session.execute(
        update(RosterDraftRow)
        .where(RosterDraftRow.id == draft_id, RosterDraftRow.state == "running")
        .values(progress=progress)
    )
    session.commit()


def end_draft(
    session: Session, draft_id: int, state: str, at: float, *, shifts: Sequence[Shift] = (), report: dict[str, Any]
) -> None:
    """Only a running one ends; a word that comes too late changes nothing."""
    session.execute(
        update(RosterDraftRow)
        .where(RosterDraftRow.id == draft_id, RosterDraftRow.state == "running")
        .values(state=state, ended_at=at, shifts=[asdict(shift) for shift in shifts], report=report)
    )
    session.commit()


def end_orphans(session: Session, report: dict[str, Any], at: float) -> None:
    """At a start: what was being worked out when the house ended will never be done."""
    session.execute(
        update(RosterDraftRow)
        .where(RosterDraftRow.state == "running")
        .values(state="failed", ended_at=at, report=report)
    )
    session.commit()


def take_over(session: Session, draft_id: int, today: str, by: str, at: float, zone: ZoneInfo) -> dict[str, int]:
    """The draft becomes the roster of its days: equal shifts stay, with its breaks; others go. All or nothing.

    Checked anew against the rules, since leave and neighbours may have changed since it was worked out.
    """
    try:
        take_turn(session)
        row = session.get(RosterDraftRow, draft_id, populate_existing=True)
        if row is None or row.state != "done":
            raise Conflict("This proposal cannot be taken over.", field="id", remedy="Ask for a new one.")
        if row.first_day <= today:
            raise Conflict(
                "The days of this proposal have begun.", field="id", remedy="Ask for one that begins tomorrow."
            )
        wanted = _draft(row)
        counts = _replace(session, wanted, by, at, zone)
        row.state = "taken"
        audit.record(session, by, "roster_proposal_taken", wanted.first_day, {"draft": draft_id, **counts}, at)
    except BaseException:
        session.rollback()
        raise
    return counts


def _replace(session: Session, wanted: Draft, by: str, at: float, zone: ZoneInfo) -> dict[str, int]:
    near = roster(session, later(wanted.first_day, -NEIGHBOUR_DAYS), wanted.days + 2 * NEIGHBOUR_DAYS, zone)
    last = later(wanted.first_day, wanted.days)
    inside = [shift for shift in near.shifts if wanted.first_day <= shift.day < last]
    standing = {_place(shift): shift for shift in inside}
    new = [shift for shift in wanted.shifts if _place(shift) not in standing]
    places = {_place(shift) for shift in wanted.shifts}
    gone = [shift for shift in inside if _place(shift) not in places]
    gone_ids = {shift.id for shift in gone}
    # Negative ids tell the new ones apart while each is held against all others.
    numbered = [replace(shift, id=-n) for n, shift in enumerate(new, 1)]
    after = by_agent([*(shift for shift in near.shifts if shift.id not in gone_ids), *numbered])
    rules, skills = settings(session).rules, {row.extension: row.skills for row in session.scalars(select(AgentRow))}
    for shift in numbered:
        agent_row(session, shift.extension)
        leaves = [leave for leave in near.leaves if leave.extension == shift.extension]
        found = problem(shift, after[shift.extension], leaves, skills[shift.extension], rules, zone)
        if found is not None:
            raise found
    remove_rows(session, gone_ids, at)
    moved = _moved_breaks(standing, wanted.shifts)
    for shift in moved:
        session.get_one(RosterShiftRow, shift.id).breaks = [list(pause) for pause in shift.breaks]
    for shift in new:
        kept = RosterShiftRow()
        fill(kept, shift, by, at)
        session.add(kept)
    session.flush()
    return {"added": len(new), "removed": len(gone), "kept": len(inside) - len(gone), "rested": len(moved)}


def _moved_breaks(standing: Mapping[tuple[str, float, float], Shift], wanted: Iterable[Shift]) -> list[Shift]:
    """Shifts that stay, with the breaks that the draft gives them. It is the same shift: swaps about it go on."""
    pairs = [(standing[_place(shift)], shift.breaks) for shift in wanted if _place(shift) in standing]
    return [replace(shift, breaks=breaks) for shift, breaks in pairs if set(breaks) != set(shift.breaks)]


def _place(shift: Shift) -> tuple[str, float, float]:
    return shift.extension, shift.starts_at, shift.ends_at


def _draft(row: RosterDraftRow) -> Draft:
    return Draft(
        row.id,
        row.state,
        row.first_day,
        row.days,
        row.wanted,
        row.progress,
        row.report,
        tuple(_shift(kept) for kept in row.shifts),
        row.asked_by,
        row.asked_at,
        row.ended_at,
    )


def _shift(kept: dict[str, Any]) -> Shift:
    spans = {name: tuple(Span(*one) for one in kept.get(name, ())) for name in ("breaks", "away")}
    return Shift(**{**kept, **spans, "skills": tuple(kept["skills"])})
