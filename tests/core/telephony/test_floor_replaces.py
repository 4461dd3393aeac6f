"""Transfers that phones ask for: REFER, attended REFER, INVITE with Replaces."""

from __future__ import annotations

import pytest

from core.i18n import translated
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from tests.core.telephony.office import Office


def test_an_attended_transfer_by_refer_joins_the_two_calls_of_the_phone(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.LegInvited(inp.LegId("own"), "8090", "8001", "", "extension", "8001"))
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    office.tell(inp.TransferRequested(agent, "8090", inp.LegId("own")))
    assert office.hears(caller) == (second,)


def progress(office: Office) -> int:
    return [c for c in office.commands if isinstance(c, cmd.TransferProgress)][-1].status


def steps(office: Office) -> list[int]:
    return [c.status for c in office.commands if isinstance(c, cmd.TransferProgress)]


def refused(office: Office) -> int:
    assert not steps(office), "a refused REFER has no subscription"
    return [c for c in office.commands if isinstance(c, cmd.RefuseTransfer)][-1].status


def takes_over(office: Office, leg: str, extension: str, replaces: str, kind: str = "extension") -> list[cmd.Command]:
    return office.tell(
        inp.LegInvited(inp.LegId(leg), "x", extension, "", kind, extension, replaces=inp.LegId(replaces))
    )


# --- REFER -----------------------------------------------------------------------------------------------------


def test_an_attended_transfer_leaves_both_calls_with_nothing_owed(office):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    office.tell(inp.LegHeld(agent))
    office.phones("own", "8001", "8002")
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    out = office.tell(inp.TransferRequested(agent, "8002", inp.LegId("own")))
    assert steps(office) == [100, 200]
    assert {cmd.HangUp(agent), cmd.HangUp("own")} <= set(out)
    assert (office.hears(caller), office.hears(second)) == ((second,), (caller,))
    assert (office.session("8001"), office.session("8002")) == ("wrap_up", "talking")
    assert office.last("call_transferred").method == "attended"
    office.close()


def test_the_citizens_call_goes_on_whichever_of_its_two_calls_the_phone_refers(office):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    citizen = office.newest()
    office.tell(inp.LegHeld(agent))
    office.phones("own", "8001", "8002")
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    office.tell(inp.TransferRequested(inp.LegId("own"), "x", agent))
    assert list(office.floor.world.calls) == [citizen]
    assert office.hears(caller) == (second,)
    office.close()


def test_two_citizens_of_one_agent_can_be_joined(office):
    office.sign_on("8001")
    first, agent = office.talk()
    office.tell(inp.LegHeld(agent))
    second = office.call("B", "8001", "13900000002")
    again = office.dialled().leg
    office.tell(inp.LegAnswered(again))
    office.tell(inp.TransferRequested(again, "x", agent))
    assert (office.hears(first), office.hears(second)) == ((second,), (first,))
    assert not {first, second} & set(office.music)
    office.close()


def test_the_one_who_placed_the_call_may_refer_it(office):
    office.sign_on("8001", "8002")
    own = office.phones("own", "8001", "13800000000")
    away = office.dialled().leg
    office.tell(inp.LegAnswered(away))
    office.tell(inp.TransferRequested(own, "8002"))
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert progress(office) == 200
    assert office.hears(away) == (office.dialled().leg,)


def test_a_refer_tells_how_it_goes_and_the_phone_leaves_when_the_target_has_answered(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    out = office.tell(inp.TransferRequested(agent, "8002"))
    assert cmd.HangUp(agent) not in out
    second = office.dialled().leg
    assert office.music[caller] == "music"
    office.tell(inp.LegRinging(second))
    out = office.tell(inp.LegAnswered(second))
    assert out.index(cmd.TransferProgress(agent, 200, "OK")) < out.index(cmd.HangUp(agent))
    assert steps(office) == [100, 180, 200]
    assert office.hears(caller) == (second,)
    assert (office.session("8001"), office.session("8002")) == ("wrap_up", "talking")
    assert office.last("call_transferred").method == "blind"
    office.close()


@pytest.mark.parametrize(("status", "word"), [(486, "正忙"), (408, "无人接听"), (603, "拒接"), (480, "无法接通")])
def test_a_refer_that_fails_gives_the_call_back_with_a_word(office, status, word):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    office.tell(inp.TransferRequested(agent, "8002"))
    out = office.tell(inp.LegFailed(office.dialled().leg, status))
    assert steps(office) == [100, status]
    assert (office.hears(caller), office.hears(agent)) == ((agent,), (caller,))
    (said,) = [command for command in out if isinstance(command, cmd.Play) and command.mix]
    assert (said.leg, word in translated(said.parts[0].phrase, "zh_CN")) == (agent, True)
    assert office.session("8001") == "talking"
    assert "call_transferred" not in office.kinds()
    office.close()


def test_a_phone_that_had_the_call_on_hold_has_it_on_hold_again(office):
    office.sign_on("8001")
    _caller, agent = office.talk()
    office.tell(inp.LegHeld(agent))
    office.tell(inp.TransferRequested(agent, "8002"))
    office.tell(inp.LegFailed(office.dialled().leg, 486))
    assert office.session("8001") == "hold"
    office.tell(inp.LegUnheld(agent))
    assert office.session("8001") == "talking"
    office.close()


def test_a_phone_that_leaves_before_the_target_answers_is_rung_again_when_nobody_does(office):
    office.sign_on("8001")
    _caller, agent = office.talk()
    office.tell(inp.TransferRequested(agent, "8002"))
    second = office.dialled().leg
    office.tell(inp.LegEnded(agent, "bye"))
    assert office.last("call_transferred").method == "blind"
    office.tell(inp.LegFailed(second, 486))
    assert office.dialled().extension == "8001"
    office.close()


def test_a_caller_who_goes_meanwhile_ends_the_subscription(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.TransferRequested(agent, "8002"))
    office.tell(inp.LegEnded(caller, "bye"))
    assert steps(office) == [100, 487]
    office.close()


@pytest.mark.parametrize("target", ["8001", "extension:8001"])
def test_a_refer_to_oneself_is_refused(office, target):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.TransferRequested(agent, target))
    assert refused(office) == 603
    assert office.hears(caller) == (agent,)


