"""The site's definition is checked as a whole, and the first fault is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import ConfigError
from core.installation.definition import Agent, Calendar, Did, Installation, Queue

DAY = (("08:00", "20:00"),)
CALENDAR = Calendar("office", (DAY,) * 5 + ((), ()), holidays=("2026-10-01",), workdays=("2026-10-10",))
SITE = Installation(
    1,
    "Test water",
    queues={"general": Queue("general", "General", calendar="office")},
    agents={"8001": Agent("8001", "Li", queues={"general": 1})},
    dids={"96001": Did("96001", "queue:general")},
    calendars={"office": CALENDAR},
)


def test_a_site_whose_parts_fit_is_taken_and_comes_back_from_its_file() -> None:
    SITE.check()
    assert Installation.from_json(SITE.to_json()) == SITE


@pytest.mark.parametrize(
    ("calendar", "field"),
    [
        (replace(CALENDAR, timezone="Asia/Atlantis"), "calendars.office.timezone"),
        (replace(CALENDAR, timezone="../etc"), "calendars.office.timezone"),
        (replace(CALENDAR, timezone=""), "calendars.office.timezone"),
        (replace(CALENDAR, weekly=(DAY,) * 5), "calendars.office.weekly"),
        (replace(CALENDAR, weekly=((("8:00", "20:00"),),) * 7), "calendars.office.weekly"),
        (replace(CALENDAR, weekly=((("08:00", "25:00"),),) * 7), "calendars.office.weekly"),
        (replace(CALENDAR, weekly=((("08:00", "08:00"),),) * 7), "calendars.office.weekly"),
        (replace(CALENDAR, holidays=("1 October",)), "calendars.office.holidays"),
        (replace(CALENDAR, workdays=("2026-02-30",)), "calendars.office.workdays"),
    ],
)
def test_a_calendar_that_cannot_be_kept_is_refused_by_its_field(calendar: Calendar, field: str) -> None:
    with pytest.raises(ConfigError) as refused:
        replace(SITE, calendars={"office": calendar}).check()
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("installation", "field"),
    [
        (replace(SITE, timezone="Nowhere"), "timezone"),
        (replace(SITE, calendars={}), "queues.general.calendar"),
        (replace(SITE, dids={"96001": Did("96001", "queue:gone")}), "dids.96001.target"),
        (replace(SITE, dids={"96001": Did("96001", "somewhere")}), "dids.96001.target"),
        (replace(SITE, agents={"8001": Agent("8001", "Li", queues={"gone": 1})}), "agents.8001.queues"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused_by_its_field(installation: Installation, field: str) -> None:
    with pytest.raises(ConfigError) as refused:
        installation.check()
    assert refused.value.field == field
