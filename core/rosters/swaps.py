"""Swaps: an agent asks a colleague, the colleague accepts, the supervisor approves. Each step commits with its audit.

Both rosters are checked against the rules at every step, as if the swap were done: a swap that cannot be approved
is not asked for. When a shift of an open swap changes, the swap lapses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.db.tables import AgentRow, RosterShiftRow, RosterSwapRow
from core.errors import BadInput, Conflict, HotlineError, NotAllowed, NotFound
from core.people import audit
from core.rosters.records import Shift
from core.rosters.rows import fill, shift_record
from core.rosters.rules import problem
from core.rosters.service import (
    NEIGHBOUR_DAYS,
    OPEN_SWAPS,
    agent_row,
    around,
    by_agent,
    in_hands_of,
    lapse_swaps,
    later,
    one_shift,
    roster,
    settings,
    take_turn,
)

CANDIDATE_DAYS = 14


@dataclass(frozen=True, slots=True)
class SwapRequest:
    """``other_shift_id`` ``None``: the colleague takes the shift over and gives none back."""

    shift_id: int
    other_extension: str
    other_shift_id: int | None = None
    words: str = ""


def ask(session: Session, wanted: SwapRequest, me: str, by: str, at: float, zone: ZoneInfo) -> dict[str, Any]:
    try:
        take_turn(session)
        shift = one_shift(session, wanted.shift_id)
        if shift.extension != me:
            raise NotAllowed("This shift is not yours.", field="shift_id", remedy="Choose a shift of your own.")
        if wanted.other_extension == me:
            raise BadInput("A swap is between two people.", field="other_extension", remedy="Choose a colleague.")
        other = one_shift(session, wanted.other_shift_id) if wanted.other_shift_id is not None else None
        if other is not None and other.extension != wanted.other_extension:
            raise BadInput(
                "This shift is not your colleague's.", field="other_shift_id", remedy="Choose one from the list."
            )
        if session.scalar(select(RosterSwapRow.id).where(RosterSwapRow.open_key == str(shift.id))) is not None:
            raise Conflict("A swap of this shift is open already.", field="shift_id", remedy="Withdraw that one first.")
        _check(session, shift, other, wanted.other_extension, at, zone)
        row = RosterSwapRow(
            open_key=str(shift.id),
            shift_id=shift.id,
            other_shift_id=other.id if other else None,
            extension=me,
            other_extension=wanted.other_extension,
            shift=shift_record(shift, zone),
            other_shift=shift_record(other, zone) if other else {},
            words=wanted.words,
            state="asked",
            asked_at=at,
        )
        session.add(row)
        session.flush()
        _noted(session, row, by, "roster_swap_asked", at)
    except BaseException:
        session.rollback()
        raise
    return swap_row(row)


def answer(
    session: Session, swap_id: int, me: str, by: str, at: float, zone: ZoneInfo, *, accept: bool
) -> dict[str, Any]:
    """The colleague's word."""
    try:
        take_turn(session)
        row = _open(session, swap_id, "asked")
        if row.other_extension != me:
            raise NotAllowed("This swap was not asked of you.", field="id", remedy="Choose one that was.")
        if accept:
            _check_row(session, row, at, zone)
        row.answered_at = at
        _step(row, "accepted" if accept else "declined")
        _noted(session, row, by, "roster_swap_accepted" if accept else "roster_swap_declined", at)
    except BaseException:
        session.rollback()
        raise
    return swap_row(row)


def decide(
    session: Session, swap_id: int, by: str, at: float, zone: ZoneInfo, *, approve: bool, words: str = ""
) -> dict[str, Any]:
    """The supervisor's word; with it the shifts change hands."""
    try:
        take_turn(session)
        row = _open(session, swap_id, "accepted" if approve else OPEN_SWAPS)
        if approve:
            shift, other = _check_row(session, row, at, zone)
            for one, hands in ((shift, row.other_extension), (other, row.extension)):
                if one is not None:
                    fill(session.get_one(RosterShiftRow, one.id), in_hands_of(one, hands), by, at)
        _step(row, "approved" if approve else "refused")
        row.decided_at, row.decided_by, row.decided_words = at, by, words
        session.flush()
        # Other swaps about the same shifts are about something that no longer is.
        lapse_swaps(session, [one for one in (row.shift_id, row.other_shift_id) if one is not None], at)
        _noted(session, row, by, "roster_swap_approved" if approve else "roster_swap_refused", at)
    except BaseException:
        session.rollback()
        raise
    return swap_row(row)


def withdraw(session: Session, swap_id: int, me: str, by: str, at: float) -> dict[str, Any]:
    try:
        take_turn(session)
        row = _open(session, swap_id, OPEN_SWAPS)
        if row.extension != me:
            raise NotAllowed("You did not ask for this swap.", field="id", remedy="Choose one of your own.")
        row.decided_at = at
        _step(row, "withdrawn")
        _noted(session, row, by, "roster_swap_withdrawn", at)
    except BaseException:
        session.rollback()
        raise
    return swap_row(row)


