"""Rosters over HTTP: who may what, shifts, leave, swaps."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AuditRow
from tests.kpi.asking import ask, day, free_day


async def test_a_supervisor_sees_everybody_and_an_agent_only_the_own_roster(office):
    everybody = await ask(await office.program("supervisor"), "GET", f"/api/v1/rosters?from={day(-7)}")
    own = await ask(await office.program("agent8001"), "GET", f"/api/v1/rosters?from={day(-7)}")
    assert len(everybody["agents"]) == 12
    assert {shift["extension"] for shift in everybody["shifts"]} > {"8001"}
    assert [agent["extension"] for agent in own["agents"]] == ["8001"]
    assert {shift["extension"] for shift in own["shifts"]} == {"8001"}
    assert {shift["id"] for shift in own["shifts"]} < {shift["id"] for shift in everybody["shifts"]}


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("agent8001", "POST", "/api/v1/rosters/shifts", 403),
        ("director", "POST", "/api/v1/rosters/shifts", 403),
        ("director", "GET", "/api/v1/rosters/settings", 200),
        ("agent8001", "GET", "/api/v1/rosters/coverage?from=2026-11-23", 403),
        ("agent8001", "GET", "/api/v1/rosters/forecast?queue=general&from=2026-11-23", 403),
        ("agent8001", "POST", "/api/v1/rosters/proposals", 403),
        ("agent8001", "PUT", "/api/v1/rosters/settings", 403),
        ("agent8001", "GET", "/api/v1/rosters/8002.ics", 404),
        ("agent8001", "POST", "/api/v1/rosters/8002/link", 404),
        ("agent8001", "GET", "/api/v1/rosters/adherence?from=2026-11-23&agent=8002", 404),
        ("director", "POST", "/api/v1/rosters/8002/link", 403),
        ("director", "DELETE", "/api/v1/rosters/leaves/1", 403),
        ("supervisor", "POST", "/api/v1/rosters/swaps", 403),
        ("qa", "GET", "/api/v1/rosters?from=2026-11-23", 403),
        ("", "GET", "/api/v1/rosters?from=2026-11-23", 401),
    ],
)
async def test_each_role_gets_no_further_than_its_work(office, who, method, path, status):
    client = await office.program(who) if who else office.anonymous()
    answer = await client.request(method, path, json={} if method in ("POST", "PUT") else None)
    assert answer.status_code == status, answer.text


async def test_a_shift_is_put_moved_and_removed_and_open_pages_are_told(office):
    client = await office.program("supervisor")
    told = []
    office.web.live.say = lambda message, _to: told.append(message["type"])
    found = await ask(client, "GET", f"/api/v1/rosters?from={day(0)}&days=35")
    free, template = free_day(found, "8001"), found["templates"][0]
    body = {"extension": "8001", "day": free, "template": template["id"], "note": "帮忙"}
    shift = await ask(client, "POST", "/api/v1/rosters/shifts", 201, json=body)
    assert (shift["start"], shift["end"], shift["note"]) == (template["start"], template["end"], "帮忙")
    own = {"extension": "8001", "day": free, "start": "22:00", "end": "6:30", "breaks": [["1:00", "1:30"]]}
    moved = await ask(client, "PUT", f"/api/v1/rosters/shifts/{shift['id']}", json=own)
    assert (moved["id"], moved["end"], moved["next_day"], moved["paid_h"]) == (shift["id"], "06:30", True, 8.0)
    assert moved["breaks"] == [["01:00", "01:30"]]
    assert (moved["name"], moved["name_en"]) == ("22:00–6:30", "")
    await ask(client, "DELETE", f"/api/v1/rosters/shifts/{shift['id']}")
    # Alerts come and go at their own times.
    assert [one for one in told if one != "alerts"] == ["roster"] * 3
    with Session(office.web.database) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject == "8001").order_by(AuditRow.id)).all()
    assert [(row.user_name, row.action) for row in rows] == [
        ("supervisor", "roster_shift_put"),
        ("supervisor", "roster_shift_moved"),
        ("supervisor", "roster_shift_removed"),
    ]


async def test_own_times_may_be_called_something_in_both_languages(office):
    client = await office.program("supervisor")
    free = free_day(await ask(client, "GET", f"/api/v1/rosters?from={day(0)}&days=35"), "8001")
    own = {"extension": "8001", "day": free, "start": "9:00", "end": "11:00", "name": "抢修值守"}
    shift = await ask(client, "POST", "/api/v1/rosters/shifts", 201, json={**own, "name_en": "Repair watch"})
    assert (shift["name"], shift["name_en"]) == ("抢修值守", "Repair watch")
    await ask(client, "DELETE", f"/api/v1/rosters/shifts/{shift['id']}")


async def test_a_broken_rule_is_told_in_chinese_with_field_and_remedy(office):
    client = await office.program("supervisor")
    found = await ask(client, "GET", f"/api/v1/rosters?from={day(1)}")
    taken = found["shifts"][0]
    body = {"extension": taken["extension"], "day": taken["day"], "start": taken["start"], "end": taken["end"]}
    said = await ask(client, "POST", "/api/v1/rosters/shifts", 409, json=body, headers={"Accept-Language": "zh"})
    assert said["field"] == "day"
    assert "此时段已有班次" in said["detail"]
    assert said["remedy"] == "请先移动或去掉那一班。"
    again = await ask(client, "GET", f"/api/v1/rosters?from={day(1)}")
    assert again["shifts"] == found["shifts"]
    assert again["version"] == found["version"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start": "25:00", "end": "9:00"}, "start"),
        ({"start": "8:00", "end": "soon"}, "end"),
        ({"start": "8:00", "end": "16:00", "breaks": [["12:00", "x"]]}, "breaks"),
        ({"start": "8:00", "end": "8:30"}, "end"),
        ({"template": 4711}, "template"),
        ({"day": "2026-02-30", "start": "8:00", "end": "16:00"}, "day"),
        ({"extension": "9999", "start": "8:00", "end": "16:00"}, "extension"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_field(office, body, field):
    client = await office.program("supervisor")
    answer = await client.post("/api/v1/rosters/shifts", json={"extension": "8001", "day": day(50), **body})
    assert answer.status_code in (404, 409, 422)
    assert answer.json()["field"] == field
    assert answer.json()["detail"]


async def test_an_agent_asks_for_leave_and_the_supervisor_decides(office):
    agent, chief = await office.program("agent8001"), await office.program("supervisor")
    body = {"first_day": day(40), "last_day": day(41), "reason": "年假"}
    asked = await ask(agent, "POST", "/api/v1/rosters/leaves/own", 201, json=body)
    assert asked["state"] == "asked"
    waiting = await ask(chief, "GET", f"/api/v1/rosters?from={day(0)}")
    assert asked["id"] in [leave["id"] for leave in waiting["asked_leave"]]
    path = f"/api/v1/rosters/leaves/{asked['id']}"
    done = await ask(chief, "POST", f"{path}/decision", json={"approve": True, "words": "好"})
    assert (done["state"], done["decided_by"], done["first_day"], done["last_day"]) == (
        "approved",
        "supervisor",
        day(40),
        day(41),
    )
    assert (await agent.delete(path)).status_code == 409
    assert (await ask(chief, "DELETE", path))["state"] == "withdrawn"


async def test_a_swap_goes_from_hand_to_hand(office):
    chief = await office.program("supervisor")
    asker, colleague = await office.program("agent8001"), await office.program("agent8002")
    shifts = []
    for extension, offset in (("8001", 45), ("8002", 47)):
        body = {"extension": extension, "day": day(offset), "start": "8:00", "end": "16:00"}
        shifts.append(await ask(chief, "POST", "/api/v1/rosters/shifts", 201, json=body))
    found = await ask(asker, "GET", f"/api/v1/rosters/swaps/candidates?shift={shifts[0]['id']}")
    assert {"8002"} <= {one["extension"] for one in found["items"]}
    body = {"shift_id": shifts[0]["id"], "other_extension": "8002", "other_shift_id": shifts[1]["id"]}
    swap = await ask(asker, "POST", "/api/v1/rosters/swaps", 201, json=body)
    path = f"/api/v1/rosters/swaps/{swap['id']}"
    assert (await chief.post(f"{path}/decision", json={"approve": True})).status_code == 409
    assert (await asker.post(f"{path}/answer", json={"accept": True})).status_code == 403
    await ask(colleague, "POST", f"{path}/answer", json={"accept": True})
    await ask(chief, "POST", f"{path}/decision", json={"approve": True})
    after = await ask(chief, "GET", f"/api/v1/rosters?from={day(45)}&days=3")
    hands = {shift["id"]: shift["extension"] for shift in after["shifts"]}
    assert (hands[shifts[0]["id"]], hands[shifts[1]["id"]]) == ("8002", "8001")
