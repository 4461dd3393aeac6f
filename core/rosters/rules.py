"""What a roster may hold: overlaps, rest, leave, skills, weekly hours, days in a row. Pure: records in, errors out.

Errors name the field and the remedy; nothing here raises them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from core.errors import BadInput, Conflict, HotlineError
from core.i18n import called
from core.rosters.leave_reasons import reason_name
from core.rosters.records import (
    HOUR,
    Leave,
    Rules,
    Shift,
    Template,
    clock_of,
    epoch,
    hours,
    less_leave,
    week_of,
    without,
    written,
)

SHORTEST_S, LONGEST_S = HOUR, 13 * HOUR
# What leave of a part of a day must leave of a shift.
LEAST_LEFT_S = HOUR


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
    leaves: Sequence[Leave],
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
        shift=called(shift),
        skills=", ".join(missing),
    )


def break_problem(shift: Shift, template: Template, zone: ZoneInfo) -> HotlineError | None:
    """What is wrong with breaks that were moved by hand: each keeps its length, and its window where it has one."""
    ordered = sorted(shift.breaks)
    lengths = [end - start for start, end in template.breaks]
    if [round(pause.seconds / 60) for pause in ordered] != lengths:
        return BadInput(
            "The breaks of {shift} last {minutes} minutes.",
            field="breaks",
            remedy="Move them without changing their length, or give the shift own times.",
            shift=called(template),
            minutes=" + ".join(map(str, lengths)) or "0",
        )
    for pause, (earliest, latest) in zip(ordered, template.windows, strict=False):
        if pause.start < epoch(shift.day, earliest, zone) or pause.end > epoch(shift.day, latest, zone):
            return BadInput(
                "This break of {shift} lies between {earliest} and {latest}.",
                field="breaks",
                remedy="Choose a time between them, or give the shift own times.",
                shift=called(template),
                earliest=clock_of(earliest),
                latest=clock_of(latest),
            )
    return None


def stands_beside(shift: Shift, leave: Leave, zone: ZoneInfo) -> bool:
    """Whether the shift may stand although the leave lies in it: leave of a part of a day that leaves an hour of work.

    Other leave in the shift (``away``) is taken off as well.
    """
    left = without(shift.work, (leave.span,))
    return not leave.whole_days(zone) and sum(span.seconds for span in left) >= LEAST_LEFT_S


def _leave_problem(shift: Shift, leaves: Sequence[Leave], zone: ZoneInfo) -> HotlineError | None:
    whole = less_leave(shift, leaves)
    for leave in leaves:
        if leave.state == "approved" and leave.span.meets(shift.span) and not stands_beside(whole, leave, zone):
            return Conflict(
                "{extension} is on leave then ({reason}, {start} to {end}).",
                field="day",
                remedy="Choose another day or colleague, or end the leave first.",
                extension=shift.extension,
                reason=reason_name(leave.reason),
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
                shift=called(other),
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
                shift=called(other),
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
