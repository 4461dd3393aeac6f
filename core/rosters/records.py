"""The words that rosters are made of: spans, templates, shifts, leave, the office's limits. Pure records.

A shift is planned by wall clock (local day, minutes from its midnight) and kept as epoch seconds, so that rest is
counted in real hours where clocks change. A shift belongs to the local day and the week (Monday first) it begins in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR = 3600.0


class Span(NamedTuple):
    """Epoch seconds, the end not included."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return max(0.0, self.end - self.start)

    def meets(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Rules:
    """Shipped figures are examples; the office sets its own. ``week_s`` counts paid time, breaks left out."""

    least_rest_s: float = 11 * HOUR
    most_week_s: float = 44 * HOUR
    most_days_in_row: int = 6


@dataclass(frozen=True, slots=True)
class Template:
    """A shift as the office knows it: minutes from the day's midnight, the end perhaps on the next day.

    ``breaks`` are their usual places; ``windows`` say, in the same order, from when to when each may be moved. Without
    windows they stay where they are.
    """

    id: int
    name: str
    start_minute: int
    end_minute: int
    breaks: tuple[tuple[int, int], ...] = ()
    skills: tuple[str, ...] = ()
    windows: tuple[tuple[int, int], ...] = ()
    name_en: str = ""

    @property
    def paid_s(self) -> float:
        return 60.0 * (self.end_minute - self.start_minute - sum(end - start for start, end in self.breaks))


@dataclass(frozen=True, slots=True)
class Shift:
    """``skills`` are those the work needs; ``breaks`` are unpaid and lie inside. ``id`` 0: not kept yet.

    ``away`` is approved leave inside the shift: what is left of it is still worked (``less_leave`` sets it).
    """

    extension: str
    day: str
    starts_at: float
    ends_at: float
    name: str = ""
    breaks: tuple[Span, ...] = ()
    skills: tuple[str, ...] = ()
    template_id: int | None = None
    note: str = ""
    id: int = 0
    away: tuple[Span, ...] = ()
    name_en: str = ""

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def paid_s(self) -> float:
        return self.span.seconds - sum(pause.seconds for pause in self.breaks)

    @property
    def work(self) -> tuple[Span, ...]:
        """The shift without its breaks and without leave."""
        return tuple(without((self.span,), (*self.breaks, *self.away)))


@dataclass(frozen=True, slots=True)
class Leave:
    """``state``: asked, approved, refused, withdrawn. Only approved leave keeps shifts away."""

    extension: str
    starts_at: float
    ends_at: float
    reason: str
    state: str = "approved"
    id: int = 0
    note: str = ""
    asked_by: str = ""
    decided_by: str | None = None
    decided_words: str = ""

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    def whole_days(self, zone: ZoneInfo) -> bool:
        """From midnight to midnight; else it is of a part of a day, and a shift beside it may stand."""
        return all(at == epoch(datetime.fromtimestamp(at, zone).date().isoformat(), 0, zone) for at in self.span)


def epoch(day: str, minute: int, zone: ZoneInfo) -> float:
    """Wall clock to epoch seconds; 1440 is the next midnight. An hour that the clock skips becomes the one after."""
    whole, minutes = divmod(minute, 1440)
    at = datetime.fromisoformat(day) + timedelta(days=whole)
    return at.replace(hour=minutes // 60, minute=minutes % 60, tzinfo=zone).timestamp()


def pause_at(day: str, start: int, end: int, zone: ZoneInfo) -> Span:
    """A break by wall clock; it keeps its length where clocks change in it."""
    begin = epoch(day, start, zone)
    return Span(begin, begin + 60.0 * (end - start))


def planned(template: Template, extension: str, day: str, zone: ZoneInfo, *, note: str = "") -> Shift:
    """The template on one day of one agent."""
    return Shift(
        extension,
        day,
        epoch(day, template.start_minute, zone),
        epoch(day, template.end_minute, zone),
        template.name,
        tuple(pause_at(day, start, end, zone) for start, end in template.breaks),
        template.skills,
        template.id or None,
        note,
        name_en=template.name_en,
    )


def less_leave(shift: Shift, leaves: Iterable[Leave]) -> Shift:
    """The shift with the approved leave of its agent that lies in it."""
    parts = [
        Span(max(leave.starts_at, shift.starts_at), min(leave.ends_at, shift.ends_at))
        for leave in leaves
        if leave.state == "approved" and leave.extension == shift.extension and leave.span.meets(shift.span)
    ]
    return replace(shift, away=tuple(sorted(parts)))


def usual_place(earliest: int, latest: int, length: int) -> tuple[int, int]:
    """The middle of a break's window, on the quarter hour where the window has one there."""
    start = earliest + (latest - earliest - length) // 2
    rounded = start - start % 15
    start = rounded if rounded >= earliest else start
    return start, start + length


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """``spans`` with ``gaps`` cut out, in order."""
    left = sorted(spans)
    for gap in sorted(gaps):
        cut: list[Span] = []
        for span in left:
            pieces = (Span(span.start, min(span.end, gap.start)), Span(max(span.start, gap.end), span.end))
            cut += [piece for piece in pieces if piece.end > piece.start]
        left = cut
    return left


def week_of(day: str) -> str:
    """The Monday of the day's week."""
    at = date.fromisoformat(day)
    return (at - timedelta(days=at.weekday())).isoformat()


def written(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%m-%d %H:%M")


def hours(seconds: float) -> str:
    """7.5 or 8: without a zero behind the point."""
    return f"{seconds / HOUR:.1f}".removesuffix(".0")


def clock_of(minute: int) -> str:
    """Minutes from midnight as a clock shows them; 24:00 for the midnight at the end."""
    return "24:00" if minute == 1440 else f"{minute // 60 % 24:02d}:{minute % 60:02d}"
