"""A roster as an iCalendar file (RFC 5545): shifts in the site's zone, leave as whole days or with its times. Pure.

The zone is defined in the file itself (VTIMEZONE, 3.6.5), so that no reader needs to know it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from core.i18n import _, called
from core.rosters.leave_reasons import reason_name
from core.rosters.records import Leave, Shift

DOMAIN = "roster.hotline"
# Calendars that subscribe look again this often.
REFRESH = timedelta(hours=1)
# The clock changes within a year around the events are in the file.
AROUND = timedelta(days=366)


def calendar(name: str, shifts: Iterable[Shift], leaves: Iterable[Leave], zone: ZoneInfo, at: float) -> str:
    """``at`` is when it was written out. Only approved leave is in it."""
    approved = [leave for leave in leaves if leave.state == "approved"]
    shifts = list(shifts)
    found = Calendar()
    for key, value in (("version", "2.0"), ("prodid", "-//Hotline//Rosters//EN"), ("calscale", "GREGORIAN")):
        found.add(key, value)
    found.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):
        found.add(key, _printable(name).replace("\n", " "))
    found.add("x-wr-timezone", zone.key)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", "PT1H")
    for shift in shifts:
        found.add_component(_shift(shift, at, zone))
    for leave in approved:
        found.add_component(_leave(leave, at, zone))
    spans = [*(shift.span for shift in shifts), *(leave.span for leave in approved), (at, at)]
    first, last = (
        datetime.fromtimestamp(moment, UTC).date()
        for moment in (min(start for start, _end in spans), max(end for _start, end in spans))
    )
    found.add_missing_timezones(first_date=first - AROUND, last_date=last + AROUND)
    text: str = found.to_ical().decode()
    return text


def _shift(shift: Shift, at: float, zone: ZoneInfo) -> Event:
    about = [f"{_('Break time')} {_clock(start, zone)}–{_clock(end, zone)}" for start, end in shift.breaks]
    about += [f"{_('Leave')} {_clock(start, zone)}–{_clock(end, zone)}" for start, end in shift.away]
    about += [shift.note] if shift.note else []
    event = _event(f"shift-{shift.id}", called(shift), "SHIFT", at)
    event.add("dtstart", datetime.fromtimestamp(shift.starts_at, zone))
    event.add("dtend", datetime.fromtimestamp(shift.ends_at, zone))
    if about:
        event.add("description", _printable("\n".join(about)))
    return event


def _leave(leave: Leave, at: float, zone: ZoneInfo) -> Event:
    event = _event(f"leave-{leave.id}", reason_name(leave.reason), "LEAVE", at)
    whole = leave.whole_days(zone)
    # The end is the midnight after the last day, as DTEND of a date wants it.
    for key, moment in zip(("dtstart", "dtend"), leave.span, strict=True):
        local = datetime.fromtimestamp(moment, zone)
        event.add(key, local.date() if whole else local)
    event.add("transp", "TRANSPARENT")
    return event


def _event(key: str, summary: str, category: str, at: float) -> Event:
    event = Event()
    event.add("uid", f"{key}@{DOMAIN}")
    event.add("dtstamp", datetime.fromtimestamp(at, UTC).replace(microsecond=0))
    event.add("summary", _printable(summary))
    event.add("categories", [category])
    return event


def _clock(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%H:%M")


def _printable(text: str) -> str:
    """Control characters are not allowed in a TEXT (RFC 5545 3.3.11), but for line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in lines if character == "\n" or (character >= " " and character != "\x7f"))
