"""What is sent once more under its key makes nothing new, whatever is made: the same answer comes again."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.tables import Base, RequestKeyRow
from core.errors import Unavailable
from core.web.app import build
from core.web.repeats import HEADER

KEY = {HEADER: "7a1f5c5e-once"}
MESSAGE = {"text": "请早点回来", "to": "8001"}
RULE = {"figure": "waiting", "scope": "queue", "warn": 5, "alarm": 10, "clear": 3, "clear_after_s": 0}
USER = {"name": "li", "display_name": "李", "role": "agent", "password": "a-long-password", "extension": "8013"}
# Path, who, body: of every kind that the web process makes itself.
MADE = {
    "alert rule": ("/api/v1/alert-rules", "supervisor", RULE),
    "announcement": ("/api/v1/announcements", "supervisor", {"text": "城东停水"}),
    "message": ("/api/v1/messages", "supervisor", MESSAGE),
    "template": ("/api/v1/rosters/templates", "supervisor", {"name": "早", "start": "08:00", "end": "16:00"}),
    "user": ("/api/v1/users", "admin", {**USER, "queues": ["general"]}),
    "wall link": ("/api/v1/wall-links", "admin", {}),
}
# Written at every request, or of the key itself.
BESIDE = {"audit_log", "audit_head", "request_keys", "sessions"}


def counted(site):
    """How many rows every table has, but for lines of what was asked."""
    with Session(site.web.database) as session:
        tables = [one for one in Base.metadata.sorted_tables if one.name not in BESIDE]
        return {one.name: session.scalar(select(func.count()).select_from(one)) for one in tables}


@pytest.mark.parametrize("kind", MADE)
async def test_a_repeat_makes_nothing_new_and_gets_the_same_answer(site, core, kind):
    path, who, body = MADE[kind]
    client = await site.browser(who)
    first = await client.post(path, json=body, headers=KEY)
    assert first.status_code == 201, first.text
    before, asked = counted(site), len(core.asked)
    again = await client.post(path, json=body, headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (counted(site), len(core.asked)) == (before, asked)


async def test_a_call_is_rung_up_once(site, core):
    client = await site.browser("agent8001")
    wanted = {"from_extension": "8001", "to": "96001"}
    answers = [await client.post("/api/v1/calls", json=wanted, headers=KEY) for _ in range(3)]
    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert [one["do"] for one in core.asked].count("originate") == 1
    # Without a key every request is one of its own.
    await client.post("/api/v1/calls", json=wanted)
    assert [one["do"] for one in core.asked].count("originate") == 2


async def test_a_key_is_its_senders_own_and_bound_to_what_was_asked_for(site, core):
    supervisor, director = await site.browser("supervisor"), await site.browser("director")
    await supervisor.post("/api/v1/messages", json=MESSAGE, headers=KEY)
    for path, body in (("/api/v1/messages", {**MESSAGE, "text": "别的"}), ("/api/v1/alert-rules", RULE)):
        other = await supervisor.post(path, json=body, headers=KEY)
        assert (other.status_code, other.json()["field"]) == (409, HEADER)
    # The same words in another order are the same request.
    assert (await supervisor.post("/api/v1/messages", json=dict(reversed(MESSAGE.items())), headers=KEY)).is_success
    assert (await director.post("/api/v1/alert-rules", json=RULE, headers=KEY)).status_code in (201, 403)


async def test_of_two_at_once_one_makes_it(site, core):
    client = await site.browser("supervisor")
    answers = await asyncio.gather(*(client.post("/api/v1/messages", json=MESSAGE, headers=KEY) for _ in range(6)))
    assert {one.status_code for one in answers} <= {201, 409}
    assert len({one.text for one in answers if one.status_code == 201}) == 1
    assert counted(site)["staff_messages"] == 1


async def test_what_was_refused_may_be_sent_again(site, core):
    client = await site.browser("supervisor")
    assert (await client.post("/api/v1/messages", json={**MESSAGE, "to": "9999"}, headers=KEY)).status_code == 404
    core.agents["9999"] = {"extension": "9999", "name": "李四", "state": "ready", "call_id": None}
    core.push(agents=[core.agents["9999"]])
    for _ in range(100):
        if site.web.live.agent("9999") is not None:
            break
        await asyncio.sleep(0.01)
    assert (await client.post("/api/v1/messages", json={**MESSAGE, "to": "9999"}, headers=KEY)).status_code == 201


async def test_what_was_begun_and_never_answered_is_not_made_a_second_time(site, core):
    """As when the house goes down in between."""
    client = await site.browser("supervisor")
    await client.post("/api/v1/messages", json=MESSAGE, headers=KEY)
    with Session(site.web.database) as session:
        session.query(RequestKeyRow).update({"answer": None})
        session.commit()
    again = await client.post("/api/v1/messages", json=MESSAGE, headers=KEY)
    assert (again.status_code, again.json()["field"]) == (409, HEADER)
    assert counted(site)["staff_messages"] == 1


async def test_answers_are_kept_sealed(site, core):
    client = await site.browser("admin")
    path, _who, body = MADE["wall link"]
    link = (await client.post(path, json=body, headers=KEY)).text
    with Session(site.web.database) as session:
        kept = session.scalars(select(RequestKeyRow.answer)).one()
    assert kept.startswith("v1:")
    assert link[10:40] not in kept


async def test_a_failing_part_of_the_house_leaves_the_key_free(site, core):
    client = await site.browser("agent8001")
    wanted = {"from_extension": "8001", "to": "96001"}
    core.answers["originate"] = {"ok": False, "error": {"code": Unavailable.code, "message": "away", "status": 503}}
    refused = await client.post("/api/v1/calls", json=wanted, headers=KEY)
    assert refused.status_code >= 400
    del core.answers["originate"]
    assert (await client.post("/api/v1/calls", json=wanted, headers=KEY)).status_code == 201


def test_every_route_that_makes_something_takes_a_key(tmp_path):
    app = build(tmp_path, group="no.upper.folders")
    for path, operations in app.openapi()["paths"].items():
        if {"201", "202"} & set(operations.get("post", {}).get("responses", ())):
            assert HEADER in [one["name"] for one in operations["post"]["parameters"] if one["in"] == "header"], path
    app.state.web.database.dispose()
