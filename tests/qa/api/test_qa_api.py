"""QA over HTTP: from a form and a plan to scores, appeals and agreement; who sees what; what is measured in the sound."""

import asyncio

import pytest

from core.clock import utc_now
from core.db import event_log
from core.demo.voices import voices
from core.drivers.tts.espeak import EspeakTts
from core.events import (
    AgentRang,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallResumed,
    Event,
    RecordingSaved,
    RecordingStarted,
    RingEnded,
    SegmentEnded,
)
from core.people.users import create_user
from core.telephony.media.recorder import header
from tests.core.web.conftest import PASSWORD
from tests.kpi.asking import ask
from tests.qa.forms.made import GOOD

QA = "/api/v1/qa"
BEST = {"opening": "yes", "tone": 5, "record": "yes", "rude": "yes"}
FORM = {**GOOD, "id": "repair"}
PLAN = {
    "id": "weekly",
    "name": "每周",
    "form": "repair",
    "rules": {"random": {"per_agent_week": 1}, "risk": {"reasons": ["long_hold"]}},
}


def told(call, extension="8001", seconds=40.0, path=None, at=None):
    """A call of an agent with a recording, a quarter of an hour ago."""
    at = at or utc_now() - 900
    facts = [
        (0, CallArrived(call, "inbound", "13800001111", "96001", demo=True)),
        (1, AgentRang(call, f"{call}-s", extension, None)),
        (3, RingEnded(call, f"{call}-s", extension, "answered")),
        (3, CallAnswered(call, f"{call}-s", extension, None)),
        (3, RecordingStarted(call, path or f"{call}.wav")),
        (3 + seconds, SegmentEnded(call, f"{call}-s", extension, "caller_hung_up")),
        (3 + seconds, CallEnded(call, "caller_hung_up", 0)),
        (3 + seconds, RecordingSaved(call, path or f"{call}.wav", seconds)),
    ]
    return [Event.of(fact, at + after) for after, fact in facts]


async def tell(office, *events):
    def work(session):
        event_log.append(session, list(events))
        session.commit()

    await office.web.in_session(work)
    calls = {event.subject for event in events}

    await rows_of(office, "select call_id from marts.fct_calls where ended_at is not null", calls)


async def rows_of(office, sql, calls):
    """What the marts know, once it is there of all these calls."""
    async with asyncio.timeout(30):
        while True:
            rows = {row["call_id"]: row for row in await office.web.parts["warehouse"].fetch(sql)}
            if calls <= rows.keys():
                return rows
            await asyncio.sleep(0.02)


async def form_and_plan(client):
    await ask(client, "POST", f"{QA}/forms", 201, json=FORM)
    return await ask(client, "POST", f"{QA}/plans", 201, json=PLAN)


async def test_forms_are_kept_in_versions_checked_copied_and_exported(office):
    client = await office.program("qa")
    listed = await ask(client, "GET", f"{QA}/forms")
    assert [one["example"] for one in listed["items"]] == [True] * 4
    made = await ask(client, "POST", f"{QA}/forms", 201, json=FORM, headers={"Idempotency-Key": "k"})
    assert (made["version"], made["weight"]) == (1, 100.0)
    await ask(client, "POST", f"{QA}/forms", 201, json=FORM, headers={"Idempotency-Key": "k"})
    second = await ask(client, "PUT", f"{QA}/forms/repair", json={**FORM, "pass_mark": 90})
    assert second["version"] == 2
    assert len((await ask(client, "GET", f"{QA}/forms/repair"))["versions"]) == 2
    file = await ask(client, "GET", f"{QA}/forms/repair/file?version=1")
    taken = await ask(client, "POST", f"{QA}/forms/import?id=other", 201, json=file)
    assert (taken["id"], taken["pass_mark"]) == ("other", 80)
    copied = await ask(client, "POST", f"{QA}/forms/example-gas-repair/copy", 201, json={"id": "gas", "name": "燃气"})
    assert not copied["example"]
    wrong = {**FORM, "pass_mark": 0, "name": " "}
    found = await ask(client, "POST", f"{QA}/forms/check", json=wrong)
    assert [one["field"] for one in found["problems"]] == ["name", "pass_mark"]
    refused = await ask(client, "POST", f"{QA}/forms", 422, json=wrong)
    assert (refused["field"], bool(refused["remedy"])) == ("name", True)


