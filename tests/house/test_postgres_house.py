"""The whole house on PostgreSQL: a day's work, the server stopped in mid-call and back again, a start without it."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from core.db import connect
from tests import postgres
from tests.house.front import Fact, Front
from tests.house.line import Desk, desk, ready_again, soon
from tests.house.running import House, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.xdist_group("house_on_postgres"),
    pytest.mark.timeout(180),
]


class PostgresFront(Front):
    """Reads the log where this house keeps it."""

    def log(self, where: str, *values: object) -> list[tuple[str, Fact]]:
        engine = connect(self.house.database)
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(
                f"select kind, payload from event_log where {where.replace('?', '%s')} order by id", values
            ).fetchall()
        engine.dispose()
        return [(kind, json.loads(payload)) for kind, payload in rows]

    def calls(self, caller: str) -> list[str]:
        return [p["call_id"] for _kind, p in self.log("kind = 'call_arrived'") if p["caller"] == caller]


@pytest.fixture(scope="module")
def server():
    try:
        cluster = postgres.create()
    except postgres.NoPostgres as why:
        pytest.skip(str(why))
    cluster.run("create database hotline")
    yield cluster
    postgres.remove(cluster)


@pytest.fixture(scope="module")
def house(server, tmp_path_factory):
    url = server.url("hotline")
    house = House(tmp_path_factory.mktemp("postgres") / "site", environment={"HOTLINE_DATABASE_URL": url})
    house.start()
    yield house
    assert house.stop() == 0


@pytest.fixture(scope="module")
def front(house):
    return PostgresFront(house)


def parts(house: House) -> dict[str, Any]:
    return house.health()["parts"]


ONCE = ("call_arrived", "call_queued", "call_answered", "recording_started", "recording_saved", "call_ended")


async def test_a_call_its_recording_and_its_row_are_all_there(house, front):
    assert not (house.home / "hotline.db").exists()
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            await talk.goes_on()
        saved = await soon(lambda: front.fact(talk.caller, "recording_saved"))
        assert (house.home / "recordings" / saved["path"]).stat().st_size > 16000
        rows = await soon(lambda: house.ask("GET", f"/api/v1/calls?caller={talk.caller}", token=front.token)["items"])
        assert [(row["caller"], row["agent"], row["queue"]) for row in rows] == [(talk.caller, "8001", "general")]
        await ready_again(front)
    assert {Counter(front.kinds(talk.caller))[kind] for kind in ONCE} == {1}
    assert parts(house)["feed"]["status"] == "ok"


async def test_a_server_stopped_in_mid_call_costs_no_call_and_no_fact(house, front, server):
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            await soon(lambda: front.fact(talk.caller, "call_answered"))
            await asyncio.to_thread(server.stop)
            await talk.goes_on()
            try:
                away = await soon(lambda: (p := parts(house))["journal"]["status"] != "ok" and p, 30)
                assert away["journal"] == {"status": "degraded", "state": "spilling"}
                assert away["database"] == {"status": "down", "detail": "no_answer"}
                assert away["sip"]["status"] == away["recording"]["status"] == "ok"
                await pages_behave(house, front)
                await talk.call.hang_up()
                await ready_again(front)
                async with agent.talk() as second:
                    await second.goes_on()
                await ready_again(front)
            finally:
                await asyncio.to_thread(server.start)
        await soon(lambda: parts(house)["journal"]["status"] == "ok", 30)
        await soon(lambda: parts(house)["feed"]["status"] == "ok", 30)
        for one in (talk, second):
            await soon(lambda one=one: front.over(one.caller))
            found = Counter(front.kinds(one.caller))
            assert {found[kind] for kind in ONCE} == {1}, found
            rows = await soon(
                lambda one=one: house.ask("GET", f"/api/v1/calls?caller={one.caller}", token=front.token)["items"]
            )
            assert [row["caller"] for row in rows] == [one.caller]


async def pages_behave(house: House, front: PostgresFront) -> None:
    """Who is signed in goes on; what needs the database is refused in words, to programs and to people."""
    await soon(lambda: house.live(front.token)["health"]["database"] == "spilling")
    with pytest.raises(urllib.error.HTTPError) as refused:
        await asyncio.to_thread(house.token, "qa")
    told = json.load(refused.value)
    assert refused.value.code == 503
    assert refused.value.headers["Content-Type"] == "application/problem+json"
    assert refused.value.headers["Retry-After"]
    assert told["detail"]
    assert told["remedy"]
    form = urllib.request.Request(
        f"http://127.0.0.1:{house.http}/login",
        b"username=qa&password=demo-qa",
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    with pytest.raises(urllib.error.HTTPError) as page:
        await asyncio.to_thread(urllib.request.urlopen, form, None, 10)
    body = page.value.read().decode()
    assert page.value.code == 503
    assert "text/html" in page.value.headers["Content-Type"]
    assert "Traceback" not in body
    assert told["detail"] in body


async def test_a_start_without_the_server_serves_calls_and_the_pages_follow(house, front, server):
    assert await asyncio.to_thread(house.stop) == 0
    server.stop()
    starting = asyncio.create_task(asyncio.to_thread(house.start))
    agent = Desk(house, "8001")
    await agent.phone.open()
    try:
        await soon((house.home / "run" / "sip.sock").is_socket, 60)
        assert await agent.phone.register() == 200
        await asyncio.to_thread(until, lambda: front.control(do="agent_state", extension="8001", state="ready")["ok"])
        async with agent.talk() as talk:
            await talk.goes_on()
        assert not starting.done()
        assert any("照常接听" in line for line in house.lines)
    finally:
        await asyncio.to_thread(server.start)
    await starting
    await agent.phone.close()
    await soon(lambda: front.over(talk.caller), 30)
    engine = connect(house.database)
    with engine.connect() as connection:
        total, distinct = connection.execute(text("select count(*), count(distinct uid) from event_log")).one()
    engine.dispose()
    assert total == distinct
