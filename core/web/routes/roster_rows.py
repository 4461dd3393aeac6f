"""Rosters as they stand on the wire: wall clock for people, ISO 8601 in UTC for programs. Reads requests too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from core.clock import iso
from core.errors import BadInput
from core.rosters.drafts import Draft
from core.rosters.leave_reasons import reason_name
from core.rosters.records import Leave, Shift, Template, clock_of, epoch, pause_at, planned, usual_place
from core.rosters.service import RosterSettings
from core.web.routes.telephony import Body

CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")
DAY = r"^\d{4}-\d\d-\d\d$"
MIDNIGHT = "24:00"


class ShiftRequest(Body):
    """Either a ``template``, or ``start`` and ``end`` as wall clock; an end not after the start is on the next day.

    ``breaks`` with a template move its breaks; without, they are in their usual places. Both names are for own times.
    """

    extension: str = Field(min_length=1, max_length=20)
    day: str = Field(pattern=DAY)
    template: int | None = None
    name: str = Field("", max_length=40)
    name_en: str = Field("", max_length=64)
    start: str = Field("", max_length=5)
    end: str = Field("", max_length=5)
    breaks: tuple[tuple[str, str], ...] = Field((), max_length=6)
    note: str = Field("", max_length=200)


class TemplateRequest(Body):
    """A break is ``[start, end]``, or ``[earliest, latest, minutes]``: so long, anywhere in between."""

    name: str = Field(max_length=40)
    name_en: str = Field("", max_length=64)
    start: str = Field(max_length=5)
    end: str = Field(max_length=5)
    breaks: tuple[tuple[str, str] | tuple[str, str, int], ...] = Field((), max_length=6)
    skills: tuple[str, ...] = Field((), max_length=20)


class SettingsRequest(Body):
    """Hours for hours, shares 0 to 1."""

    least_rest_h: float
    most_week_h: float
    due_week_h: float
    most_days_in_row: int
    service_target: float
    most_occupancy: float
    shrinkage: float
    least_present: int = 1


def template_of(wanted: TemplateRequest, template_id: int = 0) -> Template:
    start, end, spans = times(wanted.start, wanted.end, [(one[0], one[1]) for one in wanted.breaks])
    breaks = tuple(
        span if len(one) == 2 else usual_place(*span, one[2]) for one, span in zip(wanted.breaks, spans, strict=True)
    )
    windows = spans if any(len(one) == 3 for one in wanted.breaks) else ()
    return Template(template_id, wanted.name, start, end, breaks, wanted.skills, windows, wanted.name_en)


def of_template(template: Template, wanted: ShiftRequest, zone: ZoneInfo) -> Shift:
    """The template on that day, its breaks where they are wanted."""
    shift = planned(template, wanted.extension, checked_day(wanted.day, "day"), zone, note=wanted.note)
    if not wanted.breaks:
        return shift
    pauses = _pauses(wanted.breaks, template.start_minute)
    return replace(shift, breaks=tuple(pause_at(shift.day, start, end, zone) for start, end in pauses))


def free_shift(wanted: ShiftRequest, zone: ZoneInfo) -> Shift:
    """A shift with times of its own."""
    day = checked_day(wanted.day, "day")
    start, end, breaks = times(wanted.start, wanted.end, wanted.breaks)
    pauses = tuple(pause_at(day, first, last, zone) for first, last in breaks)
    name = wanted.name.strip() or f"{wanted.start}–{wanted.end}"
    begin, finish = epoch(day, start, zone), epoch(day, end, zone)
    name_en = wanted.name_en.strip()
    return Shift(wanted.extension, day, begin, finish, name, pauses, note=wanted.note, name_en=name_en)


def times(start: str, end: str, breaks: Iterable[tuple[str, str]]) -> tuple[int, int, tuple[tuple[int, int], ...]]:
    """Minutes from the day's midnight; whatever is not after what it follows is on the next day."""
    first = minute(start, "start")
    return first, _after(minute(end, "end"), first), _pauses(breaks, first)


def _pauses(breaks: Iterable[tuple[str, str]], first: int) -> tuple[tuple[int, int], ...]:
    found = []
    for begin, finish in breaks:
        at = _after(minute(begin, "breaks"), first - 1)
        found.append((at, _after(minute(finish, "breaks"), at)))
    return tuple(found)


def _after(at: int, before: int) -> int:
    return at if at > before else at + 1440


