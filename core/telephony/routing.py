"""Which agent takes which call: the ACD's choice, pure. Skills must fit, then level, then longest idle.

A call goes to the eligible ready agent with the lowest level for its queue and, among equals, the longest idle.
A free agent gets the eligible call with the highest priority and, among equals, the longest waiting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from core.installation.definition import Agent, Queue


class Idle(Protocol):
    """A ready agent: ``idle_since`` is when the last work ended."""

    agent: Agent
    idle_since: float


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


def pick_agent(waiting: Waiting, idle: Iterable[_Idle]) -> _Idle | None:
    """Looks at everybody who is ready for every call: a plain loop."""
    queue, needed = waiting.queue.id, {*waiting.queue.skills, *waiting.skills}
    best: _Idle | None = None
    level, since = 0, 0.0
    for one in idle:
        its = one.agent.queues.get(queue)
        if its is None or (needed and not needed <= set(one.agent.skills)):
            continue
        if best is None or its < level or (its == level and one.idle_since < since):
            best, level, since = one, its, one.idle_since
    return best


def pick_call(agent: Agent, waiting: Iterable[Waiting]) -> Waiting | None:
    fitting = [one for one in waiting if serves(agent, one.queue, one.skills)]
    return min(fitting, key=lambda one: (-one.priority, one.entered_at), default=None)
