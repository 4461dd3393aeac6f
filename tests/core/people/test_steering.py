"""What supervisors say to the floor, on both databases: it is in the site's definition at once, and ends when they say so."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import CustomerPhoneRow, CustomerRow
from core.demo.site import demo_site
from core.errors import BadInput, NotFound
from core.events import CallArrived, Event
from core.people import steering
from core.people.site_service import load_site, save_queue, save_site

NOW = 1_800_000_000.0


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        save_site(session, demo_site())
        for n, district in enumerate(("杨浦", "杨浦", "静安")):
            customer = CustomerRow(
                account_no=str(n), name=f"客户{n}", kind="residential", district=district, address="控江路"
            )
            session.add(customer)
            session.flush()
            session.add(CustomerPhoneRow(number=f"1390000000{n}", customer_id=customer.id))
        session.commit()
        yield session


def test_a_queue_is_closed_by_word_and_given_back_to_its_calendar(session):
    before = load_site(session).version
    steering.override_queue(session, "repair", "closed", "演练", "zhou", NOW)
    site = load_site(session)
    assert site.queues["repair"].override == "closed"
    assert site.version == before + 1
    steering.override_queue(session, "repair", "", "", "zhou", NOW)
    assert load_site(session).queues["repair"].override == ""


def test_an_edit_of_a_queue_does_not_undo_the_supervisor_s_word(session):
    steering.override_queue(session, "repair", "open", "抢修", "zhou", NOW)
    queue = demo_site().queues["repair"]
    assert save_queue(session, queue).queues["repair"].override == "open"


def test_a_queue_that_is_none_is_named(session):
    with pytest.raises(NotFound) as no:
        steering.override_queue(session, "nowhere", "open", "", "zhou", NOW)
    assert no.value.field == "queue"


def test_an_announcement_for_an_area_names_the_numbers_of_its_customers(session):
    steering.announce(session, "控江路停水", "杨浦", "zhou", NOW)
    (announcement,) = load_site(session).announcements.values()
    assert announcement.text == "控江路停水"
    assert set(announcement.numbers or ()) == {"13900000000", "13900000001"}


def test_an_announcement_for_all_has_no_numbers_and_ends_once(session):
    row = steering.announce(session, "系统升级", "", "zhou", NOW)
    (announcement,) = load_site(session).announcements.values()
    assert announcement.numbers is None
    assert steering.end_announcement(session, row["id"], "zhou", NOW + 60)["active_until"] == NOW + 60
    assert steering.end_announcement(session, row["id"], "wu", NOW + 90)["active_until"] == NOW + 60
    assert load_site(session).announcements == {}


def test_nothing_is_announced_without_words_or_to_nobody(session):
    before = load_site(session).version
    with pytest.raises(BadInput):
        steering.announce(session, "  ", "", "zhou", NOW)
    with pytest.raises(NotFound):
        steering.announce(session, "停水", "火星", "zhou", NOW)
    assert load_site(session).version == before


def test_areas_say_how_many_would_hear_it(session):
    assert {one["name"]: one["callers"] for one in steering.areas(session)} == {"杨浦": 2, "静安": 1}


def test_a_message_is_for_one_desk_or_for_all(session):
    steering.send_message(session, "全体注意", None, "zhou", NOW)
    steering.send_message(session, "请回访", "8001", "zhou", NOW + 1)
    assert [one["text"] for one in steering.messages_for(session, "8001", NOW - 1)] == ["请回访", "全体注意"]
    assert [one["text"] for one in steering.messages_for(session, "8002", NOW - 1)] == ["全体注意"]
    assert steering.messages_for(session, "8001", NOW + 1) == []


def test_a_call_is_marked_once_by_each_and_the_note_may_follow(session):
    event_log.append(session, [Event.of(CallArrived("c1", "inbound", "1", "96001"), NOW)])
    steering.mark_call(session, "c1", "qa", "", "zhou", NOW)
    steering.mark_call(session, "c1", "qa", "抢话", "zhou", NOW + 5)
    steering.mark_call(session, "c1", "training", "", "zhou", NOW)
    assert [(one["kind"], one["note"]) for one in steering.marks(session, call_id="c1")] == [
        ("training", ""),
        ("qa", "抢话"),
    ]
    assert [one["kind"] for one in steering.marks(session, kind="qa")] == ["qa"]


def test_a_call_that_never_was_cannot_be_marked(session):
    with pytest.raises(NotFound):
        steering.mark_call(session, "nope", "qa", "", "zhou", NOW)
