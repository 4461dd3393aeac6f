"""The floor over HTTP and websocket: rights, masking, loss, a sip process that goes and comes back."""

import asyncio
import json

import pytest
from sqlalchemy.orm import Session
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.people.users import Role, User, get_user, revoke_all
from core.telephony.control_client import ControlClient
from core.web import guard, live_hub
from core.web.live_hub import LiveHub
from core.web.masking import WALL_CALL, masked
from tests.core.web.conftest import until

CALLER = "13812345678"


def row(call_id="c1", **more):
    return {
        "id": call_id,
        "state": "talking",
        "direction": "inbound",
        "caller": CALLER,
        "did": "96000",
        "agent": "8001",
        **more,
    }


async def message(socket, kind=None):
    """The next message, or the next of this kind."""
    async with asyncio.timeout(3):
        while True:
            got = json.loads(await socket.recv())
            if kind is None or got["type"] == kind:
                return got


def listening(site, client, **more):
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return connect(f"{site.ws}/ws/live", additional_headers={"Cookie": cookies}, origin=site.url, **more)


async def test_the_floor_can_be_read(site, core):
    core.push(calls=[row()])
    await until(lambda: site.web.live.call("c1"))
    live = (await (await site.program("supervisor")).get("/api/v1/live")).json()
    assert [queue["id"] for queue in live["queues"]] == ["general"]
    assert live["calls"][0]["caller"] == CALLER
    assert live["stale"] is False


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("supervisor", CALLER),
        ("director", CALLER),
        ("agent8001", CALLER),
        ("agent8002", "138****5678"),
        ("qa", "138****5678"),
    ],
)
async def test_a_caller_s_number_is_seen_by_whom_it_concerns(site, core, name, seen):
    client = await site.browser(name)
    async with listening(site, client) as socket:
        assert (await message(socket))["type"] == "snapshot"
        core.push(calls=[row()])
        assert (await message(socket, "change"))["calls"][0]["caller"] == seen
    async with listening(site, client) as socket:
        assert (await message(socket))["calls"][0]["caller"] == seen
    assert (await client.get("/api/v1/live")).json()["calls"][0]["caller"] == seen


async def test_a_wall_counts_calls_and_seats_and_learns_no_more(site, core):
    client = await site.browser("wallboard")
    async with listening(site, client) as socket:
        await message(socket, "snapshot")
        core.push(calls=[row()], agents=[{**core.agents["8001"], "state": "talking", "call_id": "c1"}])
        told = await message(socket, "change")
        core.push(gone=["c1"])
        await message(socket, "change")
    assert told["calls"][0]["state"] == row()["state"]
    shown = await client.get("/api/v1/live")
    assert "call_id" not in told["agents"][0] | shown.json()["agents"][0]
    assert told["calls"][0].keys() <= set(WALL_CALL)
    assert told["calls"][0].keys().isdisjoint({"caller", "did", "agent", "parties", "supervision"})


@pytest.mark.parametrize("name", ["worker", "site_manager"])
async def test_the_floor_is_not_for_those_outside_the_centre(site, name):
    client = await site.browser(name)
    assert (await client.get("/api/v1/live")).status_code == 403
    with pytest.raises(InvalidStatus):
        async with listening(site, client):
            pass


async def test_a_socket_needs_a_session_and_our_own_origin(site):
    browser = await site.browser("supervisor")
    cookie = {"Cookie": f"hotline_session={browser.cookies['hotline_session']}"}
    for headers, origin in (
        ({}, site.url),
        (cookie, None),
        (cookie, "http://elsewhere.example"),
        ({"Cookie": "hotline_session=x.y"}, site.url),
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"{site.ws}/ws/live", additional_headers=headers, origin=origin):
                pass
        assert refused.value.response.status_code == 403


