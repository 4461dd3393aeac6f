"""A planned stop: talks come to their end, nobody new is taken, and what is left ends with facts of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import agents
from tests.core.telephony.office import Office, make_installation


@pytest.fixture
def office() -> Office:
    made = Office()
    made.sign_on("8001", "8002")
    return made


def ends(office: Office) -> dict[str, str]:
    return {fact.call_id: fact.reason for fact in office.facts if fact.KIND == "call_ended"}


def test_a_talk_that_is_left_ends_at_that_moment_under_the_stop_s_own_name(office: Office) -> None:
    caller, agent = office.talk()
    call = office.newest()
    out = office.tell(inp.CoreStopped(), after_s=4.0)
    told = [(c.fact.KIND, getattr(c.fact, "reason", ""), c.at) for c in out if isinstance(c, cmd.Emit)]
    assert ("segment_ended", "house_stopped", None) in told
    assert told.index(("segment_ended", "house_stopped", None)) < told.index(("call_ended", "house_stopped", None))
    assert {cmd.HangUp(caller), cmd.HangUp(agent), cmd.StopRecord(inp.CallId(call))} <= set(out)
    # The next core goes on with the after-call work.
    assert next((session.state, session.call) for session in agents.standing(office.floor.world)) == ("wrap_up", call)
    assert office.floor.world.calls == {}


def test_whoever_waits_chooses_or_rings_is_let_go_in_good_order(office: Office) -> None:
    office.talk()
    office.call("menu", "96000")
    office.call("rings")
    office.call("waits")
    assert len(office.floor.world.calls) == 4
    office.tell(inp.CoreStopped())
    assert set(ends(office).values()) == {"house_stopped"}
    assert len(ends(office)) == 4
    # Whoever was answered was not refused.
    assert {fact.sip_status for fact in office.facts if fact.KIND == "call_ended"} == {None}
    assert {fact.outcome for fact in office.facts if fact.KIND == "queue_left"} == {"answered", "closed"}


def test_meanwhile_talks_go_on_and_who_waits_is_still_served(office: Office) -> None:
    caller, _agent = office.talk()
    office.tell(inp.StateRequested("8002", "break", "x"))
    waiting = office.call("B")
    office.tell(inp.CoreStopping())
    assert len(office.floor.world.calls) == 2
    office.tell(inp.StateRequested("8002", "ready"))
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.last("call_answered").extension == "8002"
    for leg in (caller, waiting):
        office.tell(inp.LegEnded(leg, "bye"))
    assert office.floor.world.calls == {}
    assert set(ends(office).values()) == {"caller_hung_up"}


def test_meanwhile_a_new_call_is_refused_so_that_its_exchange_finds_another_way(office: Office) -> None:
    office.tell(inp.CoreStopping())
    for number, dialled in enumerate(("96000", "8002")):
        leg = office.call(f"n{number}", dialled)
        assert cmd.Reject(leg, 503, "Service Unavailable") in office.commands
        assert (office.last("call_ended").reason, office.last("call_ended").sip_status) == ("house_stopped", 503)


@pytest.mark.parametrize(("on_closed", "status"), [("refuse:486", 486), ("refuse:480", 480)])
def test_a_queue_s_callers_go_where_the_site_says_for_a_closed_queue(on_closed: str, status: int) -> None:
    office = Office(make_installation(on_closed=on_closed))
    office.sign_on("8001")
    office.tell(inp.CoreStopping())
    office.call()
    assert (office.last("call_ended").reason, office.last("call_ended").sip_status) == ("closed", status)


def test_a_queue_without_any_other_place_says_goodbye(office: Office) -> None:
    office.tell(inp.CoreStopping())
    office.call()
    office.told_and_let_go("closed")


def test_nobody_places_a_call_from_a_desk_meanwhile(office: Office) -> None:
    office.tell(inp.CoreStopping())
    out = office.tell(inp.OriginateRequested(inp.CallId("new"), "8001", "13900000009", None))
    assert [c.code for c in out if isinstance(c, cmd.Refuse)] == ["conflict"]
    assert office.floor.world.calls == {}


def test_the_site_is_read_again_meanwhile_and_nothing_is_taken_all_the_same(office: Office) -> None:
    office.tell(inp.CoreStopping())
    office.floor.set_installation(replace(make_installation(), version=2))
    office.tell(inp.InstallationChanged())
    office.call(dialled="96000")
    assert office.last("call_ended").reason == "house_stopped"
