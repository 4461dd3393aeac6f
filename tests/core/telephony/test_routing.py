"""Whom a queue rings: skills must fit, then the level decides, then the queue's own strategy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.installation.definition import RING_STRATEGIES, Agent, Queue
from core.telephony import inputs as inp
from core.telephony.routing import TURNS, Waiting, pick_agent
from tests.core.telephony.office import Office, make_installation


@dataclass
class Ready:
    agent: Agent
    idle_since: float = 0.0
    answered: int = 0


def ready(extension: str, level: int = 1, idle_since: float = 0.0, answered: int = 0) -> Ready:
    return Ready(Agent(extension, extension, {"general": level}), idle_since, answered)


CALL = Waiting("c1", Queue("general", "general"), 0, 0.0)
SOME = st.lists(
    st.builds(
        ready,
        st.integers(8001, 8012).map(str),
        st.integers(1, 3),
        st.integers(0, 5).map(float),
        st.integers(0, 3),
    ),
    min_size=1,
    unique_by=lambda one: one.agent.extension,
)


@pytest.mark.parametrize("strategy", RING_STRATEGIES)
@given(SOME, st.integers(8001, 8012).map(str))
def test_no_strategy_puts_anybody_before_a_better_level(strategy, idle, last):
    call = replace(CALL, queue=replace(CALL.queue, ring_strategy=strategy))
    chosen = pick_agent(call, idle, last)
    best = [one for one in idle if one.agent.queues["general"] == min(one.agent.queues["general"] for one in idle)]
    assert chosen in best
    assert TURNS[strategy](chosen, last) == min(TURNS[strategy](one, last) for one in best)


@given(SOME)
def test_in_turn_everybody_of_a_level_is_rung_once_before_anybody_twice(idle):
    call = replace(CALL, queue=replace(CALL.queue, ring_strategy="round_robin"))
    level = [replace(one, agent=replace(one.agent, queues={"general": 1})) for one in idle]
    last, rung = "", []
    for _ in range(2 * len(level)):
        last = pick_agent(call, level, last).agent.extension
        rung.append(last)
    assert rung == 2 * sorted(one.agent.extension for one in level)


def test_the_strategies_differ_where_they_should():
    idle = [
        ready("8003", idle_since=1.0, answered=9),
        ready("8001", idle_since=3.0, answered=2),
        ready("8002", 1, 2.0, 2),
    ]

    def chosen(strategy, last=""):
        call = replace(CALL, queue=replace(CALL.queue, ring_strategy=strategy))
        return pick_agent(call, idle, last).agent.extension

    assert chosen("longest_idle") == "8003"
    # Of two who have answered as few, who has been free longer.
    assert chosen("fewest_calls") == "8002"
    assert (chosen("round_robin"), chosen("round_robin", "8001"), chosen("round_robin", "8003")) == (
        "8001",
        "8002",
        "8001",
    )
    assert (chosen("linear"), chosen("linear", "8001")) == ("8001", "8001")


def rung_in_a_row(strategy: str, calls: int) -> list[str]:
    """Each call is talked over at once, without wrap-up; the agents sign on in an order that is nobody's turn."""
    office = Office(make_installation(ring_strategy=strategy, wrap_up_s=0))
    office.sign_on("8002", "8003", "8001")
    rung = []
    for n in range(calls):
        caller = office.call(f"A{n}")
        leg = office.dialled()
        rung.append(leg.extension)
        office.tell(inp.LegAnswered(leg.leg))
        office.tell(inp.LegEnded(caller, "bye"))
    return rung


@pytest.mark.parametrize(
    ("strategy", "rung"),
    [
        ("longest_idle", ["8002", "8003", "8001", "8002"]),
        ("fewest_calls", ["8002", "8003", "8001", "8002"]),
        ("round_robin", ["8001", "8002", "8003", "8001"]),
        ("linear", ["8001", "8001", "8001", "8001"]),
    ],
)
def test_calls_in_a_row_ring_whom_the_strategy_says(strategy, rung):
    assert rung_in_a_row(strategy, len(rung)) == rung


def test_who_has_answered_more_is_rung_later_and_who_signs_on_anew_begins_at_none():
    office = Office(make_installation(ring_strategy="fewest_calls", wrap_up_s=0))
    office.sign_on("8001")
    for n in range(2):
        caller = office.call(f"A{n}")
        office.tell(inp.LegAnswered(office.dialled().leg))
        office.tell(inp.LegEnded(caller, "bye"))
    # Free the longest, and has answered two.
    office.sign_on("8002")
    office.call("B")
    assert office.dialled().extension == "8002"
    office.tell(inp.StateRequested("8001", "offline"))
    office.tell(inp.StateRequested("8001", "ready"))
    assert office.floor.world.sessions["8001"].answered == 0


def test_a_queue_whose_strategy_changes_rings_by_the_new_one_at_the_next_call():
    office = Office(make_installation(wrap_up_s=0))
    office.sign_on("8002", "8001")
    installation = make_installation(wrap_up_s=0, ring_strategy="linear")
    office.floor.set_installation(installation)
    office.tell(inp.InstallationChanged())
    office.call()
    assert office.dialled().extension == "8001"