async def test_a_program_listens_with_its_token(site):
    program = await site.program("wallboard")
    token = program.headers["Authorization"].removeprefix("Bearer ")
    async with connect(f"{site.ws}/ws/live?token={token}") as socket:
        assert (await message(socket))["type"] == "snapshot"
    async with connect(f"{site.ws}/ws/live", additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        assert (await message(socket))["type"] == "snapshot"


async def test_a_socket_is_closed_at_log_out(site):
    browser = await site.browser("supervisor")
    async with listening(site, browser) as socket:
        await message(socket)
        await browser.post("/logout")
        with pytest.raises(ConnectionClosed) as closed:
            await message(socket, "nothing of this kind")
        assert closed.value.rcvd.code == 4401
    await until(lambda: not site.web.live.listeners)


async def test_a_socket_is_closed_when_the_session_is_revoked_elsewhere(site, monkeypatch):
    monkeypatch.setattr(guard, "CHECK_EVERY_S", 0.05)
    monkeypatch.setattr("core.web.auth.TRUST_S", 0.02)
    browser = await site.browser("supervisor")
    async with listening(site, browser) as socket:
        await message(socket)
        with Session(site.web.database) as session:
            user = next(one for one in (get_user(session, n) for n in range(1, 10)) if one.name == "supervisor")
            revoke_all(session, user.id)
        with pytest.raises(ConnectionClosed):
            await message(socket, "nothing of this kind")


async def test_a_missed_message_is_made_good_by_a_snapshot(site, core):
    core.push(skip=1, calls=[row("seen")])
    await until(lambda: site.web.live.call("seen"))
    core.push(gone=["seen"])
    await until(lambda: not site.web.live.call("seen"))


async def test_listeners_are_told_when_the_core_goes_and_comes_back(site, core):
    supervisor = await site.browser("supervisor")
    core.push(calls=[row()])
    async with listening(site, supervisor) as socket:
        await message(socket)
        await core.stop()
        assert (await message(socket, "heartbeat"))["stale"] is True
        left = (await supervisor.get("/api/v1/live")).json()
        assert left["stale"] is True
        assert left["calls"], "the last known floor stays"
        assert (await supervisor.post("/api/v1/agents/8001/state", json={"state": "ready"})).status_code == 503
        core.calls.clear()
        await core.start()
        started = asyncio.get_running_loop().time()
        back = await message(socket, "snapshot")
        assert asyncio.get_running_loop().time() - started < 1.0
        assert back["calls"] == []
        await until(lambda: not site.web.live.stale)


async def test_a_core_that_hangs_is_stale_although_its_socket_is_open(site, core, monkeypatch):
    monkeypatch.setattr(live_hub, "PING_LIMIT_S", 0.1)
    monkeypatch.setattr(live_hub, "PING_EVERY_S", 0.05)
    async with listening(site, await site.browser("supervisor")) as socket:
        await message(socket)
        core.mute = True
        assert (await message(socket, "heartbeat"))["stale"] is True
        core.mute = False
        assert (await message(socket, "heartbeat"))["stale"] is False


async def test_a_heartbeat_says_that_nothing_happened(site, monkeypatch):
    monkeypatch.setattr(live_hub, "HEARTBEAT_S", 0.05)
    await site.web.live.stop()
    await site.web.live.start()
    async with listening(site, await site.browser("wallboard")) as socket:
        beat = await message(socket, "heartbeat")
        assert {"seq", "at", "stale", "health"} <= set(beat)


def hub_and_listeners(*users):
    hub = LiveHub(ControlClient(None))
    hub.take({"type": "snapshot", "seq": 0, "queues": [], "agents": [], "calls": []})
    return hub, [hub.listen(user) for user in users]


def person(role, extension=None):
    return User(1, role, role, Role(role), extension)


async def test_a_slow_listener_gets_a_snapshot_in_place_of_what_it_lost():
    hub, (slow, quick) = hub_and_listeners(person("supervisor"), person("supervisor"))
    assert json.loads(await slow.next())["type"] == "snapshot"
    assert json.loads(await quick.next())["type"] == "snapshot"
    for number in range(1, 6):
        hub.take(
            {"type": "change", "seq": number, "queues": [], "agents": [], "calls": [row(f"c{number}")], "gone": []}
        )
        assert json.loads(await quick.next())["calls"][0]["id"] == f"c{number}"
    got = json.loads(await slow.next())
    assert (got["type"], len(got["calls"]), got["seq"]) == ("snapshot", 5, hub.seq)
    hub.take({"type": "change", "seq": 6, "queues": [], "agents": [], "calls": [], "gone": ["c1"]})
    assert json.loads(await slow.next())["gone"] == ["c1"]


async def test_a_message_is_made_into_text_once_for_each_kind_of_rights(monkeypatch):
    made = []
    monkeypatch.setattr(live_hub, "_text", lambda m: made.append(m) or json.dumps(m))
    hub, _listeners = hub_and_listeners(
        *[person("supervisor")] * 20, *[person("wallboard")] * 20, *[person("agent", "8002")] * 20
    )
    hub.take({"type": "change", "seq": 1, "queues": [], "agents": [], "calls": [row()], "gone": []})
    assert len(made) == 3


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "+86****5678"),
        ("62345678", "62****78"),
        ("8001", "8001"),
        ("96000", "96000"),
        ("", ""),
        (None, None),
        ("anonymous", "anonymous"),
    ],
)
def test_private_numbers_are_masked_and_service_numbers_are_not(number, shown):
    assert masked(number) == shown
