"""Supervisors over HTTP: reasons, whose window, what the desk is told, and the limits of the floor."""

import json
import sqlite3
from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.db.tables import UserRow
from core.installation.steering import ANNOUNCEMENT_CHARACTERS
from tests.core.web.conftest import until
from tests.core.web.routes.test_live import listening, message, row

LISTENS = {"id": "leg1", "by": "supervisor", "tab": "left", "extension": "", "mode": "listen", "since": "x"}


def audited(home, action):
    with sqlite3.connect(home / "hotline.db") as db:
        rows = db.execute("select user_name, subject, detail from audit_log where action = ? order by id", (action,))
        return [(name, subject, json.loads(detail)) for name, subject, detail in rows]


async def with_call(site, core, **more):
    core.push(agents=list(core.agents.values()), calls=[row("c1", **more)])
    await until(lambda: site.web.live.call("c1"))


async def test_a_forced_state_needs_a_reason_and_reaches_core_audit_and_desk(site, core, home):
    core.answers["agent_state"] = {"ok": True, "result": {"extension": "8001", "state": "break"}}
    supervisor, path = await site.program("supervisor"), "/api/v1/agents/8001/forced-state"
    no = await supervisor.post(path, json={"state": "break", "break_reason": "会议"})
    assert (no.status_code, no.json()["field"]) == (422, "reason")
    assert core.asked == []
    async with listening(site, await site.browser("agent8001")) as desk:
        await message(desk, "snapshot")
        done = await supervisor.post(path, json={"state": "break", "break_reason": "meeting", "reason": "开会"})
        said = await message(desk, "message")
    assert done.json()["state"] == "break"
    assert core.asked == [{"do": "agent_state", "extension": "8001", "state": "break", "reason": "meeting"}]
    assert said["message"]["text"] == "值班长已将您设为小休（会议）：开会"
    assert audited(home, "agent_state_forced") == [
        ("supervisor", "8001", {"state": "break", "break_reason": "meeting", "reason": "开会"})
    ]


@pytest.mark.parametrize("name", ["agent8001", "director", "qa", "wallboard"])
async def test_only_supervisors_force_states(site, core, name):
    client = await site.program(name)
    body = {"state": "offline", "reason": "x"}
    assert (await client.post("/api/v1/agents/8001/forced-state", json=body)).status_code == 403
    assert core.asked == []


@pytest.mark.parametrize("do", ["end", "transfer"])
async def test_a_call_is_taken_from_its_agent_only_with_a_reason_that_the_desk_reads(site, core, home, do):
    await with_call(site, core)
    supervisor, body = await site.program("supervisor"), {"do": do, "target": "queue:general"}
    no = await supervisor.post("/api/v1/calls/c1/steering", json=body)
    assert (no.status_code, no.json()["field"]) == (422, "reason")
    done = await supervisor.post("/api/v1/calls/c1/steering", json={**body, "reason": "骚扰"})
    assert done.json() == {"done": do}
    asked = core.asked[-1]
    assert (asked["do"], asked["call_id"]) == ("action" if do == "transfer" else "end", "c1")
    if do == "transfer":
        assert (asked["action"], asked["by"], asked["target"]) == ("transfer", "8001", "queue:general")
    messages = (await (await site.program("agent8001")).get("/api/v1/messages")).json()["items"]
    assert messages[0]["text"].endswith("骚扰")
    assert ("综合服务" in messages[0]["text"]) == (do == "transfer")
    assert audited(home, f"call_{do}")[-1][2]["agent"] == "8001"


async def test_a_call_that_nobody_answered_is_not_moved_as_a_talking_one(site, core, home):
    await with_call(site, core, agent=None, state="queued")
    body = {"do": "transfer", "target": "queue:general", "reason": "x"}
    no = await (await site.program("supervisor")).post("/api/v1/calls/c1/steering", json=body)
    assert (no.status_code, no.json()["field"]) == (409, "do")
    assert audited(home, "call_transfer") == []


async def test_a_window_has_a_supervision_of_its_own(site, core):
    await with_call(site, core, supervision=[LISTENS])
    supervisor, path = await site.program("supervisor"), "/api/v1/calls/c1/supervision"
    body = {"mode": "whisper", "reason": "x", "browser": True}
    assert "socket" not in (await supervisor.post(path, json={**body, "tab": "left"})).json()
    assert core.asked[-1]["tab"] == "left"
    assert "socket" in (await supervisor.post(path, json={**body, "tab": "right"})).json()
    assert (await supervisor.post(path, json={"mode": "stop", "tab": "right"})).json() == {"mode": "stop"}
    assert core.asked[-1] == {"do": "supervise_stop", "call_id": "c1", "by": "supervisor", "tab": "right"}


