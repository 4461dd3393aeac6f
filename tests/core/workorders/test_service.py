"""Orders in both databases: opened once whatever happens, stepped one after the other, nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import (
    AuditRow,
    CalendarRow,
    CategoryRow,
    WorkflowDefinitionRow,
    WorkOrderClockRow,
    WorkOrderEventRow,
    WorkOrderNoticeRow,
    WorkOrderRow,
)
from core.errors import BadInput, Conflict, Doubtful, NotAllowed, NotFound
from core.workorders import reading, service
from core.workorders.deadlines import earliest, next_level
from core.workorders.intake import IntakeRequest
from core.workorders.rights import Actor
from core.workorders.shipped import DEFAULT
from core.workorders.steps import StepRequest
from core.workorders.workflow import Impossible
from tests.core.workorders.conftest import AGENT, EAST, LI, NOW, SUPERVISOR, WANG, WEST

LEAK = IntakeRequest(
    "repair.leak_visible", "路面冒水", address="城东区清泉路12号", customer_id=7, caller="13900000001", from_call="c1"
)
HOUR = 3600.0
ROOT = Path(__file__).parents[3]


def opened(session, wanted=LEAK, who=AGENT, at=NOW, key=""):
    return service.open_order(session, wanted, who, at, key).id


def step(session, order_id, event, who, at=NOW, **fields):
    return service.take_step(session, order_id, StepRequest(event, fields), who, at)


def row(session, order_id):
    return session.get(WorkOrderRow, order_id, populate_existing=True)


def counts(session):
    tables = (WorkOrderRow, WorkOrderEventRow, WorkOrderClockRow, AuditRow, WorkOrderNoticeRow)
    kept = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    return (*kept, event_log.last_id(session.connection()))


def told(session, order_id):
    return [event.kind for event in event_log.for_subject(session.connection(), order_id)]


def test_what_is_known_is_filled_in_and_the_number_is_of_the_local_day(house):
    order = row(house, opened(house))
    assert order.id == "261125-0001"
    assert (order.state, order.district, order.site, order.urgency) == ("accepted", "城东区", "east", "urgent")
    assert (order.longitude, order.latitude, order.contact) == (120.01, 30.01, "朱秀兰")
    assert order.due_at == NOW + HOUR  # on site within the hour
    assert opened(house) == "261125-0002"
    # Midnight in Shanghai is not midnight in Greenwich.
    assert opened(house, at=NOW + 15 * HOUR) == "261126-0001"


def test_an_order_goes_all_the_way_and_every_step_is_told_and_audited(house):
    order_id = opened(house, replace(LEAK, then="dispatch"))
    step(house, order_id, "take", EAST, NOW + 60, assignee="wang")
    step(house, order_id, "depart", WANG, NOW + 120)
    service.take_step(
        house,
        order_id,
        StepRequest("arrive", {}, longitude=120.011, latitude=30.01, device_at=NOW + 1000.0),
        WANG,
        NOW + 1100,
    )
    step(house, order_id, "work", WANG, NOW + 1200)
    step(house, order_id, "submit", WANG, NOW + 2 * HOUR, result="换了阀门")
    step(house, order_id, "close_out", EAST, NOW + 3 * HOUR)
    step(house, order_id, "visit", AGENT, NOW + 4 * HOUR, satisfied="very", no_call="当面")
    order = row(house, order_id)
    assert (order.state, order.open, order.closed_at, order.due_at) == ("closed", False, NOW + 4 * HOUR, None)
    story = reading.events(house, order_id)
    assert [one.event for one in story] == [
        *("accept", "dispatch", "take", "depart", "arrive", "work", "submit", "close_out", "visit")
    ]
    assert (round(story[4].distance_m), story[4].device_at) == (96, NOW + 1000)
    clocks = {one.clock: one.state for one in reading.clocks_of(house, [order_id])[order_id]}
    assert clocks == dict.fromkeys(("take", "arrive", "finish", "close", "return_visit", "total"), "met")
    kinds = told(house, order_id)
    assert kinds[0] == "order_opened"
    assert kinds.count("order_stepped") == 9
    assert {one.action for one in house.scalars(select(AuditRow))} >= {"order_opened", "order_take", "order_visit"}


def test_facts_carry_what_was_reported_and_how_clocks_stand(house):
    order_id = opened(house)
    events = event_log.for_subject(house.connection(), order_id)
    payload = events[0].payload
    assert (payload["category"], payload["from_call"], payload["site"], payload["workflow_version"]) == (
        *("repair.leak_visible", "c1", "east"),
        DEFAULT.version,
    )
    arrive = next(one.payload for one in events if one.payload.get("clock") == "arrive")
    assert (arrive["state"], arrive["due_at"], arrive["limit_s"]) == ("running", NOW + HOUR, HOUR)


def test_what_stands_in_the_row_is_what_the_steps_make_of_it(house):
    order_id = opened(house, replace(LEAK, then="dispatch"))
    step(house, order_id, "urge", AGENT, note="又来电")
    step(house, order_id, "return", EAST, reason="wrong_place")
    step(house, order_id, "reassign", SUPERVISOR, site="west", assignee="li")
    order = row(house, order_id)
    case = service.case_of(house, order)
    assert case.standing.state == order.state == "dispatched"
    assert (case.standing.urged, case.standing.returned) == (order.urged, order.returned) == (1, 1)
    assert (case.standing.site, case.standing.assignee) == (order.site, order.assignee) == ("west", "li")


def test_an_answer_on_the_spot_is_an_order_with_a_category_and_no_clock(house):
    wanted = IntakeRequest("consultation", "问水价", then="answer", caller="13900000001", note="已答复")
    order = row(house, opened(house, wanted))
    assert (order.state, order.open, order.closed_at) == ("closed", False, NOW)
    assert reading.clocks_of(house, [order.id]) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "repair"}, "category"),
        ({"category": "nothing"}, "category"),
        ({"summary": " "}, "summary"),
        ({"address": ""}, "address"),
        ({"longitude": 120.0}, "latitude"),
        ({"longitude": 220.0, "latitude": 1.0}, "longitude"),
        ({"customer_id": 99}, "customer_id"),
        ({"site": "moon"}, "site"),
        ({"address": "没有的地方", "customer_id": None, "then": "dispatch"}, "site"),
        ({"given_due_at": NOW - 1}, "given_due_at"),
        ({"urgency": "soon"}, "urgency"),
        ({"then": "dispatch", "assignee": "li"}, "fields.assignee"),
        ({"then": "dispatch", "assignee": "nobody"}, "fields.assignee"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_its_field_and_nothing_is_kept(house, change, field):
    before = counts(house)
    with pytest.raises(BadInput) as refused:
        opened(house, replace(LEAK, **change), key="k")
    assert refused.value.field == field
    assert refused.value.remedy
    assert counts(house) == before
    # The number was not used up either.
    assert opened(house) == "261125-0001"


def test_an_emergency_by_its_kind_stays_one(house):
    assert row(house, opened(house, replace(LEAK, category="repair.burst", urgency="normal"))).urgency == "emergency"


def test_a_repeat_with_the_same_key_gives_the_same_order(house):
    first = service.open_order(house, LEAK, AGENT, NOW, "key-1")
    before = counts(house)
    again = service.open_order(house, LEAK, AGENT, NOW + 60, "key-1")
    assert (again.id, first.new, again.new) == (first.id, True, False)
    assert counts(house) == before


def test_a_key_is_its_owners_and_for_one_order_only(house):
    first = service.open_order(house, LEAK, AGENT, NOW, "key-1").id
    assert service.open_order(house, LEAK, SUPERVISOR, NOW, "key-1").id != first
    with pytest.raises(Conflict) as refused:
        service.open_order(house, replace(LEAK, summary="别的事"), AGENT, NOW, "key-1")
    assert first in str(refused.value)


def test_a_key_is_for_an_opening_or_for_a_step_never_for_both(house):
    opening = service.open_order(house, LEAK, AGENT, NOW, "opened").id
    with pytest.raises(Conflict) as refused:
        service.take_step(house, opening, StepRequest("urge", {"note": "快点"}, key="opened"), AGENT, NOW + 1)
    assert (refused.value.field, refused.value.values["id"]) == ("Idempotency-Key", opening)
    service.take_step(house, opening, StepRequest("urge", {"note": "快点"}, key="stepped"), AGENT, NOW + 1)
    with pytest.raises(Conflict) as refused:
        service.open_order(house, LEAK, AGENT, NOW + 2, "stepped")
    assert (refused.value.values["event"], refused.value.values["id"]) == ("催单", opening)
    assert [row(house, opening).urged, house.scalar(select(func.count()).select_from(WorkOrderRow))] == [1, 1]
    # What is right about either key still holds.
    assert service.open_order(house, LEAK, AGENT, NOW + 3, "opened").id == opening


def test_a_repeated_step_with_the_same_key_counts_once(house):
    order_id = opened(house, replace(LEAK, then="dispatch"))
    urge = StepRequest("urge", {"note": "快点"}, key="s1")
    assert service.take_step(house, order_id, urge, AGENT, NOW).new
    assert not service.take_step(house, order_id, urge, AGENT, NOW + 5).new
    assert (row(house, order_id).urged, row(house, order_id).version) == (1, 3)


def test_a_step_s_key_is_for_that_step_of_that_order_only(house):
    mine, other = opened(house), opened(house)
    key = {"key": "k1"}
    first = StepRequest("urge", {"note": "催"}, **key)
    assert service.take_step(house, mine, first, AGENT, NOW).new
    before = counts(house)
    wrong = (
        (mine, StepRequest("urge", {"note": "再催"}, **key)),
        (mine, StepRequest("note", {"note": "催"}, **key)),
        (other, first),
    )
    for order_id, asked in wrong:
        with pytest.raises(Conflict) as refused:
            service.take_step(house, order_id, asked, AGENT, NOW)
        assert (refused.value.field, refused.value.values["id"]) == ("Idempotency-Key", mine)
    assert counts(house) == before
    assert not service.take_step(house, mine, first, AGENT, NOW).new


def test_an_order_keeps_to_the_calendars_that_it_began_with(house):
    """A holiday declared afterwards: list, stored clock, next escalation and detail go on saying the same."""
    complaint = IntakeRequest("service.connect", "报装", address="城东区清泉路12号", customer_id=7)
    order_id = opened(house, complaint)

    def views(at):
        case = service.case_of(house, row(house, order_id))
        kept = clocks_of(house, order_id)
        levels = {name: next_level(clock, 0)[2] for name, clock in case.clocks.items()}
        return (
            {name: clock.due_at for name, clock in case.clocks.items()},
            {name: one.due_at for name, one in kept.items()},
            {name: one.next_at for name, one in kept.items()} == levels,
            row(house, order_id).due_at == earliest(case.clocks.values()),
            case.clocks["finish"].explained(at)["calendar"],
        )

    before = views(NOW)
    assert before[0] == before[1]
    calendar = house.get_one(CalendarRow, "workdays")
    calendar.holidays = [(date(2026, 11, 26) + timedelta(days=n)).isoformat() for n in range(8)]
    house.commit()
    assert views(NOW) == before
    assert before[2:] == (True, True, "workdays")
    # A step later, too; and what is opened from now on has the new days.
    step(house, order_id, "urge", AGENT, NOW + 60)
    assert views(NOW)[:2] == before[:2]
    newer = clocks_of(house, opened(house, complaint))
    assert newer["finish"].due_at > before[1]["finish"]
    assert newer["finish"].limit_s == clocks_of(house, order_id)["finish"].limit_s


def test_a_step_on_what_somebody_changed_meanwhile_is_refused_and_says_what_is_possible(house):
    order_id = opened(house)
    seen = row(house, order_id).version
    step(house, order_id, "dispatch", SUPERVISOR, site="east")
    before = counts(house)
    with pytest.raises(Impossible) as refused:
        service.take_step(house, order_id, StepRequest("urge", {}, version=seen), AGENT, NOW)
    assert "urge" in refused.value.allowed
    assert "chief" in str(refused.value)
    assert counts(house) == before


def test_a_refused_step_changes_nothing(house):
    order_id = opened(house, replace(LEAK, then="dispatch"))
    before, stood = counts(house), row(house, order_id).version
    for event, who, fields, error in (
        ("visit", AGENT, {}, Impossible),
        ("take", AGENT, {}, NotAllowed),
        ("return", EAST, {}, BadInput),
        ("take", WEST, {}, NotAllowed),
        ("take", LI, {}, NotAllowed),
        # Of the own site, but nobody's yet: only to be taken.
        ("depart", WANG, {}, NotAllowed),
        ("ask_extend", WANG, {"due_at": NOW + HOUR, "note": "缺料"}, NotAllowed),
        ("reassign", SUPERVISOR, {}, BadInput),
        ("reassign", SUPERVISOR, {"note": "请快"}, BadInput),
        ("reassign", EAST, {"site": "east"}, BadInput),
        ("reassign", SUPERVISOR, {"site": "moon"}, BadInput),
        ("merge", AGENT, {"into": order_id}, Impossible),
        ("merge", AGENT, {"into": "000000-0000"}, Impossible),
    ):
        with pytest.raises(error):
            step(house, order_id, event, who, **fields)
        assert (counts(house), row(house, order_id).version) == (before, stood)
    with pytest.raises(NotFound):
        step(house, "261125-9999", "urge", AGENT)


def test_a_worker_has_only_the_own_orders(house):
    order_id = opened(house, replace(LEAK, then="dispatch", assignee="wang"))
    with pytest.raises(NotAllowed) as refused:
        step(house, order_id, "take", Actor("other", "worker", "east"))
    assert "not assigned to you" in str(refused.value)
    step(house, order_id, "take", WANG)
    assert row(house, order_id).assignee == "wang"


def test_a_worker_takes_what_nobody_of_the_site_has_and_goes_on_with_it(house):
    order_id = opened(house, replace(LEAK, then="dispatch"))
    step(house, order_id, "note", WANG, note="我去")
    step(house, order_id, "take", WANG)
    assert row(house, order_id).assignee == "wang"
    step(house, order_id, "depart", WANG)
    with pytest.raises(NotAllowed):
        step(house, order_id, "note", Actor("other", "worker", "east"), note="我也去")


def test_to_reassign_to_whoever_has_it_is_refused_and_the_take_clock_runs_on(house):
    order_id = opened(house, replace(LEAK, then="dispatch", assignee="wang"))
    began = {one.clock: one.began_at for one in reading.clocks_of(house, [order_id])[order_id]}
    for fields, field in (
        ({}, "fields.site"),
        ({"assignee": "wang"}, "fields.assignee"),
        ({"site": "east", "assignee": "wang"}, "fields.assignee"),
        ({"note": "再派一次"}, "fields.site"),
    ):
        with pytest.raises(BadInput) as refused:
            step(house, order_id, "reassign", SUPERVISOR, NOW + 60, **fields)
        assert refused.value.field == field
    assert {one.clock: one.began_at for one in reading.clocks_of(house, [order_id])[order_id]} == began
    # To take it from the worker names the site.
    step(house, order_id, "reassign", SUPERVISOR, NOW + 60, site="east")
    assert (row(house, order_id).site, row(house, order_id).assignee) == ("east", "")


def test_an_order_keeps_the_process_and_the_limits_that_it_began_with(house):
    order_id = opened(house)
    older = DEFAULT.to_json().replace('"version": 2', '"version": 3').replace('"day_from": 420', '"day_from": 480')
    house.add(WorkflowDefinitionRow(id="default", version=3, definition=older, published_at=NOW, published_by="x"))
    category = house.get_one(CategoryRow, "repair")
    category.limits = [{**one, "seconds": one["seconds"] * 2} for one in category.limits]
    house.commit()
    step(house, order_id, "dispatch", AGENT, site="east")
    assert row(house, order_id).workflow_version == 2
    assert {one.clock: one.limit_s for one in reading.clocks_of(house, [order_id])[order_id]}["arrive"] == HOUR
    newer = opened(house)
    assert row(house, newer).workflow_version == 3
    assert {one.clock: one.limit_s for one in reading.clocks_of(house, [newer])[newer]}["arrive"] == 2 * HOUR


def test_a_suspended_order_has_no_deadline_but_the_customers(house):
    order_id = opened(house, replace(LEAK, category="repair.meter", then="dispatch"))
    step(house, order_id, "take", EAST, assignee="wang")
    step(house, order_id, "work", WANG, NOW + 600)
    step(house, order_id, "suspend", EAST, NOW + 1200, reason="parts", until=NOW + 90_000)
    clocks = {one.clock: one for one in reading.clocks_of(house, [order_id])[order_id]}
    assert (clocks["finish"].state, clocks["finish"].due_at) == ("paused", None)
    assert row(house, order_id).due_at == clocks["total"].due_at == NOW + 72 * HOUR


def test_when_the_master_is_done_every_reporter_is_visited_on_its_own(house):
    master, child, grandchild = opened(house, replace(LEAK, then="dispatch")), opened(house), opened(house)
    step(house, grandchild, "merge", AGENT, NOW + 60, into=child)
    step(house, child, "merge", AGENT, NOW + 120, into=master)
    for event, who, fields in (
        ("take", EAST, {"assignee": "wang"}),
        ("work", WANG, {}),
        ("submit", WANG, {"result": "好"}),
        ("close_out", EAST, {}),
    ):
        step(house, master, event, who, NOW + 600, **fields)
    assert [row(house, one).state for one in (master, child, grandchild)] == ["awaiting_visit"] * 3
    last = reading.events(house, child)[-1]
    assert (last.event, last.by_user, last.at) == ("master_done", "hotline", NOW + 600)
    clocks = clocks_of(house, child)
    assert (clocks["return_visit"].state, clocks["total"].state, clocks["total"].due_at) == (
        *("running", "running"),
        NOW + 72 * HOUR,
    )
    assert told(house, child)[-1] == "order_clock_set"
    step(house, child, "visit", AGENT, NOW + 900, no_call="当面")
    step(house, grandchild, "reopen", AGENT, NOW + 900, note="我家仍漏")
    assert [row(house, one).state for one in (master, child, grandchild)] == ["awaiting_visit", "closed", "accepted"]


def test_a_void_master_gives_its_children_back_to_be_dispatched(house):
    master, child, grandchild = opened(house), opened(house), opened(house)
    step(house, grandchild, "merge", AGENT, NOW + 60, into=child)
    step(house, child, "merge", AGENT, NOW + 120, into=master)
    step(house, master, "void", SUPERVISOR, NOW + 600, note="重复登记")
    assert [row(house, one).state for one in (master, child, grandchild)] == ["void", "accepted", "merged"]
    assert [row(house, one).parent for one in (child, grandchild)] == ["", child]
    last = reading.events(house, child)[-1]
    assert (last.event, last.by_user, last.at) == ("split", "hotline", NOW + 600)
    assert clocks_of(house, child)["total"].state == "running"
    assert told(house, child)[-1] == "order_clock_set"


def clocks_of(session, order_id):
    return {one.clock: one for one in reading.clocks_of(session, [order_id])[order_id]}


def test_a_wrong_category_is_put_right_and_its_limits_hold_from_the_beginning(house):
    order_id = opened(house, replace(LEAK, category="repair.low_pressure", then="dispatch"))
    assert clocks_of(house, order_id)["arrive"].due_at == NOW + 2 * HOUR
    step(house, order_id, "take", EAST, NOW + 2000, assignee="wang")
    assert clocks_of(house, order_id)["take"].state == "missed"
    step(house, order_id, "correct", AGENT, NOW + 2400, category="repair.burst", summary="主管爆裂")
    order = row(house, order_id)
    assert (order.category, order.urgency, order.summary) == ("repair.burst", "emergency", "主管爆裂")
    clocks = clocks_of(house, order_id)
    assert clocks["arrive"].due_at == NOW + HOUR
    # What had ended stays as it ended: later steps say the same.
    step(house, order_id, "arrive", WANG, NOW + 2 * HOUR)
    clocks = clocks_of(house, order_id)
    assert (clocks["arrive"].state, clocks["take"].state, clocks["take"].limit_s) == ("missed", "missed", 1800)
    case = service.case_of(house, row(house, order_id))
    assert {name: clock.state for name, clock in case.clocks.items()} == {
        name: one.state for name, one in clocks.items()
    }
    fields = [
        event.payload["fields"]
        for event in event_log.for_subject(house.connection(), order_id)
        if event.payload.get("event") == "correct"
    ]
    assert '"urgency":"emergency"' in fields[0]


def test_a_corrected_address_brings_its_place_or_none(house):
    order_id = opened(house)
    step(house, order_id, "correct", AGENT, address="城西区净水街9号")
    order = row(house, order_id)
    assert (order.address, order.district, order.longitude) == ("城西区净水街9号", "城西区", 119.9)
    step(house, order_id, "correct", AGENT, address="说不清的地方")
    order = row(house, order_id)
    assert (order.address, order.longitude, order.latitude) == ("说不清的地方", None, None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "fields"),
        ({"note": "x"}, "fields"),
        ({"category": "repair"}, "fields.category"),
        ({"urgency": "soon"}, "fields.urgency"),
        ({"longitude": 120.0}, "fields.latitude"),
        ({"longitude": 220.0, "latitude": 10.0}, "fields.longitude"),
        ({"longitude": 120.0, "latitude": -91.0}, "fields.latitude"),
        ({"longitude": 0, "latitude": 0.0}, "fields.longitude"),
        ({"district": "火星区"}, "fields.district"),
        ({"district": "火星区", "address": "城东区清泉路1号"}, "fields.district"),
        ({"longitude": float("nan"), "latitude": 10.0}, "fields.longitude"),
    ],
)
def test_a_correction_that_is_none_is_refused(house, fields, field):
    order_id = opened(house)
    before = counts(house)
    with pytest.raises(BadInput) as refused:
        step(house, order_id, "correct", AGENT, **fields)
    assert refused.value.field == field
    assert counts(house) == before


def test_a_place_in_the_sea_off_africa_is_asked_about_and_taken_when_it_is_meant(house):
    order_id = opened(house)
    nowhere = {"longitude": 0, "latitude": 0}
    with pytest.raises(Doubtful):
        step(house, order_id, "correct", AGENT, **nowhere)
    service.take_step(house, order_id, StepRequest("correct", nowhere, confirmed=True), AGENT, NOW)
    assert row(house, order_id).longitude == 0
    with pytest.raises(Doubtful):
        opened(house, replace(LEAK, longitude=0.0, latitude=0.0))
    assert row(house, opened(house, replace(LEAK, longitude=0.0, latitude=0.0, confirmed=True))).latitude == 0


def test_a_range_is_told(house):
    order_id = opened(house)
    with pytest.raises(BadInput) as refused:
        step(house, order_id, "correct", AGENT, longitude=220.0, latitude=10.0)
    assert (refused.value.values["least"], refused.value.values["most"]) == ("-180", "180")


def test_a_correction_keeps_what_stood_there_before(house):
    order_id = opened(house)
    step(house, order_id, "correct", AGENT, district="城西区", address="说不清的地方", urgency="urgent")
    last = reading.events(house, order_id)[-1]
    assert last.fields["was"] == {
        "district": "城东区",
        "address": "城东区清泉路12号",
        "longitude": 120.01,
        "latitude": 30.01,
    }
    step(house, order_id, "correct", AGENT, category="quality", note="水发黄")
    assert reading.events(house, order_id)[-1].fields["was"] == {"category": "repair.leak_visible"}
    assert row(house, order_id).district == "城西区"


def test_a_suspended_order_that_becomes_an_emergency_was_never_paused(house):
    order_id = opened(house, replace(LEAK, category="repair.meter", then="dispatch"))
    step(house, order_id, "take", EAST, NOW + 60, assignee="wang")
    step(house, order_id, "work", WANG, NOW + 600)
    step(house, order_id, "suspend", EAST, NOW + 1200, reason="parts", until=NOW + 90_000)
    step(house, order_id, "correct", SUPERVISOR, NOW + 2 * HOUR, urgency="emergency")
    finish = clocks_of(house, order_id)["finish"]
    assert (finish.state, finish.due_at) == ("running", NOW + 24 * HOUR)


def test_a_suspension_ends_by_itself_when_its_time_is_over(house):
    order_id = opened(house, replace(LEAK, category="repair.meter", then="dispatch"))
    step(house, order_id, "take", EAST, assignee="wang")
    step(house, order_id, "work", WANG, NOW + 600)
    step(house, order_id, "suspend", EAST, NOW + 1200, reason="parts", until=NOW + 9000)
    assert service.resume_due(house, NOW + 8999) == []
    assert service.resume_due(house, NOW + 9001) == [order_id]
    assert service.resume_due(house, NOW + 9002) == []
    last = reading.events(house, order_id)[-1]
    assert (last.event, last.by_user, last.to_state) == ("resume", "hotline", "working")
    assert row(house, order_id).state == "working"


def test_a_suspension_ends_when_it_was_agreed_to_end_also_when_the_house_was_down_then(house):
    ends = {}
    for seen_at in (NOW + 9001, NOW + 90_000):
        order_id = opened(house, replace(LEAK, category="repair.meter", then="dispatch"))
        step(house, order_id, "take", EAST, assignee="wang")
        step(house, order_id, "work", WANG, NOW + 600)
        step(house, order_id, "suspend", EAST, NOW + 1200, reason="parts", until=NOW + 9000)
        assert service.resume_due(house, seen_at) == [order_id]
        clocks = clocks_of(house, order_id)
        ends[seen_at] = (reading.events(house, order_id)[-1].at, clocks["finish"].due_at, clocks["close"].due_at)
    first, second = ends.values()
    assert first == second
    assert first[0] == NOW + 9000


def test_an_extension_to_before_the_due_date_is_refused_and_a_later_one_is_not(house):
    order_id = opened(house, replace(LEAK, category="repair.meter", then="dispatch"))
    step(house, order_id, "take", EAST, assignee="wang")
    due = clocks_of(house, order_id)["finish"].due_at
    before = counts(house)
    for event, who in (("extend", SUPERVISOR), ("ask_extend", WANG)):
        with pytest.raises(BadInput) as refused:
            step(house, order_id, event, who, NOW + 60, due_at=due - 60, note="等配件")
        assert refused.value.field == "fields.due_at"
        assert refused.value.remedy
    assert counts(house) == before
    step(house, order_id, "extend", SUPERVISOR, NOW + 60, due_at=due + 60, note="等配件")
    assert clocks_of(house, order_id)["finish"].due_at == due + 60


def test_an_order_that_another_hotline_hands_over_late_is_taken_and_overdue(house):
    late = replace(LEAK, channel="hotline_12345", given_due_at=NOW - HOUR)
    order_id = opened(house, late)
    assert clocks_of(house, order_id)["total"].due_at == row(house, order_id).due_at == NOW - HOUR
    assert service.case_of(house, row(house, order_id)).clocks["total"].overdue(NOW)
    assert order_id in {one for found in reading.overdue(house, NOW) for one in found.ids}
    with pytest.raises(BadInput) as refused:
        opened(house, replace(late, channel="phone"))
    assert refused.value.field == "given_due_at"


def test_an_order_corrected_to_a_burst_main_leaves_suspension(house):
    order_id = opened(house, replace(LEAK, category="repair.meter", then="dispatch"))
    step(house, order_id, "take", EAST, assignee="wang")
    step(house, order_id, "work", WANG, NOW + 600)
    step(house, order_id, "suspend", EAST, NOW + 1200, reason="parts", until=NOW + 9000)
    step(house, order_id, "correct", AGENT, NOW + 1800, category="repair.burst")
    assert (row(house, order_id).state, row(house, order_id).urgency) == ("working", "emergency")
    last = reading.events(house, order_id)[-1]
    assert (last.event, last.by_user, last.at) == ("resume", "hotline", NOW + 1800)
    assert {one.state for one in clocks_of(house, order_id).values()}.isdisjoint({"paused"})
    assert service.resume_due(house, NOW + 99_000) == []


def test_a_merged_order_is_no_longer_open_and_its_clocks_stop(house):
    master, child = opened(house), opened(house)
    step(house, child, "merge", AGENT, into=master)
    assert (row(house, child).state, row(house, child).open, row(house, child).due_at) == ("merged", False, None)
    assert [one.id for one in reading.children(house, master, SUPERVISOR)] == [child]
    third = opened(house)
    with pytest.raises(Impossible):
        step(house, third, "merge", AGENT, into=child)


def test_notices_are_owed_to_the_crew_and_to_the_supervisor_after_the_second_return(house):
    order_id = opened(house, replace(LEAK, then="dispatch"))
    step(house, order_id, "return", EAST, reason="not_ours")
    step(house, order_id, "dispatch", AGENT, site="east", assignee="wang")
    step(house, order_id, "return", EAST, reason="not_ours")
    owed = [
        (one.kind, one.recipients) for one in house.scalars(select(WorkOrderNoticeRow).order_by(WorkOrderNoticeRow.id))
    ]
    assert owed == [("dispatch", ["east-lead"]), ("dispatch", ["wang"]), ("return", ["supervisor"])]


def test_steps_never_go_back_in_time(house):
    order_id = opened(house)
    step(house, order_id, "dispatch", AGENT, NOW - 500, site="east")
    assert [one.at for one in reading.events(house, order_id)] == [NOW, NOW]


# --- at once -------------------------------------------------------------------------------------------------


def at_once(works):
    """Runs them in threads; what each returned or raised."""
    results = [None] * len(works)

    def run(n, work):
        try:
            results[n] = work()
        except Exception as problem:
            results[n] = problem

    threads = [threading.Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_orders_opened_at_once_have_numbers_of_their_own(engine, house):
    def work():
        with Session(engine) as mine:
            return [opened(mine) for _ in range(5)]

    found = at_once([work] * 6)
    ids = [one for some in found for one in some]
    assert sorted(ids) == [f"261125-{n:04d}" for n in range(1, 31)]


def test_the_same_key_at_once_opens_one_order(engine, house):
    def work():
        with Session(engine) as mine:
            return service.open_order(mine, LEAK, AGENT, NOW, "same").id

    assert len(set(at_once([work] * 8))) == 1
    assert house.scalar(select(func.count()).select_from(WorkOrderRow)) == 1


def test_of_steps_that_exclude_each_other_one_is_taken(engine, house):
    order_id = opened(house)

    def work(site):
        def run():
            with Session(engine) as mine:
                return step(mine, order_id, "dispatch", SUPERVISOR, site=site)

        return run

    found = at_once([work(site) for site in ("east", "west") * 3])
    assert sum(not isinstance(one, Exception) for one in found) == 1
    refused = [one for one in found if isinstance(one, Exception)]
    assert all(isinstance(one, Impossible) and "reassign" in one.allowed for one in refused)
    assert [one.event for one in reading.events(house, order_id)] == ["accept", "dispatch"]


def test_flags_set_at_once_are_all_counted(engine, house):
    order_id = opened(house)

    def work():
        with Session(engine) as mine:
            return step(mine, order_id, "urge", AGENT)

    assert not [one for one in at_once([work] * 8) if isinstance(one, Exception)]
    house.rollback()
    assert row(house, order_id).urged == 8


OPENER = """
    import sys
    from sqlalchemy.orm import Session
    from core.db import connect
    from core.workorders import service
    from core.workorders.intake import IntakeRequest
    from core.workorders.rights import Actor

    engine = connect(sys.argv[1])
    n = 0
    while True:
        n += 1
        wanted = IntakeRequest("repair.meter", "表不转", address="清泉路1号", caller="139")
        print("asked", n, flush=True)
        with Session(engine) as session:
            kept = service.open_order(session, wanted, Actor("agent8001", "agent"), 1795572000.0, f"key-{n}")
        print("kept", n, kept.id, flush=True)
