"""The life of a judged period over HTTP: who sees what when, appeals, races, and what never changes any more."""

import asyncio
import hashlib

import pytest
from sqlalchemy import select, update

from core.clock import set_now, utc_now
from core.db import event_log
from core.db.tables import AgentRow, AuditRow, KpiPeriodScoreRow
from core.errors import Unavailable
from core.people.users import create_user
from core.web import app as app_module
from core.web.app import build
from core.workorders import office as orders_office
from core.workorders.office import Site
from kpi.periods.changes import CHANGES
from kpi.schemes.service import examples
from kpi.scoring.scheme import scheme_json
from tests.core.web.conftest import PASSWORD, Running, core, serving, until  # noqa: F401 - fixture
from tests.kpi.asking import ask, day
from tests.kpi.conftest import ENTRIES
from tests.kpi.floor_facts import Planned, facts_of

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


async def appealed(office, period, agent="agent8001", status=201, **said):
    client = await office.program(agent)
    body = {"line": 0, "reason": "两通电话不是我的", **said}
    return await ask(client, "POST", f"{PATH}/{period['id']}/appeals", status, json=body)


async def test_an_appeal_is_decided_by_another_and_both_figures_stay(office):
    period = await published(office)
    appeals = f"{PATH}/{period['id']}/appeals"
    made = await appealed(office, period)
    assert (made["n"], made["state"], made["who"], made["after"]) == (1, "open", "8001", None)
    (mine,) = [one for one in period["scores"] if one["who"] == "8001"]
    assert (made["before"]["total"], made["before"]["numerator"]) == (mine["total"], mine["lines"][0]["numerator"])
    director, supervisor = await office.program("director"), await office.program("supervisor")
    assert (await ask(await office.program("agent8002"), "GET", appeals))["items"] == []
    listed = await ask(supervisor, "GET", f"{PATH}/{period['id']}")
    assert (listed["open_appeals"], listed["allowed"]) == (1, ["decide"])
    figure = {"numerator": 1000, "denominator": 10, "sample": 10}
    upheld = {"decision": "upheld", "words": "改正", "figure": figure}
    await ask(director, "POST", f"{appeals}/1/decide", 403, json=upheld)
    await ask(await office.program("agent8001"), "POST", f"{appeals}/1/decide", 403, json=upheld)
    for wrong, field in (
        ({**upheld, "effect": 1}, "figure"),
        ({"decision": "upheld", "words": "x"}, "figure"),
        ({**upheld, "decision": "rejected"}, "decision"),
        ({**upheld, "words": ""}, "words"),
        ({**upheld, "words": "  "}, "words"),
        ({"decision": "upheld", "words": "x", "effect": 0}, "effect"),
        ({"decision": "upheld", "words": "x", "effect": 1e9}, "effect"),
        ({**upheld, "figure": {**figure, "denominator": 0}}, "figure.denominator"),
        ({**upheld, "figure": {**figure, "numerator": -1}}, "figure.numerator"),
        ({**upheld, "decision": "perhaps"}, "decision"),
    ):
        assert (await ask(supervisor, "POST", f"{appeals}/1/decide", 422, json=wrong))["field"] == field
    decided = await ask(supervisor, "POST", f"{appeals}/1/decide", json=upheld)
    assert (decided["state"], decided["decided_by"], decided["correction"]) == (
        "upheld",
        "supervisor",
        {"figure": figure},
    )
    assert decided["before"] == made["before"]
    assert (decided["after"]["value"], decided["after"]["sample"]) == (100, 10)
    told = await ask(supervisor, "POST", f"{appeals}/1/decide", 409, json=upheld)
    assert "supervisor" in told["detail"]
    now = await ask(director, "GET", f"{PATH}/{period['id']}")
    assert (now["edition"], now["intact"], now["open_appeals"]) == (2, True, 0)
    assert now["appeals"] == [decided]
    # The data have not changed: a decision did.
    assert now["inputs_changed"] is False
    first = await ask(director, "GET", f"{PATH}/{period['id']}?edition=1")
    assert first["scores"] == period["scores"]
    await ask(director, "GET", f"{PATH}/{period['id']}?edition=3", 404)
    for edition, seal in ((1, period["sha256"]), (2, now["sha256"])):
        text = (await director.get(f"{PATH}/{period['id']}/record?edition={edition}")).content
        assert hashlib.sha256(text).hexdigest() == seal


