"""What an agent does with a call: hold, transfer, ask a colleague, three-way, click to dial."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.installation.definition import Calendar
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control.transfers import RETURNED
from tests.core.telephony.office import Office, make_installation


def test_hold_plays_music_to_the_caller_and_resume_joins_both_again(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    out = office.tell(inp.LegHeld(agent))
    assert any(isinstance(c, cmd.Play) and c.leg == caller and c.loop for c in out)
    assert office.hears(agent) == ()
    assert office.session() == "hold"
    office.tell(inp.LegUnheld(agent))
    assert office.hears(caller) == (agent,)
    assert office.session() == "talking"


def test_a_blind_transfer_gives_the_caller_to_the_colleague(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    out = office.act("8001", "transfer", "8002")
    assert cmd.HangUp(agent) in out
    second = office.dialled()
    assert second.extension == "8002"
    office.tell(inp.LegAnswered(second.leg))
    assert office.hears(caller) == (second.leg,)
    assert office.last("call_transferred").method == "blind"


def test_a_blind_transfer_that_fails_rings_the_first_agent_again(office):
    office.sign_on("8001")
    office.talk()
    office.act("8001", "transfer", "8002")
    office.tell(inp.LegFailed(office.dialled().leg, 486))
    assert office.dialled().extension == "8001"
    assert "call_ended" not in office.kinds()
    out = office.tell(inp.LegAnswered(office.dialled().leg))
    (word,) = [command for command in out if isinstance(command, cmd.Play)]
    assert (word.leg, word.mix) == (office.dialled().leg, True)
    assert word.parts == (RETURNED["busy"],)


def test_consult_then_complete_hands_the_caller_over(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    call = office.last("call_arrived").call_id
    office.tell(inp.ActionRequested(inp.CallId(call), "8001", "consult", "8002"))
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    assert office.hears(agent) == (second,)
    office.tell(inp.ActionRequested(inp.CallId(call), "8001", "complete_transfer"))
    assert office.hears(caller) == (second,)
    assert office.last("call_transferred").method == "attended"


def test_a_three_way_call_lets_everyone_hear_everyone(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    call = inp.CallId(office.last("call_arrived").call_id)
    office.tell(inp.ActionRequested(call, "8001", "consult", "8002"))
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    office.tell(inp.ActionRequested(call, "8001", "conference"))
    assert set(office.hears(caller)) == {agent, second}
    assert set(office.hears(second)) == {caller, agent}


def test_click_to_dial_rings_the_agent_and_then_the_citizen(office):
    office.sign_on("8001")
    office.tell(inp.OriginateRequested(inp.CallId("c"), "8001", "13800000000", "WO1"))
    own = office.dialled()
    assert own.extension == "8001"
    assert own.auto_answer
    office.tell(inp.LegAnswered(own.leg))
    away = office.dialled()
    assert away.number == "13800000000"
    office.tell(inp.LegAnswered(away.leg))
    assert office.hears(own.leg) == (away.leg,)
    record = [c for c in office.commands if isinstance(c, cmd.Record)][-1]
    assert record.right == (own.leg,)
    office.tell(inp.LegEnded(away.leg, "bye"))
    assert office.session() == "wrap_up"


def dialled_out(office: Office, number: str = "13800000000") -> tuple[inp.LegId, inp.LegId]:
    """Agent 8001 clicked on a number, and both have picked up: the agent's leg, the citizen's."""
    office.sign_on("8001")
    office.tell(inp.OriginateRequested(inp.CallId("c"), "8001", number, "WO1"))
    own = office.dialled().leg
    office.tell(inp.LegAnswered(own))
    away = office.dialled().leg
    office.tell(inp.LegAnswered(away))
    return own, away


# --- hold ------------------------------------------------------------------------------------------------------


def test_a_call_held_by_both_goes_on_when_both_have_resumed(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.LegHeld(agent))
    office.tell(inp.LegHeld(caller))
    office.tell(inp.LegUnheld(agent))
    assert office.hears(caller) == ()
    assert office.music[agent] == "music"
    office.tell(inp.LegUnheld(caller))
    assert office.hears(caller) == (agent,)
    assert not office.music
    assert [f.by for f in office.facts if f.KIND in ("call_held", "call_resumed")] == ["agent", "caller"] * 2


@pytest.mark.parametrize("way", ["desk", "phone"])
def test_an_agent_who_placed_the_call_holds_and_resumes_it(office, way):
    own, away = dialled_out(office)
    if way == "desk":
        office.act("8001", "hold")
    else:
        office.tell(inp.LegHeld(own))
    assert office.session() == "hold"
    assert office.music[away] == "music"
    assert office.last("call_held").by == "agent"
    if way == "desk":
        office.act("8001", "resume")
    else:
        office.tell(inp.LegUnheld(own))
    assert office.session() == "talking"
    assert office.hears(away) == (own,)


def test_holding_a_conference_takes_only_oneself_out_of_it(office):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    second = office.consult()
    office.act("8001", "conference")
    office.tell(inp.LegHeld(agent))
    assert set(office.hears(caller)) == {second}
    assert caller not in office.music
    assert office.session() == "hold"
    office.tell(inp.LegUnheld(agent))
    assert set(office.hears(caller)) == {agent, second}


# --- transfer --------------------------------------------------------------------------------------------------


def closed(office_installation, queue: str = "repair"):
    never = Calendar("never", ((),) * 7)
    queues = {**office_installation.queues, queue: replace(office_installation.queues[queue], calendar="never")}
    return replace(office_installation, calendars={"never": never}, queues=queues)


def test_a_transfer_to_a_closed_queue_comes_back_to_the_agent():
    office = Office(closed(make_installation()))
    office.sign_on("8001")
    office.talk()
    office.act("8001", "transfer", "queue:repair")
    assert office.dialled().extension == "8001"
    assert "call_ended" not in office.kinds()


def test_a_transfer_that_fails_twice_puts_the_caller_back_into_the_queue(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    office.act("8001", "transfer", "8090")
    office.tell(inp.LegFailed(office.dialled().leg, 486))
    office.tell(inp.StateRequested("8001", "break"))
    office.tell(inp.LegFailed(office.dialled().leg, 408))
    assert office.last("call_queued").queue == "general"
    assert office.music[caller] == "music"


@pytest.mark.parametrize("target", ["queue:nowhere", "extension:9999", "flow:lost", "8001", ""])
def test_a_transfer_to_nowhere_or_to_oneself_is_refused_and_the_talk_goes_on(office, target):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.act("8001", "transfer", target)
    assert office.refusal().field == "target"
    assert office.hears(caller) == (agent,)


def test_without_a_gateway_a_transfer_to_a_number_is_refused():
    installation = make_installation()
    office = Office(replace(installation, trunks={"t": replace(installation.trunks["t"], gateway=None)}))
    office.sign_on("8001")
    office.talk()
    office.act("8001", "transfer", "13800000000")
    assert "gateway" in (office.refusal().remedy or "")


def test_a_transfer_to_a_number_outside_goes_by_the_trunk(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    office.act("8001", "transfer", "13800000000")
    assert (office.dialled().number, office.dialled().trunk) == ("13800000000", "t")
    office.tell(inp.LegRinging(office.dialled().leg, early_media=True))
    assert office.hears(caller) == (office.dialled().leg,)
    assert caller not in office.music
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.hears(caller) == (office.dialled().leg,)


def test_an_agent_who_placed_the_call_gives_the_citizen_to_a_colleague(office):
    own, away = dialled_out(office)
    office.sign_on("8002")
    out = office.act("8001", "transfer", "8002")
    assert cmd.HangUp(own) in out
    assert office.session() == "wrap_up"
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.hears(away) == (office.dialled().leg,)
    record = [c for c in office.commands if isinstance(c, cmd.Record)][-1]
    assert (record.left, record.right) == ((away,), (office.dialled().leg,))
    office.tell(inp.LegEnded(away, "bye"))
    assert office.last("call_ended").reason == "caller_hung_up"
    office.close()


def test_an_agent_who_placed_the_call_asks_a_colleague_and_hands_the_citizen_over(office):
    own, away = dialled_out(office)
    office.sign_on("8002")
    second = office.consult()
    assert office.hears(own) == (second,)
    assert office.music[away] == "music"
    office.act("8001", "complete_transfer")
    assert office.hears(away) == (second,)
    assert office.last("call_transferred").method == "attended"
    office.close()


# --- asking a colleague ----------------------------------------------------------------------------------------


def test_the_caller_hears_music_and_the_agent_the_ringing_while_the_colleague_is_rung(office):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    office.act("8001", "consult", "8002")
    assert office.music == {caller: "music", agent: "ringback"}
    office.tell(inp.LegRinging(office.dialled().leg, early_media=True))
    assert office.hears(agent) == (office.dialled().leg,)
    assert office.music == {caller: "music"}


@pytest.mark.parametrize("how", ["hangs up", "hangs up at the desk", "does not answer", "is sent away"])
def test_when_the_colleague_is_gone_the_agent_talks_with_the_caller_again(office, how):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    office.act("8001", "consult", "8002")
    second = office.dialled().leg
    if how == "does not answer":
        office.tell(inp.LegFailed(second, 408))
    else:
        office.tell(inp.LegAnswered(second))
        match how:
            case "hangs up":
                office.tell(inp.LegEnded(second, "bye"))
            case "hangs up at the desk":
                office.act("8002", "hangup")
            case _:
                office.act("8001", "cancel_consult")
    assert office.hears(caller) == (agent,)
    assert not office.music
    assert (office.session("8001"), office.session("8002")) == ("talking", "ready")


def test_a_colleague_asked_during_a_break_goes_back_to_it(office):
    office.sign_on("8001", "8002")
    office.talk()
    office.tell(inp.StateRequested("8002", "break", "用餐"))
    office.consult()
    assert office.session("8002") == "talking"
    office.act("8001", "cancel_consult")
    assert office.session("8002") == "break"


def test_a_number_outside_can_be_asked_and_joined(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.act("8001", "consult", "13800000000")
    crew = office.dialled().leg
    assert office.dialled().trunk == "t"
    office.tell(inp.LegAnswered(crew))
    assert office.hears(crew) == (agent,)
    office.act("8001", "conference")
    assert set(office.hears(crew)) == {caller, agent}


@pytest.mark.parametrize("whom", ["9999", "8001", "queue:repair"])
def test_only_somebody_else_who_exists_can_be_asked(office, whom):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.act("8001", "consult", "extension:9999" if whom == "9999" else whom)
    assert office.refusal().field == "target"
    assert office.hears(caller) == (agent,)


def test_an_agent_may_go_to_and_fro_between_caller_and_colleague(office):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    second = office.consult()
    office.act("8001", "resume")
    assert office.hears(caller) == (agent,)
    assert office.music == {second: "music"}
    office.act("8001", "hold")
    assert office.hears(agent) == (second,)
    assert office.music == {caller: "music"}


@pytest.mark.parametrize("answered", [True, False])
def test_hanging_up_while_asking_a_colleague_hands_the_caller_over(office, answered):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    office.act("8001", "consult", "8002")
    second = office.dialled().leg
    if answered:
        office.tell(inp.LegAnswered(second))
    office.tell(inp.LegEnded(agent, "bye"))
    if not answered:
        assert office.music[caller] == "ringback"
        office.tell(inp.LegAnswered(second))
    assert office.hears(caller) == (second,)
    assert office.last("call_transferred").method == ("attended" if answered else "blind")
    office.close()


def test_the_caller_hanging_up_while_a_colleague_is_asked_ends_everything(office):
    office.sign_on("8001", "8002")
    caller, _agent = office.talk()
    office.act("8001", "consult", "8002")
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.last("ring_ended").outcome == "caller_gone"
    assert (office.session("8001"), office.session("8002")) == ("wrap_up", "ready")
    office.close()


# --- three-way ---------------------------------------------------------------------------------------------------


def three(office: Office) -> tuple[inp.LegId, inp.LegId, inp.LegId]:
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    second = office.consult()
    office.act("8001", "conference")
    return caller, agent, second


def test_an_agent_may_leave_a_three_way_call_and_the_others_talk_on(office):
    caller, agent, second = three(office)
    office.tell(inp.LegEnded(agent, "bye"))
    assert office.hears(caller) == (second,)
    office.tell(inp.LegHeld(second))
    assert office.music == {caller: "music"}
    office.close()


def test_when_the_caller_leaves_a_three_way_call_it_is_over_for_all(office):
    caller, agent, second = three(office)
    out = office.tell(inp.LegEnded(caller, "bye"))
    assert {cmd.HangUp(agent), cmd.HangUp(second)} <= set(out)
    assert (office.session("8001"), office.session("8002")) == ("wrap_up", "wrap_up")
    office.close()


def test_the_agent_who_placed_the_call_may_leave_a_three_way_call_too(office):
    own, away = dialled_out(office)
    office.sign_on("8002")
    second = office.consult()
    office.act("8001", "conference")
    assert set(office.hears(away)) == {own, second}
    office.act("8001", "hangup")
    assert office.hears(away) == (second,)
    assert office.session() == "wrap_up"
    office.close()


def test_a_three_way_call_cannot_be_sent_on_blindly(office):
    caller, agent, second = three(office)
    office.act("8001", "transfer", "8003")
    assert office.refusal().field == "action"
    assert set(office.hears(caller)) == {agent, second}