async def test_the_same_seed_draws_the_same_calls_and_they_stand_on_the_list(office):
    client = await office.program("qa")
    await form_and_plan(client)
    await tell(office, *told("q1"), *told("q2"), *told("q3", "8002"), *told("short", seconds=2.0))
    found = await ask(client, "POST", f"{QA}/plans/weekly/draw", 201, json={"seed": 7}, timeout=60)
    again = await ask(client, "POST", f"{QA}/plans/weekly/draw", 200, json={"seed": 7}, timeout=60)
    assert again == found
    assert await ask(client, "GET", f"{QA}/draws/{found['id']}") == found
    drawn = {one["call_id"] for one in found["calls"]}
    assert drawn <= {"q1", "q2", "q3"}
    assert "q3" in drawn
    reasons = {one["call_id"]: one["reason"] for one in found["excluded"]}
    assert reasons["short"] == "too_short"
    assert "no_recording" in reasons.values()
    tasks = await ask(client, "GET", f"{QA}/worklist")
    assert {one["call_id"] for one in tasks["items"]} == drawn
    assert {one["scorer"] for one in tasks["items"]} == {"qa"}
    refused = await ask(
        client,
        "POST",
        f"{QA}/plans/weekly/draw",
        422,
        json={"seed": 1, "from": "2020-01-01T00:00", "to": "2020-01-08T00:00"},
    )
    assert refused["field"] == "frame"


async def test_a_score_is_seen_by_its_agent_appealed_and_decided_by_another(office):
    client = await office.program("qa")
    await form_and_plan(client)
    await tell(office, *told("q1"), *told("q2", "8002"))
    body = {
        "call_id": "q1",
        "form": "repair",
        "version": 1,
        "answers": BEST | {"rude": "no"},
        "spans": [{"from_s": 1, "to_s": 2.5, "item": "rude"}],
    }
    made = await ask(client, "POST", f"{QA}/scores", 201, json=body)
    assert (made["score"], made["score_without_fatal"], made["passed"], made["state"]) == (0, 100, False, "scored")
    assert (await ask(client, "POST", f"{QA}/scores/preview", json={"form": "repair", "answers": {"tone": 3}}))[
        "score"
    ] == 50
    await ask(client, "POST", f"{QA}/scores", 409, json=body)
    other = await ask(client, "POST", f"{QA}/scores", 201, json={**body, "call_id": "q2"})
    agent = await office.program("agent8001")
    assert [one["id"] for one in (await ask(agent, "GET", f"{QA}/scores"))["items"]] == [made["id"]]
    await ask(agent, "GET", f"{QA}/scores/{other['id']}", 404)
    await ask(agent, "POST", f"{QA}/scores/{other['id']}/accept", 404)
    await ask(agent, "POST", f"{QA}/scores", 403, json=body)
    appealed = await ask(agent, "POST", f"{QA}/scores/{made['id']}/appeal", json={"reason": "没有"})
    assert appealed["state"] == "appealed"
    decision = {"decision": "changed", "words": "重听", "answers": BEST}
    await ask(client, "POST", f"{QA}/scores/{made['id']}/decide", 403, json=decision)
    supervisor = await office.program("supervisor")
    decided = await ask(supervisor, "POST", f"{QA}/scores/{made['id']}/decide", json=decision)
    assert (decided["state"], decided["score"], decided["first"]["score"]) == ("changed", 100, 0)
    assert (await ask(agent, "GET", f"{QA}/scores/{made['id']}"))["decision_words"] == "重听"
    pages = await ask(client, "GET", f"{QA}/scores?limit=1")
    assert pages["items"][0]["id"] == other["id"]
    assert (await ask(client, "GET", f"{QA}/scores?limit=1&cursor={pages['next']}"))["items"][0]["id"] == made["id"]