async def test_who_appeals_against_what_and_until_when(office):
    period = await published(office, appeal_days=1)
    for body, status, field in (
        ({"line": 99}, 404, "line"),
        ({"line": -1}, 422, "line"),
        ({"reason": ""}, 422, "reason"),
        ({"reason": " "}, 422, "reason"),
        ({"reason": "x" * 1001}, 422, "reason"),
        ({"reason": "a\x00b"}, 422, "reason"),
    ):
        assert (await appealed(office, period, status=status, **body))["field"] == field
    for nobody in ("director", "supervisor"):
        await appealed(office, period, nobody, 403)
    first = await appealed(office, period)
    assert (await appealed(office, period, status=409))["field"] == "line"
    client = await office.program("agent8001")
    second = {"line": 1, "reason": "x"}
    key = {"Idempotency-Key": "k"}
    appeals = f"{PATH}/{period['id']}/appeals"
    made = await ask(client, "POST", appeals, 201, json=second, headers=key)
    assert await ask(client, "POST", appeals, 200, json=second, headers=key) == made
    await ask(client, "POST", appeals, 409, json={**second, "reason": "y"}, headers=key)
    assert [one["n"] for one in (await ask(client, "GET", appeals))["items"]] == [first["n"], made["n"]]
    set_now(utc_now() + 12 * DAYS)
    late = await appealed(office, period, "agent8002", 409)
    assert late["field"] == "state"


async def test_a_reason_with_a_telephone_number_is_masked_for_who_may_not_see_it(office):
    period = await published(office)
    await appealed(office, period, reason="不是 13812345678 打的")
    for name, shown in (("director", "13812345678"), ("agent8001", "138****5678")):
        (one,) = (await ask(await office.program(name), "GET", f"{PATH}/{period['id']}/appeals"))["items"]
        assert shown in one["reason"]


async def test_it_is_frozen_after_the_deadline_and_then_nothing_moves_it(office):
    client = await office.program("director")
    draft = await made(client)
    assert (await ask(client, "POST", f"{PATH}/{draft['id']}/freeze", 409))["field"] == "state"
    assert (await ask(client, "POST", f"{PATH}/{draft['id']}/publish", 422, json={"appeal_days": 0}))[
        "field"
    ] == "appeal_days"
    refused = await ask(client, "POST", f"{PATH}/{draft['id']}/publish", 404, json={"calendar": "moon"})
    assert refused["field"] == "calendar"
    refused = await ask(client, "POST", f"{PATH}/{draft['id']}/publish", 409, json={"sha256": "0" * 64})
    assert refused["field"] == "sha256"
    period = await ask(client, "POST", f"{PATH}/{draft['id']}/publish")
    early = await ask(client, "POST", f"{PATH}/{draft['id']}/freeze", 409)
    assert early["remedy"]
    again = await ask(client, "POST", f"{PATH}/{draft['id']}/publish", 409)
    assert "director" in again["detail"]
    twice = await made(client)
    other = await ask(client, "POST", f"{PATH}/{twice['id']}/publish", 409)
    assert period["id"] in other["detail"]
    set_now(utc_now() + 20 * DAYS)
    client = await office.program("director")
    frozen = await ask(client, "POST", f"{PATH}/{draft['id']}/freeze")
    assert (frozen["state"], frozen["frozen_by"], frozen["allowed"]) == ("frozen", "director", [])
    assert frozen["scores"] == period["scores"]
    for path in ("recompute", "publish", "freeze"):
        told = await ask(client, "POST", f"{PATH}/{draft['id']}/{path}", 409)
        assert "director" in told["detail"]
    await appealed(office, period, status=409)
    actions = await office.web.in_session(
        lambda session: session.scalars(select(AuditRow.action).where(AuditRow.subject == draft["id"])).all()
    )
    assert [one for one in actions if one != "kpi_scores_read"] == [
        "kpi_period_made",
        "kpi_period_published",
        "kpi_period_frozen",
    ]
    assert "kpi_scores_read" in actions


async def test_two_who_publish_at_once_one_wins_and_the_other_is_told(office):
    await office.web.in_session(lambda session: create_user(session, "other", PASSWORD, "director"))
    clients = {name: await office.program(name) for name in ("director", "other")}
    draft = await made(clients["director"])
    found = await asyncio.gather(*(one.post(f"{PATH}/{draft['id']}/publish") for one in clients.values()))
    assert sorted(one.status_code for one in found) == [200, 409]
    (won,) = [one.json() for one in found if one.status_code == 200]
    (lost,) = [one.json() for one in found if one.status_code == 409]
    assert won["published_by"] in lost["detail"]
    assert won["published_at"][:4] in lost["detail"]


