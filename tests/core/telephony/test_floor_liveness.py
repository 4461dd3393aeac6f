"""Whether a party is still there, and what becomes of a citizen whose agent's phone is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import rescue
from tests.core.telephony.office import Office, make_installation


@pytest.fixture
def office() -> Office:
    made = Office()
    made.sign_on("8001")
    return made


def over(office: Office) -> bool:
    return "call_ended" in office.kinds()


def silence(office: Office, leg: str, until_s: float) -> None:
    """Media tells of it every ten seconds."""
    for told in range(10, int(until_s) + 1, 10):
        office.tell(inp.LegSilent(inp.LegId(leg), float(told)), 10)


def ended_at(office: Office, kind: str) -> float | None:
    return [c.at for c in office.commands if isinstance(c, cmd.Emit) and kind == c.fact.KIND][-1]


# Each party, how OPTIONS is answered, whether voice comes, and whether the call goes on.
@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize(
    ("statuses", "silent_s", "goes_on"),
    [
        ((200,), 600, True),  # muted, one way, or held without a re-INVITE
        ((501,), 600, True),  # whatever the answer is, somebody gives it
        ((408, 408, 408), 0, True),  # a phone that does not know OPTIONS inside a dialog
        ((481,), 0, True),  # and one that answers it wrongly
        ((408,), 20, True),
        ((408,), 30, False),
        ((481,), 10, False),
        ((408, 200), 600, True),
    ],
)
def test_either_sign_of_life_keeps_a_call_and_both_missing_end_it(office, who, statuses, silent_s, goes_on):
    office.tell(inp.StateRequested("8001", "ready"))
    leg = office.talk()[who]
    for status in statuses:
        office.tell(inp.LegProbed(leg, status), 30)
    silence(office, leg, silent_s)
    on_the_line = not over(office) and "segment_ended" not in office.kinds()
    assert on_the_line == goes_on


@pytest.mark.parametrize("late", [408, 481])
def test_the_order_in_which_the_signs_fail_does_not_matter(office, late):
    caller, _agent = office.talk()
    silence(office, caller, 40)
    assert not over(office)
    office.tell(inp.LegProbed(caller, late))
    assert office.last("call_ended").reason == "dead_peer"
    assert office.last("segment_ended").reason == "failed"


def test_voice_that_comes_again_is_a_sign(office):
    caller, _agent = office.talk()
    silence(office, caller, 60)
    office.tell(inp.LegAudible(caller))
    office.tell(inp.LegProbed(caller, 408), 100)
    assert not over(office)


def test_a_phone_is_asked_as_soon_as_it_falls_silent_and_once(office):
    _caller, agent = office.talk()
    silence(office, agent, 20)
    assert office.commands.count(cmd.AskAlive(agent)) == 1


def test_a_caller_who_waits_in_silence_waits_on(office):
    office.tell(inp.StateRequested("8001", "break"))
    caller = office.call()
    office.tell(inp.LegProbed(caller, 200))
    silence(office, caller, 300)
    assert not over(office)


def test_a_caller_who_is_gone_while_waiting_is_let_go(office):
    office.tell(inp.StateRequested("8001", "break"))
    caller = office.call()
    office.tell(inp.LegProbed(caller, 408))
    silence(office, caller, 30)
    assert office.last("queue_left").outcome == "abandoned"
    assert cmd.HangUp(caller) in office.commands


def test_silence_is_not_talk(office):
    caller, _agent = office.talk()
    office.tell(inp.LegProbed(caller, 200), 20)
    last_sign = office.now
    office.tell(inp.LegProbed(caller, 408), 0)
    silence(office, caller, 40)
    assert over(office)
    assert ended_at(office, "segment_ended") == last_sign
    assert ended_at(office, "call_ended") is None, "the call itself ends now"


def test_a_party_that_was_never_heard_has_not_talked(office):
    caller = office.call()
    agent = office.dialled().leg
    office.tell(inp.LegAnswered(agent), 20)
    picked_up = office.now
    office.tell(inp.LegProbed(caller, 408))
    office.tell(inp.LegSilent(caller, 50.0), 30)
    assert ended_at(office, "segment_ended") == picked_up


# --- the agent's phone ------------------------------------------------------------------------------------------


def lose(office: Office, agent: str, status: int) -> None:
    office.tell(inp.LegProbed(inp.LegId(agent), status))
    silence(office, agent, 10 if status == 481 else 30)


@pytest.mark.parametrize("status", [408, 481])
def test_a_citizen_whose_agents_phone_is_gone_waits_again_at_the_head_and_is_told(status):
    office = Office()
    office.sign_on("8001")
    caller, agent = office.talk()
    office.call("B")
    lose(office, agent, status)
    assert office.last("segment_ended").reason == "failed"
    assert "wrap_up_started" not in office.kinds(), "the call is not over"
    assert cmd.HangUp(agent) in office.commands
    assert office.last("call_queued").queue == "general"
    assert office.last("call_queued").position == 1
    told = [c.parts for c in office.commands if isinstance(c, cmd.Play) and c.leg == caller]
    assert (rescue.NEXT,) in told
    if status == 408:
        office.sign_on("8002")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.last("call_answered").call_id == office.last("segment_ended").call_id
    office.close()


def test_the_agent_whose_phone_is_gone_is_rung_no_more_until_it_is_there_again(office):
    _caller, agent = office.talk()
    lose(office, agent, 408)
    assert office.session() == "trouble"
    office.tell(inp.Registered("8001", "sip:8001@elsewhere", 300))
    assert office.session() == "ringing"


def test_a_phone_that_has_registered_anew_already_gets_the_citizen_back(office):
    _caller, agent = office.talk()
    office.tell(inp.LegSilent(agent, 10.0), 30)
    office.tell(inp.Registered("8001", "sip:8001@elsewhere", 300))
    office.tell(inp.LegProbed(agent, 408))
    office.tell(inp.LegSilent(agent, 31.0), 20)
    assert office.session() == "ringing"
    assert office.dialled().leg != agent


def test_the_citizen_comes_back_though_the_queue_is_closed_or_full_by_now(office):
    caller, agent = office.talk()
    shut = make_installation(override="closed", overflow_waiting=0, on_no_agents="hangup")
    office.floor.set_installation(shut)
    office.tell(inp.InstallationChanged())
    lose(office, agent, 408)
    assert not over(office)
    assert office.music[caller] == "prompt"


def test_after_the_word_music_is_heard_again(office):
    caller, agent = office.talk()
    lose(office, agent, 408)
    token = [c.token for c in office.commands if isinstance(c, cmd.Play)][-1]
    office.tell(inp.PlayFinished(caller, token))
    assert office.music[caller] == "music"


def word(office) -> cmd.Play:
    return [c for c in office.commands if isinstance(c, cmd.Play)][-1]


def test_a_colleague_whose_colleagues_phone_is_gone_is_told_so_before_the_call_ends(office):
    caller = office.phones("A", "8002", "8001")
    agent = office.dialled().leg
    office.tell(inp.LegAnswered(agent))
    lose(office, agent, 408)
    assert not over(office)
    assert (word(office).leg, word(office).parts) == (caller, (rescue.BYE,))
    assert cmd.HangUp(caller) in office.tell(inp.PlayFinished(caller, word(office).token))
    assert office.last("call_ended").reason == "dead_peer"
    office.close()


def straight(office, extension: str) -> tuple[inp.LegId, inp.LegId]:
    """A citizen dials this phone's own number."""
    caller = office.call(dialled=extension)
    agent = office.dialled().leg
    office.tell(inp.LegAnswered(agent))
    return caller, agent


