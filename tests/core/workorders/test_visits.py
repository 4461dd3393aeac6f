"""Return visits: whose call a result is of, and what a call is good for; corrections and given dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.db import event_log
from core.db.tables import WorkOrderRow
from core.errors import BadInput, NotAllowed
from core.events import CallAnswered, Event
from core.workorders import reading
from core.workorders.rights import Actor
from tests.core.workorders.conftest import AGENT, EAST, NOW, SUPERVISOR, WANG
from tests.core.workorders.test_service import HOUR, LEAK, opened, row, step


def to_visit(session, who=AGENT):
    order_id = opened(session, replace(LEAK, then="dispatch"), who)
    for event, by, fields in (
        ("take", EAST, {"assignee": "wang"}),
        ("work", WANG, {}),
        ("submit", WANG, {"result": "好"}),
        ("close_out", EAST, {}),
    ):
        step(session, order_id, event, by, **fields)
    return order_id


def test_a_result_is_of_the_call_that_the_same_person_made_last(house):
    order_id, other = to_visit(house), Actor("agent8002", "agent")
    step(house, order_id, "ring", AGENT, call="c7")
    with pytest.raises(BadInput):
        step(house, order_id, "visit", other)
    step(house, order_id, "visit", AGENT)
    assert reading.events(house, order_id)[-1].fields == {"call": "c7"}


def test_a_call_of_the_round_before_is_none_of_this_one(house):
    order_id = to_visit(house)
    step(house, order_id, "ring", AGENT, call="c7")
    step(house, order_id, "reopen", AGENT, note="仍漏")
    assert reading.events(house, order_id)[-1].fields == {"call": "c7"}
    for event, by, fields in (
        ("dispatch", AGENT, {"site": "east", "assignee": "wang"}),
        ("take", WANG, {}),
        ("work", WANG, {}),
        ("submit", WANG, {"result": "好"}),
        ("close_out", EAST, {}),
    ):
        step(house, order_id, event, by, **fields)
    with pytest.raises(BadInput):
        step(house, order_id, "visit", AGENT)


def test_where_the_house_says_so_the_return_visit_is_not_for_whoever_took_the_order(house):
    order_id = to_visit(house)
    with pytest.raises(NotAllowed) as refused:
        step(house, order_id, "visit", replace(AGENT, visits_own=False), no_call="当面")
    assert "whoever took the order" in str(refused.value)
    step(house, order_id, "visit", replace(AGENT, name="agent8002", visits_own=False), no_call="当面")
    assert row(house, order_id).state == "closed"


def told_of(session, *facts):
    event_log.append(session, [Event.of(fact, NOW) for fact in facts])
    session.commit()


def test_three_attempts_that_reached_nobody_are_three_calls(house):
    order_id = to_visit(house)
    step(house, order_id, "ring", AGENT, call="c7")
    step(house, order_id, "not_reached", AGENT)
    for fields in ({}, {"call": "c7"}):
        with pytest.raises(BadInput):
            step(house, order_id, "not_reached", AGENT, **fields)
    step(house, order_id, "ring", AGENT, call="c8")
    step(house, order_id, "not_reached", AGENT)
    step(house, order_id, "ring", AGENT, call="c9")
    step(house, order_id, "not_reached", AGENT)
    assert row(house, order_id).state == "closed"
    assert [one.fields["call"] for one in reading.events(house, order_id)[-5:]] == ["c7", "c8", "c8", "c9", "c9"]


def test_who_answered_was_reached_unless_somebody_says_why_not(house):
    order_id = to_visit(house)
    step(house, order_id, "ring", AGENT, call="c7")
    told_of(house, CallAnswered("c7", "c7-1", "8001"))
    with pytest.raises(BadInput) as refused:
        step(house, order_id, "not_reached", AGENT)
    assert refused.value.field == "fields.note"
    step(house, order_id, "not_reached", AGENT, note="语音信箱")
    step(house, order_id, "ring", AGENT, call="c8")
    told_of(house, CallAnswered("c8", "c8-1", "8001"))
    step(house, order_id, "visit", AGENT)
    assert row(house, order_id).state == "closed"


def test_a_correction_that_changes_nothing_is_refused(house):
    order_id = opened(house, LEAK)
    before = house.get_one(WorkOrderRow, order_id)
    same = {"urgency": before.urgency, "category": before.category}
    with pytest.raises(BadInput) as refused:
        step(house, order_id, "correct", SUPERVISOR, **same)
    assert refused.value.field == "fields"
    assert len(reading.events(house, order_id)) == 1


def test_a_date_that_was_given_with_the_order_is_not_moved_and_the_refusal_names_it(house):
    order_id = opened(house, replace(LEAK, channel="hotline_12345", given_due_at=NOW + 48 * HOUR))
    with pytest.raises(BadInput) as refused:
        step(house, order_id, "extend", SUPERVISOR, due_at=NOW + 96 * HOUR, note="挖路")
    due = datetime.fromtimestamp(NOW + 48 * HOUR, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    assert due in str(refused.value)
