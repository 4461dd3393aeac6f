"""Breaks and leave of hours over HTTP: moved within their windows, spread, and what is left of a shift still counts."""

from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AuditRow
from tests.kpi.asking import ask, day

ZONE = ZoneInfo("Asia/Shanghai")
LUNCH = {"name": "午休班", "start": "8:00", "end": "16:00", "breaks": [["11:00", "13:30", 45]]}


async def templated(client, offset, *extensions, body=LUNCH):
    """The template, and a shift of it for each of the agents."""
    template = await ask(client, "POST", "/api/v1/rosters/templates", 201, json=body)
    wanted = [{"extension": extension, "day": day(offset), "template": template["id"]} for extension in extensions]
    return template, [await ask(client, "POST", "/api/v1/rosters/shifts", 201, json=one) for one in wanted]


async def test_a_template_s_break_has_a_window_and_comes_back_as_it_was_given(office):
    client = await office.program("supervisor")
    template, (shift,) = await templated(client, 45, "8001")
    assert template["rests"] == [["11:00", "13:30", 45]]
    # Its usual place is the middle of the window.
    assert template["breaks"] == shift["breaks"] == [["11:45", "12:30"]]
    assert template["paid_h"] == 7.25
    again = await ask(
        client, "PUT", f"/api/v1/rosters/templates/{template['id']}", json={**LUNCH, "breaks": template["rests"]}
    )
    assert again == template


@pytest.mark.parametrize(
    "breaks",
    [
        [["7:00", "9:00", 30]],
        [["11:00", "11:30", 45]],
        [["11:00", "13:00", 30], ["12:00", "14:00", 30]],
        [["11:00", "13:00", 0]],
        [["11:00", "x", 30]],
    ],
)
async def test_a_window_that_cannot_be_is_refused_in_words(office, breaks):
    client = await office.program("supervisor")
    said = await client.post("/api/v1/rosters/templates", json={**LUNCH, "breaks": breaks})
    assert said.status_code == 422
    assert said.json()["field"] == "breaks"
    assert said.json()["remedy"]


async def test_a_break_is_moved_by_hand_within_its_window_and_no_further(office):
    client = await office.program("supervisor")
    template, (shift,) = await templated(client, 45, "8001")
    path, wanted = f"/api/v1/rosters/shifts/{shift['id']}", {"extension": "8001", "day": day(45)}
    moved = await ask(client, "PUT", path, json={**wanted, "template": template["id"], "breaks": [["12:40", "13:25"]]})
    assert moved["breaks"] == [["12:40", "13:25"]]
    for breaks in ([["12:50", "13:35"]], [["12:00", "12:30"]], [["11:00", "11:45"], ["12:00", "12:45"]]):
        said = await client.put(path, json={**wanted, "template": template["id"], "breaks": breaks})
        assert (said.status_code, said.json()["field"]) == (422, "breaks")
    stands = await ask(client, "GET", f"/api/v1/rosters?from={day(45)}&days=1")
    assert [one["breaks"] for one in stands["shifts"] if one["id"] == shift["id"]] == [[["12:40", "13:25"]]]
    # With times of its own, the shift's breaks are its own too.
    own = {**wanted, "start": "8:00", "end": "16:00", "breaks": [["14:00", "14:30"]]}
    assert (await ask(client, "PUT", path, json=own))["breaks"] == [["14:00", "14:30"]]


async def test_the_breaks_of_a_roster_are_spread_in_one_step_that_is_audited(office):
    client = await office.program("supervisor")
    _template, shifts = await templated(client, 45, "8001", "8002", "8003", "8004")
    body = {"from": day(45), "days": 1}
    done = await ask(client, "POST", "/api/v1/rosters/breaks/spread", json=body)
    found = await ask(client, "GET", f"/api/v1/rosters?from={day(45)}&days=1")
    mine = [one for one in found["shifts"] if one["id"] in {shift["id"] for shift in shifts}]
    begins = {one["breaks"][0][0] for one in mine}
    assert len(begins) > 1
    assert done["moved"] >= len(begins) - 1
    assert done["short_after_h"] <= done["short_before_h"]
    assert all("11:00" <= one["breaks"][0][0] <= "12:45" for one in mine)
    assert (await ask(client, "POST", "/api/v1/rosters/breaks/spread", json=body))["moved"] == 0
    with Session(office.web.database) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "roster_breaks_spread")).all()
    assert rows[0].user_name == "supervisor"
    assert rows[0].detail == {"n": done["moved"], "days": [day(45)]}