async def test_a_repeated_request_makes_one_draft(office):
    client = await office.program("director")
    key = {"Idempotency-Key": "k"}
    answers = await asyncio.gather(*(client.post(PATH, json=NEW, headers=key) for _n in range(3)))
    assert {one.status_code for one in answers} <= {200, 201}
    assert len({one.json()["id"] for one in answers}) == 1
    assert answers[0].headers["location"] == f"{PATH}/{answers[0].json()['id']}"
    await ask(client, "POST", PATH, 409, json={**NEW, "from": day(-6)}, headers=key)
    assert len((await ask(client, "GET", PATH))["items"]) == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"scheme": "nothing"}, 404, "scheme"),
        ({"scheme": ""}, 422, "scheme"),
        ({"version": 9}, 404, "version"),
        ({"to": day(-8)}, 422, "to"),
        ({"from": "2019-01-01", "to": "2019-02-01"}, 422, "from"),
        ({"from": "2020-01-01"}, 422, "from"),
        ({"from": "soon"}, 422, "from"),
        ({"scheme": "example-sites"}, 422, "for"),
        ({"more": 1}, 422, "more"),
    ],
)
async def test_what_cannot_be_judged_is_named_and_nothing_is_kept(office, change, status, field):
    client = await office.program("director")
    refused = await ask(client, "POST", PATH, status, json={**NEW, **change})
    assert refused["field"] == field
    assert refused["remedy"]
    assert (await ask(client, "GET", PATH))["items"] == []
    await ask(client, "GET", f"{PATH}/p-0", 404)


async def test_a_period_that_is_running_is_judged_and_not_published(office):
    client = await office.program("director")
    draft = await made(client, to=day(3))
    assert draft["allowed"] == ["recompute"]
    assert (await ask(client, "POST", f"{PATH}/{draft['id']}/publish", 409))["field"] == "state"


async def later_call(office, seconds=500):
    """A call that is imported after the judgement: of agent 8001, three days ago."""
    facts = facts_of([Planned(0, "general", "answered", 5, "8001", talk=seconds)], utc_now() - 3 * DAYS)

    def work(session):
        event_log.append(session, facts)
        session.commit()

    await office.web.in_session(work)


async def test_a_frozen_period_is_the_same_to_the_byte_whatever_changes_around_it(office):
    client = await office.program("director")
    scheme = {**scheme_json(examples()["example-agents"].scheme), "id": "own", "from": day(-30)}
    await ask(client, "POST", "/api/v1/kpi/schemes", 201, json=scheme)
    draft = await made(client, scheme="own")
    await ask(client, "POST", f"{PATH}/{draft['id']}/publish")
    set_now(utc_now() + 20 * DAYS)
    client = await office.program("director")
    frozen = await ask(client, "POST", f"{PATH}/{draft['id']}/freeze")
    text = (await client.get(f"{PATH}/{draft['id']}/record")).content
    assert hashlib.sha256(text).hexdigest() == frozen["sha256"]
    office.web.parts[CHANGES].fresh_s = 0
    # The scheme is replaced, an agent renamed and moved, a call and a commendation come in late.
    other = {**scheme, "lines": [{**scheme["lines"][0], "weight": 100}], "note": "other"}
    await ask(client, "PUT", "/api/v1/kpi/schemes/own?replaces=1", json=other)

    def rename(session):
        session.execute(update(AgentRow).where(AgentRow.extension == "8001").values(name="别名", work_group="别组"))
        session.commit()

    await office.web.in_session(rename)
    set_now(utc_now() - 20 * DAYS)
    await later_call(office)
    entry = {
        "indicator": "manual.commendations",
        "who": "8002",
        "from": day(-3),
        "to": day(-3),
        "value": 2,
        "link": "https://files.example/letter",
    }
    await ask(client, "POST", "/api/v1/kpi/inputs", 201, json=entry)

    async def changed():
        return {
            (one["who"], one["indicator"])
            for one in (await ask(client, "GET", f"{PATH}/{draft['id']}/changes"))["items"]
        }

    async def found():
        return {("8001", "aht"), ("8002", "manual.commendations")} <= await changed()

    for _n in range(100):
        if await found():
            break
        await asyncio.sleep(0.1)
    assert await found()
    now = await ask(client, "GET", f"{PATH}/{draft['id']}")
    assert now["inputs_changed"] is True
    assert now["scores"] == frozen["scores"]
    assert (now["sha256"], now["intact"], now["version"]) == (frozen["sha256"], True, 1)
    assert (await client.get(f"{PATH}/{draft['id']}/record")).content == text
    (mine,) = [one for one in now["scores"] if one["who"] == "8001"]
    assert mine["name"] != "别名"
    late = {
        (one["who"], one["indicator"]): one
        for one in (await ask(client, "GET", f"{PATH}/{draft['id']}/changes"))["items"]
    }
    aht = late["8001", "aht"]
    assert (aht["before"]["numerator"], aht["before"]["sample"]) == (
        mine["lines"][0]["numerator"],
        mine["lines"][0]["sample"],
    )
    assert aht["after"]["sample"] == aht["before"]["sample"] + 1
    assert (
        late["8002", "manual.commendations"]["before"]["value"],
        late["8002", "manual.commendations"]["after"]["value"],
    ) == (0, 2)
    agent = await office.program("agent8002")
    own = (await ask(agent, "GET", f"{PATH}/{draft['id']}/changes"))["items"]
    assert {one["who"] for one in own} == {"8002"}
    # What a line of it opens is still what counted.
    (line,) = [one for one in now["scores"] if one["who"] == "8002"]
    (rows,) = [one["rows"] for one in line["lines"] if one["indicator"] == "manual.commendations"]
    assert (await ask(client, "GET", rows))["items"] == []


