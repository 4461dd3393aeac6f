"""A core that was killed and started again puts everybody back to work where they were."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from core.clock import shift_s, utc_now
from core.telephony import agent_snapshot
from core.telephony import inputs as inp
from core.telephony.agent_snapshot import AgentSnapshot, LastRun
from core.telephony.call_control import agents
from tests.core.telephony.office import Office


def started_again(old: Office, *phones: str) -> Office:
    """The next core: phones are known first, then who was at work."""
    office = Office()
    office.now = old.now
    for extension in phones:
        office.tell(inp.Registered(extension, f"sip:{extension}@x", 300))
    office.tell(inp.AgentsRestored(tuple(agents.standing(old.floor.world))))
    return office


def test_ready_and_break_are_as_before_and_who_was_offline_stays_so(office):
    office.sign_on("8001", "8002")
    office.tell(inp.StateRequested("8002", "break", "午餐"))
    after = started_again(office, "8001", "8002", "8003")
    assert [after.session(extension) for extension in ("8001", "8002", "8003")] == ["ready", "break", "offline"]
    assert after.floor.world.sessions["8002"].reason == "午餐"


def test_who_was_talking_gets_after_call_work_for_the_call_that_was_cut_off(office):
    office.sign_on("8001")
    office.talk()
    call = office.newest()
    after = started_again(office, "8001")
    assert (after.session(), after.floor.world.sessions["8001"].reason) == ("wrap_up", "core_restarted")
    assert after.last("wrap_up_started").call_id == call
    after.tell(inp.WrapUpDone("8001", "报修", "断线"))
    assert after.last("wrap_up_ended").note == "断线"
    assert after.session() == "ready"


def test_who_was_in_after_call_work_goes_on_with_it_and_its_time_ends(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    office.tell(inp.LegEnded(caller, "bye"))
    after = started_again(office, "8001")
    assert after.session() == "wrap_up"
    after.tell(inp.TimerFired("wrap:8001"))
    assert after.session() == "ready"


def test_whose_phone_rang_is_ready_again_and_whose_phone_is_gone_is_in_trouble(office):
    office.sign_on("8001", "8002")
    office.call()
    ringing = office.dialled().extension
    other = "8002" if ringing == "8001" else "8001"
    assert office.session(other) == "ready"
    after = started_again(office, ringing)
    assert (after.session(ringing), after.session(other)) == ("ready", "trouble")
    after.tell(inp.Registered(other, "sip:x", 300))
    assert after.session(other) == "ready"


def test_who_has_asked_for_something_meanwhile_keeps_it(office):
    office.sign_on("8001")
    after = Office()
    after.tell(inp.Registered("8001", "sip:8001@x", 300))
    after.tell(inp.StateRequested("8001", "break", "会议"))
    after.tell(inp.AgentsRestored(tuple(agents.standing(office.floor.world))))
    assert after.session() == "break"


def test_a_waiting_caller_reaches_an_agent_who_was_put_back(office):
    office.sign_on("8001")
    after = Office()
    after.tell(inp.Registered("8001", "sip:8001@x", 300))
    after.call()
    after.tell(inp.AgentsRestored(tuple(agents.standing(office.floor.world))))
    assert after.dialled().extension == "8001"


# --- on disk ---------------------------------------------------------------------------------------------------


@pytest.fixture
def memory(office, tmp_path) -> AgentSnapshot:
    made = AgentSnapshot(tmp_path / "seats.jsonl")
    made.begin(office.floor.world)
    return made


def read(memory: AgentSnapshot, later_s: float = 0.0) -> LastRun:
    return AgentSnapshot(memory.path).read(utc_now() + later_s)


def told(memory: AgentSnapshot, later_s: float = 0.0) -> LastRun:
    """Without the sign of life, which is of now."""
    return replace(read(memory, later_s), last_alive=None)


def test_seats_and_the_number_of_calls_come_back_from_disk(office, memory):
    office.sign_on("8001", "8002")
    office.talk()
    memory.note(office.floor.world, ["8001", "8002"])
    assert told(memory) == LastRun(tuple(agents.standing(office.floor.world)), 1, clean=False)


def test_the_last_sign_of_life_is_known_however_long_ago_it_was(office, memory):
    office.sign_on("8001")
    memory.note(office.floor.world, ["8001"])
    os.utime(memory.path, (1_000_000_000, 1_000_000_000))
    assert read(memory).last_alive == pytest.approx(1_000_000_000 + shift_s())
    memory.breathe()
    assert utc_now() - 5 < read(memory).last_alive <= utc_now()
    memory.path.write_text("{\n")
    assert read(memory).last_alive is not None


def test_the_last_word_about_a_seat_counts(office, memory):
    office.sign_on("8001")
    memory.note(office.floor.world, ["8001"])
    office.tell(inp.StateRequested("8001", "break", "午餐"))
    memory.note(office.floor.world, ["8001"])
    assert [(session.state, session.reason) for session in read(memory).sessions] == [("break", "午餐")]
    office.tell(inp.StateRequested("8001", "offline"))
    memory.note(office.floor.world, ["8001"])
    assert read(memory).sessions == ()


def test_an_end_in_good_order_is_told_from_a_fall(office, memory):
    office.sign_on("8001")
    memory.note(office.floor.world, ["8001"])
    assert not read(memory).clean
    memory.end(office.floor.world)
    before = read(memory)
    assert before.clean
    assert [session.state for session in before.sessions] == ["ready"]


def test_calls_that_no_seat_has_are_counted_too(office, memory):
    office.call()
    memory.alive(office.floor.world)
    assert read(memory).calls == 1


def test_after_a_long_night_everybody_signs_on_anew(office, memory):
    office.sign_on("8001")
    memory.note(office.floor.world, ["8001"])
    assert told(memory, 3600) == LastRun()


def test_a_line_that_was_cut_off_counts_for_nothing(office, memory):
    office.sign_on("8001")
    memory.note(office.floor.world, ["8001"])
    with memory.path.open("ab") as file:
        file.write(b'{"calls": 0, "seat": {"extension": "8001", "sta')
    assert [session.state for session in read(memory).sessions] == ["ready"]


@pytest.mark.parametrize("text", ["{\n", "[]\n", '{"at": 1}\n', '{"calls": 1, "seat": 3}\n', '{"calls": "x"}\n'])
def test_a_damaged_file_means_everybody_signs_on_anew(memory, text):
    memory.path.write_text(text, "utf-8")
    assert told(memory) == LastRun()


def test_a_file_that_has_grown_is_written_anew(office, memory, monkeypatch):
    monkeypatch.setattr(agent_snapshot, "MOST_BYTES", 2000)
    office.sign_on("8001")
    for _ in range(40):
        memory.note(office.floor.world, ["8001"])
    assert memory.path.stat().st_size > 2000
    memory.alive(office.floor.world)
    assert memory.path.stat().st_size < 500
    assert [session.state for session in read(memory).sessions] == ["ready"]


def test_without_room_on_the_disk_the_next_look_tries_again(office, tmp_path):
    (tmp_path / "blocked").write_text("", "utf-8")
    office.sign_on("8001")
    made = AgentSnapshot(tmp_path / "blocked" / "seats.jsonl")
    made.begin(office.floor.world)
    made.note(office.floor.world, ["8001"])
    (tmp_path / "blocked").unlink()
    made.alive(office.floor.world)
    assert [session.state for session in read(made).sessions] == ["ready"]