async def test_only_a_supervisor_spreads_breaks(office):
    for who in ("agent8001", "director"):
        client = await office.program(who)
        assert (await client.post("/api/v1/rosters/breaks/spread", json={"from": day(45)})).status_code == 403


async def test_leave_of_hours_leaves_the_rest_of_the_shift_staffed(office):
    agent, chief = await office.program("agent8001"), await office.program("supervisor")
    _template, (shift,) = await templated(chief, 45, "8001")
    before = await ask(chief, "GET", f"/api/v1/rosters/coverage?from={day(45)}&days=1")
    body = {"first_day": day(45), "last_day": day(45), "start": "14:00", "end": "17:00", "reason": "事假"}
    asked = await ask(agent, "POST", "/api/v1/rosters/leaves/own", 201, json=body)
    assert (asked["start"], asked["end"], asked["first_day"], asked["last_day"]) == ("14:00", "17:00", day(45), day(45))
    # The supervisor sees what it does to the roster before deciding.
    waiting = await ask(chief, "GET", f"/api/v1/rosters?from={day(0)}")
    told = next(one for one in waiting["asked_leave"] if one["id"] == asked["id"])
    assert [(one["id"], one["stays"]) for one in told["shifts"]] == [(shift["id"], True)]
    done = await ask(chief, "POST", f"/api/v1/rosters/leaves/{asked['id']}/decision", json={"approve": True})
    assert done["state"] == "approved"
    stands = await ask(agent, "GET", f"/api/v1/rosters?from={day(45)}&days=1")
    assert [(one["id"], one["away"]) for one in stands["shifts"]] == [(shift["id"], [["14:00", "16:00"]])]
    after = await ask(chief, "GET", f"/api/v1/rosters/coverage?from={day(45)}&days=1")
    lost = [a - b for a, b in zip(before["rostered"][0], after["rostered"][0], strict=True)]
    assert [n for n, one in enumerate(lost) if one] == list(range(56, 64))
    text = (await ask(agent, "GET", "/api/v1/rosters/8001.ics")).text
    (event,) = [e for e in icalendar.Calendar.from_ical(text).walk("VEVENT") if str(e["SUMMARY"]) == "事假"]
    here = datetime.fromisoformat(day(45)).replace(tzinfo=ZONE)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (here.replace(hour=14), here.replace(hour=17))


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"start": "14:00", "end": ""}, "end"),
        ({"start": "", "end": "9:00"}, "start"),
        ({"start": "14:00", "end": "13:00"}, "end"),
        ({"start": "25:00", "end": "26:00"}, "start"),
    ],
)
async def test_hours_of_leave_that_cannot_be_are_refused_with_the_field(office, times, field):
    client = await office.program("agent8001")
    body = {"first_day": day(45), "last_day": day(45), "reason": "事假", **times}
    said = await client.post("/api/v1/rosters/leaves/own", json=body)
    assert (said.status_code, said.json()["field"]) == (422, field)


async def test_both_errors_stand_beside_a_day_with_how_they_were_measured(office):
    client = await office.program("director")
    found = (await ask(client, "GET", f"/api/v1/rosters/day?day={day(1)}"))["measured"]
    assert found["ours"]["wape"] > 0
    assert found["naive"]["wape"] > 0
    # Nine days of calls leave two or three to measure on: neither is called the better one yet.
    assert (found["days"] in (2, 3), found["lead_days"], found["enough"]) == (True, 7, False)
    one = (await ask(client, "GET", f"/api/v1/rosters/forecast?queue=general&from={day(1)}"))["measured"]
    assert found["calls"] > one["calls"]