@pytest.mark.parametrize("sign", [408, 481])
def test_a_citizen_who_dialled_the_agent_straight_waits_at_the_head_of_the_agents_queue(office, sign):
    office.tell(inp.StateRequested("8001", "break"))
    caller, agent = straight(office, "8001")
    lose(office, agent, sign)
    assert not over(office)
    assert office.last("call_queued").queue == "general"
    assert (word(office).leg, word(office).parts) == (caller, (rescue.NEXT,))
    office.sign_on("8002")
    assert office.session("8002") == "ringing"
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.hears(caller) == (office.dialled().leg,)
    office.close()


def test_a_citizen_who_dialled_a_phone_of_no_queue_hears_the_menu(office):
    caller, phone = straight(office, "8090")
    office.tell(inp.DigitPressed(caller, "1", "rfc4733"))
    lose(office, phone, 408)
    assert not over(office)
    assert (word(office).leg, word(office).parts) == (caller, (rescue.ANEW,))
    assert cmd.HangUp(caller) not in office.tell(inp.DigitPressed(caller, "2", "rfc4733"))
    office.tell(inp.PlayFinished(caller, word(office).token))
    assert office.last("flow_entered").flow == "main"
    office.tell(inp.DigitPressed(caller, "1", "rfc4733"))
    assert office.last("call_queued").call_id == office.newest()
    office.close()


def test_a_citizen_with_no_way_on_is_told_so_and_let_go(office):
    installation = office.floor.world.installation
    office.floor.set_installation(replace(installation, dids={}))
    caller, phone = straight(office, "8090")
    lose(office, phone, 408)
    assert not over(office)
    assert word(office).parts == (rescue.BYE,)
    office.tell(inp.PlayFinished(caller, word(office).token))
    assert office.last("call_ended").reason == "dead_peer"
    office.close()


def test_a_citizen_whom_an_agent_had_called_is_not_hung_up_when_the_agents_phone_is_gone(office):
    office.tell(inp.StateRequested("8001", "break"))
    own = office.phones("own", "8001", "88001234")
    citizen = office.dialled().leg
    office.tell(inp.LegAnswered(citizen))
    lose(office, own, 408)
    assert not over(office)
    assert (word(office).leg, word(office).parts) == (citizen, (rescue.NEXT,))
    assert office.session("8001") != "talking"
    office.sign_on("8002")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert office.hears(citizen) == (office.dialled().leg,)
    office.close()


def test_a_citizen_who_hangs_up_meanwhile_is_gone(office):
    office.tell(inp.StateRequested("8001", "break"))
    caller, phone = straight(office, "8090")
    lose(office, phone, 408)
    office.tell(inp.LegEnded(caller, "bye"))
    assert over(office)
    office.close()


def test_who_was_transferred_to_a_colleague_comes_back_to_the_queue(office):
    office.talk()
    office.sign_on("8002")
    office.act("8001", "transfer", "8002")
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    lose(office, second, 408)
    assert not over(office)
    assert office.last("call_queued").queue == "general"


def test_a_conference_goes_on_without_the_phone_that_is_gone(office):
    _caller, agent = office.talk()
    office.sign_on("8002")
    office.consult()
    office.act("8001", "conference")
    lose(office, agent, 408)
    assert not over(office)
    assert office.kinds().count("call_queued") == 1


def test_an_agent_who_hangs_up_ends_the_call_as_ever(office):
    _caller, agent = office.talk()
    office.tell(inp.LegEnded(agent, "bye"))
    assert office.last("call_ended").reason == "agent_hung_up"
