"""What desks and programs ask: rights, what reaches the sip process, errors in words."""

import threading

import pytest
from sqlalchemy.exc import OperationalError

from core.web.openapi import Application
from tests.core.web.conftest import PASSWORD, until
from tests.core.web.routes.test_live import row


async def test_an_agent_s_own_state_reaches_the_core(site, core):
    core.answers["agent_state"] = {"ok": True, "result": {"extension": "8001", "state": "break"}}
    answer = await (await site.browser("agent8001")).post(
        "/api/v1/agents/8001/state", json={"state": "break", "reason": "午餐"}
    )
    assert answer.json()["state"] == "break"
    assert core.asked == [{"do": "agent_state", "extension": "8001", "state": "break", "reason": "午餐"}]


@pytest.mark.parametrize(
    ("name", "status"), [("agent8002", 403), ("supervisor", 200), ("wallboard", 403), ("director", 403)]
)
async def test_only_supervisors_act_for_others(site, core, name, status):
    client = await site.program(name)
    assert (await client.post("/api/v1/agents/8001/state", json={"state": "ready"})).status_code == status
    assert (await client.post("/api/v1/agents/8001/wrap-up", json={"category": "repair"})).status_code == status
    assert (await client.post("/api/v1/calls", json={"from_extension": "8001", "to": "13800000000"})).status_code == (
        201 if status == 200 else status
    )
    assert len(core.asked) == (3 if status == 200 else 0)


async def test_an_agent_acts_on_the_own_call_only(site, core):
    core.push(calls=[row("mine"), row("theirs", agent="8002")])
    await until(lambda: site.web.live.call("theirs"))
    agent = await site.program("agent8001")
    assert (
        await agent.post("/api/v1/calls/mine/actions", json={"action": "transfer", "target": "8002"})
    ).status_code == 200
    assert core.asked[-1] == {"do": "action", "call_id": "mine", "by": "8001", "action": "transfer", "target": "8002"}
    assert (await agent.post("/api/v1/calls/theirs/actions", json={"action": "hangup"})).status_code == 403
    assert (await agent.post("/api/v1/calls/mine/actions", json={"action": "hangup", "by": "8002"})).status_code == 403
    assert (await agent.post("/api/v1/calls/nobodys/actions", json={"action": "hangup"})).status_code == 404
    assert (await agent.post("/api/v1/calls/mine/actions", json={"action": "consult"})).json()["field"] == "target"
    supervisor = await site.program("supervisor")
    assert (await supervisor.post("/api/v1/calls/theirs/actions", json={"action": "hangup"})).status_code == 200
    assert core.asked[-1]["by"] == "8002"


