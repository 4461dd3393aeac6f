"""Time that counts: seconds between two moments by a calendar, and the moment by which some have passed. Pure.

Without a calendar every second counts (7×24). With one only its opening hours do, in its own time zone: holidays count
nothing, a make-up day (调休) counts like a Monday. "24:00" is the midnight at a day's end.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.installation.definition import Calendar

DAY = timedelta(days=1)
VERSION_MARK = "#"
# A calendar that has not opened for so long never will: then every second counts.
LONGEST_CLOSED_DAYS = 400


def version_of(calendar: Calendar) -> str:
    """What a calendar is known by as it stands now: an order's limits keep to it, whatever becomes of the calendar."""
    content = json.dumps([calendar.weekly, calendar.holidays, calendar.workdays, calendar.timezone])
    return f"{calendar.id[:40]}{VERSION_MARK}{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def counted_s(calendar: Calendar | None, start: float, end: float) -> float:
    """Seconds between two moments (UTC epoch seconds) that count; 0 when the end is not after the start."""
    if end <= start:
        return 0.0
    if calendar is None or not _ever_opens(calendar, _day(calendar, start)):
        return end - start
    total, day, last = 0.0, _day(calendar, start) - DAY, _day(calendar, end)
    while day <= last:
        total += sum(max(0.0, min(end, closes) - max(start, opens)) for opens, closes in _spans(calendar, day))
        day += DAY
    return total


def moment_after(calendar: Calendar | None, start: float, seconds: float) -> float:
    """When so many seconds that count will have passed since ``start``."""
    if calendar is None or seconds <= 0 or not _ever_opens(calendar, _day(calendar, start)):
        return start + max(0.0, seconds)
    left, day, closed = seconds, _day(calendar, start) - DAY, 0
    while True:
        spans = _spans(calendar, day)
        closed = 0 if spans else closed + 1
        for opens, closes in spans:
            begin = max(start, opens)
            if closes - begin >= left:
                return begin + left
            left -= max(0.0, closes - begin)
        if closed > LONGEST_CLOSED_DAYS:
            return datetime.combine(day, datetime.min.time(), ZoneInfo(calendar.timezone)).timestamp() + left
        day += DAY


def _day(calendar: Calendar, at: float) -> date:
    return datetime.fromtimestamp(at, ZoneInfo(calendar.timezone)).date()


@lru_cache(4096)
def _ever_opens(calendar: Calendar, day: date) -> bool:
    """From the day before on: yesterday's night hours may still run."""
    return any(_spans(calendar, day + DAY * n) for n in range(-1, LONGEST_CLOSED_DAYS))


@lru_cache(16_384)
def _spans(calendar: Calendar, day: date) -> tuple[tuple[float, float], ...]:
    """The day's hours in epoch seconds, without what the night before still covers: overlapping hours count once."""
    until = max((closes for _opens, closes in _hours(calendar, day - DAY)), default=0.0)
    clipped = ((max(opens, until), closes) for opens, closes in _hours(calendar, day))
    return tuple((opens, closes) for opens, closes in clipped if closes > opens)


@lru_cache(16_384)
def _hours(calendar: Calendar, day: date) -> tuple[tuple[float, float], ...]:
    """What goes past midnight belongs to the day on which it begins."""
    zone = ZoneInfo(calendar.timezone)
    found = []
    for first, last in calendar.hours_of(day):
        opens, closes = _at(day, first, zone), _at(day, last, zone)
        if closes <= opens:
            closes = _at(day + DAY, last, zone)
        found.append((opens, closes))
    return _merged(sorted(found))


def _merged(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Overlapping hours count once."""
    made: list[tuple[float, float]] = []
    for opens, closes in spans:
        if made and opens <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], closes))
        else:
            made.append((opens, closes))
    return tuple(made)


def _at(day: date, minute: str, zone: ZoneInfo) -> float:
    hours, minutes = (int(part) for part in minute.split(":"))
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (local + timedelta(hours=hours, minutes=minutes)).timestamp()


def working_days_end(calendar: Calendar | None, start: float, days: int, zone: ZoneInfo) -> float:
    """The midnight after so many working days, the day of ``start`` not counted. Without a calendar, or with one that
    never opens, working days are Monday to Friday; with one, the days on which it opens."""
    day, left, closed = datetime.fromtimestamp(start, zone).date(), days, 0
    while left:
        day += DAY
        works = day.weekday() < 5 if calendar is None else bool(calendar.hours_of(day))
        left, closed = left - works, 0 if works else closed + 1
        if closed > LONGEST_CLOSED_DAYS:
            return working_days_end(None, start, days, zone)
    following = day + DAY
    return datetime(following.year, following.month, following.day, tzinfo=zone).timestamp()
