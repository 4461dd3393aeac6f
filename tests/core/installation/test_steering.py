"""What supervisors say to the floor, on both databases: it is in the site's definition at once, and ends when they say so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import event_log
from core.db.tables import CustomerPhoneRow, CustomerRow
from core.demo.installation import demo_installation
from core.errors import BadInput, NotFound
from core.events import CallArrived, Event
from core.installation import steering
from core.installation.editing import By, put
from core.installation.queues import QUEUES
from core.installation.service import load_installation, save_installation

# Whole seconds, as a database keeps them alike.
NOW = float(round(utc_now()))


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        save_installation(session, demo_installation())
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
    before = load_installation(session).version
    steering.override_queue(session, "repair", "closed", "演练", "zhou", NOW)
    installation = load_installation(session)
    assert installation.queues["repair"].override == "closed"
    assert installation.version == before + 1
    steering.override_queue(session, "repair", "", "", "zhou", NOW)
    assert load_installation(session).queues["repair"].override == ""


def test_an_edit_of_a_queue_does_not_undo_the_supervisor_s_word(session):
    steering.override_queue(session, "repair", "open", "抢修", "zhou", NOW)
    queue = replace(demo_installation().queues["repair"], ring_s=12.0)
    assert put(session, QUEUES, queue, By("zhou", NOW)).override == "open"


def test_a_queue_that_is_none_is_named(session):
    with pytest.raises(NotFound) as no:
        steering.override_queue(session, "nowhere", "open", "", "zhou", NOW)
    assert no.value.field == "queue"


def test_an_announcement_for_an_area_names_the_numbers_of_its_customers(session):
    steering.announce(session, "控江路停水", "杨浦", "zhou", NOW)
    (announcement,) = load_installation(session).announcements.values()
    assert announcement.text == "控江路停水"
    assert set(announcement.numbers or ()) == {"13900000000", "13900000001"}


def test_an_announcement_for_all_has_no_numbers_and_ends_once(session):
    row = steering.announce(session, "系统升级", "", "zhou", NOW)
    (announcement,) = load_installation(session).announcements.values()
    assert announcement.numbers is None
    assert steering.end_announcement(session, row["id"], "zhou", NOW + 60)["active_until"] == NOW + 60
    assert steering.end_announcement(session, row["id"], "wu", NOW + 90)["active_until"] == NOW + 60
    assert load_installation(session).announcements == {}


def test_an_announcement_with_a_time_stands_until_then_and_says_by_whom(session):
    row = steering.announce(session, "抢修到晚上", "", "zhou", NOW, NOW + 3600)
    (standing,) = steering.announcements(session, NOW + 3599)
    assert (standing["by_name"], standing["active_from"], standing["active_until"]) == ("zhou", NOW, NOW + 3600)
    assert load_installation(session).announcements[str(row["id"])].until == NOW + 3600
    assert steering.announcements(session, NOW + 3600) == []
    with pytest.raises(BadInput) as past:
        steering.announce(session, "昨天的事", "", "zhou", NOW, NOW)
    assert past.value.field == "until"


def test_what_was_announced_is_found_by_its_id_also_when_it_is_over(session):
    row = steering.announce(session, "控江路停水", "", "zhou", NOW)
    steering.end_announcement(session, row["id"], "zhou", NOW + 60)
    assert steering.announcement_texts(session, {str(row["id"]), "incident-7"}) == {str(row["id"]): "控江路停水"}


def test_a_queue_is_not_closed_without_a_reason_and_the_word_over_it_has_a_name(session):
    with pytest.raises(BadInput) as no:
        steering.override_queue(session, "repair", "closed", " ", "zhou", NOW)
    assert no.value.field == "reason"
    assert steering.overrides(session) == {}
    steering.override_queue(session, "repair", "closed", "演练", "zhou", NOW)
    assert steering.overrides(session) == {"repair": {"state": "closed", "by": "zhou", "at": NOW, "reason": "演练"}}


def test_nothing_is_announced_without_words_or_to_nobody(session):
    before = load_installation(session).version
    with pytest.raises(BadInput):
        steering.announce(session, "  ", "", "zhou", NOW)
    with pytest.raises(NotFound):
        steering.announce(session, "停水", "火星", "zhou", NOW)
    assert load_installation(session).version == before


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