async def test_a_conflict_says_what_is_possible(site, core):
    core.push(calls=[row("mine")])
    core.answers["action"] = {
        "ok": False,
        "error": {
            "code": "conflict",
            "message": "The call is held; {possible}.",
            "field": "action",
            "remedy": "Resume it first.",
            "values": {"possible": "resume"},
        },
    }
    await until(lambda: site.web.live.call("mine"))
    agent = await site.program("agent8001")
    answer = await agent.post("/api/v1/calls/mine/actions", json={"action": "hold"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "The call is held; resume."
    assert answer.json()["remedy"] == "Resume it first."
    assert answer.json()["type"] == "urn:hotline:problem:conflict"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v1/agents/8001/state", {"state": "asleep"}, "state"),
        ("/api/v1/agents/8001/state", {}, "state"),
        ("/api/v1/agents/8001/state", {"state": "ready", "more": 1}, "more"),
        ("/api/v1/calls", {"from_extension": "8001", "to": "sip:x@y"}, "to"),
    ],
)
async def test_wrong_input_names_field_and_remedy(site, path, body, field):
    answer = await (await site.program("supervisor")).post(path, json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["remedy"]


async def test_a_field_missing_at_the_core_is_still_told_in_words(site, core):
    core.answers["agent_state"] = {
        "ok": False,
        "error": {"code": "bad_input", "message": "{field} is missing.", "field": "state", "remedy": None},
    }
    answer = await (await site.program("supervisor")).post(
        "/api/v1/agents/8001/state", json={"state": "ready"}, headers={"Accept-Language": "en"}
    )
    assert answer.json()["detail"] == "state is missing."


async def test_broken_json_unknown_paths_and_methods_are_problems(site):
    client = await site.program("supervisor")
    for answer, status in (
        (await client.post("/api/v1/calls", content=b"{", headers={"Content-Type": "application/json"}), 422),
        (await client.get("/api/v1/nothing"), 404),
        (await client.delete("/api/v1/live"), 405),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["status"] == status


async def test_a_new_agent_takes_effect_in_the_running_site(site, core):
    admin = await site.browser("admin")
    wanted = {
        "name": "agent8020",
        "password": PASSWORD,
        "role": "agent",
        "extension": "8020",
        "sip_password": "s",
        "queues": ["general"],
    }
    answer = await admin.post("/api/v1/users", json=wanted)
    assert (answer.status_code, answer.json()["telephony"]) == (201, "reloaded")
    assert core.asked == [{"do": "reload"}]
    assert (await admin.post("/api/v1/users", json=wanted)).status_code == 409
    assert (await (await site.browser("supervisor")).post("/api/v1/users", json=wanted)).status_code == 403


async def test_health_is_public_and_names_the_part_that_is_down(site, core):
    client = site.anonymous()
    well = await client.get("/healthz")
    assert well.status_code == 200, well.text
    assert {"database", "sip", "media", "recording", "journal", "disk"} <= set(well.json()["parts"])
    core.answers["ping"] = {"recording": "disk_full", "database": "spilling"}
    await until(lambda: site.web.live.ping["recording"] == "disk_full")
    site.web.add_health("feed", lambda: {"status": "ok"})
    await until_status(client, 503)
    parts = (await client.get("/healthz")).json()["parts"]
    assert parts["recording"] == {"status": "down", "detail": "disk_full"}
    assert parts["journal"]["status"] == "degraded"
    assert parts["feed"]["status"] == "ok"
    await core.stop()
    await until(lambda: site.web.live.stale)
    await until_status(client, 503)


async def until_status(client, status):
    import asyncio

    async with asyncio.timeout(5):
        while (await client.get("/healthz")).status_code != status:
            await asyncio.sleep(0.05)


async def test_a_check_that_breaks_is_a_part_that_is_down(site):
    def broken():
        raise RuntimeError

    site.web.add_health("feed", broken)
    answer = await site.anonymous().get("/healthz")
    assert (answer.status_code, answer.json()["parts"]["feed"]["status"]) == (503, "down")


async def test_the_interface_is_described_beside_the_event_loop(site, monkeypatch):
    threads = []
    original = Application.openapi

    def noting(app):
        threads.append(threading.current_thread())
        return original(app)

    monkeypatch.setattr(Application, "openapi", noting)
    for path in ("/docs", "/openapi.json"):
        assert (await site.anonymous(timeout=60).get(path)).status_code == 200
    assert len(threads) == 2
    assert threading.main_thread() not in threads


async def test_the_interface_is_described_without_asking_the_internet(site):
    page = (await site.anonymous(timeout=60).get("/docs")).text
    for path in (
        "/api/v1/token",
        "/api/v1/live",
        "/api/v1/agents/{extension}/state",
        "/api/v1/calls/{call_id}/actions",
    ):
        assert path in page
    assert "http://" not in page
    assert "https://" not in page
    assert (await site.anonymous(timeout=60).get("/openapi.json")).json()["openapi"].startswith("3.")


async def test_a_wrap_up_names_a_category_of_the_tree_by_its_id_or_a_name_of_it(site, core, monkeypatch):
    core.answers["wrap_up_done"] = {"ok": True, "result": {"extension": "8001", "state": "ready"}}
    agent, path = await site.program("agent8001"), "/api/v1/agents/8001/wrap-up"
    for said in ("repair.leak_visible", "报修/明漏", "Repair/Visible leak"):
        assert (await agent.post(path, json={"category": said})).status_code == 200
    assert {one["category"] for one in core.asked} == {"repair.leak_visible"}
    refused = await agent.post(path, json={"category": "午饭"})
    assert (refused.status_code, refused.json()["field"], len(core.asked)) == (422, "category", 3)

    async def away(_work):
        raise OperationalError("select 1", {}, Exception("away"))

    # No after-call time waits for a database.
    monkeypatch.setattr(site.web, "in_session", away)
    assert (await agent.post(path, json={"category": "报修/明漏"})).status_code == 200
    assert core.asked[-1]["category"] == "报修/明漏"
