"""Which agent takes which call: the ACD's choice, pure. Skills must fit, then level, then longest idle.

A call goes to the eligible ready agent with the lowest level for its queue and, among equals, the longest idle.
A free agent gets the eligible call with the highest priority and, among equals, the longest waiting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.site import Agent, Queue


@dataclass(frozen=True, slots=True)
class Idle:
    """A ready agent: ``since`` is when the last work ended."""

    agent: Agent
    since: float


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


def pick_agent(waiting: Waiting, idle: Iterable[Idle]) -> Idle | None:
    queue, needed = waiting.queue.id, {*waiting.queue.skills, *waiting.skills}
    fitting = (one for one in idle if queue in one.agent.queues and (not needed or needed <= set(one.agent.skills)))
    return min(fitting, key=lambda one: (one.agent.queues[queue], one.since), default=None)


def pick_call(agent: Agent, waiting: Iterable[Waiting]) -> Waiting | None:
    fitting = [one for one in waiting if serves(agent, one.queue, one.skills)]
    return min(fitting, key=lambda one: (-one.priority, one.entered_at), default=None)
