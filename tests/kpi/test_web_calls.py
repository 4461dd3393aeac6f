"""Calls and recordings over HTTP from a running web process: who sees what, pages, ranges, the audit."""

import contextlib

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import AuditRow
from core.events import Event, SupervisionStarted
from core.people.users import Role, User
from core.telephony.media.recorder import header
from core.web import app as app_module
from core.web.app import build
from kpi.lists import calls
from kpi.lists.categories import Categories
from tests.core.telephony.test_recordings import tone
from tests.core.web.conftest import Running, core, home, people_db, serving, until  # noqa: F401 - fixtures
from tests.etl.test_marts import one_call
from tests.kpi.conftest import ENTRIES

CALLER = "13800001111"


@pytest.fixture
async def site(home, core, monkeypatch):  # noqa: F811 - fixtures
    """Without the pages."""
    monkeypatch.setattr(app_module, "entry_points", lambda group: ENTRIES)
    data, _ = tone(1.0)
    path = home / "recordings/2026/11/23/c1.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(header(len(data)) + data)
    app = build(home)
    async with serving(app) as port:
        made = Running(app, port)
        events = [event for name, agent in (("c1", "8001"), ("c2", "8003")) for _, event in one_call(name, agent)]
        with made.web.database.begin() as connection:
            event_log.append(connection, events)
        made.web.parts["feeder"].nudge()
        await until(lambda: made.web.parts["feeder"].status()["watermark"] == len(events), 20)
        yield made
        for client in made.clients:
            await client.aclose()


async def test_calls_come_newest_first_with_their_times(site):
    client = await site.program("supervisor")
    answer = (await client.get("/api/v1/calls")).json()
    assert [call["id"] for call in answer["items"]] == ["c2", "c1"]
    assert answer["next"] is None
    call = answer["items"][1]
    expected = {
        "caller": CALLER,
        "queue": "repair",
        "agent": "8002",
        "outcome": "answered",
        "wait_seconds": 30.0,
        "talk_seconds": 145.0,
        "hold_seconds": 15.0,
        "wrap_up_seconds": 15.0,
        "arrived_at": "2026-11-23T04:00:00.000Z",
        "recording": True,
    }
    assert {name: call[name] for name in expected} == expected


