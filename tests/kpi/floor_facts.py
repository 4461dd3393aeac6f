"""Calls and agents' states as plain plans, and the facts that tell of them: for tests that count the plans themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core import events as ev

RINGS_S = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry into one queue, in seconds. ``to``: the agent that a call is handed on to after the talk."""

    at: int
    queue: str
    outcome: str
    wait: int
    agent: str = "8001"
    talk: int = 60
    hold: int = 0
    wrap_up: int = 10
    to: str = ""
    method: str = "blind"

    @property
    def segments(self) -> tuple[tuple[str, int, int, int, str | None], ...]:
        """Agent, talk, hold, wrap-up and how it was given away, of each segment that was answered."""
        if self.outcome != "answered":
            return ()
        first = (self.agent, self.talk, self.hold, self.wrap_up, self.method if self.to else None)
        return (first, (self.to, self.talk, 0, 0, None)) if self.to else (first,)


def facts_of(planned: Iterable[Planned], start: float, *, demo: bool = False) -> list[ev.Event]:
    found = [pair for n, one in enumerate(planned) for pair in _call(f"call-{n}", one, demo)]
    return [ev.Event.of(fact, start + at) for at, fact in sorted(found, key=lambda pair: pair[0])]


def _call(call: str, one: Planned, demo: bool) -> Iterator[tuple[float, ev.Fact]]:
    left = one.at + one.wait
    yield one.at, ev.CallArrived(call, "inbound", f"1390000{one.at:04d}", "96001", demo=demo)
    yield one.at, ev.CallQueued(call, one.queue, 0, 1)
    if one.outcome != "answered":
        yield left, ev.QueueLeft(call, one.queue, one.outcome)
        yield left, ev.CallEnded(call, "caller_hung_up", 200)
        return
    yield left, ev.QueueLeft(call, one.queue, "answered", one.agent)
    at = left
    for number, (agent, talk, hold, wrap_up, given) in enumerate(one.segments):
        segment, queue = f"{call}-{number}", one.queue if number == 0 else None
        yield at - (RINGS_S if number and at else 0), ev.AgentRang(call, segment, agent, queue)
        yield at, ev.RingEnded(call, segment, agent, "answered")
        yield at, ev.CallAnswered(call, segment, agent, queue)
        end = at + talk + hold
        if hold:
            yield at + 1, ev.CallHeld(call, segment, agent, "agent")
            yield at + 1 + hold, ev.CallResumed(call, segment, agent, "agent")
        if given:
            yield end, ev.CallTransferred(call, segment, agent, given, one.to)
        yield end, ev.SegmentEnded(call, segment, agent, "transferred" if given else "caller_hung_up")
        yield end, ev.WrapUpStarted(call, segment, agent, 60)
        yield end + wrap_up, ev.WrapUpEnded(call, segment, agent)
        at = end + 2
    yield at, ev.CallEnded(call, "caller_hung_up", 200)


def states_of(agent: str, runs: Iterable[tuple[str, int]], start: float) -> list[ev.Event]:
    """``(state, seconds)`` one after the other, then offline."""
    found, at = [], start
    for state, seconds in runs:
        found.append(ev.Event.of(ev.AgentStateChanged(agent, state), at))
        at += seconds
    return [*found, ev.Event.of(ev.AgentStateChanged(agent, "offline"), at)]