def swaps(session: Session, since: float, *, own: str | None = None) -> list[dict[str, Any]]:
    """Open ones and those asked for since then, newest first."""
    query = select(RosterSwapRow).where(or_(RosterSwapRow.state.in_(OPEN_SWAPS), RosterSwapRow.asked_at >= since))
    if own is not None:
        query = query.where(or_(RosterSwapRow.extension == own, RosterSwapRow.other_extension == own))
    return [swap_row(row) for row in session.scalars(query.order_by(RosterSwapRow.id.desc()))]


def candidates(session: Session, shift_id: int, me: str, at: float, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Who could take the shift over, and for which of their shifts: every row is a swap the rules permit."""
    mine = one_shift(session, shift_id)
    if mine.extension != me:
        raise NotAllowed("This shift is not yours.", field="shift_id", remedy="Choose a shift of your own.")
    rules, agents = settings(session).rules, {row.extension: row for row in session.scalars(select(AgentRow))}
    first = later(mine.day, -CANDIDATE_DAYS - NEIGHBOUR_DAYS)
    near = roster(session, first, 2 * (CANDIDATE_DAYS + NEIGHBOUR_DAYS) + 1, zone)
    shifts = by_agent(near.shifts)

    def fits(shift: Shift, extension: str, given: Shift | None) -> bool:
        others = [one for one in shifts.get(extension, ()) if given is None or one.id != given.id]
        leaves = [leave for leave in near.leaves if leave.extension == extension]
        taken = in_hands_of(shift, extension)
        return problem(replace(taken, id=0), others, leaves, agents[extension].skills, rules, zone) is None

    found: list[dict[str, Any]] = []
    earliest, latest = later(mine.day, -CANDIDATE_DAYS), later(mine.day, CANDIDATE_DAYS)
    for extension in sorted(agents):
        if extension == me:
            continue
        theirs = [s for s in shifts.get(extension, ()) if s.starts_at > at and earliest <= s.day <= latest]
        options = [None, *theirs]
        found += [
            {
                "extension": extension,
                "name": agents[extension].name,
                "shift": shift_record(other, zone) if other else None,
            }
            for other in options
            if fits(mine, extension, other) and (other is None or fits(other, me, mine))
        ]
    return found


# --- inside ----------------------------------------------------------------------------------------------------


def _open(session: Session, swap_id: int, states: str | tuple[str, ...]) -> RosterSwapRow:
    row = session.get(RosterSwapRow, swap_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no swap {id}.", field="id", id=swap_id)
    allowed = (states,) if isinstance(states, str) else states
    if row.state in allowed:
        return row
    if row.state == "asked":
        raise Conflict(
            "The colleague has not accepted this swap yet.", field="id", remedy="Wait for the colleague's answer."
        )
    raise Conflict(
        "This swap is not open any more.", field="id", remedy="Load the roster again, and ask anew if need be."
    )


def _check_row(session: Session, row: RosterSwapRow, at: float, zone: ZoneInfo) -> tuple[Shift, Shift | None]:
    shift = one_shift(session, row.shift_id)
    other = one_shift(session, row.other_shift_id) if row.other_shift_id is not None else None
    _check(session, shift, other, row.other_extension, at, zone)
    return shift, other


def _check(
    session: Session, shift: Shift, other: Shift | None, other_extension: str, at: float, zone: ZoneInfo
) -> None:
    for one in (shift, other):
        if one is not None and one.starts_at <= at:
            raise Conflict(
                "The shift of {day} has begun.",
                field="shift_id" if one is shift else "other_shift_id",
                remedy="Choose a shift that lies ahead.",
                day=one.day,
            )
    for taken, hands, given in ((shift, other_extension, other), (other, shift.extension, shift)):
        if taken is not None and (found := _problem_after(session, taken, hands, given, zone)) is not None:
            raise found


def _problem_after(
    session: Session, taken: Shift, hands: str, given: Shift | None, zone: ZoneInfo
) -> HotlineError | None:
    agent = agent_row(session, hands)
    others, leaves = around(session, hands, taken.day, zone)
    left = [one for one in others if given is None or one.id != given.id]
    after = replace(taken, extension=hands, id=0)
    return problem(after, left, leaves, agent.skills, settings(session).rules, zone)


def _step(row: RosterSwapRow, state: str) -> None:
    row.state = state
    if state not in OPEN_SWAPS:
        row.open_key = None


def _noted(session: Session, row: RosterSwapRow, by: str, word: str, at: float) -> None:
    detail = {
        "swap": row.id,
        "shift": row.shift,
        "other_shift": row.other_shift or None,
        "with": row.other_extension,
        "words": row.decided_words or row.words,
    }
    audit.record(session, by, word, row.extension, detail, at)


def swap_row(row: RosterSwapRow) -> dict[str, Any]:
    names = ("id", "state", "extension", "other_extension", "shift", "words", "asked_at", "answered_at", "decided_at")
    found = {name: getattr(row, name) for name in names}
    return {
        **found,
        "other_shift": row.other_shift or None,
        "decided_by": row.decided_by,
        "decided_words": row.decided_words,
    }
