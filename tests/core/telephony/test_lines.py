"""Who is served next: as if everybody who waits were looked at anew after every input, and without looking."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.installation.definition import Agent, Did, Flow, Installation, Queue, SipAccount, Trunk
from core.telephony import commands as cmd
from core.telephony import inputs as inp
from core.telephony.call_control import queueing
from core.telephony.call_control.states import Call
from core.telephony.call_control.world import World
from core.telephony.live import LiveBoard
from tests.core.telephony.office import Office, make_installation

AGENTS = {
    "8001": Agent("8001", "8001", {"general": 1, "repair": 2}, skills=("gas",)),
    "8002": Agent("8002", "8002", {"general": 2}),
    "8003": Agent("8003", "8003", {"repair": 1, "billing": 1}, skills=("gas", "meter")),
    "8004": Agent("8004", "8004", {"general": 1, "billing": 3}, skills=("english",)),
}
QUEUES = {
    "general": Queue("general", "general", wrap_up_s=0, ring_strategy="fewest_calls"),
    "repair": Queue("repair", "repair", priority=5, skills=("gas",)),
    "billing": Queue("billing", "billing", wrap_up_s=10),
}
WAYS = (
    {"queue": "general"},
    {"queue": "general", "skills": ["english"]},
    {"queue": "general", "priority": 5},
    {"queue": "repair", "skills": ["meter"]},
    {"queue": "repair"},
    {"queue": "billing", "priority": -1},
)


def busy_installation() -> Installation:
    flows = {f"f{n}": Flow(f"f{n}", 1, "q", {"q": {"kind": "queue", **way}}) for n, way in enumerate(WAYS)}
    return Installation(
        1,
        "test",
        queues=QUEUES,
        agents=AGENTS,
        accounts={ext: SipAccount(ext, "") for ext in AGENTS},
        trunks={"t": Trunk("t", ("127.0.0.1",))},
        dids={f"9600{n}": Did(f"9600{n}", f"flow:f{n}") for n in range(len(WAYS))},
        flows=flows,
    )


def by_looking_at_everybody(w: World) -> None:
    """The plain rule: all who wait, best first, each to the best ready agent."""
    for call in sorted((call for call in w.calls.values() if call.state == "queued"), key=Call.turn):
        queueing.dispatch_one(w, call)


def by_looking_at_every_call(w: World, extension: str) -> list[Call]:
    return [
        call
        for call in w.calls.values()
        if (call.originator == extension and call.caller_leg is not None)
        or any(one.extension == extension and one.answered and not one.outside for one in call.segments.values())
    ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["call"] * 6
            + ["ready"] * 2
            + ["answer"] * 2
            + ["fail", "gives_up", "done", "dies", "break", "priority", "assign", "move", "phone", "too_long", "places"]
        ),
        st.integers(0, 11),
        st.sampled_from([0.0, 0.0, 1.0, 40.0]),
    ),
    max_size=60,
)


def input_of(office: Office, n: int, step: str, which: int) -> inp.Input | None:
    """The same for two offices in the same state."""
    w = office.floor.world
    agent = sorted(AGENTS)[which % len(AGENTS)]
    calls = list(w.calls.values())
    call = calls[which % len(calls)] if calls else None
    segments = [segment for one in calls for segment in one.segments.values()]
    rung = [segment.leg for segment in segments if not segment.answered]
    up = [segment.leg for segment in segments if segment.answered]
    match step:
        case "call":
            number = f"9600{which % len(WAYS)}"
            return inp.LegInvited(inp.LegId(f"in{n}"), number, f"1390000{n:04d}", "", "trunk", "t")
        case "places":
            return inp.LegInvited(inp.LegId(f"in{n}"), "96000", agent, "", "extension", agent)
        case "ready" | "break":
            return inp.StateRequested(agent, "ready" if step == "ready" else "break")
        case "phone":
            return inp.Unregistered(agent, "asked") if which % 2 else inp.Registered(agent, "sip:x", 300)
        case "answer" if rung:
            return inp.LegAnswered(rung[which % len(rung)])
        case "fail" if rung:
            return inp.LegFailed(rung[which % len(rung)], (408, 486, 480)[which % 3])
        case "done" | "dies" if up:
            return inp.LegEnded(up[which % len(up)], "bye" if step == "done" else "dead_peer")
        case "gives_up" if call is not None:
            return inp.LegEnded(call.caller_leg, "bye")
        case "priority" if call is not None:
            return inp.PriorityRequested(call.id, which - 3, "zhou")
        case "assign" if call is not None:
            return inp.AssignRequested(call.id, agent)
        case "move" if call is not None:
            return inp.MoveRequested(call.id, sorted(QUEUES)[which % len(QUEUES)])
        case "too_long" if call is not None and call.queue is not None:
            return inp.TimerFired(f"max:{call.id}")
    return None


@settings(max_examples=80)
@given(STEPS)
def test_who_is_rung_when_is_what_looking_at_everybody_after_every_input_says(steps):
    quick, slow = Office(busy_installation()), Office(busy_installation())
    for office in (quick, slow):
        office.sign_on(*sorted(AGENTS))
        # Callers gather before anybody is there for them.
        for agent in AGENTS:
            office.tell(inp.StateRequested(agent, "break"))
    for n, (step, which, after_s) in enumerate(steps):
        asked = input_of(quick, n, step, which)
        if asked is None:
            continue
        out = quick.tell(asked, after_s)
        with patch.object(queueing, "dispatch", by_looking_at_everybody):
            assert slow.tell(asked, after_s) == out
        look_at_lines(quick)


def look_at_lines(office: Office) -> None:
    """What the lines say is what a look at all calls says."""
    w = office.floor.world
    everybody = sorted((call for call in w.calls.values() if call.queue is not None), key=Call.turn)
    assert len(w.lines) == len(everybody)
    for queue in QUEUES:
        there = [call for call in everybody if call.queue == queue]
        assert w.lines.of(queue) == there
        assert w.lines.waiting(queue) == len(there)
        assert w.lines.longest_since(queue) == min((call.queued_at for call in there), default=None)
        assert [w.lines.place(call) for call in there] == list(range(1, len(there) + 1))
        for priority in (-1, 0, 5):
            assert w.lines.not_behind(queue, priority) == sum(call.priority >= priority for call in there)
    for extension in AGENTS:
        assert w.parts_of(extension) == by_looking_at_every_call(w, extension)


# --- what an input costs ---------------------------------------------------------------------------------------


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """How many lines of our own code run inside: work, whatever the machine is doing."""
    steps = {"lines": 0}

    def trace(frame: Any, event: str, _argument: Any) -> Any:
        if "/core/telephony/" not in frame.f_code.co_filename:
            return None
        steps["lines"] += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield steps
    finally:
        sys.settrace(before)


def crowded(waiting: int) -> Office:
    """So many who wait, one agent who is ready but serves another queue, one who is at the break."""
    agents = {"8001": Agent("8001", "8001", {"general": 1}), "8002": Agent("8002", "8002", {"billing": 1})}
    office = Office(replace(make_installation(), agents=agents))
    office.look = lambda: None  # type: ignore[method-assign] - looks at every call
    office.sign_on("8001", "8002")
    office.tell(inp.StateRequested("8001", "break"))
    for n in range(waiting):
        office.call(f"L{n}", caller=f"139{n:08d}")
    LiveBoard(office.floor).changes(office.now)
    return office


def inputs_of(office: Office) -> dict[str, list[inp.Input]]:
    """Every kind of input that a full queue sees."""
    calls = list(office.floor.world.calls.values())
    middle, last = calls[len(calls) // 2], calls[-1]
    return {
        "a call comes": [inp.LegInvited(inp.LegId("new"), "96001", "13811112222", "", "trunk", "t")],
        "a word on the wait": [inp.TimerFired(f"announce:{middle.id}")],
        "a word was heard": [inp.PlayFinished(middle.caller_leg, f"{middle.id}:{middle.plays}")],
        "a key": [inp.DigitPressed(middle.caller_leg, "1", "rfc4733")],
        "a caller gives up": [inp.LegEnded(middle.caller_leg, "bye")],
        "a caller is put first": [inp.PriorityRequested(last.id, 9, "zhou")],
        "a caller is moved": [inp.MoveRequested(calls[1].id, "repair")],
        "a caller has waited too long": [inp.TimerFired(f"max:{calls[2].id}")],
        "a phone registers": [inp.Registered("8002", "sip:x", 300)],
    }


def cost(waiting: int) -> dict[str, int]:
    office = crowded(waiting)
    board = LiveBoard(office.floor)
    found = {}
    for name, asked in inputs_of(office).items():
        with counted() as steps:
            for one in asked:
                office.floor.handle(one, office.now)
            board.changes(office.now)
        found[name] = steps["lines"]
    with counted() as steps:
        office.floor.handle(inp.StateRequested("8001", "ready"), office.now)
        board.changes(office.now)
    found["an agent comes back"] = steps["lines"]
    rung = [one for call in office.floor.world.calls.values() for one in call.segments]
    with counted() as steps:
        office.floor.handle(inp.LegAnswered(rung[0]), office.now)
        office.floor.handle(inp.LegEnded(rung[0], "bye"), office.now)
        office.floor.handle(inp.WrapUpDone("8001"), office.now)
        board.changes(office.now)
    found["an agent serves one and takes the next"] = steps["lines"]
    return found


def test_an_input_and_its_row_on_the_board_cost_no_more_with_a_hundred_times_as_many_waiting():
    few, many = cost(10), cost(1000)
    # A search halves what is left: some steps more, never one for each who waits.
    assert {name: steps for name, steps in many.items() if steps > few[name] + 60} == {}


def test_the_first_in_line_is_taken_in_time_when_phones_ring_for_those_before(office: Office) -> None:
    office.sign_on("8001", "8002")
    for leg in "ABC":
        office.call(leg)
    rung = [command.extension for command in office.commands if isinstance(command, cmd.Dial)]
    assert rung == ["8001", "8002"]
    office.sign_on("8003")
    assert office.dialled().caller == "13900000001"
    assert office.dialled().extension == "8003"


@pytest.mark.parametrize("times", [1, 3])
def test_parts_of_the_past_are_forgotten(office: Office, times: int) -> None:
    """Whom an agent has spoken with all day is looked at once and not kept."""
    office.sign_on("8001")
    for _ in range(times):
        caller, _agent = office.talk()
        office.tell(inp.LegEnded(caller, "bye"))
        office.tell(inp.WrapUpDone("8001"))
    w = office.floor.world
    assert w.parts_of("8001") == []
    assert not w._parts