async def test_a_draft_outlives_its_page_and_goes_with_the_score(office):
    client = await office.program("qa")
    await form_and_plan(client)
    await tell(office, *told("q1"))
    await ask(client, "GET", f"{QA}/drafts/q1", 404)
    await ask(client, "PUT", f"{QA}/drafts/q1", json={"body": {"answers": {"tone": 3}, "at_s": 12.5}})
    assert (await ask(client, "GET", f"{QA}/drafts/q1"))["body"]["at_s"] == 12.5
    await ask(client, "POST", f"{QA}/scores", 201, json={"call_id": "q1", "form": "repair", "answers": BEST})
    await ask(client, "GET", f"{QA}/drafts/q1", 404)


async def test_a_round_is_blind_until_all_have_scored(office):
    client = await office.program("qa")
    await office.web.in_session(lambda session: create_user(session, "qa2", PASSWORD, "qa"))
    other = await office.program("qa2")
    await form_and_plan(client)
    await tell(office, *told("q1"), *told("q2"))
    body = {"name": "十二月", "form": "repair", "calls": ["q1", "q2"], "scorers": ["qa", "qa2"]}
    found = await ask(client, "POST", f"{QA}/rounds", 201, json=body)
    await ask(client, "POST", f"{QA}/rounds", 404, json={**body, "calls": ["gone"]})
    for person, tones in ((client, (5, 2)), (other, (4, 2))):
        await ask(client, "GET", f"{QA}/agreement?round={found['id']}", 409)
        for call, tone in zip(("q1", "q2"), tones, strict=True):
            said = {"call_id": call, "form": "repair", "answers": BEST | {"tone": tone}, "round": found["id"]}
            made = await ask(person, "POST", f"{QA}/scores", 201, json=said)
    await ask(other, "POST", f"{QA}/scores", 201, json={**said, "master": True})
    agreement = await ask(client, "GET", f"{QA}/agreement?round={found['id']}")
    items = {one["item"]: one["alpha"] for one in agreement["by_item"]}
    assert items["opening"] is None
    assert 0 < items["tone"] < 1
    assert agreement["pairs"][0]["judged"] == 8
    # No score of the agent.
    agent = await office.program("agent8001")
    assert (await ask(agent, "GET", f"{QA}/scores"))["items"] == []
    await ask(agent, "GET", f"{QA}/scores/{made['id']}", 404)


@pytest.fixture(scope="module")
def sound():
    spoken = voices(EspeakTts())
    one = bytes(b for pair in zip(spoken.callers[0][:320_000], spoken.agents[0][:320_000], strict=True) for b in pair)
    return header(len(one)) + one


async def test_a_recording_is_measured_by_itself_soon_after_its_end(office, sound):
    folder = office.web.settings.recordings_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "q1.wav").write_bytes(sound)
    (folder / "empty.wav").write_bytes(b"")
    held = [
        Event.of(fact, utc_now() - 900 + after)
        for after, fact in (
            (13, CallHeld("q1", "q1-s", "8001", "agent")),
            (18, CallResumed("q1", "q1-s", "8001", "agent")),
        )
    ]
    await tell(office, *sorted([*told("q1"), *held], key=lambda one: one.at_us), *told("empty"), *told("q2", "8002"))
    known = await rows_of(office, "select call_id, problem, hold_s from marts.fct_call_audio", {"q1", "q2", "empty"})
    assert known["q1"]["hold_s"] == pytest.approx(5, abs=0.05)
    assert known["empty"]["problem"] == "The recording is an empty file."
    agent = await office.program("agent8001")
    found = await ask(agent, "GET", "/api/v1/calls/q1/audio")
    assert 0 < found["talk_ratio"] < 1
    assert (found["channels"], found["version"], found["problem"]) == (2, 1, "")
    assert {one["kind"] for one in found["spans"]} >= {"talk", "hold"}
    empty = await ask(agent, "GET", "/api/v1/calls/empty/audio")
    assert (empty["talk_ratio"], bool(empty["problem"])) == (None, True)
    await ask(agent, "GET", "/api/v1/calls/q2/audio", 404)
