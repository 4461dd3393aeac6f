"""Queues between real SIP peers: who is rung and when, what the waiting hear, and every way out of a queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.installation import numbers
from core.installation import queues as site_queues
from core.installation import service as installation_service
from core.installation.agents import AGENTS
from core.installation.calendars import CALENDARS
from core.installation.definition import Calendar, Did, Queue
from core.installation.editing import put
from core.telephony import pcm
from tests.house.front import OFFICE, Front
from tests.house.running import House, until
from tests.house.sipp import Sipp, needs_sipp
from tests.house.voice import Voice

pytestmark = [
    pytest.mark.slow,
    pytest.mark.peers,
    pytest.mark.xdist_group("peers queues"),
    pytest.mark.timeout(150),
    needs_sipp,
]

QUEUES = (
    Queue("general", "综合服务", ring_s=2, wrap_up_s=1.5),
    Queue("urgent", "紧急", ring_s=2, wrap_up_s=0, priority=9),
    Queue("spoken", "播报", ring_s=2, wrap_up_s=0, announce_every_s=1),
    Queue("full", "满", overflow_waiting=0, on_overflow="queue:general"),
    Queue("impatient", "不等", max_wait_s=1, on_max_wait="queue:general"),
    Queue("nobody", "无人", on_no_agents="extension:8090"),
    Queue("closed", "休息", calendar="never", on_closed="queue:general"),
    Queue("shut", "下班", calendar="never"),
    Queue("crowded", "爆满", overflow_waiting=0),
    Queue("silent", "不接", overflow_waiting=0, on_overflow="refuse:486"),
)
NUMBERS = {queue.id: f"9700{n}" for n, queue in enumerate(QUEUES)}
# What the site has recorded for its announcements, so that a test can tell them by ear.
RECORDED = {
    "您现在排在第": 600,
    "预计还需等待": 900,
    "很抱歉，现在是非服务时间，请您在服务时间内再次来电。": 700,
    "很抱歉，与座席的线路中断，正在为您优先重新接通，请不要挂机。": 800,
    "很抱歉，目前线路全忙且排队人数过多，请您稍后再拨。": 1100,
}


@pytest.fixture(scope="module", autouse=True)
def queues(front: Front, peers_house: House) -> None:
    clips = peers_house.home / "clips"
    clips.mkdir(exist_ok=True)
    for text, hz in RECORDED.items():
        (clips / f"{text}.wav").write_bytes(pcm.write_wav(pcm.tone(hz, 0.8)))

    def edit(session: Session) -> None:
        put(session, CALENDARS, Calendar("never", ((),) * 7), OFFICE)
        repair = installation_service.load_installation(session).queues["repair"]
        for queue in (*QUEUES, replace(repair, ring_s=2, wrap_up_s=0)):
            put(session, site_queues.QUEUES, queue, OFFICE)
        for queue_id, number in {**NUMBERS, "repair": "97020"}.items():
            put(session, numbers.NUMBERS, Did(number, f"queue:{queue_id}"), OFFICE)
        for extension in ("8001", "8002", "8003"):
            agent = installation_service.load_installation(session).agents[extension]
            served = {**agent.queues, "urgent": 1, "spoken": 1}
            put(session, AGENTS, replace(agent, queues=served), OFFICE)

    front.edit(edit)


@pytest.fixture(autouse=True)
def cleared(front: Front, sipp: Sipp) -> Iterator[None]:
    yield
    front.end_all()
    sipp.stop()
    front.sign_off("8001", "8002", "8003")
    for extension in ("8001", "8002", "8003"):
        sipp.sign_off(extension)


def on_duty(sipp: Sipp, front: Front, *extensions: str, scenario: str = "phone_answers") -> None:
    """Their phones take several calls; who is named first has been idle longest."""
    for extension in extensions:
        sipp.phone(extension, scenario)
        front.ready(extension)


def call(sipp: Sipp, caller: str, queue: str = "general", **keys: object):
    number = NUMBERS.get(queue, "97020")
    return sipp.run("caller_waits", number, keys={"from": caller, **keys})


# --- who is rung -----------------------------------------------------------------------------------------------


def test_only_an_agent_with_the_skill_is_rung_however_long_another_is_idle(sipp: Sipp, front: Front) -> None:
    on_duty(sipp, front, "8001", "8002")
    call(sipp, "13930000001", "repair")
    assert front.fact("13930000001", "call_answered")["extension"] == "8002"
    assert front.agent("8001")["state"] == "ready"


def test_the_longest_idle_agent_is_rung_first_each_time(sipp: Sipp, front: Front) -> None:
    on_duty(sipp, front, "8001", "8002")
    served = []
    for n in (1, 2, 3):
        caller = f"1393000001{n}"
        call(sipp, caller, "spoken")
        agent = front.fact(caller, "call_answered")["extension"]
        served.append(agent)
        front.end(caller)
        front.becomes(agent, "ready")
    assert served == ["8001", "8002", "8001"]


def test_a_level_and_a_way_out_that_the_office_changes_count_from_the_next_call_on(
    sipp: Sipp, front: Front, peers_house: House
) -> None:
    admin = peers_house.token("admin")

    def ask(method: str, path: str, **body: object) -> dict[str, Any]:
        return peers_house.ask(method, f"/api/v1/{path}", body, admin)  # type: ignore[no-any-return]

    before = peers_house.ask("GET", "/api/v1/agents/8001", None, admin)
    levels = {**before["queues"], "spoken": 2}
    changed = ask("PUT", "agents/8001", queues=levels, version=before["version"])
    assert (changed["queues"]["spoken"], changed["telephony"]) == (2, "reloaded")
    on_duty(sipp, front, "8001", "8002")
    call(sipp, "13930000015", "spoken")
    assert front.fact("13930000015", "call_answered")["extension"] == "8002"
    front.end("13930000015")
    front.becomes("8002", "ready")
    ask("PUT", "agents/8001", queues=before["queues"], version=changed["version"])
    assert ask("PUT", "queues/shut", on_closed="queue:spoken")["telephony"] == "reloaded"
    call(sipp, "13930000016", "shut")
    assert front.fact("13930000016", "call_answered")["extension"] == "8001"
    ask("PUT", "queues/shut", on_closed="hangup")


def test_the_more_urgent_call_is_served_first_though_it_came_later(sipp: Sipp, front: Front) -> None:
    call(sipp, "13930000021", "spoken")
    front.fact("13930000021", "call_queued")
    call(sipp, "13930000022", "urgent")
    assert front.fact("13930000022", "call_queued")["priority"] == 9
    on_duty(sipp, front, "8001")
    front.fact("13930000022", "call_answered")
    assert "call_answered" not in front.kinds("13930000021")
    front.end("13930000022")
    front.fact("13930000021", "call_answered")


def test_a_phone_that_nobody_picks_up_sets_its_agent_aside_and_the_call_keeps_its_place(
    sipp: Sipp, front: Front
) -> None:
    silent = sipp.phone("8001", "phone_rings_on")
    front.ready("8001")
    call(sipp, "13930000031")
    silent.says("stopped")
    silent.well()
    row = front.becomes("8001", "break")
    assert row["reason"] == "no_answer"
    assert front.fact("13930000031", "ring_ended")["outcome"] == "no_answer"
    assert front.call("13930000031")["state"] == "queued"
    on_duty(sipp, front, "8002")
    assert front.fact("13930000031", "call_answered")["extension"] == "8002"
    assert front.kinds("13930000031").count("call_queued") == 1
    assert front.fact("13930000031", "queue_left")["outcome"] == "answered"


@pytest.mark.parametrize(("status", "outcome"), [(486, "busy"), (603, "declined")])
def test_a_phone_that_refuses_sets_its_agent_aside_and_the_next_is_rung(
    sipp: Sipp, front: Front, status: int, outcome: str
) -> None:
    sipp.phone("8001", "phone_refuses", "-set", "status", str(status))
    front.ready("8001")
    on_duty(sipp, front, "8002")
    caller = f"13930000{status}"
    call(sipp, caller)
    assert front.fact(caller, "call_answered")["extension"] == "8002"
    assert front.fact(caller, "ring_ended", extension="8001")["outcome"] == outcome
    assert front.becomes("8001", "break")["reason"] == outcome


def test_a_phone_that_is_switched_off_without_a_word_is_trouble(sipp: Sipp, front: Front) -> None:
    sipp.register("8001")
    front.ready("8001")
    call(sipp, "13930000041")
    assert front.fact("13930000041", "ring_ended")["outcome"] == "unreachable"
    assert front.becomes("8001", "trouble")["reason"] == "unreachable"


# --- what the waiting hear -------------------------------------------------------------------------------------


def test_whoever_waits_hears_music_the_place_and_the_expected_wait(sipp: Sipp, front: Front) -> None:
    on_duty(sipp, front, "8001")
    for n in (1, 2):
        caller = f"1393000005{n}"
        call(sipp, caller, "spoken")
        front.fact(caller, "call_answered")
        front.end(caller)
        front.becomes("8001", "ready")
    front.state("8001", "break", "小休")
    with closing(Voice()) as voice:
        call(sipp, "13930000053", "spoken", rtp_port=voice.port)
        voice.hears_music()
        voice.hears(RECORDED["您现在排在第"])
        voice.hears(RECORDED["预计还需等待"])
        voice.hears_music()
    queued = front.fact("13930000053", "call_queued")
    assert queued["position"] == 1
    assert queued["expected_wait_s"] > 0


# --- ways out of a queue ---------------------------------------------------------------------------------------


def test_full_too_long_nobody_there_and_closed_each_lead_where_the_office_said(sipp: Sipp, front: Front) -> None:
    ways = {"full": "overflow", "impatient": "max_wait", "closed": "closed", "nobody": "no_agents"}
    supervisor = sipp.phone("8090")
    for n, queue in enumerate(ways):
        call(sipp, f"1393000006{n}", queue)
    for n, (queue, outcome) in enumerate(ways.items()):
        caller = f"1393000006{n}"
        assert front.fact(caller, "queue_left", queue=queue)["outcome"] == outcome
        if queue == "nobody":
            supervisor.says("up")
        else:
            assert front.fact(caller, "call_queued", queue="general")
    sipp.sign_off("8090")


def test_a_citizen_whose_agents_phone_was_unplugged_is_told_and_waits_again_at_the_head(
    sipp: Sipp, front: Front
) -> None:
    phone = sipp.phone("8001")
    front.ready("8001")
    with closing(Voice(1000)) as voice:
        run = sipp.run("caller_waits", "97000", keys={"from": "13930000076", "rtp_port": voice.port}, limit_s=120)
        front.fact("13930000076", "call_answered", extension="8001")
        phone.kill()
        call(sipp, "13930000077")
        front.fact("13930000077", "call_queued")
        # Half a minute without a sign of life.
        until(lambda: front.kinds("13930000076").count("call_queued") == 2, 60)
        voice.hears(800)
        assert front.fact("13930000076", "segment_ended")["reason"] == "failed"
        assert front.states("8001")[-1] == ("trouble", "unreachable")
        on_duty(sipp, front, "8002")
        front.fact("13930000076", "call_answered", extension="8002")
        assert "call_answered" not in front.kinds("13930000077")
        assert "over" not in run.said()
        front.end("13930000076")
        run.well()


def test_a_closed_or_full_queue_says_so_before_the_house_hangs_up(sipp: Sipp, front: Front) -> None:
    for caller, queue, hz, why in (
        ("13930000073", "shut", 700, "closed"),
        ("13930000074", "crowded", 1100, "overflow"),
    ):
        with closing(Voice()) as voice:
            run = sipp.run("caller_waits", NUMBERS[queue], keys={"from": caller, "rtp_port": voice.port})
            voice.hears(hz)
            run.well()
        assert front.over(caller)["reason"] == why
        assert front.fact(caller, "queue_left")["outcome"] == why


def test_a_queue_that_is_to_refuse_does_so_without_answering(sipp: Sipp, front: Front) -> None:
    run = sipp.run("caller_refused", NUMBERS["silent"], keys={"from": "13930000075"})
    run.well()
    assert front.over("13930000075") == {
        "call_id": front.calls("13930000075")[-1],
        "reason": "overflow",
        "sip_status": 486,
    }


def test_a_caller_who_hangs_up_in_the_queue_is_an_abandoned_call(sipp: Sipp, front: Front) -> None:
    sipp.run("caller", "97000", "-d", "500", keys={"from": "13930000071"}).well()
    assert front.over("13930000071")["reason"] == "caller_hung_up"
    assert front.fact("13930000071", "queue_left")["outcome"] == "abandoned"


def test_a_caller_who_hangs_up_while_a_phone_rings_stops_it_and_frees_the_agent(sipp: Sipp, front: Front) -> None:
    ringing = sipp.phone("8001", "phone_rings_on")
    front.ready("8001")
    sipp.run("caller", "97000", "-d", "500", keys={"from": "13930000072"}).well()
    ringing.well()
    assert front.fact("13930000072", "ring_ended")["outcome"] == "caller_gone"
    front.becomes("8001", "ready")


# --- wrap-up and breaks ----------------------------------------------------------------------------------------


def test_wrap_up_runs_out_by_itself_and_then_the_next_caller_is_served(sipp: Sipp, front: Front) -> None:
    on_duty(sipp, front, "8001")
    first = sipp.run("caller", "97000", "-d", "500", keys={"from": "13930000081"})
    first.well()
    front.becomes("8001", "wrap_up")
    call(sipp, "13930000082")
    assert front.fact("13930000081", "wrap_up_ended")["category"] == ""
    front.fact("13930000082", "call_answered")


def test_a_break_asked_for_in_a_talk_begins_after_wrap_up_with_its_reason(sipp: Sipp, front: Front) -> None:
    on_duty(sipp, front, "8001")
    call(sipp, "13930000091")
    front.fact("13930000091", "call_answered")
    row = front.state("8001", "break", "用餐")
    assert (row["state"], row["wanted"]) == ("talking", "break")
    front.end("13930000091")
    assert front.becomes("8001", "break")["reason"] == "用餐"
    until(lambda: front.states("8001")[-1] == ("break", "用餐"))
    assert [state for state, _reason in front.states("8001")][-3:] == ["talking", "wrap_up", "break"]
    call(sipp, "13930000092")
    front.fact("13930000092", "call_queued")
    assert "agent_rang" not in front.kinds("13930000092")