async def test_pages_follow_each_other_without_gap_or_repetition(site):
    client = await site.program("director")
    first = (await client.get("/api/v1/calls?limit=1")).json()
    second = (await client.get("/api/v1/calls", params={"limit": 1, "cursor": first["next"]})).json()
    assert [page["items"][0]["id"] for page in (first, second)] == ["c2", "c1"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("from=2026-11-23T04:00:00Z", 2),
        ("from=2026-11-23T12:00:00", 2),  # without an offset: the site's own time
        ("from=2026-11-23T12:00:01", 0),
        ("to=2026-11-23T04:00:00Z", 0),
        ("queue=repair", 2),
        ("queue=general", 0),
        ("agent=8003", 1),
        ("agent=8009", 2),
        ("caller=1111", 2),
        ("caller=999", 0),
        ("outcome=abandoned", 0),
    ],
)
async def test_filters(site, query, found):
    answer = await (await site.program("supervisor")).get(f"/api/v1/calls?{query}")
    assert len(answer.json()["items"]) == found, answer.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("cursor=nonsense", "cursor"),
        ("from=2026-11-24&to=2026-11-23", "to"),
    ],
)
async def test_a_bad_query_is_a_problem_that_names_the_field(site, query, field):
    answer = await (await site.program("supervisor")).get(f"/api/v1/calls?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["field"] == field


async def test_agents_see_own_calls_only_and_numbers_masked(site):
    agent = await site.program("agent8001")
    (call,) = (await agent.get("/api/v1/calls")).json()["items"]
    assert (call["id"], call["caller"]) == ("c1", "138****1111")
    assert (await agent.get("/api/v1/calls/c2")).status_code == 404
    assert (await agent.get("/api/v1/calls/c2/recording")).status_code == 404
    assert (await agent.get("/api/v1/calls/c1/recording")).status_code == 200
    assert CALLER not in (await agent.get("/api/v1/calls/c1")).text


async def test_a_masked_number_cannot_be_guessed_digit_by_digit(site):
    qa = await site.program("qa")
    assert (await qa.get("/api/v1/calls?caller=1380")).json()["items"] == []
    assert len((await qa.get(f"/api/v1/calls?caller={CALLER}")).json()["items"]) == 2


@pytest.mark.parametrize(("name", "status"), [("wallboard", 403), ("worker", 403), ("admin", 200), ("qa", 200)])
async def test_roles(site, name, status):
    client = await site.program(name)
    for path in ("", "/c1", "/c1/recording", "/c1/peaks"):
        assert (await client.get(f"/api/v1/calls{path}")).status_code == status, path


async def test_one_call_is_whole(site):
    call = (await (await site.program("supervisor")).get("/api/v1/calls/c1")).json()
    assert [segment["extension"] for segment in call["segments"]] == ["8009", "8001", "8002"]
    assert [visit["outcome"] for visit in call["queue_visits"]] == ["answered"]
    assert len(call["events"]) == len(one_call())
    assert call["events"][0] == {
        "at": "2026-11-23T04:00:00.000Z",
        "kind": "call_arrived",
        "version": 1,
        "facts": {
            "direction": "inbound",
            "caller": CALLER,
            "dialled": "96000",
            "trunk": "demo",
            "demo": False,
            "order_id": None,
            "caller_name": "",
        },
    }
    assert (await (await site.program("supervisor")).get("/api/v1/calls/nothing")).status_code == 404


async def test_that_somebody_listened_is_told_to_supervisors_and_not_to_the_agent(site):
    mark = site.web.parts["feeder"].status()["watermark"]
    heard = Event.of(SupervisionStarted("c1", "supervisor", "8090", "listen", "", "x.wav"), 1795406460.0)
    with site.web.database.begin() as connection:
        event_log.append(connection, [heard])
    site.web.parts["feeder"].nudge()
    await until(lambda: site.web.parts["feeder"].status()["watermark"] > mark)
    kinds = {}
    for name in ("supervisor", "agent8001"):
        answer = await (await site.program(name)).get("/api/v1/calls/c1")
        kinds[name] = [event["kind"] for event in answer.json()["events"]]
    assert "supervision_started" in kinds["supervisor"]
    assert [kind for kind in kinds["supervisor"] if kind != "supervision_started"] == kinds["agent8001"]


async def test_a_recording_is_served_in_ranges_and_each_hearing_is_audited(site):
    client = await site.program("supervisor")
    whole = await client.get("/api/v1/calls/c1/recording")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/wav")
    assert len(whole.content) == int(whole.headers["content-length"]) == 44 + 2 * 16_000
    part = await client.get("/api/v1/calls/c1/recording", headers={"Range": "bytes=40-1001"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 40-1001/{len(whole.content)}"
    assert part.content == whole.content[40:1002]
    beyond = await client.get("/api/v1/calls/c1/recording", headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole.content)}"
    head = await client.head("/api/v1/calls/c1/recording")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(whole.content)), b"")
    with Session(site.web.database) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "recording_heard")).all()
        assert [(row.user_name, row.subject) for row in rows] == [("supervisor", "c1")]


async def test_a_recording_that_is_gone_is_not_found(site):
    client = await site.program("supervisor")
    (site.web.settings.recordings_dir / "2026/11/23/c1.wav").unlink()
    for what in ("recording", "peaks"):
        answer = await client.get(f"/api/v1/calls/c1/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_peaks_are_for_drawing(site):
    peaks = (await (await site.program("qa")).get("/api/v1/calls/c1/peaks?points=20")).json()
    assert (peaks["duration"], len(peaks["left"]), len(peaks["right"])) == (1.0, 20, 20)


async def test_health_tells_the_feed_s_lag(site):
    part = (await site.anonymous().get("/healthz")).json()["parts"]["feed"]
    assert (part["status"], part["behind"]) == ("ok", 0)
    assert part["lag_s"] < 2


async def test_nobody_unknown_gets_a_call(site):
    with contextlib.suppress(KeyError):
        del site.anonymous().headers["Authorization"]
    assert (await site.anonymous().get("/api/v1/calls")).status_code == 401


def test_numbers_in_notes_and_reasons_are_hidden_like_those_in_fields():
    said, hidden = "回拨13912345678", "回拨139****5678"
    fact = {"happened_at": None, "kind": "call_noted", "version": 1, "payload": orjson.dumps({"note": said})}
    for role, shown in ((Role.QA, hidden), (Role.SUPERVISOR, said)):
        user = User(1, "x", "", role, None)
        assert calls.event_row(fact, user, Categories())["facts"] == {"note": shown}
        assert calls.shown_note({"note": said}, user) == shown
    assert calls.shown_note({"note": None}, user) is None
