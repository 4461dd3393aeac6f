"""Open, closed or holiday: weekly hours, nights that cross midnight, holidays and make-up days."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.installation.definition import Calendar
from core.telephony.hours import state_at

DAY = (("08:00", "12:00"), ("13:30", "17:30"))
NIGHT = (("20:00", "06:00"),)
OFFICE = Calendar("office", (DAY, DAY, DAY, DAY, DAY, (), ()), holidays=("2026-10-01",), workdays=("2026-10-10",))
REPAIRS = Calendar("repairs", (NIGHT, NIGHT, NIGHT, NIGHT, NIGHT, (), (("00:00", "24:00"),)), holidays=("2026-10-01",))


def at(text: str, zone: str = "Asia/Shanghai") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-09-30 08:00", "open"),
        ("2026-09-30 07:59", "closed"),
        ("2026-09-30 12:00", "closed"),
        ("2026-09-30 17:29", "open"),
        ("2026-10-01 10:00", "holiday"),
        ("2026-10-10 10:00", "open"),  # a Saturday made up for
        ("2026-10-17 10:00", "closed"),  # any other Saturday
    ],
)
def test_office_hours(when, state):
    assert state_at(OFFICE, at(when)) == state


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-09-29 23:00", "open"),
        ("2026-09-30 05:59", "open"),
        ("2026-09-30 06:00", "closed"),
        ("2026-10-01 03:00", "open"),  # the night that began before the holiday
        ("2026-10-01 21:00", "holiday"),
        ("2026-10-02 03:00", "closed"),  # no night began on the holiday
        ("2026-10-03 05:00", "open"),  # Friday's night ends on Saturday
        ("2026-10-04 23:59", "open"),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(when, state):
    assert state_at(REPAIRS, at(when)) == state


def test_the_calendars_own_zone_counts():
    west = Calendar("west", OFFICE.weekly, timezone="Asia/Urumqi")
    assert state_at(west, at("2026-09-30 08:00")) == "closed"
    assert state_at(west, at("2026-09-30 08:00", "Asia/Urumqi")) == "open"


def test_a_calendar_that_names_fewer_days_is_closed_on_the_others():
    assert state_at(Calendar("short", (DAY,)), at("2026-09-30 10:00")) == "closed"
