"""Which agent takes which call: the ACD's choice, pure. Skills must fit, then level, then the queue's ring strategy.

A call goes to the eligible ready agent with the lowest level for its queue and, among equals, to whom the strategy
names.
A free agent gets the eligible call with the highest priority and, among equals, the longest waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from core.installation.definition import Agent, Queue, RingStrategy


class Idle(Protocol):
    """A ready agent: ``idle_since`` is when the last work ended, ``answered`` counts calls of queues since
    signing on."""

    agent: Agent
    idle_since: float
    answered: int


_Idle = TypeVar("_Idle", bound=Idle)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in a queue: ``entered_at`` is kept when it comes back unanswered."""

    call: str
    queue: Queue
    priority: int
    entered_at: float
    skills: tuple[str, ...] = ()


def serves(agent: Agent, queue: Queue, skills: tuple[str, ...] = ()) -> bool:
    """Member of the queue, with every skill that queue and call ask for."""
    return queue.id in agent.queues and set(queue.skills).union(skills) <= set(agent.skills)


# The smallest is rung, among agents of one level; the second argument is whom the queue rang last.
TURNS: Mapping[RingStrategy, Callable[[Idle, str], tuple[Any, ...]]] = {
    "longest_idle": lambda one, _last: (one.idle_since,),
    "fewest_calls": lambda one, _last: (one.answered, one.idle_since),
    "round_robin": lambda one, last: (one.agent.extension <= last, one.agent.extension),
    "linear": lambda one, _last: (one.agent.extension,),
}


def pick_agent(waiting: Waiting, idle: Iterable[_Idle], last_rung: str = "") -> _Idle | None:
    """Looks at everybody who is ready for every call: a plain loop."""
    queue, needed = waiting.queue.id, {*waiting.queue.skills, *waiting.skills}
    turn = TURNS[waiting.queue.ring_strategy]
    best: _Idle | None = None
    level, first = 0, ()
    for one in idle:
        its = one.agent.queues.get(queue)
        if its is None or (needed and not needed <= set(one.agent.skills)) or (best is not None and its > level):
            continue
        its_turn = turn(one, last_rung)
        if best is None or its < level or its_turn < first:
            best, level, first = one, its, its_turn
    return best


def pick_call(agent: Agent, waiting: Iterable[Waiting]) -> Waiting | None:
    fitting = [one for one in waiting if serves(agent, one.queue, one.skills)]
    return min(fitting, key=lambda one: (-one.priority, one.entered_at), default=None)
