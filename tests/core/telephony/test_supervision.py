"""Supervisors in a call and at the queue: who hears whom in every mode, whose track it is, and what waits where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.site import Announcement
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.test_floor import Office, make_site

WATCHED = inp.CallId("id1")


@pytest.fixture
def office() -> Office:
    office = Office()
    office.sign_on("8001", "8002")
    office.tell(inp.Registered("8090", "sip:8090@x", 300))
    return office


def supervise(office: Office, mode: str = "listen", by: str = "zhou", **more: object) -> list[cmd.Command]:
    call = next(iter(office.floor.world.calls))
    return office.tell(inp.SuperviseAsked(call, by, mode, "new colleague", extension="8090", **more))


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
    assert office.seat() == "wrap_up"
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


def test_a_call_that_nobody_answered_yet_cannot_be_listened_to(office):
    office.tell(inp.StateAsked("8001", "offline"))
    office.tell(inp.StateAsked("8002", "offline"))
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
    office.tell(inp.SuperviseAsked(call, "zhou", "barge", "help", leg=line))
    assert line in office.hears(caller)
    office.tell(inp.LegSilent(line, 10.0))
    assert office.hears(caller) == (agent,)
    assert office.last("supervision_ended").by == "zhou"


def test_two_supervisors_hear_each_other_only_when_one_barges_in(office):
    _caller, _agent, first = listen(office)
    call = next(iter(office.floor.world.calls))
    second = inp.LegId("browser")
    office.tell(inp.SuperviseAsked(call, "wu", "listen", "help", leg=second))
    assert second not in office.hears(first)
    office.tell(inp.SuperviseAsked(call, "wu", "barge", "help"))
    assert second in office.hears(first)


def test_the_board_says_who_supervises(office):
    listen(office, "whisper")
    from core.telephony.live import LiveBoard

    row = LiveBoard(office.floor).snapshot(office.now)["calls"][0]
    assert [(one["by"], one["mode"]) for one in row["supervision"]] == [("zhou", "whisper")]


# --- calls that wait -------------------------------------------------------------------------------------------


def waiting(office: Office, *legs: str) -> list[inp.CallId]:
    office.tell(inp.StateAsked("8001", "break", "lunch"))
    office.tell(inp.StateAsked("8002", "break", "lunch"))
    for n, leg in enumerate(legs):
        office.call(leg, caller=f"1390000000{n}")
    return list(office.floor.world.calls)


def test_a_waiting_call_can_be_given_to_an_agent_on_a_break_who_returns_to_it(office):
    (call,) = waiting(office, "A")
    office.tell(inp.AssignAsked(call, "8002"))
    agent = office.dialled()
    assert agent.extension == "8002"
    office.tell(inp.LegAnswered(agent.leg))
    assert office.seat("8002") == "talking"
    office.tell(inp.LegEnded(inp.LegId("A"), "bye"))
    office.tell(inp.WrapUpDone("8002"))
    assert office.floor.world.seats["8002"].reason == "lunch"


def test_an_agent_in_a_call_cannot_be_given_another(office):
    office.talk()
    office.tell(inp.StateAsked("8002", "offline"))
    office.call("B", caller="13900000002")
    second = list(office.floor.world.calls)[-1]
    assert refusal(office.tell(inp.AssignAsked(second, "8001"))).field == "extension"


def test_a_call_that_is_moved_keeps_the_time_it_has_waited(office):
    first, second = waiting(office, "A", "B")
    office.tell(inp.MoveAsked(second, "repair"), after_s=30)
    moved = office.floor.world.calls[second]
    assert moved.queue == "repair"
    assert office.now - moved.queued_at >= 30
    left = office.last("queue_left")
    assert (left.outcome, left.to) == ("moved", "queue:repair")
    assert first in office.floor.world.calls


def test_priority_puts_a_later_call_first(office):
    _first, second = waiting(office, "A", "B")
    office.tell(inp.PriorityAsked(second, 50, "zhou"))
    office.tell(inp.StateAsked("8001", "ready"))
    rung = next(s for s in office.floor.world.calls[second].segments.values())
    assert rung.extension == "8001"


def test_a_supervisor_ends_a_call(office):
    caller, agent = office.talk()
    office.tell(inp.EndAsked(WATCHED))
    assert office.last("call_ended").reason == "supervisor"
    assert cmd.HangUp(caller) in office.commands
    assert cmd.HangUp(agent) in office.commands


@pytest.mark.parametrize(("override", "queued"), [("closed", False), ("open", True), ("", True)])
def test_a_queue_follows_the_supervisors_word_before_its_calendar(override, queued):
    site = make_site()
    site = replace(site, queues={**site.queues, "general": replace(site.queues["general"], override=override)})
    office = Office(site)
    office.sign_on("8001")
    office.call()
    assert ("agent_rang" in office.kinds()) == queued


# --- announcements ---------------------------------------------------------------------------------------------


def announcing(numbers: tuple[str, ...] | None) -> Office:
    office = Office(replace(make_site(), announcements={"x": Announcement("x", "控江路停水", "杨浦", numbers)}))
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
