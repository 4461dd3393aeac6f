"""Accounts in a running site: what is closed is closed at once, in the browser, on the wire and in the core."""

import asyncio

import pytest
import websockets

from core.people import users
from core.people.users import Role
from tests.core.web.conftest import PASSWORD

CLOSED = ("end", "password", "sessions/end")


def body(kind):
    return {"password": "a-new-long-password"} if kind == "password" else {} if kind != "end" else {"reason": "left"}


@pytest.mark.parametrize("kind", CLOSED)
async def test_tokens_cookies_sockets_and_supervisions_of_a_closed_account_end_at_once(site, core, kind):
    admin, browser, program = [
        await site.browser("admin"),
        await site.browser("supervisor"),
        await site.program("supervisor"),
    ]
    core.calls["c1"] = {"id": "c1", "state": "talking", "supervision": [{"by": "supervisor", "mode": "listen"}]}
    core.calls["c2"] = {"id": "c2", "state": "talking", "supervision": [{"by": "director", "mode": "listen"}]}
    assert (await browser.get("/api/v1/me")).status_code == 200
    assert (await program.get("/api/v1/me")).status_code == 200
    token = program.headers["Authorization"].split()[1]
    async with websockets.connect(f"{site.ws}/ws/live?token={token}") as socket:
        await socket.recv()
        answer = await admin.post(f"/api/v1/users/supervisor/{kind}", json=body(kind))
        assert answer.status_code == 200, answer.text
        # Well below the guard's own look at the database.
        async with asyncio.timeout(3):
            await socket.wait_closed()
        assert socket.close_code == 4401
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await program.get("/api/v1/me")).status_code == 401
    assert (await admin.get("/api/v1/me")).status_code == 200
    assert {"do": "supervise_stop", "call_id": "c1", "by": "supervisor", "tab": ""} in core.asked
    assert not [one for one in core.asked if one["do"] == "supervise_stop" and one["call_id"] == "c2"]


async def test_a_closed_account_s_phone_is_taken_from_the_core(site, core):
    admin = await site.browser("admin")
    answer = await admin.post("/api/v1/users/agent8001/end", json={})
    assert answer.json() == {"name": "agent8001", "sessions": 0, "telephony": "reloaded"}
    assert {"do": "reload"} in core.asked
    refused = await site.anonymous().post("/login", json={"username": "agent8001", "password": PASSWORD})
    assert refused.status_code == 401
    assert (await admin.post("/api/v1/users/agent8001/end", json={})).status_code == 404


async def test_only_administrators_close_accounts(site):
    for role in ("supervisor", "director", "agent8001"):
        client = await site.browser(role)
        for kind in CLOSED:
            assert (await client.post(f"/api/v1/users/qa/{kind}", json=body(kind))).status_code == 403
        assert (await client.get("/api/v1/users")).status_code == 403


async def test_the_list_of_users_goes_on_at_its_cursor(site):
    admin = await site.browser("admin")
    names, cursor = [], ""
    while cursor is not None:
        page = (await admin.get("/api/v1/users", params={"limit": 4, "cursor": cursor})).json()
        names += [one["name"] for one in page["items"]]
        cursor = page["next"]
    assert names == sorted(names)
    assert len(set(names)) == len(names) == 9
    one = (await admin.get("/api/v1/users/qa")).json()
    assert (one["role"], one["sessions"]) == ("qa", [])
    assert "password" not in str(one)


async def test_a_phone_s_password_is_told_once_when_the_house_made_it(site):
    admin = await site.browser("admin")
    wanted = {"name": "li", "password": PASSWORD, "role": "agent", "extension": "8020", "queues": ["general"]}
    made = (await admin.post("/api/v1/users", json=wanted)).json()
    assert len(made["sip_password"]) >= 16
    given = {**wanted, "name": "wu", "extension": "8021", "sip_password": "eigenes"}
    assert "sip_password" not in (await admin.post("/api/v1/users", json=given)).json()
    again = (await admin.post("/api/v1/users/li/sip-password", json={})).json()
    assert again["sip_password"] != made["sip_password"]
    assert again["telephony"] == "reloaded"


async def test_people_change_their_own_password_with_the_old_one(site):
    browser = await site.browser("qa")
    wrong = await browser.post("/api/v1/me/password", json={"old": "wrong", "password": "a-new-long-password"})
    assert wrong.status_code == 403
    short = await browser.post("/api/v1/me/password", json={"old": PASSWORD, "password": "short"})
    assert (short.status_code, short.json()["field"]) == (422, "password")
    assert (
        await browser.post("/api/v1/me/password", json={"old": PASSWORD, "password": "a-new-long-password"})
    ).status_code == 200
    assert (await browser.get("/api/v1/me")).status_code == 401
    form = {"username": "qa", "old": "a-new-long-password", "password": PASSWORD, "again": PASSWORD}
    assert (await site.anonymous().post("/password", data={**form, "again": "other"})).status_code == 422
    assert (await site.anonymous().post("/password", data={**form, "old": "wrong"})).status_code == 401
    assert (await site.anonymous().post("/password", data=form)).headers["location"] == "/login"
    await site.browser("qa")


@pytest.mark.parametrize("where", ["host", "proxy"])
async def test_a_demo_s_password_opens_from_this_machine_only(site, where):
    await site.web.in_session(
        lambda session: users.create_user(session, "worker9", "demo-worker9", Role.WORKER, secret=False)
    )
    given = {"username": "worker9", "password": "demo-worker9"}
    elsewhere = {"Host": "hotline.example"} if where == "host" else {"X-Forwarded-For": "10.20.0.7"}
    for path in ("/login", "/api/v1/token"):
        answer = await site.anonymous().post(path, data=given, headers=elsewhere)
        assert answer.status_code == 403, answer.text
        assert "hotline user password worker9" in answer.text
        assert "/password" in answer.text
        assert (await site.anonymous().post(path, data=given)).status_code in (200, 303)
    new = {"username": "worker9", "old": "demo-worker9", "password": "a-long-password", "again": "a-long-password"}
    assert (await site.anonymous().post("/password", data=new, headers=elsewhere)).status_code == 403
    assert (await site.anonymous().post("/password", data=new)).status_code == 303
    given["password"] = "a-long-password"
    assert (await site.anonymous().post("/login", data=given, headers=elsewhere)).status_code == 303


async def test_a_look_that_was_under_way_when_the_sessions_ended_lets_nobody_in(site, monkeypatch):
    program = await site.program("qa")
    token = program.headers["Authorization"].split()[1]
    sessions = site.web.sessions
    sessions.forget()
    seen, read = [], users.session_user

    def while_it_ends(session, given):
        found = read(session, given)
        if not seen:
            seen.append(found)
            users.revoke_all(session, found.id)
            sessions.ended_of(found.id)
        return found

    monkeypatch.setattr(users, "session_user", while_it_ends)
    assert await sessions.by_bearer(token) is None
    assert seen[0].name == "qa"
    assert (await program.get("/api/v1/me")).status_code == 401