def test_a_refer_to_whom_one_talks_with_is_refused(office):
    office.sign_on("8001", "8002")
    own = office.phones("own", "8001", "8002")
    office.tell(inp.LegAnswered(office.dialled().leg))
    office.tell(inp.TransferRequested(own, "8002"))
    assert refused(office) == 603


def test_a_caller_from_outside_may_not_refer_us_anywhere(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.TransferRequested(caller, "13800000000"))
    assert refused(office) == 403
    assert office.hears(caller) == (agent,)
    assert office.last("dial_refused").why == "stranger"


def test_a_refer_to_nowhere_is_404_and_the_talk_goes_on(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.TransferRequested(agent, "queue:nowhere"))
    assert progress(office) == 404
    assert office.hears(caller) == (agent,)


def test_a_refer_that_replaces_a_call_of_somebody_else_is_481(office):
    office.sign_on("8001", "8002")
    _caller, agent = office.talk()
    office.call("B")
    others = office.dialled().leg
    office.tell(inp.LegAnswered(others))
    office.tell(inp.TransferRequested(agent, "x", others))
    assert progress(office) == 481


# --- INVITE with Replaces --------------------------------------------------------------------------------------


def test_another_phone_takes_over_an_agents_side_of_a_talk(office):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    out = takes_over(office, "new", "8002", agent)
    assert cmd.Answer("new") in out
    assert cmd.HangUp(agent) in out
    assert (office.hears(caller), office.hears("new")) == (("new",), (caller,))
    assert (office.session("8001"), office.session("8002")) == ("wrap_up", "talking")
    assert office.last("call_answered").queue == "general"
    office.close()


def test_a_call_on_hold_is_taken_over_and_the_music_stops(office):
    office.sign_on("8001", "8002")
    caller, agent = office.talk()
    office.tell(inp.LegHeld(agent))
    takes_over(office, "new", "8002", agent)
    assert office.hears(caller) == ("new",)
    assert not office.music


def test_a_colleague_picks_up_for_a_phone_that_rings(office):
    office.sign_on("8001")
    caller = office.call()
    ringing = office.dialled().leg
    out = takes_over(office, "new", "8090", ringing)
    assert cmd.HangUp(ringing) in out
    assert office.hears(caller) == ("new",)
    assert office.last("queue_left").outcome == "answered"
    assert office.session() == "ready"
    office.close()


def test_the_calling_exchange_may_move_its_own_caller_to_another_leg(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    takes_over(office, "new", "t", caller, "trunk")
    assert office.hears(agent) == ("new",)
    assert office.hears("new") == (agent,)
    office.tell(inp.LegEnded(inp.LegId("new"), "bye"))
    assert office.last("call_ended").reason == "caller_hung_up"
    office.close()


def test_a_colleague_takes_over_the_first_side_of_an_inside_call(office):
    office.sign_on("8001", "8002", "8003")
    own = office.phones("own", "8001", "8002")
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    takes_over(office, "new", "8003", own)
    assert office.hears(second) == ("new",)
    assert (office.session("8001"), office.session("8003")) == ("ready", "talking")
    office.close()


@pytest.mark.parametrize("what", ["gone", "strange trunk", "agent by trunk", "caller who waits"])
def test_what_may_not_be_replaced_is_481(office, what):
    caller = office.call()
    replaces, kind, origin = {
        "gone": ("nobody", "extension", "8001"),
        "strange trunk": (caller, "trunk", "other"),
        "agent by trunk": ("", "trunk", "t"),
        "caller who waits": (caller, "extension", "8002"),
    }[what]
    if what in ("strange trunk", "agent by trunk"):
        office.sign_on("8001")
        office.tell(inp.LegAnswered(office.dialled().leg))
    out = takes_over(office, "new", origin, replaces or office.dialled().leg, kind)
    assert [c.status for c in out if isinstance(c, cmd.Reject)] == [481]
    office.close()