def minute(text: str, field: str) -> int:
    if text == MIDNIGHT:
        return 1440
    found = CLOCK.match(text.strip())
    if found is None:
        raise BadInput("{text} is not a time of day.", field=field, remedy="Write it like 08:30.", text=text or "—")
    return int(found[1]) * 60 + int(found[2])


def checked_day(text: str, field: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as wrong:
        raise BadInput("{text} is not a day.", field=field, remedy="Write it like 2026-11-23.", text=text) from wrong


# --- out -------------------------------------------------------------------------------------------------------


def clock(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%H:%M")


def local_day(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).date().isoformat()


def shift_row(shift: Shift, zone: ZoneInfo) -> dict[str, Any]:
    end_day = local_day(shift.ends_at, zone)
    return {
        "id": shift.id,
        "extension": shift.extension,
        "day": shift.day,
        "name": shift.name,
        "name_en": shift.name_en,
        "template": shift.template_id,
        "start": clock(shift.starts_at, zone),
        "end": MIDNIGHT
        if end_day > shift.day and clock(shift.ends_at, zone) == "00:00"
        else clock(shift.ends_at, zone),
        "next_day": end_day > shift.day,
        "starts_at": iso(shift.starts_at),
        "ends_at": iso(shift.ends_at),
        "breaks": [[clock(start, zone), clock(end, zone)] for start, end in shift.breaks],
        # Approved leave inside the shift: the rest of it is worked.
        "away": [[clock(start, zone), clock(end, zone)] for start, end in shift.away],
        "paid_h": round(shift.paid_s / 3600, 2),
        "skills": list(shift.skills),
        "note": shift.note,
    }


def leave_row(leave: Leave, zone: ZoneInfo) -> dict[str, Any]:
    """``start`` and ``end`` are empty for leave of whole days."""
    whole, last_day = leave.whole_days(zone), local_day(leave.ends_at - 1, zone)
    end = clock(leave.ends_at, zone) if local_day(leave.ends_at, zone) == last_day else MIDNIGHT
    return {
        "id": leave.id,
        "extension": leave.extension,
        "first_day": local_day(leave.starts_at, zone),
        "last_day": last_day,
        "start": "" if whole else clock(leave.starts_at, zone),
        "end": "" if whole else end,
        "reason": leave.reason,
        "reason_name": reason_name(leave.reason),
        "note": leave.note,
        "state": leave.state,
        "asked_by": leave.asked_by,
        "decided_by": leave.decided_by,
        "decided_words": leave.decided_words,
    }


def template_row(template: Template) -> dict[str, Any]:
    """``breaks`` in their usual places; ``rests`` as ``TemplateRequest`` takes them, with their windows."""
    windows = template.windows or template.breaks
    return {
        "id": template.id,
        "name": template.name,
        "name_en": template.name_en,
        "start": clock_of(template.start_minute),
        "end": clock_of(template.end_minute),
        "next_day": template.end_minute > 1440,
        "breaks": [[clock_of(start), clock_of(end)] for start, end in template.breaks],
        "rests": [
            [clock_of(window[0]), clock_of(window[1]), *([] if window == pause else [pause[1] - pause[0]])]
            for pause, window in zip(template.breaks, windows, strict=True)
        ],
        "paid_h": round(template.paid_s / 3600, 2),
        "skills": list(template.skills),
    }


def settings_row(settings: RosterSettings) -> dict[str, Any]:
    rules = settings.rules
    return {
        "least_rest_h": rules.least_rest_s / 3600,
        "most_week_h": rules.most_week_s / 3600,
        "due_week_h": settings.due_week_s / 3600,
        "most_days_in_row": rules.most_days_in_row,
        "service_target": settings.service_target,
        "most_occupancy": settings.most_occupancy,
        "shrinkage": settings.shrinkage,
        "least_present": settings.least_present,
    }


def draft_row(draft: Draft, zone: ZoneInfo, *, shifts: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": draft.id,
        "state": draft.state,
        "from": draft.first_day,
        "days": draft.days,
        "wanted": draft.wanted,
        "progress": draft.progress,
        "report": draft.report,
        "asked_by": draft.asked_by,
        "asked_at": iso(draft.asked_at),
        "ended_at": iso(draft.ended_at) if draft.ended_at is not None else None,
    }
    if shifts:
        found["shifts"] = [shift_row(shift, zone) for shift in draft.shifts]
    return found
