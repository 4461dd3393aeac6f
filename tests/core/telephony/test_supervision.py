"""Supervisors in a call and at the queue: who hears whom in every mode, whose track it is, and what waits where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.installation.definition import Announcement
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.live import LiveBoard
from tests.core.telephony.test_floor import Office, make_installation

WATCHED = inp.CallId("id1")


@pytest.fixture
def office() -> Office:
    office = Office()
    office.sign_on("8001", "8002")
    office.tell(inp.Registered("8090", "sip:8090@x", 300))
    return office


def supervise(office: Office, mode: str = "listen", by: str = "zhou", **more: object) -> list[cmd.Command]:
    call = next(iter(office.floor.world.calls))
    return office.tell(inp.SuperviseRequested(call, by, mode, "new colleague", **{"extension": "8090", **more}))


def listen(office: Office, mode: str = "listen") -> tuple[inp.LegId, inp.LegId, inp.LegId]:
    caller, agent = office.talk()
    supervise(office, mode)
    supervisor = office.dialled().leg
    office.tell(inp.LegAnswered(supervisor))
    return caller, agent, supervisor


def refusal(commands: list[cmd.Command]) -> cmd.Refuse:
    return next(command for command in commands if isinstance(command, cmd.Refuse))


def tapes(office: Office) -> dict[str, cmd.Record]:
    return {command.call: command for command in office.commands if isinstance(command, cmd.Record)}


@pytest.mark.parametrize(
    ("mode", "caller_hears", "agent_hears"),
    [("listen", "a", "c"), ("whisper", "a", "cs"), ("barge", "as", "cs")],
)
def test_each_mode_lets_hear_who_should(office, mode, caller_hears, agent_hears):
    caller, agent, supervisor = listen(office, mode)
    names = {"c": caller, "a": agent, "s": supervisor}
    assert set(office.hears(caller)) == {names[n] for n in caller_hears}
    assert set(office.hears(agent)) == {names[n] for n in agent_hears}
    assert set(office.hears(supervisor)) == {caller, agent}


def test_switching_changes_who_hears_whom_and_touches_nobodys_line(office):
    caller, agent, supervisor = listen(office)
    for mode in ("whisper", "barge", "listen", "barge", "whisper"):
        out = supervise(office, mode)
        assert not [c for c in out if isinstance(c, cmd.Play | cmd.StopPlay | cmd.HangUp | cmd.Dial)]
        assert (supervisor in office.hears(caller)) == (mode == "barge")
        assert (supervisor in office.hears(agent)) == (mode in ("whisper", "barge"))
    assert office.kinds().count("supervision_changed") == 5


@pytest.mark.parametrize("mode", ["listen", "whisper"])
def test_supervision_is_on_a_track_of_its_own_and_in_no_channel_of_the_call(office, mode):
    caller, agent, supervisor = listen(office, mode)
    call = tapes(office)
    assert (call[WATCHED].left, call[WATCHED].right) == ((caller,), (agent,))
    assert call[f"{WATCHED}:1"].left == (supervisor,)


def test_who_barged_in_is_on_the_agents_channel_until_the_mode_changes(office):
    caller, agent, supervisor = listen(office, "barge")
    assert set(tapes(office)[WATCHED].right) == {agent, supervisor}
    assert tapes(office)[WATCHED].left == (caller,)
    supervise(office, "listen")
    assert tapes(office)[WATCHED].right == (agent,)


def test_a_take_over_gives_the_caller_to_the_supervisor_and_the_agent_goes_to_wrap_up(office):
    caller, agent, supervisor = listen(office)
    supervise(office, "take_over")
    assert office.hears(caller) == (supervisor,)
    assert office.hears(supervisor) == (caller,)
    assert cmd.HangUp(agent) in office.commands
    assert office.session() == "wrap_up"
    assert office.last("segment_ended").reason == "taken_over"
    assert office.last("call_answered").extension == "8090"
    office.tell(inp.LegEnded(supervisor, "bye"))
    assert office.last("call_ended").reason == "agent_hung_up"


def test_a_supervisor_who_hangs_up_leaves_the_others_talking(office):
    caller, agent, supervisor = listen(office, "barge")
    office.tell(inp.LegEnded(supervisor, "bye"))
    assert office.hears(caller) == (agent,)
    assert office.last("supervision_ended").reason == "stopped"
    assert not office.kinds().count("call_ended")


def test_the_end_of_the_call_ends_the_supervision_with_its_track(office):
    caller, _agent, supervisor = listen(office)
    office.tell(inp.LegEnded(caller, "bye"))
    assert cmd.HangUp(supervisor) in office.commands
    assert cmd.StopRecord(inp.CallId(f"{WATCHED}:1")) in office.commands
    assert office.kinds().index("supervision_ended") < office.kinds().index("call_ended")
    office.tell(inp.RecordingClosed(inp.CallId(f"{WATCHED}:1"), "x.supervision-1.wav", 3.0))
    assert office.facts[-1].KIND == "supervision_recorded"
    assert office.facts[-1].call_id == WATCHED


def test_a_supervisor_goes_on_listening_through_hold_and_may_speak_to_the_agent(office):
    caller, agent, supervisor = listen(office, "whisper")
    office.tell(inp.LegHeld(agent))
    assert office.hears(caller) == ()
    assert office.hears(agent) == (supervisor,)
    office.tell(inp.LegUnheld(agent))
    assert set(office.hears(agent)) == {caller, supervisor}


def test_listening_begins_when_the_phone_is_picked_up_and_nothing_is_owed_if_it_is_not(office):
    caller, _agent = office.talk()
    before = office.hears(caller)
    supervise(office)
    assert office.hears(caller) == before
    office.tell(inp.LegFailed(office.dialled().leg, 408))
    assert "supervision_started" not in office.kinds()
    assert "supervision_ended" not in office.kinds()


def in_a_browser(office: Office, tab: str, mode: str = "listen", by: str = "zhou", **more: object) -> inp.LegId:
    leg = inp.LegId(f"browser-{tab}-{len(office.facts)}")
    supervise(office, mode, by, extension="", leg=leg, tab=tab, **more)
    return leg


def shown(office: Office) -> list[tuple[str, str, str]]:
    rows = LiveBoard(office.floor).snapshot(office.now)["calls"][0]["supervision"]
    return [(row["by"], row["tab"], row["mode"]) for row in rows]


def test_two_windows_of_one_person_are_two_supervisions_and_one_leaves_without_the_other(office):
    office.talk()
    in_a_browser(office, "left")
    in_a_browser(office, "right", "barge")
    assert shown(office) == [("zhou", "left", "listen"), ("zhou", "right", "barge")]
    office.tell(inp.SupervisionLeft(WATCHED, "zhou", "left"))
    assert shown(office) == [("zhou", "right", "barge")]
    assert refusal(office.tell(inp.SupervisionLeft(WATCHED, "zhou", "left"))).code == "conflict"


def test_a_program_that_names_no_window_steers_its_user_s_own(office):
    office.talk()
    in_a_browser(office, "left")
    supervise(office, "whisper")
    assert shown(office) == [("zhou", "left", "whisper")]
    office.tell(inp.SupervisionLeft(WATCHED, "zhou"))
    assert shown(office) == []


@pytest.mark.parametrize("by", ["zhou", "wu"])
def test_a_supervision_taken_over_from_another_window_or_person_ends_there_and_goes_on_here(office, by):
    caller, agent = office.talk()
    there = in_a_browser(office, "left")
    here = in_a_browser(office, "right", by=by, instead_of=there)
    assert shown(office) == [(by, "right", "listen")]
    assert cmd.HangUp(there) in office.commands
    assert set(office.hears(here)) == {caller, agent}


def test_a_phone_that_rings_for_another_window_of_the_same_person_is_not_rung_again(office):
    _caller, _agent = office.talk()
    supervise(office, tab="left")
    phone = office.dialled().leg
    office.tell(inp.LegAnswered(phone))
    out = supervise(office, "whisper", tab="right", instead_of=phone)
    assert not [c for c in out if isinstance(c, cmd.Dial | cmd.HangUp)]
    assert shown(office) == [("zhou", "right", "whisper")]


def test_a_supervision_that_is_over_cannot_be_taken_over_and_a_phone_that_is_off_takes_nothing(office):
    office.talk()
    there = in_a_browser(office, "left")
    assert (
        refusal(supervise(office, tab="right", leg=inp.LegId("b"), instead_of=inp.LegId("gone"))).field == "instead_of"
    )
    office.tell(inp.Unregistered("8090", "asked"))
    assert refusal(supervise(office, tab="right", instead_of=there)).field == "extension"
    assert shown(office) == [("zhou", "left", "listen")]


def test_the_window_that_took_a_call_over_is_in_its_row_and_another_one_may_still_leave(office):
    office.talk()
    in_a_browser(office, "left")
    in_a_browser(office, "right")
    supervise(office, "take_over", tab="right")
    row = LiveBoard(office.floor).snapshot(office.now)["calls"][0]
    assert (row["tabs"], row["parties"]) == (["right"], ["zhou"])
    office.tell(inp.SupervisionLeft(WATCHED, "zhou", "left"))
    assert LiveBoard(office.floor).snapshot(office.now)["calls"][0]["state"] == "talking"


def test_a_call_whose_recording_broke_says_so_and_a_supervisor_s_track_changes_nothing(office):
    office.talk()
    office.tell(inp.RecordingBroke(inp.CallId(f"{WATCHED}:1"), "x.supervision-1.wav", "disk_full"))
    row = LiveBoard(office.floor).snapshot(office.now)["calls"][0]
    assert (row["recording"], row["recording_failed"]) == (True, False)
    office.floor.world.dirty_calls.clear()
    office.tell(inp.RecordingBroke(WATCHED, "x.wav", "disk_full"))
    row = LiveBoard(office.floor).changes(office.now)["calls"][0]
    assert (row["recording"], row["recording_failed"]) == (False, True)


def test_a_call_that_nobody_answered_yet_cannot_be_listened_to(office):
    office.tell(inp.StateRequested("8001", "offline"))
    office.tell(inp.StateRequested("8002", "offline"))
    office.call()
    assert refusal(supervise(office)).code == "conflict"


def test_a_phone_that_is_off_is_named(office):
    office.talk()
    office.tell(inp.Unregistered("8090", "asked"))
    assert refusal(supervise(office)).field == "extension"


def test_a_browser_that_went_away_without_a_word_is_let_go(office):
    caller, agent = office.talk()
    call = next(iter(office.floor.world.calls))
    line = inp.LegId("browser")
    office.tell(inp.SuperviseRequested(call, "zhou", "barge", "help", leg=line))
    assert line in office.hears(caller)
    assert cmd.AskAlive(line) in office.tell(inp.LegSilent(line, 10.0))
    # A browser has no dialog in which it could be asked.
    office.tell(inp.LegProbed(line, 481))
    assert office.hears(caller) == (agent,)
    assert office.last("supervision_ended").by == "zhou"


def test_two_supervisors_hear_each_other_only_when_one_barges_in(office):
    _caller, _agent, first = listen(office)
    call = next(iter(office.floor.world.calls))
    second = inp.LegId("browser")
    office.tell(inp.SuperviseRequested(call, "wu", "listen", "help", leg=second))
    assert second not in office.hears(first)
    office.tell(inp.SuperviseRequested(call, "wu", "barge", "help"))
    assert second in office.hears(first)


def test_the_board_says_who_supervises(office):
    listen(office, "whisper")
    from core.telephony.live import LiveBoard

    row = LiveBoard(office.floor).snapshot(office.now)["calls"][0]
    assert [(one["by"], one["mode"]) for one in row["supervision"]] == [("zhou", "whisper")]


# --- calls that wait -------------------------------------------------------------------------------------------


def waiting(office: Office, *legs: str) -> list[inp.CallId]:
    office.tell(inp.StateRequested("8001", "break", "lunch"))
    office.tell(inp.StateRequested("8002", "break", "lunch"))
    for n, leg in enumerate(legs):
        office.call(leg, caller=f"1390000000{n}")
    return list(office.floor.world.calls)


def test_a_waiting_call_can_be_given_to_an_agent_on_a_break_who_returns_to_it(office):
    (call,) = waiting(office, "A")
    office.tell(inp.AssignRequested(call, "8002"))
    agent = office.dialled()
    assert agent.extension == "8002"
    office.tell(inp.LegAnswered(agent.leg))
    assert office.session("8002") == "talking"
    office.tell(inp.LegEnded(inp.LegId("A"), "bye"))
    office.tell(inp.WrapUpDone("8002"))
    assert office.floor.world.sessions["8002"].reason == "lunch"


def test_an_agent_in_a_call_cannot_be_given_another(office):
    office.talk()
    office.tell(inp.StateRequested("8002", "offline"))
    office.call("B", caller="13900000002")
    second = list(office.floor.world.calls)[-1]
    assert refusal(office.tell(inp.AssignRequested(second, "8001"))).field == "extension"


def test_a_call_that_is_moved_keeps_the_time_it_has_waited(office):
    first, second = waiting(office, "A", "B")
    office.tell(inp.MoveRequested(second, "repair"), after_s=30)
    moved = office.floor.world.calls[second]
    assert moved.queue == "repair"
    assert office.now - moved.queued_at >= 30
    left = office.last("queue_left")
    assert (left.outcome, left.to) == ("moved", "queue:repair")
    assert first in office.floor.world.calls


def test_priority_puts_a_later_call_first(office):
    _first, second = waiting(office, "A", "B")
    office.tell(inp.PriorityRequested(second, 50, "zhou"))
    office.tell(inp.StateRequested("8001", "ready"))
    rung = next(s for s in office.floor.world.calls[second].segments.values())
    assert rung.extension == "8001"


def test_a_supervisor_ends_a_call(office):
    caller, agent = office.talk()
    office.tell(inp.EndRequested(WATCHED))
    assert office.last("call_ended").reason == "supervisor"
    assert cmd.HangUp(caller) in office.commands
    assert cmd.HangUp(agent) in office.commands


def expected(office: Office) -> float | None:
    rows = LiveBoard(office.floor).snapshot(office.now)["queues"]
    return next(row["expected_wait_s"] for row in rows if row["id"] == "general")


def test_a_queue_says_what_the_next_caller_would_wait(office):
    office.tell(inp.StateRequested("8001", "offline"))
    office.tell(inp.StateRequested("8002", "offline"))
    assert expected(office) is None
    office.tell(inp.StateRequested("8001", "ready"))
    assert expected(office) == 0.0
    office.talk()
    assert expected(office) is None
    office.tell(inp.StateRequested("8002", "ready"), after_s=29.0)
    second = office.call("B")
    office.tell(inp.LegAnswered(office.dialled().leg))
    apart = office.floor.world.answers["general"]
    assert expected(office) == pytest.approx(apart[-1] - apart[0])
    # Whoever waits longer than answers came apart so far makes the next caller wait at least so long.
    office.call("C")
    office.now += 300
    assert expected(office) == pytest.approx(2 * 300, abs=5)
    office.tell(inp.LegEnded(second, "bye"))


def test_an_announcement_is_heard_until_its_time_is_over(office):
    installation = office.floor.world.installation
    office.floor.set_installation(
        replace(installation, announcements={"1": Announcement("1", "停水", until=office.now + 100)})
    )
    office.tell(inp.StateRequested("8001", "offline"))
    office.tell(inp.StateRequested("8002", "offline"))
    office.call()
    assert next(iter(office.floor.world.calls.values())).announcements == ["1"]
    office.now += 100
    office.call("late")
    assert list(office.floor.world.calls.values())[-1].announcements == []


@pytest.mark.parametrize(("override", "queued"), [("closed", False), ("open", True), ("", True)])
def test_a_queue_follows_the_supervisors_word_before_its_calendar(override, queued):
    installation = make_installation()
    installation = replace(
        installation,
        queues={**installation.queues, "general": replace(installation.queues["general"], override=override)},
    )
    office = Office(installation)
    office.sign_on("8001")
    office.call()
    assert ("agent_rang" in office.kinds()) == queued


# --- announcements ---------------------------------------------------------------------------------------------


def announcing(numbers: tuple[str, ...] | None) -> Office:
    office = Office(replace(make_installation(), announcements={"x": Announcement("x", "控江路停水", "杨浦", numbers)}))
    office.sign_on("8001")
    return office


def test_a_caller_of_the_area_hears_the_announcement_before_the_queue(office):
    office = announcing(("13900000001",))
    office.call()
    play = next(c for c in office.commands if isinstance(c, cmd.Play))
    assert play.parts == (cmd.Say(text="控江路停水"),)
    assert "call_queued" not in office.kinds()
    office.tell(inp.PlayFinished(play.leg, play.token))
    assert office.kinds().index("announcement_heard") < office.kinds().index("call_queued")
    assert "agent_rang" in office.kinds()


def test_a_caller_of_elsewhere_hears_nothing_of_it():
    office = announcing(("13911111111",))
    office.call()
    assert "agent_rang" in office.kinds()
    assert "announcement_heard" not in office.kinds()


def test_who_hangs_up_during_the_announcement_never_waited():
    office = announcing(None)
    leg = office.call()
    office.tell(inp.LegEnded(leg, "bye"))
    assert "call_queued" not in office.kinds()
    assert office.last("call_ended").reason == "caller_hung_up"
