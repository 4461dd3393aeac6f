"""Agents: ready, on break, ringing, talking in one call or two, in wrap-up, in trouble, and gone from the site."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.office import Office, make_installation


def test_the_agent_is_in_wrap_up_after_the_caller_hung_up_and_ready_when_it_is_done(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.session() == "wrap_up"
    assert office.last("call_ended").reason == "caller_hung_up"
    office.tell(inp.WrapUpDone("8001", "报修", "漏水"))
    assert office.session() == "ready"
    assert office.last("wrap_up_ended").category == "报修"


def test_a_call_nobody_answers_returns_to_its_queue_and_the_agent_is_set_aside(office):
    office.sign_on("8001", "8002")
    office.call()
    first = office.dialled()
    office.tell(inp.LegFailed(first.leg, 408), 20)
    assert office.session(first.extension) == "break"
    assert office.dialled().extension != first.extension
    assert office.last("ring_ended").outcome == "no_answer"
    assert office.kinds().count("call_queued") == 1


def test_an_unreachable_phone_is_trouble_and_not_the_agent_s_fault(office):
    office.sign_on("8001")
    office.call()
    office.tell(inp.LegFailed(office.dialled().leg, 480))
    assert office.session() == "trouble"
    assert office.last("ring_ended").outcome == "unreachable"


def test_a_break_asked_for_while_talking_begins_after_wrap_up(office):
    office.sign_on("8001")
    caller, _ = office.talk()
    office.tell(inp.StateRequested("8001", "break", "午餐"))
    assert office.session() == "talking"
    office.tell(inp.LegEnded(caller, "bye"))
    office.tell(inp.TimerFired("wrap:8001"))
    assert office.session() == "break"


def test_an_agent_whose_phone_is_lost_is_in_trouble_until_it_is_back(office):
    office.sign_on("8001")
    office.tell(inp.Unregistered("8001", "keep_alive_failed"))
    assert office.session() == "trouble"
    office.tell(inp.Registered("8001", "sip:x", 300))
    assert office.session() == "ready"


@pytest.mark.parametrize(("state", "reason"), [("break", "用餐"), ("offline", "")])
def test_whoever_places_a_call_during_a_break_is_back_in_the_break_afterwards(office, state, reason):
    office.sign_on("8001")
    office.tell(inp.StateRequested("8001", state, reason))
    office.tell(inp.OriginateRequested(inp.CallId("c"), "8001", "13800000000"))
    office.tell(inp.LegAnswered(office.dialled().leg))
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.session() == "talking"
    office.act("8001", "hangup")
    assert office.session() == "wrap_up"
    office.tell(inp.TimerFired("wrap:8001"))
    assert (office.session(), office.floor.world.sessions["8001"].reason) == (state, reason)


def test_whoever_asks_for_ready_during_a_call_of_the_break_is_ready_afterwards(office):
    office.sign_on("8001")
    office.tell(inp.StateRequested("8001", "break", "小休"))
    office.phones("A", "8001", "8002")
    office.tell(inp.StateRequested("8001", "ready"))
    office.tell(inp.LegEnded(inp.LegId("A"), "cancel"))
    assert office.session() == "ready"


def test_a_break_asked_for_and_taken_back_in_wrap_up_does_not_come_after_the_next_call(office):
    office.sign_on("8001")
    caller, _ = office.talk()
    office.tell(inp.StateRequested("8001", "break", "用餐"))
    office.tell(inp.LegEnded(caller, "bye"))
    office.tell(inp.StateRequested("8001", "ready"))
    caller, _ = office.talk()
    office.tell(inp.LegEnded(caller, "bye"))
    office.tell(inp.TimerFired("wrap:8001"))
    assert office.session() == "ready"


def test_a_call_answered_during_wrap_up_ends_the_wrap_up_and_its_clock(office):
    office.sign_on("8001")
    caller, _ = office.talk()
    office.tell(inp.LegEnded(caller, "bye"))
    office.phones("B", "8090", "8001")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.session() == "talking"
    assert office.kinds().count("wrap_up_ended") == 1
    assert "wrap:8001" not in office.timers


def test_talks_among_colleagues_need_no_wrap_up(office):
    office.sign_on("8001", "8002")
    office.phones("A", "8001", "8002")
    office.tell(inp.LegAnswered(office.dialled().leg))
    office.tell(inp.LegEnded(inp.LegId("A"), "bye"))
    assert (office.session("8001"), office.session("8002")) == ("ready", "ready")
    assert "wrap_up_started" not in office.kinds()


def test_an_agent_in_two_calls_is_shown_in_the_newer_one_and_then_back_in_the_first(office):
    office.sign_on("8001")
    _caller, agent = office.talk()
    first = office.newest()
    office.tell(inp.LegHeld(agent))
    office.phones("own", "8001", "8090")
    office.tell(inp.LegAnswered(office.dialled().leg))
    session = office.floor.world.sessions["8001"]
    assert (session.state, session.call) == ("talking", office.newest())
    office.tell(inp.LegEnded(inp.LegId("own"), "bye"))
    assert (session.state, session.call) == ("hold", first)


def test_wrap_up_begins_when_the_last_of_two_calls_is_over_and_is_that_of_the_citizen(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    citizen = office.newest()
    office.phones("own", "8001", "8090")
    office.tell(inp.LegAnswered(office.dialled().leg))
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.session() == "talking"
    office.tell(inp.LegEnded(inp.LegId("own"), "bye"))
    assert office.session() == "wrap_up"
    assert office.last("wrap_up_started").call_id == citizen


def test_a_colleague_who_gives_up_does_not_free_an_agent_whose_phone_rings_for_the_queue(office):
    office.sign_on("8001")
    office.call()
    office.phones("B", "8090", "8001")
    office.tell(inp.LegEnded(inp.LegId("B"), "cancel"))
    assert office.session() == "ringing"


def test_an_agent_who_calls_out_while_the_phone_rings_is_not_set_aside_for_it(office):
    office.sign_on("8001")
    office.call()
    rung = office.dialled().leg
    office.phones("own", "8001", "8090")
    office.tell(inp.LegFailed(rung, 486))
    assert office.session() == "talking"


def test_not_answering_a_colleague_is_no_reason_to_be_set_aside(office):
    office.sign_on("8001")
    office.phones("A", "8090", "8001")
    assert office.session() == "ringing"
    office.tell(inp.LegFailed(office.dialled().leg, 408))
    assert office.session() == "ready"


def test_an_idle_agent_who_is_taken_out_of_the_site_is_offline_at_once(office):
    office.sign_on("8001")
    office.floor.set_installation(replace(make_installation(), agents={}))
    office.tell(inp.InstallationChanged())
    assert office.last("agent_state_changed").state == "offline"
    assert not office.floor.world.sessions


def test_an_agent_who_is_taken_out_of_the_site_during_a_call_gets_no_further_one(office):
    office.sign_on("8001")
    caller, _ = office.talk()
    office.floor.set_installation(replace(make_installation(), agents={}))
    office.tell(inp.InstallationChanged())
    assert office.session() == "talking"
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.session() == "wrap_up"
    office.call("B")
    office.tell(inp.TimerFired("wrap:8001"))
    assert office.last("agent_state_changed").state == "offline"
    assert "8001" not in office.floor.world.sessions
    assert not [c for c in office.commands if isinstance(c, cmd.Dial)][1:]


def test_somebody_who_becomes_an_agent_in_mid_call_is_shown_talking():
    installation = make_installation()
    office = Office(replace(installation, agents={}))
    office.phones("A", "8001", "8090")
    office.floor.set_installation(installation)
    office.tell(inp.InstallationChanged())
    assert office.session("8001") == "talking"


def test_the_supervisor_calls_and_is_called_without_being_an_agent(office):
    office.sign_on("8001", "8090")
    office.tell(inp.OriginateRequested(inp.CallId("c"), "8090", "8001"))
    own = office.dialled().leg
    office.tell(inp.LegAnswered(own))
    agent = office.dialled().leg
    office.tell(inp.LegAnswered(agent))
    assert office.hears(own) == (agent,)
    office.act("8090", "hold")
    assert office.music[agent] == "music"
    office.act("8090", "hangup")
    assert office.session() == "ready"
    office.phones("B", "8001", "8090")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.hears("B") == (office.dialled().leg,)