"""


def test_a_killed_process_loses_no_order_and_a_repeat_makes_none_twice(house, engine, database_url):
    code = textwrap.dedent(OPENER)
    process = subprocess.Popen(
        [sys.executable, "-c", code, database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    lines = [process.stdout.readline().split() for _ in range(41)]
    process.send_signal(signal.SIGKILL)
    lines += [line.split() for line in process.stdout]
    process.wait(30)
    process.stdout.close()
    kept = {int(line[1]): line[2] for line in lines if len(line) == 3 and line[0] == "kept"}
    asked = max(int(line[1]) for line in lines if len(line) >= 2)
    assert len(kept) >= 20
    wanted = IntakeRequest("repair.meter", "表不转", address="清泉路1号", caller="139")
    for n in range(1, asked + 1):
        found = service.open_order(house, wanted, AGENT, NOW, f"key-{n}")
        assert found.id == kept.get(n, found.id)
    assert house.scalar(select(func.count()).select_from(WorkOrderRow)) == asked
    # Each has its first step, its facts and its audit line: nothing is there by half.
    for order_id in house.scalars(select(WorkOrderRow.id)):
        assert [one.event for one in reading.events(house, order_id)] == ["accept"]
        assert told(house, order_id)[:2] == ["order_opened", "order_stepped"]