async def test_another_person_s_listening_is_replaced_by_those_who_steer_and_noted_with_the_name(site, core, home):
    await with_call(site, core, supervision=[{**LISTENS, "by": "admin"}])
    body = {"mode": "listen", "reason": "由我处理", "browser": True, "tab": "right", "instead_of": "leg1"}
    no = await (await site.program("qa")).post("/api/v1/calls/c1/supervision", json=body)
    assert (no.status_code, no.json()["field"]) == (403, "instead_of")
    done = await (await site.program("supervisor")).post("/api/v1/calls/c1/supervision", json=body)
    assert "socket" in done.json()
    assert audited(home, "supervision")[-1][2]["instead_of"] == "admin"


async def test_page_and_interface_agree_on_how_long_an_announcement_may_be(site, core):
    supervisor = await site.program("supervisor")
    most = "停" * ANNOUNCEMENT_CHARACTERS
    assert (await supervisor.post("/api/v1/announcements", json={"text": most})).status_code == 201
    assert (await supervisor.post("/api/v1/announcements", json={"text": f"{most}电"})).status_code == 422
    past = await supervisor.post("/api/v1/announcements", json={"text": "停水", "until": "2020-01-01T00:00:00Z"})
    assert (past.status_code, past.json()["field"]) == (422, "until")
    (standing,) = (await supervisor.get("/api/v1/announcements")).json()["items"]
    assert standing["by_name"] == "supervisor"
    assert standing["active_from"].endswith("Z")


async def test_an_announcement_whose_end_nobody_says_ends_after_four_hours(site, core):
    supervisor = await site.program("supervisor")
    usual = (await supervisor.post("/api/v1/announcements", json={"text": "停水"})).json()
    began, ends = (datetime.fromisoformat(usual[name]) for name in ("active_from", "active_until"))
    assert (ends - began).total_seconds() == 4 * 3600
    # Only who says so lets it stand until somebody ends it.
    assert (await supervisor.post("/api/v1/announcements", json={"text": "停水", "until": None})).json()[
        "active_until"
    ] is None


async def test_limits_are_read_by_the_wall_and_set_by_those_who_may_and_told_at_once(site, home):
    director = await site.program("director")
    assert (await (await site.program("qa")).put("/api/v1/limits", json={"limits": {}})).status_code == 403
    async with listening(site, await site.browser("wallboard")) as wall:
        await message(wall, "snapshot")
        done = await director.put("/api/v1/limits", json={"limits": {"service": {"warn": 0.9, "bad": 0.7}}})
        said = await message(wall, "limits")
    assert done.json()["limits"] == said["limits"]
    assert (said["limits"]["service"]["warn"], said["limits"]["service"]["example"]) == (0.9, False)
    seen = (await (await site.program("wallboard")).get("/api/v1/limits")).json()["limits"]
    assert seen == said["limits"]
    assert audited(home, "limits_changed") == [
        ("director", "floor", {"service": {"from": [0.8, 0.6], "to": [0.9, 0.7]}})
    ]
    wrong = await director.put("/api/v1/limits", json={"limits": {"break": {"warn": 9, "bad": 5}}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "break.bad")


async def test_nobody_listens_through_another_person_s_phone(site, core, home):
    await with_call(site, core)
    body = {"mode": "listen", "reason": "抽查", "extension": "8002"}
    for name in ("supervisor", "admin", "qa", "director"):
        no = await (await site.program(name)).post("/api/v1/calls/c1/supervision", json=body)
        assert (no.status_code, no.json()["field"]) == (403, "extension")
    assert [one for one in core.asked if one["do"] == "supervise"] == []


async def test_the_own_phone_rings_when_it_is_named_or_nothing_is(site, core, home):
    with Session(site.web.database) as session:
        session.execute(update(UserRow).where(UserRow.name == "supervisor").values(extension="8090"))
        session.commit()
    await with_call(site, core)
    supervisor = await site.program("supervisor")
    for named in ({"extension": "8090"}, {}):
        body = {"mode": "listen", "reason": "抽查", **named}
        assert (await supervisor.post("/api/v1/calls/c1/supervision", json=body)).json() == {"mode": "listen"}
    assert [one["extension"] for one in core.asked if one["do"] == "supervise"] == ["8090", "8090"]