async def test_without_the_marts_a_kept_period_is_read_all_the_same(office, monkeypatch):
    period = await published(office)
    watch = office.web.parts[CHANGES]

    async def away(_stored):
        raise Unavailable("away")

    monkeypatch.setattr(type(watch), "changes", lambda _self, stored: away(stored))
    shown = await ask(await office.program("director"), "GET", f"{PATH}/{period['id']}")
    assert shown["inputs_changed"] is None
    assert shown["scores"] == period["scores"]


async def test_a_text_that_was_touched_is_told(office):
    period = await published(office)

    def touch(session):
        row = session.scalars(select(KpiPeriodScoreRow).where(KpiPeriodScoreRow.who == "8001")).one()
        row.body = row.body.replace('"total":', '"total": ', 1)
        session.commit()

    await office.web.in_session(touch)
    shown = await ask(await office.program("director"), "GET", f"{PATH}/{period['id']}")
    assert shown["intact"] is False


async def test_a_site_s_manager_sees_and_appeals_for_the_own_site(office):
    def work(session):
        for name in ("north", "south"):
            create_user(session, f"manager_{name}", PASSWORD, "site_manager")
            orders_office.save_site(session, Site(name, name), [f"manager_{name}"], "chief", utc_now())

    await office.web.in_session(work)
    client = await office.program("director")
    period = await made(client, scheme="example-sites")
    assert {one["who"] for one in period["scores"]} == {"north", "south"}
    await ask(client, "POST", f"{PATH}/{period['id']}/publish")
    manager = await office.program("manager_north")
    seen = await ask(manager, "GET", f"{PATH}/{period['id']}")
    assert [one["who"] for one in seen["scores"]] == ["north"]
    assert seen["allowed"] == ["appeal"]
    made_one = await ask(manager, "POST", f"{PATH}/{period['id']}/appeals", 201, json={"line": 0, "reason": "x"})
    assert made_one["who"] == "north"
    assert (await ask(await office.program("manager_south"), "GET", f"{PATH}/{period['id']}/appeals"))["items"] == []
    agents = await published(office)
    await ask(manager, "GET", f"{PATH}/{agents['id']}", 403)
    await ask(await office.program("agent8001"), "GET", f"{PATH}/{period['id']}", 403)
    assert [one["id"] for one in (await ask(manager, "GET", PATH))["items"]] == [period["id"]]


async def test_a_supervisor_who_is_judged_does_not_decide_in_that_period(office):
    await office.web.in_session(lambda session: create_user(session, "second", PASSWORD, "supervisor"))
    client = await office.program("director")
    period = await made(client, scheme="example-supervisors")
    await ask(client, "POST", f"{PATH}/{period['id']}/publish")
    await appealed(office, period, "supervisor")
    for name in ("second", "supervisor"):
        seen = await ask(await office.program(name), "GET", f"{PATH}/{period['id']}")
        assert "decide" not in seen["allowed"]
        body = {"decision": "rejected", "words": "x"}
        await ask(await office.program(name), "POST", f"{PATH}/{period['id']}/appeals/1/decide", 403, json=body)


async def test_what_was_kept_is_there_after_a_restart(home, core, monkeypatch):  # noqa: F811
    monkeypatch.setattr(app_module, "entry_points", lambda group: ENTRIES)
    seen = []
    for n in range(2):
        app = build(home)
        async with serving(app) as port:
            house = Running(app, port)
            await until(lambda house=house: house.web.parts["feeder"].status()["state"] == "up", 20)
            client = await house.program("director")
            if n == 0:
                draft = await made(client)
                await ask(client, "POST", f"{PATH}/{draft['id']}/publish")
            period = await ask(client, "GET", f"{PATH}/{draft['id']}")
            seen.append((period, (await client.get(f"{PATH}/{draft['id']}/record")).content))
            for one in house.clients:
                await one.aclose()
    assert seen[0] == seen[1]
