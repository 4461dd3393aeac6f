"""What a roster may hold: overlaps, rest, leave, skills, weekly hours, days in a row. Pure: records in, errors out.

A shift is planned by wall clock (local day, minutes from its midnight) and kept as epoch seconds, so that rest is
counted in real hours where clocks change. A shift belongs to the local day and the week (Monday first) it begins in.
Errors name the field and the remedy; nothing here raises them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.errors import BadInput, Conflict, HotlineError

SHORTEST_S, LONGEST_S = 3600.0, 13 * 3600.0
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
    """A shift as the office knows it: minutes from the day's midnight, the end perhaps on the next day."""

    id: int
    name: str
    start_minute: int
    end_minute: int
    breaks: tuple[tuple[int, int], ...] = ()
    skills: tuple[str, ...] = ()

    @property
    def paid_s(self) -> float:
        return 60.0 * (self.end_minute - self.start_minute - sum(end - start for start, end in self.breaks))


@dataclass(frozen=True, slots=True)
class Shift:
    """``skills`` are those the work needs; ``breaks`` are unpaid and lie inside. ``id`` 0: not kept yet."""

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

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def paid_s(self) -> float:
        return self.span.seconds - sum(pause.seconds for pause in self.breaks)

    @property
    def work(self) -> tuple[Span, ...]:
        """The shift without its breaks."""
        return tuple(without((self.span,), self.breaks))


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


def epoch(day: str, minute: int, zone: ZoneInfo) -> float:
    """Wall clock to epoch seconds; 1440 is the next midnight. An hour that the clock skips becomes the one after."""
    whole, minutes = divmod(minute, 1440)
    at = datetime.fromisoformat(day) + timedelta(days=whole)
    return at.replace(hour=minutes // 60, minute=minutes % 60, tzinfo=zone).timestamp()


def planned(template: Template, extension: str, day: str, zone: ZoneInfo, *, note: str = "") -> Shift:
    """The template on one day of one agent."""
    return Shift(
        extension,
        day,
        epoch(day, template.start_minute, zone),
        epoch(day, template.end_minute, zone),
        template.name,
        tuple(Span(epoch(day, start, zone), epoch(day, end, zone)) for start, end in template.breaks),
        template.skills,
        template.id or None,
        note,
    )


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


def shape_problem(shift: Shift) -> HotlineError | None:
    """What is wrong with the shift alone."""
    if not SHORTEST_S <= shift.span.seconds <= LONGEST_S:
        return BadInput(
            "A shift lasts between {least} and {most} hours.",
            field="end",
            remedy="Correct its begin or end.",
            least=round(SHORTEST_S / HOUR),
            most=round(LONGEST_S / HOUR),
        )
    ordered = sorted(shift.breaks)
    outside = any(pause.start < shift.starts_at or pause.end > shift.ends_at for pause in ordered)
    crossed = any(one.end > other.start for one, other in pairwise(ordered))
    if outside or crossed or any(pause.end <= pause.start for pause in ordered):
        return BadInput(
            "The breaks do not lie one after the other inside the shift.",
            field="breaks",
            remedy="Correct the times of the breaks.",
        )
    return None


def problem(
    shift: Shift,
    others: Sequence[Shift],
    leaves: Iterable[Leave],
    skills: Iterable[str],
    rules: Rules,
    zone: ZoneInfo,
) -> HotlineError | None:
    """Why the agent cannot take the shift beside ``others`` (shifts of the same agent), or ``None``.

    ``others`` must reach a week to both sides; one with the shift's own id is taken for its earlier form.
    """
    rest = [other for other in others if other.id != shift.id or not shift.id]
    return (
        shape_problem(shift)
        or _skill_problem(shift, skills)
        or _leave_problem(shift, leaves, zone)
        or _rest_problem(shift, rest, rules, zone)
        or _week_problem(shift, rest, rules)
        or _row_problem(shift, rest, rules)
    )


def _skill_problem(shift: Shift, skills: Iterable[str]) -> HotlineError | None:
    missing = [skill for skill in shift.skills if skill not in set(skills)]
    if not missing:
        return None
    return Conflict(
        "{extension} lacks what the shift {shift} needs: {skills}.",
        field="extension",
        remedy="Choose a colleague with this skill, or another shift.",
        extension=shift.extension,
        shift=shift.name,
        skills=", ".join(missing),
    )


def _leave_problem(shift: Shift, leaves: Iterable[Leave], zone: ZoneInfo) -> HotlineError | None:
    for leave in leaves:
        if leave.state == "approved" and leave.span.meets(shift.span):
            return Conflict(
                "{extension} is on leave then ({reason}, {start} to {end}).",
                field="day",
                remedy="Choose another day or colleague, or end the leave first.",
                extension=shift.extension,
                reason=leave.reason,
                start=written(leave.starts_at, zone),
                end=written(leave.ends_at, zone),
            )
    return None


def _rest_problem(shift: Shift, others: Iterable[Shift], rules: Rules, zone: ZoneInfo) -> HotlineError | None:
    for other in sorted(others, key=lambda one: one.starts_at):
        if other.span.meets(shift.span):
            return Conflict(
                "{extension} has another shift then: {shift}, {start} to {end}.",
                field="day",
                remedy="Move or remove that shift first.",
                extension=shift.extension,
                shift=other.name,
                start=written(other.starts_at, zone),
                end=written(other.ends_at, zone),
            )
        apart = max(shift.starts_at - other.ends_at, other.starts_at - shift.ends_at)
        if apart < rules.least_rest_s:
            return Conflict(
                "{extension} would have only {rest} h of rest beside {shift} ({start} to {end}); {least} h are least.",
                field="start",
                remedy="Choose a shift further away, or move the other one.",
                extension=shift.extension,
                rest=hours(apart),
                shift=other.name,
                start=written(other.starts_at, zone),
                end=written(other.ends_at, zone),
                least=hours(rules.least_rest_s),
            )
    return None


def _week_problem(shift: Shift, others: Iterable[Shift], rules: Rules) -> HotlineError | None:
    week = week_of(shift.day)
    total = shift.paid_s + sum(other.paid_s for other in others if week_of(other.day) == week)
    if total <= rules.most_week_s:
        return None
    return Conflict(
        "{extension} would work {hours} h in the week of {week}; {most} h are the most.",
        field="day",
        remedy="Take another shift of this week away, or choose a colleague with fewer hours.",
        extension=shift.extension,
        hours=hours(total),
        week=week,
        most=hours(rules.most_week_s),
    )


def _row_problem(shift: Shift, others: Iterable[Shift], rules: Rules) -> HotlineError | None:
    days = {date.fromisoformat(other.day) for other in others} | {date.fromisoformat(shift.day)}
    first = last = date.fromisoformat(shift.day)
    while first - timedelta(days=1) in days:
        first -= timedelta(days=1)
    while last + timedelta(days=1) in days:
        last += timedelta(days=1)
    row = (last - first).days + 1
    if row <= rules.most_days_in_row:
        return None
    return Conflict(
        "{extension} would work {days} days in a row, {first} to {last}; {most} are the most.",
        field="day",
        remedy="Leave a day free between them.",
        extension=shift.extension,
        days=row,
        first=first.isoformat(),
        last=last.isoformat(),
        most=rules.most_days_in_row,
    )


def written(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%m-%d %H:%M")


def hours(seconds: float) -> str:
    """7.5 or 8: without a zero behind the point."""
    return f"{seconds / HOUR:.1f}".removesuffix(".0")
