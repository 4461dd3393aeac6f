"""The life of a judged period over HTTP: who sees what when, appeals, races, and what never changes any more."""

import pytest

from core.clock import set_now, utc_now
from tests.kpi.asking import ask, day

PATH = "/api/v1/kpi/periods"
NEW = {"scheme": "example-agents", "from": day(-7), "to": day(0)}
DAYS = 86_400


@pytest.fixture(autouse=True)
def clock_back():
    """Tests that wait for a deadline set the clock."""
    before = utc_now()
    yield
    set_now(before)


async def made(client, **more):
    return await ask(client, "POST", PATH, 201, json={**NEW, **more}, timeout=60)


async def published(office, **more):
    client = await office.program("director")
    draft = await made(client)
    return await ask(client, "POST", f"{PATH}/{draft['id']}/publish", json=more, timeout=60)


async def test_a_draft_keeps_what_the_preview_shows_and_is_nobody_else_s(office):
    director, agent = await office.program("director"), await office.program("agent8001")
    shown = await ask(
        director, "POST", "/api/v1/kpi/schemes/example-agents/preview", json={"from": NEW["from"], "to": NEW["to"]}
    )
    draft = await made(director)
    assert draft["scores"] == shown["scores"]
    assert (draft["state"], draft["edition"], draft["inputs_changed"], draft["intact"]) == ("draft", 1, False, True)
    assert (draft["watermark"], draft["example"], draft["demo"]) == (shown["watermark"], True, True)
    assert draft["allowed"] == ["recompute", "publish"]
    listed = await ask(director, "GET", PATH)
    assert [one["id"] for one in listed["items"]] == [draft["id"]]
    assert (await ask(agent, "GET", PATH))["items"] == []
    await ask(agent, "GET", f"{PATH}/{draft['id']}", 404)
    await ask(agent, "POST", f"{PATH}/{draft['id']}/appeals", 404, json={"line": 0, "reason": "x"})
    for path in ("/api/v1/kpi/schemes/example-agents/preview", PATH):
        await ask(agent, "POST", path, 403, json=NEW if path == PATH else {"from": day(-7), "to": day(0)})
    await ask(await office.program("supervisor"), "POST", PATH, 403, json=NEW)
    await ask(await office.program("qa"), "GET", f"{PATH}/{draft['id']}", 403)


async def test_the_own_score_is_seen_when_it_is_published(office):
    period = await published(office)
    assert period["state"] == "published"
    assert period["allowed"] == []
    agent = await office.program("agent8001")
    (listed,) = (await ask(agent, "GET", PATH))["items"]
    own = await ask(agent, "GET", f"{PATH}/{period['id']}")
    assert [one["who"] for one in own["scores"]] == ["8001"]
    (mine,) = [one for one in period["scores"] if one["who"] == "8001"]
    assert own["scores"] == [mine]
    group = [one for one in period["scores"] if one["group"] == mine["group"] and one["rank"]]
    assert (
        listed["own"]
        == own["own"]
        == {"who": "8001", "total": mine["total"], "grade": mine["grade"], "rank": mine["rank"], "of": len(group)}
    )
    assert listed["own"] == own["own"]
    assert own["allowed"] == ["appeal"]
    await ask(agent, "GET", f"{PATH}/{period['id']}/record", 403)
    await ask(agent, "POST", f"{PATH}/{period['id']}/freeze", 403)
