"""The setting is the site's zone: orders, calendars and working hours follow it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from core.db import connect, migrate
from core.demo.installation import demo_installation
from core.installation.definition import Calendar
from core.installation.service import follow_timezone, load_installation, save_installation
from core.telephony.hours import state_at
from core.workorders import office


@pytest.fixture
def session(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'hotline.db'}")
    migrate(engine)
    with Session(engine) as made:
        yield made
    engine.dispose()


def test_site_calendars_and_orders_follow_the_setting(session):
    save_installation(session, demo_installation())
    before = load_installation(session)
    assert {one.timezone for one in before.calendars.values()} == {"Asia/Shanghai"}
    follow_timezone(session, "Europe/Berlin")
    installation = load_installation(session)
    assert (installation.timezone, str(office.zone(session))) == ("Europe/Berlin", "Europe/Berlin")
    assert {one.timezone for one in installation.calendars.values()} == {"Europe/Berlin"}
    assert installation.version == before.version + 1
    # Nothing to do, nothing done.
    follow_timezone(session, "Europe/Berlin")
    assert load_installation(session).version == installation.version


def test_a_calendar_of_another_place_stays_there(session):
    save_installation(session, demo_installation())
    hours = ((("08:00", "12:00"),),) * 7
    abroad = Calendar("abroad", hours, timezone="Asia/Tokyo")
    home = Calendar("home", hours, timezone="Asia/Shanghai")
    installation = demo_installation()
    installation.calendars.update({one.id: one for one in (abroad, home)})
    save_installation(session, installation)
    follow_timezone(session, "UTC")
    found = load_installation(session).calendars
    nine_utc = datetime(2026, 11, 25, 9, tzinfo=UTC).timestamp()
    assert (found["abroad"].timezone, found["home"].timezone) == ("Asia/Tokyo", "UTC")
    assert (state_at(found["home"], nine_utc), state_at(home, nine_utc)) == ("open", "closed")
