"""Is each agent where the roster says: now, and over what is past. Pure: shifts and stretches of states in.

Scheduled time is the shift from its first to its last second, less approved leave in it. In adherence is, while work
is planned, every working state (ready, ringing, talking, hold, wrap-up), and while a break is planned, everything but
waiting for calls (ready, ringing): a call that runs into the break is nobody's fault. Adherence is in-adherence time /
scheduled time; conformance is worked / scheduled: working states around the shift against its planned work, so staying
on makes up for coming late there, but not in adherence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.rosters.records import Shift, Span, without

WORKING = frozenset({"ready", "ringing", "talking", "hold", "wrap_up"})
WAITING = frozenset({"ready", "ringing"})
# Work counts for the nearest shift, at most so far outside of it.
AROUND_S = 4 * 3600.0

PlannedState = Literal["work", "break", "leave", "off"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time in one state; what has not ended yet ends at the moment of asking."""

    state: str
    start: float
    end: float
    reason: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class AdherenceSums:
    """Sums of seconds of one or more shifts, up to the moment of asking and as far back as states are known.

    ``scheduled_s`` is the shift with its breaks, ``planned_work_s`` without; ``late_s`` from its begin to the first
    working state; ``absent`` shifts are over and had none.
    """

    scheduled_s: float = 0.0
    adherent_s: float = 0.0
    planned_work_s: float = 0.0
    worked_s: float = 0.0
    late_s: float = 0.0
    shifts: int = 0
    absent: int = 0

    def __add__(self, other: AdherenceSums) -> AdherenceSums:
        return AdherenceSums(
            self.scheduled_s + other.scheduled_s,
            self.adherent_s + other.adherent_s,
            self.planned_work_s + other.planned_work_s,
            self.worked_s + other.worked_s,
            self.late_s + other.late_s,
            self.shifts + other.shifts,
            self.absent + other.absent,
        )

    @property
    def adherence(self) -> float | None:
        return self.adherent_s / self.scheduled_s if self.scheduled_s > 0 else None

    @property
    def conformance(self) -> float | None:
        return self.worked_s / self.planned_work_s if self.planned_work_s > 0 else None


@dataclass(frozen=True, slots=True)
class AdherenceInterval:
    """A part of a shift in which plan and state do not change. An empty state: none is known."""

    span: Span
    plan: PlannedState
    state: str
    adherent: bool


@dataclass(frozen=True, slots=True)
class Now:
    """An agent at this moment. ``off_since``: since when plan and state disagree, ``None`` while they agree."""

    extension: str
    plan: PlannedState
    shift: Shift | None
    state: str
    state_since: float | None
    adherent: bool
    off_since: float | None
    next_change: float | None


def is_adherent(plan: PlannedState, state: str) -> bool:
    """Whether the state is what the plan asks for; off duty and on leave everything is."""
    if plan == "work":
        return state in WORKING
    return plan in {"off", "leave"} or state not in WAITING


def pieces(shift: Shift, stretches: Iterable[Stretch], known_from: float, now: float) -> list[AdherenceInterval]:
    """The shift cut wherever plan or state changes; only time that is past and known. Unseen time is ``offline``."""
    window = Span(max(shift.starts_at, known_from), min(shift.ends_at, now))
    if window.end <= window.start:
        return []
    inside = [
        Stretch(s.state, max(s.start, window.start), min(s.end, window.end), s.reason)
        for s in sorted(stretches, key=lambda one: one.start)
        if s.span.meets(window)
    ]
    seen: list[Stretch] = []
    at = window.start
    for stretch in inside:
        # Facts of one agent do not overlap; should they, the earlier one keeps its time.
        begin = max(stretch.start, at)
        if begin >= stretch.end:
            continue
        if begin > at:
            seen.append(Stretch("offline", at, begin))
        seen.append(Stretch(stretch.state, begin, stretch.end, stretch.reason))
        at = stretch.end
    if at < window.end:
        seen.append(Stretch("offline", at, window.end))
    found: list[AdherenceInterval] = []
    plans: tuple[tuple[PlannedState, Sequence[Span]], ...] = (
        ("work", shift.work),
        ("break", without(shift.breaks, shift.away)),
        ("leave", shift.away),
    )
    for stretch in seen:
        for plan, spans in plans:
            for span in spans:
                if stretch.span.meets(span):
                    part = Span(max(stretch.start, span.start), min(stretch.end, span.end))
                    found.append(AdherenceInterval(part, plan, stretch.state, is_adherent(plan, stretch.state)))
    return sorted(found, key=lambda piece: piece.span)


def plan_at(shifts: Iterable[Shift], now: float) -> tuple[PlannedState, Shift | None]:
    for shift in shifts:
        if shift.starts_at <= now < shift.ends_at:
            if any(gone.start <= now < gone.end for gone in shift.away):
                return "leave", shift
            resting = any(pause.start <= now < pause.end for pause in shift.breaks)
            return ("break" if resting else "work"), shift
    return "off", None


def right_now(extension: str, shifts: Sequence[Shift], state: str, since: float | None, now: float) -> Now:
    """``shifts`` of this agent; ``since`` when the present state began."""
    plan, shift = plan_at(shifts, now)
    good = is_adherent(plan, state)
    borders = sorted({at for one in shifts for span in (one.span, *one.breaks, *one.away) for at in span})
    plan_since = max((at for at in borders if at <= now), default=now)
    off_since = None if good else max(plan_since, since if since is not None else plan_since)
    return Now(
        extension, plan, shift, state, since, good, off_since, min((at for at in borders if at > now), default=None)
    )
