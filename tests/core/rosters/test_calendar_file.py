"""Rosters as iCalendar files: read back by a library of others', times and days as they were."""

from datetime import date
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rosters.calendar_file import calendar
from core.rosters.records import Leave, Shift, Template, epoch, planned

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC", "Asia/Kolkata")
NIGHT = Template(1, "夜班", 1320, 1920, ((1590, 1650),))


def read(text):
    found = icalendar.Calendar.from_ical(text)
    assert found.errors == []
    return found


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24", "2026-10-31", "2026-11-23"])
def test_a_shift_is_read_back_at_its_moment_also_over_changes_of_the_clock(name, day):
    zone = ZoneInfo(name)
    shift = planned(NIGHT, "8001", day, zone)
    events = read(calendar("8001", [shift], [], zone, shift.starts_at)).walk("VEVENT")
    assert [(e["DTSTART"].dt.timestamp(), e["DTEND"].dt.timestamp()) for e in events] == [tuple(shift.span)]
    # UTC needs no zone: it is written with a Z (RFC 5545 3.3.5).
    assert events[0]["DTSTART"].params.get("TZID", "UTC") == name


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Asia/Shanghai"])
def test_the_zone_s_own_definition_in_the_file_gives_the_same_offsets(name):
    """As a reader that does not know the zone: from VTIMEZONE alone."""
    zone = ZoneInfo(name)
    shifts = [planned(NIGHT, "8001", day, zone) for day in ("2026-03-01", "2026-07-01", "2026-11-15")]
    defined = read(calendar("8001", shifts, [], zone, 0.0)).walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    for shift, event in zip(shifts, read(calendar("x", shifts, [], zone, 0.0)).walk("VEVENT"), strict=True):
        wall = event["DTSTART"].dt.replace(tzinfo=None)
        assert wall.replace(tzinfo=defined).timestamp() == shift.starts_at


def test_leave_is_whole_days_and_only_what_was_approved():
    zone = ZoneInfo("Europe/Berlin")
    days = epoch("2026-10-24", 0, zone), epoch("2026-10-27", 0, zone)
    leaves = [Leave("8001", *days, "年假", id=1), Leave("8001", *days, "事假", "asked", 2)]
    events = read(calendar("8001", [], leaves, zone, 0.0)).walk("VEVENT")
    assert [(e["DTSTART"].dt, e["DTEND"].dt, str(e["SUMMARY"])) for e in events] == [
        (date(2026, 10, 24), date(2026, 10, 27), "年假")
    ]


def test_every_event_has_an_id_of_its_own_that_stays():
    zone = ZoneInfo("Asia/Shanghai")
    shifts = [Shift("8001", "2026-11-23", 0.0, 3600.0, "x", id=n) for n in (1, 2)]
    leave = Leave("8001", 0.0, 86_400.0, "年假", id=1)
    uids = [str(e["UID"]) for e in read(calendar("8001", shifts, [leave], zone, 5.0)).walk("VEVENT")]
    assert len(set(uids)) == 3
    assert uids == [str(e["UID"]) for e in read(calendar("8001", shifts, [leave], zone, 9.0)).walk("VEVENT")]


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_people_write_comes_back_and_no_line_is_too_long(name, note):
    zone = ZoneInfo("Asia/Shanghai")
    shift = Shift("8001", "2026-11-23", 1795392000.0, 1795420800.0, name, note=note, id=1)
    text = calendar(name, [shift], [], zone, 0.0)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    event = read(text).walk("VEVENT")[0]
    printable = "".join(c for c in name.replace("\r\n", "\n").replace("\r", "\n") if c >= " " or c == "\n")
    printable = printable.replace("\x7f", "")
    assert str(event["SUMMARY"]) == printable
    assert event["DTSTART"].dt.timestamp() == 1795392000.0


def test_an_empty_roster_is_a_calendar_too():
    assert read(calendar("8001", [], [], ZoneInfo("Asia/Shanghai"), 0.0)).walk("VEVENT") == []
