"""Levels of clocks: each told once, to whom it concerns, also when the house was down meanwhile."""

from dataclasses import replace

from sqlalchemy import select

from core.db.tables import WorkOrderNoticeRow
from core.workorders import notices, reading, service, turns
from core.workorders.intake import IntakeRequest
from core.workorders.steps import StepRequest
from tests.core.workorders.conftest import AGENT, EAST, NOW, WANG

METER = IntakeRequest("repair.meter", "表不转", address="城东区清泉路12号", customer_id=7, caller="13900000001")
HOUR = 3600.0


def look(session, now):
    """One look as the web process takes it; what was told by it."""
    before = {row.id for row in session.scalars(select(WorkOrderNoticeRow))}
    for order_id, clock in notices.levels_due(session, now):
        turns.hold(session, order_id)
        notices.tell_level(session, service.case_of(session, reading.order(session, order_id)), clock, now)
        session.commit()
    rows = session.scalars(select(WorkOrderNoticeRow).order_by(WorkOrderNoticeRow.id))
    return [(row.kind, row.level, row.recipients) for row in rows if row.id not in before]


def opened(session, **change):
    return service.open_order(session, replace(METER, **change), AGENT, NOW).id


def test_each_level_is_told_once_and_to_the_one_it_is_for(house):
    opened(house)
    seen = []
    for minutes in range(0, 200, 5):
        seen += [one for one in look(house, NOW + minutes * 60) if one[0] == "arrive"]
    assert seen == [
        ("arrive", 50, ["east-lead"]),
        ("arrive", 80, ["east-lead"]),
        ("arrive", 100, ["supervisor"]),
        ("arrive", 150, ["director"]),
    ]


def test_the_worker_is_told_first_once_there_is_one(house):
    order_id = opened(house, then="dispatch", assignee="wang")
    found = look(house, NOW + 16 * 60)
    assert ("take", 50, ["wang"]) in found
    service.take_step(house, order_id, StepRequest("take"), WANG, NOW + 20 * 60)
    # What has been met is told no more.
    assert [one for one in look(house, NOW + 40 * 60) if one[0] == "take"] == []


def test_levels_that_nobody_saw_are_told_as_the_highest(house):
    opened(house)
    assert [one for one in look(house, NOW + 2.5 * HOUR) if one[0] == "arrive"] == [("arrive", 100, ["supervisor"])]
    assert [one for one in look(house, NOW + 2.6 * HOUR) if one[0] == "arrive"] == []


def test_a_clock_that_begins_anew_is_told_anew(house):
    order_id = opened(house, then="dispatch")
    assert ("take", 100, ["supervisor"]) in look(house, NOW + 40 * 60)
    service.take_step(
        house, order_id, StepRequest("reassign", {"site": "east", "assignee": "wang"}), EAST, NOW + 41 * 60
    )
    assert [one for one in look(house, NOW + 50 * 60) if one[0] == "take"] == []
    assert ("take", 50, ["wang"]) in look(house, NOW + 57 * 60)


def test_a_pause_puts_off_what_is_told(house):
    order_id = opened(house, then="dispatch", assignee="wang")
    for event, fields, at in (
        ("take", {}, NOW + 60),
        ("work", {}, NOW + 60),
        ("ask_suspend", {"reason": "parts", "until": NOW + 90 * HOUR}, NOW + HOUR),
    ):
        service.take_step(house, order_id, StepRequest(event, fields), WANG, at)
    service.take_step(
        house, order_id, StepRequest("suspend", {"reason": "parts", "until": NOW + 90 * HOUR}), EAST, NOW + HOUR
    )
    look(house, NOW + 30 * HOUR)
    kinds = {row.kind for row in house.scalars(select(WorkOrderNoticeRow)) if row.level}
    assert "finish" not in kinds
    service.take_step(house, order_id, StepRequest("resume"), WANG, NOW + 31 * HOUR)
    assert [one for one in look(house, NOW + 41 * HOUR) if one[0] == "finish"] == []
    assert ("finish", 50, ["wang"]) in look(house, NOW + 42 * HOUR + 60)


def test_what_is_owed_is_so_until_it_is_settled(house):
    order_id = opened(house, then="dispatch")
    (one,) = notices.owed(house)
    assert (one.order_id, one.kind, one.recipients, one.about["address"]) == (
        order_id,
        "dispatch",
        ("east-lead",),
        "城东区清泉路12号",
    )
    notices.settle(house, one.id, {"sent": True})
    assert notices.owed(house) == []
