"""The call floor in the language of the office: one caller, some agents, and what must follow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.events import Event
from core.installation.definition import Flow
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.live import LiveBoard
from tests.core.telephony.office import Office, make_installation


def test_the_agent_hanging_up_ends_the_call(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    out = office.tell(inp.LegEnded(agent, "bye"))
    assert cmd.HangUp(caller) in out
    assert office.last("call_ended").reason == "agent_hung_up"


def test_the_menu_key_leads_to_the_repair_queue(office):
    caller = office.call(dialled="96000")
    play = [c for c in office.commands if isinstance(c, cmd.Play)][-1]
    office.tell(inp.PlayFinished(caller, play.token))
    office.tell(inp.DigitPressed(caller, "1", "rfc4733"))
    assert office.last("menu_chosen").outcome == "chosen"
    assert office.last("call_queued").queue == "repair"


def test_a_key_during_the_welcome_skips_it(office):
    caller = office.call(dialled="96000")
    assert office.floor.world.calls[office.last("call_arrived").call_id].place.node == "welcome"
    office.tell(inp.DigitPressed(caller, "3", "rfc4733"))
    assert office.last("call_queued").queue == "complaint"


def test_the_same_key_heard_twice_by_two_ways_counts_once(office):
    caller = office.call(dialled="96000")
    play = [c for c in office.commands if isinstance(c, cmd.Play)][-1]
    office.tell(inp.PlayFinished(caller, play.token))
    office.tell(inp.DigitPressed(caller, "9", "rfc4733"))
    office.tell(inp.DigitPressed(caller, "9", "inband"), 0.1)
    assert office.kinds().count("menu_chosen") == 1


def keys_of(presses: list[tuple[str, str, float]]) -> str:
    """What a menu that takes up to twenty keys has taken; each press with its source and how long after the last."""
    collect = {"kind": "collect", "say": [], "digits": 20, "next": "bye", "on_timeout": "bye"}
    office = flow_office({"take": collect, "bye": {"kind": "hangup"}}, "take")
    caller = office.call(dialled="96000")
    for digit, source, after_s in presses:
        office.tell(inp.DigitPressed(caller, digit, source), after_s)
    return next(iter(office.floor.world.calls.values())).place.digits


E, T, I = "rfc4733", "inband", "info"  # noqa: E741


@pytest.mark.parametrize(
    ("presses", "wanted"),
    [
        ([("9", E, 1), ("9", T, 0.06)], "9"),
        ([("9", T, 1), ("9", E, 0.06)], "9"),
        ([("9", E, 1), ("9", T, 0.06), ("9", I, 0.5)], "9"),
        # Dialled faster than the tones are found out.
        ([("1", E, 1), ("2", E, 0.1), ("1", T, 0.02), ("2", T, 0.1)], "12"),
        ([("1", E, 1), ("1", E, 0.2), ("1", T, 0.02), ("1", T, 0.2)], "11"),
        ([("1", E, 1), ("1", T, 0.05), ("1", E, 0.3), ("1", T, 0.05)], "11"),
        ([("1", T, 1), ("1", T, 0.3)], "11"),
        ([("1", E, 1), ("2", T, 0.1)], "12"),
        ([("1", E, 1), ("1", T, 3.0)], "11"),
    ],
)
def test_one_press_told_by_several_ways_counts_once(presses, wanted):
    assert keys_of(presses) == wanted


def test_tones_are_listened_for_while_a_menu_waits_and_not_before_or_after(office):
    def listening() -> list[bool]:
        return [c.on for c in office.commands if isinstance(c, cmd.Listen)]

    office.call("Q", dialled="96001")
    assert listening() == []
    caller = office.call(dialled="96000")
    assert listening() == [True]
    office.tell(inp.DigitPressed(caller, "1", "inband"))
    assert listening() == [True, False]


def test_an_unknown_number_is_rejected_with_404(office):
    out = office.tell(inp.LegInvited(inp.LegId("A"), "12345", "139", "", "trunk", "t"))
    assert any(isinstance(c, cmd.Reject) and c.status == 404 for c in out)


def test_the_live_board_tells_only_what_changed(office):
    board = LiveBoard(office.floor)
    board.changes(office.now)
    assert board.changes(office.now) is None
    office.sign_on("8001")
    changed = board.changes(office.now)
    assert [row["extension"] for row in changed["agents"]] == ["8001"]
    assert changed["agents"][0]["state"] == "ready"


@pytest.mark.parametrize(
    ("status", "told"),
    [(486, 486), (603, 603), (408, 480), (480, 480), (302, 480), (380, 480), (401, 480), (407, 480), (422, 480)],
)
def test_a_colleague_who_calls_is_told_why_nobody_answers(office, status, told):
    caller = office.phones("A", "8001", "8002")
    out = office.tell(inp.LegFailed(office.dialled().leg, status))
    assert [(c.leg, c.status) for c in out if isinstance(c, cmd.Reject)] == [(caller, told)]


def test_whose_phone_ends_a_call_to_the_outside_is_on_record(office):
    office.sign_on("8001")
    for who, reason in (("citizen", "caller_hung_up"), ("agent", "agent_hung_up")):
        own = office.phones(who, "8001", "13800000000")
        away = office.dialled().leg
        office.tell(inp.LegAnswered(away))
        office.tell(inp.LegEnded(away if who == "citizen" else own, "bye"))
        assert office.last("segment_ended").reason == reason
        assert office.last("call_ended").reason == reason


@pytest.mark.parametrize("source", ["rfc4733", "info"])
def test_a_key_in_a_talk_reaches_the_other_party_once(office, source):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.DigitPressed(agent, "7", source))
    office.tell(inp.DigitPressed(agent, "7", "inband"), 0.1)
    sent = [c for c in office.commands if isinstance(c, cmd.SendDigits)]
    assert sent == [cmd.SendDigits(caller, "7")]


def test_a_key_pressed_while_on_hold_goes_nowhere(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.LegHeld(agent))
    office.tell(inp.DigitPressed(caller, "7", "rfc4733"))
    assert not [c for c in office.commands if isinstance(c, cmd.SendDigits)]


def test_our_own_number_dialled_from_inside_is_our_own_menu(office):
    office.phones("A", "8090", "96000")
    assert office.last("call_arrived").direction == "internal"
    assert office.last("flow_entered").flow == "main"


def flow_office(nodes: dict, start: str) -> Office:
    return Office(replace(make_installation(), flows={"main": Flow("main", 1, start, nodes)}))


def test_a_prompt_without_words_is_passed_over():
    nodes = {"hush": {"kind": "prompt", "say": [], "next": "general"}, "general": {"kind": "queue", "queue": "general"}}
    office = flow_office(nodes, "hush")
    office.call(dialled="96000")
    assert office.last("call_queued").queue == "general"


def test_a_menu_without_words_waits_for_keys_all_the_same():
    menu = {"kind": "menu", "say": [], "choices": {"1": "bye"}, "timeout_s": 3, "on_timeout": "bye", "on_wrong": "bye"}
    office = flow_office({"menu": {**menu, "tries": 1}, "bye": {"kind": "hangup"}}, "menu")
    office.call(dialled="96000")
    office.tell(inp.TimerFired(next(iter(office.timers))))
    assert office.last("menu_chosen").outcome == "timeout"
    assert office.last("call_ended").reason == "flow_ended"


def test_flows_that_lead_back_to_a_full_queue_for_ever_tell_the_caller_so():
    installation = make_installation(overflow_waiting=0, on_overflow="flow:main")
    office = Office(
        replace(installation, flows={"main": Flow("main", 1, "q", {"q": {"kind": "queue", "queue": "general"}})})
    )
    office.call(dialled="96000")
    office.told_and_let_go("overflow")


# --- numbers have one form, and nobody is nobody -------------------------------------------------------------------


@pytest.mark.parametrize("written", ["+8613900001111", "008613900001111", "8613900001111", "013900001111"])
def test_a_callers_number_has_one_form_with_what_came_beside_it(office, written):
    office.call(caller=written)
    arrived = office.last("call_arrived")
    assert (arrived.caller, arrived.received) == ("13900001111", written)
    assert "received" not in Event.of(replace(arrived, received=""), 0.0).payload
    assert next(iter(office.floor.world.calls.values())).caller == "13900001111"


@pytest.mark.parametrize("written", ["anonymous", "Anonymous", "unavailable", ""])
def test_who_keeps_the_number_back_is_nobody(office, written):
    office.sign_on("8001")
    office.tell(inp.LegInvited(inp.LegId("A"), "96001", written, "Anonymous", "trunk", "t"))
    arrived = office.last("call_arrived")
    assert (arrived.caller, arrived.received) == ("", written)
    assert (office.dialled().caller, office.dialled().caller_name) == ("", "")


def test_a_number_that_we_dial_has_the_form_by_which_it_calls(office):
    office.sign_on("8001")
    office.phones("own", "8001", "+8613900001111")
    arrived = office.last("call_arrived")
    assert (arrived.dialled, arrived.received) == ("13900001111", "+8613900001111")
    assert office.dialled().number == "+8613900001111"


def test_a_caller_from_outside_with_an_extensions_number_touches_no_agent(office):
    office.sign_on("8001", "8002")
    office.tell(inp.StateRequested("8002", "break", "why"))
    caller = office.call("A", "96001", caller="8002")
    office.tell(inp.LegAnswered(office.dialled().leg))
    assert (office.session("8001"), office.session("8002")) == ("talking", "break")
    office.tell(inp.TransferRequested(caller, "8001"))
    office.act("8002", "hold")
    assert office.refusal().code == "conflict"
    # Nor when the agent's phone joins this caller to another call.
    second = office.call("B", "8001", caller="13900000002")
    office.tell(inp.LegAnswered(office.dialled().leg))
    first_leg = next(leg for leg in office.floor.world.legs if leg not in (caller, second))
    office.tell(inp.TransferRequested(office.dialled().leg, "x", first_leg))
    assert office.session("8002") == "break"
    office.close()
