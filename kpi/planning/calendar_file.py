"""A roster as an iCalendar file (RFC 5545): shifts in the site's zone, leave as whole days or with its times. Pure.

The zone is defined in the file itself (VTIMEZONE, 3.6.5) with the changes of clocks that its events can meet, so that
no reader needs to know it. Lines are folded at 75 octets, never inside a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.i18n import _
from core.people.roster_records import Leave, Shift

FOLD = 75
DOMAIN = "roster.hotline"


def calendar(name: str, shifts: Iterable[Shift], leaves: Iterable[Leave], zone: ZoneInfo, at: float) -> str:
    """``at`` is when it was written out. Only approved leave is in it."""
    shifts, leaves = list(shifts), list(leaves)
    spans = [*(shift.span for shift in shifts), *(leave.span for leave in leaves)]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Hotline//Rosters//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escaped(name)}",
        f"X-WR-CALNAME:{_escaped(name)}",
        f"X-WR-TIMEZONE:{zone.key}",
        # Calendars that subscribe look again this often.
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *_zone([at for span in spans for at in span] or [at], zone),
    ]
    for shift in shifts:
        lines += _shift(shift, at, zone)
    for leave in leaves:
        if leave.state == "approved":
            lines += _leave(leave, at, zone)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _shift(shift: Shift, at: float, zone: ZoneInfo) -> list[str]:
    about = [f"{_('Break time')} {_clock(start, zone)}–{_clock(end, zone)}" for start, end in shift.breaks]
    about += [f"{_('Leave')} {_clock(start, zone)}–{_clock(end, zone)}" for start, end in shift.away]
    about += [shift.note] if shift.note else []
    return [
        "BEGIN:VEVENT",
        f"UID:shift-{shift.id}@{DOMAIN}",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART;TZID={zone.key}:{_local(shift.starts_at, zone)}",
        f"DTEND;TZID={zone.key}:{_local(shift.ends_at, zone)}",
        f"SUMMARY:{_escaped(shift.name)}",
        *([f"DESCRIPTION:{_escaped(chr(10).join(about))}"] if about else []),
        "CATEGORIES:SHIFT",
        "END:VEVENT",
    ]


def _leave(leave: Leave, at: float, zone: ZoneInfo) -> list[str]:
    if leave.whole_days(zone):
        # The end is the midnight after the last day, as DTEND of a date wants it.
        days = (datetime.fromtimestamp(at, zone) for at in leave.span)
        begin, end = (f";VALUE=DATE:{day:%Y%m%d}" for day in days)
    else:
        begin, end = (f";TZID={zone.key}:{_local(at, zone)}" for at in leave.span)
    return [
        "BEGIN:VEVENT",
        f"UID:leave-{leave.id}@{DOMAIN}",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART{begin}",
        f"DTEND{end}",
        f"SUMMARY:{_escaped(leave.reason)}",
        "TRANSP:TRANSPARENT",
        "CATEGORIES:LEAVE",
        "END:VEVENT",
    ]


def _zone(times: Iterable[float], zone: ZoneInfo) -> list[str]:
    """The zone's offset at first, and each change of it from a year before the events to a year after."""
    found = sorted(times)
    day = datetime.fromtimestamp(found[0], UTC) - timedelta(days=366)
    last = datetime.fromtimestamp(found[-1], UTC) + timedelta(days=366)
    known = _offset(day, zone)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}", *_observance("19700101T000000", known, known, day, zone)]
    while day < last:
        following = day + timedelta(days=1)
        if _offset(following, zone) != known:
            at = _change(day, following, zone)
            onset = (at + known).strftime("%Y%m%dT%H%M%S")
            lines += _observance(onset, known, _offset(at, zone), at, zone)
            known = _offset(at, zone)
        day = following
    return [*lines, "END:VTIMEZONE"]


def _observance(onset: str, before: timedelta, after: timedelta, at: datetime, zone: ZoneInfo) -> list[str]:
    kind = "DAYLIGHT" if at.astimezone(zone).dst() else "STANDARD"
    written = [f"{'-' if o < timedelta(0) else '+'}{abs(o) // timedelta(minutes=1)}" for o in (before, after)]
    clocks = [f"{w[0]}{int(w[1:]) // 60:02d}{int(w[1:]) % 60:02d}" for w in written]
    return [f"BEGIN:{kind}", f"DTSTART:{onset}", f"TZOFFSETFROM:{clocks[0]}", f"TZOFFSETTO:{clocks[1]}", f"END:{kind}"]


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute in which the offset changes."""
    old = _offset(before, zone)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after.replace(second=0, microsecond=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def _local(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%Y%m%dT%H%M%S")


def _clock(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%H:%M")


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """RFC 5545 3.3.11; other control characters are not allowed at all."""
    told = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = told.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(character for character in lines if character >= " " and character != "\x7f")


def _folded(line: str) -> Iterator[str]:
    """RFC 5545 3.1: at most 75 octets a line, a space before each that goes on."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > FOLD:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part
