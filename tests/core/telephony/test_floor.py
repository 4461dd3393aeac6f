"""The call floor in the language of the office: one caller, some agents, and what must follow."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.events import Fact
from core.site import Account, Agent, Did, Flow, Queue, Site, Trunk
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import Floor
from core.telephony.ivr import DEFAULT_FLOW
from core.telephony.live import LiveBoard


def make_site(**queue: object) -> Site:
    flow = Flow(DEFAULT_FLOW["id"], 1, DEFAULT_FLOW["start"], DEFAULT_FLOW["nodes"])
    queues = {name: Queue(name, name, **queue) for name in ("general", "repair", "billing", "complaint")}
    extensions = ("8001", "8002", "8003")
    return Site(
        1,
        "test",
        queues=queues,
        agents={ext: Agent(ext, ext, dict.fromkeys(queues, 1)) for ext in extensions},
        accounts={ext: Account(ext, "") for ext in (*extensions, "8090")},
        trunks={"t": Trunk("t", ("127.0.0.1",), gateway="127.0.0.1:5099")},
        dids={"96000": Did("96000", "flow:main"), "96001": Did("96001", "queue:general")},
        flows={"main": flow},
    )


class Office:
    """Feeds a floor and keeps what came out."""

    def __init__(self, site: Site | None = None) -> None:
        ids = itertools.count(1)
        self.floor = Floor(site or make_site(), lambda: f"id{next(ids)}")
        self.now = 1_800_000_000.0
        self.facts: list[Fact] = []
        self.commands: list[cmd.Command] = []

    def tell(self, given: inp.Input, after_s: float = 1.0) -> list[cmd.Command]:
        self.now += after_s
        out = self.floor.handle(given, self.now)
        self.commands += out
        self.facts += [command.fact for command in out if isinstance(command, cmd.Emit)]
        return out

    def sign_on(self, *extensions: str) -> None:
        for ext in extensions:
            self.tell(inp.Registered(ext, f"sip:{ext}@x", 300))
            self.tell(inp.StateAsked(ext, "ready"))

    def call(self, leg: str = "A", dialled: str = "96001", caller: str = "13900000001") -> inp.LegId:
        self.tell(inp.LegInvited(inp.LegId(leg), dialled, caller, "", "trunk", "t"))
        return inp.LegId(leg)

    def dialled(self) -> cmd.Dial:
        return [command for command in self.commands if isinstance(command, cmd.Dial)][-1]

    def talk(self) -> tuple[inp.LegId, inp.LegId]:
        leg = self.call()
        agent = self.dialled().leg
        self.tell(inp.LegAnswered(agent))
        return leg, agent

    def kinds(self) -> list[str]:
        return [fact.KIND for fact in self.facts]

    def seat(self, ext: str = "8001") -> str:
        return self.floor.world.seats[ext].state

    def hears(self, leg: str) -> tuple[str, ...]:
        return [c.sources for c in self.commands if isinstance(c, cmd.Hear) and c.leg == leg][-1]

    def last(self, kind: str) -> Fact:
        return [fact for fact in self.facts if kind == fact.KIND][-1]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_call_to_the_queue_is_answered_rings_an_agent_and_is_bridged_and_recorded(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    assert office.hears(caller) == (agent,)
    assert office.hears(agent) == (caller,)
    record = next(c for c in office.commands if isinstance(c, cmd.Record))
    assert (record.left, record.right) == ((caller,), (agent,))
    assert office.seat() == "talking"
    wanted = [
        "call_arrived",
        "call_queued",
        "agent_rang",
        "ring_ended",
        "queue_left",
        "call_answered",
        "recording_started",
    ]
    assert [kind for kind in office.kinds() if kind in wanted] == wanted


def test_the_agent_is_in_wrap_up_after_the_caller_hung_up_and_ready_when_it_is_done(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    office.tell(inp.LegEnded(caller, "bye"))
    assert office.seat() == "wrap_up"
    assert office.last("call_ended").reason == "caller_hung_up"
    office.tell(inp.WrapUpDone("8001", "报修", "漏水"))
    assert office.seat() == "ready"
    assert office.last("wrap_up_ended").category == "报修"


def test_the_agent_hanging_up_ends_the_call(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    out = office.tell(inp.LegEnded(agent, "bye"))
    assert cmd.HangUp(caller) in out
    assert office.last("call_ended").reason == "agent_hung_up"


def test_a_caller_who_gives_up_waiting_is_an_abandoned_call(office):
    caller = office.call()
    office.tell(inp.LegEnded(caller, "bye"), 30)
    assert office.last("queue_left").outcome == "abandoned"


def test_a_call_nobody_answers_returns_to_its_queue_and_the_agent_is_set_aside(office):
    office.sign_on("8001", "8002")
    office.call()
    first = office.dialled()
    office.tell(inp.LegFailed(first.leg, 408), 20)
    assert office.seat(first.extension) == "break"
    assert office.dialled().extension != first.extension
    assert office.last("ring_ended").outcome == "no_answer"
    assert office.kinds().count("call_queued") == 1


def test_an_unreachable_phone_is_trouble_and_not_the_agent_s_fault(office):
    office.sign_on("8001")
    office.call()
    office.tell(inp.LegFailed(office.dialled().leg, 480))
    assert office.seat() == "trouble"
    assert office.last("ring_ended").outcome == "unreachable"


def test_the_longest_idle_agent_is_rung_first(office):
    office.sign_on("8002")
    office.sign_on("8001")
    office.call()
    assert office.dialled().extension == "8002"


def test_a_waiting_call_is_given_to_the_agent_who_signs_on(office):
    office.call()
    office.sign_on("8003")
    assert office.dialled().extension == "8003"


def test_a_break_asked_for_while_talking_begins_after_wrap_up(office):
    office.sign_on("8001")
    caller, _ = office.talk()
    office.tell(inp.StateAsked("8001", "break", "午餐"))
    assert office.seat() == "talking"
    office.tell(inp.LegEnded(caller, "bye"))
    office.tell(inp.TimerFired("wrap:8001"))
    assert office.seat() == "break"


def test_hold_plays_music_to_the_caller_and_resume_joins_both_again(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    out = office.tell(inp.LegHeld(agent))
    assert any(isinstance(c, cmd.Play) and c.leg == caller and c.loop for c in out)
    assert office.hears(agent) == ()
    assert office.seat() == "hold"
    office.tell(inp.LegUnheld(agent))
    assert office.hears(caller) == (agent,)
    assert office.seat() == "talking"


def test_a_blind_transfer_gives_the_caller_to_the_colleague(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    out = office.tell(inp.TransferAsked(agent, "8002"))
    assert cmd.HangUp(agent) in out
    second = office.dialled()
    assert second.extension == "8002"
    office.tell(inp.LegAnswered(second.leg))
    assert office.hears(caller) == (second.leg,)
    assert office.last("call_transferred").method == "blind"


def test_a_blind_transfer_that_fails_rings_the_first_agent_again(office):
    office.sign_on("8001")
    _caller, agent = office.talk()
    office.tell(inp.TransferAsked(agent, "8002"))
    office.tell(inp.LegFailed(office.dialled().leg, 486))
    assert office.dialled().extension == "8001"
    assert "call_ended" not in office.kinds()


def test_consult_then_complete_hands_the_caller_over(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    call = office.last("call_arrived").call_id
    office.tell(inp.ActionAsked(inp.CallId(call), "8001", "consult", "8002"))
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    assert office.hears(agent) == (second,)
    office.tell(inp.ActionAsked(inp.CallId(call), "8001", "complete_transfer"))
    assert office.hears(caller) == (second,)
    assert office.last("call_transferred").method == "attended"


def test_a_three_way_call_lets_everyone_hear_everyone(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.sign_on("8002")
    call = inp.CallId(office.last("call_arrived").call_id)
    office.tell(inp.ActionAsked(call, "8001", "consult", "8002"))
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    office.tell(inp.ActionAsked(call, "8001", "conference"))
    assert set(office.hears(caller)) == {agent, second}
    assert set(office.hears(second)) == {caller, agent}


def test_an_attended_transfer_by_refer_joins_the_two_calls_of_the_phone(office):
    office.sign_on("8001")
    caller, agent = office.talk()
    office.tell(inp.LegInvited(inp.LegId("own"), "8090", "8001", "", "extension", "8001"))
    second = office.dialled().leg
    office.tell(inp.LegAnswered(second))
    office.tell(inp.TransferAsked(agent, "8090", inp.LegId("own")))
    assert office.hears(caller) == (second,)


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


def test_too_many_waiting_calls_overflow():
    office = Office(make_site(overflow_waiting=1, on_overflow="hangup"))
    office.call("A")
    office.call("B")
    assert office.last("queue_left").outcome == "overflow"
    assert office.last("call_ended").reason == "flow_ended"


def test_the_longest_wait_ends_in_its_target(office):
    caller = office.call()
    call = office.last("call_arrived").call_id
    out = office.tell(inp.TimerFired(f"max:{call}"), 600)
    assert office.last("queue_left").outcome == "max_wait"
    assert cmd.HangUp(caller) in out


def test_an_unknown_number_is_rejected_with_404(office):
    out = office.tell(inp.LegInvited(inp.LegId("A"), "12345", "139", "", "trunk", "t"))
    assert any(isinstance(c, cmd.Reject) and c.status == 404 for c in out)


def test_thirty_seconds_of_silence_end_a_dead_call(office):
    office.sign_on("8001")
    caller, _agent = office.talk()
    office.tell(inp.LegSilent(caller, 30.0))
    assert office.last("call_ended").reason == "dead_media"


def test_click_to_dial_rings_the_agent_and_then_the_citizen(office):
    office.sign_on("8001")
    office.tell(inp.OriginateAsked(inp.CallId("c"), "8001", "13800000000", "WO1"))
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
    assert office.seat() == "wrap_up"


def test_an_agent_whose_phone_is_lost_is_in_trouble_until_it_is_back(office):
    office.sign_on("8001")
    office.tell(inp.Unregistered("8001", "keep_alive_failed"))
    assert office.seat() == "trouble"
    office.tell(inp.Registered("8001", "sip:x", 300))
    assert office.seat() == "ready"


def test_the_live_board_tells_only_what_changed(office):
    board = LiveBoard(office.floor)
    board.changes(office.now)
    assert board.changes(office.now) is None
    office.sign_on("8001")
    changed = board.changes(office.now)
    assert [row["extension"] for row in changed["agents"]] == ["8001"]
    assert changed["agents"][0]["state"] == "ready"


LEGS = st.sampled_from(["A", "B", "C"])
PHONES = st.sampled_from(["8001", "8002", "8003", "8090"])


@st.composite
def happenings(draw):
    """Something that can happen, legs named by age so that dialled ones are found."""
    return draw(
        st.one_of(
            st.tuples(st.just("invite"), LEGS, st.sampled_from(["96000", "96001", "8001", "nobody"])),
            st.tuples(st.just("inside"), LEGS, PHONES, st.sampled_from(["96001", "8002", "8003", "139"])),
            st.tuples(st.just("answer"), st.integers(0, 5)),
            st.tuples(st.just("fail"), st.integers(0, 5), st.sampled_from([408, 480, 486, 603])),
            st.tuples(st.just("end"), st.integers(0, 8)),
            st.tuples(st.just("hold"), st.integers(0, 8), st.booleans()),
            st.tuples(st.just("digit"), LEGS, st.sampled_from("0129#")),
            st.tuples(st.just("state"), PHONES, st.sampled_from(["ready", "break", "offline"])),
            st.tuples(st.just("phone"), PHONES, st.booleans()),
            st.tuples(st.just("refer"), st.integers(0, 8), PHONES),
            st.tuples(
                st.just("action"),
                PHONES,
                st.sampled_from(
                    [
                        "hold",
                        "resume",
                        "transfer",
                        "consult",
                        "complete_transfer",
                        "cancel_consult",
                        "conference",
                        "hangup",
                    ]
                ),
                PHONES,
            ),
            st.tuples(st.just("timer"), st.integers(0, 5)),
            st.tuples(st.just("originate"), PHONES, PHONES),
            st.tuples(st.just("wrapped"), PHONES),
        )
    )


def perform(office: Office, what: tuple) -> None:
    w = office.floor.world
    legs = sorted(w.legs)
    dialled = [c.leg for c in office.commands if isinstance(c, cmd.Dial) and c.leg in w.legs]
    timers = [c.name for c in office.commands if isinstance(c, cmd.StartTimer)]

    def pick(items, n):
        return items[n % len(items)] if items else "none"

    match what:
        case ("invite", leg, number):
            if leg not in w.legs:
                office.call(leg, number)
        case ("inside", leg, ext, number):
            if leg not in w.legs:
                office.tell(inp.LegInvited(inp.LegId(leg), number, ext, "", "extension", ext))
        case ("answer", n):
            office.tell(inp.LegAnswered(pick(dialled, n)))
        case ("fail", n, status):
            leg = pick(dialled, n)
            call = w.call_of(leg)
            if call is None or leg == call.caller_leg or not call.segments[leg].answered:
                office.tell(inp.LegFailed(leg, status))
        case ("end", n):
            office.tell(inp.LegEnded(pick(legs, n), "bye"))
        case ("hold", n, on):
            office.tell((inp.LegHeld if on else inp.LegUnheld)(pick(legs, n)))
        case ("digit", leg, key):
            office.tell(inp.DigitPressed(inp.LegId(leg), key, "rfc4733"))
        case ("state", ext, state):
            office.tell(inp.StateAsked(ext, state))
        case ("phone", ext, there):
            office.tell(inp.Registered(ext, "x", 60) if there else inp.Unregistered(ext, "expired"))
        case ("refer", n, target):
            office.tell(inp.TransferAsked(pick(legs, n), target))
        case ("action", by, action, target):
            office.tell(inp.ActionAsked(pick(sorted(w.calls), 0), by, action, target))
        case ("timer", n):
            office.tell(inp.TimerFired(pick(timers, n)))
        case ("originate", ext, target):
            office.tell(inp.OriginateAsked(inp.CallId(f"o{len(office.facts)}"), ext, target))
        case ("wrapped", ext):
            office.tell(inp.WrapUpDone(ext))


@given(st.lists(happenings(), max_size=60))
@settings(max_examples=200, deadline=None)
def test_whatever_happens_every_fact_that_begins_something_is_ended_once(story):
    office = Office()
    for ext in ("8001", "8002", "8003", "8090"):
        office.tell(inp.Registered(ext, "x", 300))
        if ext != "8090":
            office.tell(inp.StateAsked(ext, "ready"))
    for what in story:
        perform(office, what)
        w = office.floor.world
        assert set(w.legs.values()) <= set(w.calls)
    while office.floor.world.calls:
        call = next(iter(office.floor.world.calls.values()))
        office.tell(inp.LegEnded(call.caller_leg, "bye"))
    count = Counter(office.kinds())
    assert count["call_arrived"] == count["call_ended"]
    assert count["call_queued"] == count["queue_left"]
    assert count["agent_rang"] == count["ring_ended"]
    assert count["call_answered"] == count["segment_ended"]
    assert not office.floor.world.legs
