"""Days of synthetic calls as facts: a small simulation of the floor, so that every sum adds up as on a real one.

Calls arrive by a profile of quarter hours and weekdays; agents work shifts, take breaks, ring, talk, hold and wrap
up. Everything carries ``demo``. Pure: a seed and an end give the same calls.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core import events as ev
from core.demo import installation as demo
from core.demo.customers import caller_numbers

ZONE = ZoneInfo("Asia/Shanghai")
CALLS_A_DAY = 400
WEEKDAYS = (1.18, 1.06, 1.0, 0.98, 1.04, 0.78, 0.68)
# Share of a day's calls by hour, quarters are drawn smoothly between hours.
HOURS = (5, 3, 2, 2, 2, 4, 10, 26, 62, 84, 80, 58, 36, 44, 66, 70, 60, 46, 34, 30, 26, 20, 13, 8)
MENU = (
    ("1", "repair", 0.30),
    ("2", "billing", 0.26),
    ("3", "complaint", 0.09),
    ("4", "general", 0.13),
    ("0", "general", 0.22),
)
CATEGORY_OF = {
    "repair": (
        "repair.leak_visible",
        "repair.no_water",
        "repair.low_pressure",
        "repair.meter",
        "repair.leak_hidden",
        "repair.burst",
    ),
    "billing": ("bill", "consultation", "service.meter_test"),
    "complaint": ("complaint", "quality", "suggestion", "report"),
    "general": ("consultation", "service.transfer", "service.connect", "praise", "bill"),
}
# Shifts as local hours from midnight; a shift may end on the next day.
SHIFTS = {"甲班": (7.5, 16.0), "乙班": (8.25, 17.0), "丙班": (12.5, 21.75)}
NIGHT = (21.5, 31.75)
PATIENCE_S = 110.0
RING_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class CentreSize:
    """How large the simulated house is; agents as in ``site.AGENTS``."""

    agents: Sequence[tuple[str, str, str, Mapping[str, int]]] = demo.AGENTS
    calls_a_day: float = CALLS_A_DAY
    callers: Sequence[str] = field(default_factory=caller_numbers)


@dataclass
class _Agent:
    extension: str
    queues: dict[str, int]
    state: str = "offline"
    idle_since: float = 0.0
    leaves: bool = False
    rests: bool = False


@dataclass
class _Call:
    id: str
    caller: str
    queue: str = ""
    queued_at: float = 0.0
    waiting: bool = False
    segments: int = 0
    ended: bool = False
    rows: list[ev.Event] = field(default_factory=list)


def events(days: int, seed: int, until: float, house: CentreSize | None = None) -> Iterator[ev.Event]:
    """Facts in order of time, of the ``days`` before ``until`` (UTC epoch seconds); nothing is left open at the end."""
    floor = _Floor(random.Random(seed), house or CentreSize())
    start = until - days * 86_400
    floor.plan(start, until)
    yield from floor.facts(until)


class _Floor:
    """The simulation: a heap of things to happen, agents, queues."""

    def __init__(self, chance: random.Random, house: CentreSize) -> None:
        self.chance = chance
        self.calls_a_day = house.calls_a_day
        self.groups = {extension: group for extension, _name, group, _queues in house.agents}
        self.agents = [_Agent(extension, dict(queues)) for extension, _name, _group, queues in house.agents]
        self.waiting: dict[str, deque[_Call]] = {queue.id: deque() for queue in demo.QUEUES}
        self.wrap_up_s = {queue.id: queue.wrap_up_s for queue in demo.QUEUES}
        self.now = 0.0
        self._todo: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._calls: list[_Call] = []
        self._states: list[tuple[_Call | None, ev.Event]] = []
        self._callers = house.callers

    # --- the plan ------------------------------------------------------------------------------------------

    def plan(self, start: float, until: float) -> None:
        midnight = datetime.fromtimestamp(start, ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        day = midnight - timedelta(days=1)
        while day.timestamp() < until:
            self._plan_day(day, start, until)
            day += timedelta(days=1)
        while self._todo and self._todo[0][0] <= until:
            self.now, _order, happen = heapq.heappop(self._todo)
            happen()

    def _plan_day(self, day: datetime, start: float, until: float) -> None:
        at = day.timestamp()
        night = self._night_pair()
        # On a weekend only some come; on any day someone is ill.
        present = 0.75 if day.weekday() >= 5 else 0.92
        for agent in self.agents:
            if agent in night:
                first, last = NIGHT
            elif self.chance.random() < present:
                first, last = SHIFTS[self.groups[agent.extension]]
            else:
                continue
            begin = at + first * 3600 + self.chance.uniform(-300, 120)
            end = at + last * 3600 + self.chance.uniform(-60, 600)
            if end <= start:
                continue
            begin = max(begin, start)
            self._at(begin, lambda agent=agent: self._come(agent))  # type: ignore[misc]
            self._at(end, lambda agent=agent: self._go(agent))  # type: ignore[misc]
            for hours in (2.0, 4.0, 6.3):
                pause = begin + hours * 3600 + self.chance.uniform(-900, 900)
                if pause < start:
                    continue
                self._at(pause, lambda agent=agent: self._rest(agent))  # type: ignore[misc]
        busy = 1.0 if self.chance.random() > 0.12 else 1.35
        for quarter in range(96):
            place = quarter / 4 - 0.5
            low = math.floor(place)
            share = HOURS[low % 24] * (1 - place + low) + HOURS[(low + 1) % 24] * (place - low)
            mean = self.calls_a_day * WEEKDAYS[day.weekday()] * busy * share / sum(HOURS) / 4
            for _n in range(self._poisson(mean)):
                arrives = at + quarter * 900 + self.chance.uniform(0, 900)
                if start <= arrives < until:
                    self._at(arrives, self._arrive)

    def _night_pair(self) -> list[_Agent]:
        """Two who between them serve every queue."""
        while True:
            pair = self.chance.sample(self.agents, 2)
            if set(self.waiting) <= {queue for agent in pair for queue in agent.queues}:
                return pair

    def _poisson(self, mean: float) -> int:
        limit, product, count = math.exp(-mean), self.chance.random(), 0
        while product > limit:
            product *= self.chance.random()
            count += 1
        return count

    def _at(self, when: float, happen: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._todo, (when, self._count, happen))

    def _after(self, seconds: float, happen: Callable[[], None]) -> None:
        self._at(self.now + seconds, happen)

    # --- agents --------------------------------------------------------------------------------------------

    def _state(self, agent: _Agent, state: ev.AgentState, reason: str = "", call: _Call | None = None) -> None:
        agent.state = state
        fact = ev.AgentStateChanged(agent.extension, state, reason, call.id if call else None)
        self._states.append((call, ev.Event.of(fact, self.now)))

    def _come(self, agent: _Agent) -> None:
        if agent.state == "offline":
            self._ready(agent)

    def _go(self, agent: _Agent) -> None:
        if agent.state in {"ready", "break"}:
            self._state(agent, "offline")
        elif agent.state != "offline":
            agent.leaves = True

    def _rest(self, agent: _Agent) -> None:
        others = sum(other.state in {"ready", "ringing", "talking", "wrap_up"} for other in self.agents) - 1
        if agent.state != "offline" and others < 3:
            # Not while the others could not bear it.
            self._after(900, lambda: self._rest(agent))
        elif agent.state == "ready":
            reason = self.chance.choice(("short", "short", "meal", "training"))
            self._state(agent, "break", reason)
            length = 1800.0 if reason == "meal" else self.chance.uniform(400, 900)
            self._after(length, lambda: self._ready(agent) if agent.state == "break" else None)
        elif agent.state not in {"offline", "break"}:
            agent.rests = True

    def _ready(self, agent: _Agent) -> None:
        if agent.leaves:
            agent.leaves = agent.rests = False
            self._state(agent, "offline")
            return
        self._state(agent, "ready")
        agent.idle_since = self.now
        if agent.rests:
            agent.rests = False
            self._rest(agent)
            return
        served = sorted(agent.queues, key=lambda queue: (agent.queues[queue], queue != "repair"))
        for queue in served:
            if self.waiting[queue]:
                self._offer(self.waiting[queue][0], agent)
                return

    # --- calls ---------------------------------------------------------------------------------------------

    def _tell(self, call: _Call, fact: ev.Fact) -> None:
        call.rows.append(ev.Event.of(fact, self.now))

    def _arrive(self) -> None:
        call = _Call(ev.new_uid(self.now), self.chance.choice(self._callers))
        self._calls.append(call)
        direct = self.chance.random() < 0.06
        self._tell(
            call,
            ev.CallArrived(call.id, "inbound", call.caller, "96001" if direct else "96000", "demo", demo=True),
        )
        if direct:
            self._queue(call, "general")
            return
        self._tell(call, ev.FlowEntered(call.id, "main", 1))
        listens = self.chance.uniform(4, 16)
        if self.chance.random() < 0.04:
            self._after(listens, lambda: self._end(call, "caller_hung_up"))
            return
        self._after(listens, lambda: self._choose(call))

    def _choose(self, call: _Call) -> None:
        if self.chance.random() < 0.05:
            outcome, digits = self.chance.choice((("timeout", ""), ("wrong_key", "7")))
            self._tell(call, ev.MenuChosen(call.id, "menu", digits, outcome))  # type: ignore[arg-type]
            self._after(self.chance.uniform(5, 9), lambda: self._choose(call))
            return
        digit, queue, _share = self.chance.choices(MENU, [row[2] for row in MENU])[0]
        self._tell(call, ev.MenuChosen(call.id, "menu", digit, "chosen"))
        if digit == "2" and self.chance.random() < 0.35:
            # The bill was read out: no need for anybody.
            self._after(self.chance.uniform(15, 30), lambda: self._end(call, "flow_ended"))
            return
        self._after(1.0, lambda: self._queue(call, queue))

    def _queue(self, call: _Call, queue: str) -> None:
        hour = datetime.fromtimestamp(self.now, ZONE).hour
        if queue == "billing" and not 8 <= hour < 20:
            queue = "general"
        call.queue, call.queued_at, call.waiting = queue, self.now, True
        self.waiting[queue].append(call)
        self._tell(call, ev.CallQueued(call.id, queue, int(queue == "repair"), len(self.waiting[queue])))
        free = [agent for agent in self.agents if agent.state == "ready" and queue in agent.queues]
        if free:
            self._offer(call, min(free, key=lambda agent: (agent.queues[queue], agent.idle_since)))
        self._after(8 + self.chance.expovariate(1 / PATIENCE_S), lambda: self._give_up(call, call.queued_at))

    def _give_up(self, call: _Call, since: float) -> None:
        if call.waiting and call.queued_at == since and call in self.waiting[call.queue]:
            self.waiting[call.queue].remove(call)
            call.waiting = False
            self._tell(call, ev.QueueLeft(call.id, call.queue, "abandoned"))
            self._end(call, "caller_hung_up")

    def _offer(self, call: _Call, agent: _Agent) -> None:
        self.waiting[call.queue].remove(call)
        call.segments += 1
        segment = f"{call.id}-{call.segments}"
        self._state(agent, "ringing", call=call)
        self._tell(call, ev.AgentRang(call.id, segment, agent.extension, call.queue))
        if self.chance.random() < 0.015:
            self._after(RING_LIMIT_S, lambda: self._ring_lost(call, agent, segment))
        else:
            self._after(self.chance.lognormvariate(1.2, 0.45), lambda: self._answer(call, agent, segment))

    def _ring_lost(self, call: _Call, agent: _Agent, segment: str) -> None:
        self._tell(call, ev.RingEnded(call.id, segment, agent.extension, "no_answer"))
        self._state(agent, "trouble", "no_answer", call)
        self._after(self.chance.uniform(40, 180), lambda: self._ready(agent))
        self.waiting[call.queue].appendleft(call)
        free = [other for other in self.agents if other.state == "ready" and call.queue in other.queues]
        if free:
            self._offer(call, min(free, key=lambda other: other.idle_since))
        elif self.now - call.queued_at > 60:
            self._give_up(call, call.queued_at)
        else:
            since = call.queued_at
            self._after(self.chance.uniform(20, 90), lambda: self._give_up(call, since))

    def _answer(self, call: _Call, agent: _Agent, segment: str) -> None:
        call.waiting = False
        self._tell(call, ev.RingEnded(call.id, segment, agent.extension, "answered"))
        self._tell(call, ev.QueueLeft(call.id, call.queue, "answered", agent.extension))
        self._tell(call, ev.CallAnswered(call.id, segment, agent.extension, call.queue))
        self._state(agent, "talking", call=call)
        talk = min(1200.0, max(12.0, self.chance.lognormvariate(4.85, 0.65)))
        if self.chance.random() < 0.12:
            held = self.chance.uniform(8, 70)
            begins = talk * self.chance.uniform(0.3, 0.7)
            self._after(begins, lambda: self._hold(call, agent, segment))
            self._after(begins + held, lambda: self._resume(call, agent, segment))
            talk += held
        self._after(talk, lambda: self._finish(call, agent, segment))

    def _hold(self, call: _Call, agent: _Agent, segment: str) -> None:
        self._tell(call, ev.CallHeld(call.id, segment, agent.extension, "agent"))
        self._state(agent, "hold", call=call)

    def _resume(self, call: _Call, agent: _Agent, segment: str) -> None:
        self._tell(call, ev.CallResumed(call.id, segment, agent.extension, "agent"))
        self._state(agent, "talking", call=call)

    def _finish(self, call: _Call, agent: _Agent, segment: str) -> None:
        limit = self.wrap_up_s[call.queue]
        moves = call.segments < 2 and call.queue == "general" and self.chance.random() < 0.06
        if moves:
            self._tell(call, ev.CallTransferred(call.id, segment, agent.extension, "blind", "complaint"))
            self._tell(call, ev.SegmentEnded(call.id, segment, agent.extension, "transferred"))
        else:
            why = "caller_hung_up" if self.chance.random() < 0.72 else "agent_hung_up"
            self._tell(call, ev.SegmentEnded(call.id, segment, agent.extension, why))  # type: ignore[arg-type]
        self._tell(call, ev.WrapUpStarted(call.id, segment, agent.extension, limit))
        self._state(agent, "wrap_up", call=call)
        category = self.chance.choice(CATEGORY_OF[call.queue]) if self.chance.random() < 0.9 else ""
        length = limit if not category else min(limit, self.chance.uniform(4, limit * 1.2))
        self._after(length, lambda: self._wrapped(call, agent, segment, category))
        if moves:
            self._queue(call, "complaint")
        else:
            self._end(call, why)  # type: ignore[arg-type]

    def _wrapped(self, call: _Call, agent: _Agent, segment: str, category: str) -> None:
        self._tell(call, ev.WrapUpEnded(call.id, segment, agent.extension, category))
        self._ready(agent)

    def _end(self, call: _Call, reason: ev.EndReason) -> None:
        if not call.ended:
            call.ended = True
            self._tell(call, ev.CallEnded(call.id, reason))

    # --- what is told --------------------------------------------------------------------------------------

    def facts(self, until: float) -> Iterator[ev.Event]:
        """Calls and wrap-ups still open at the end are left out as if they had never come; then all go home."""
        told: set[str] = set()
        rows: list[ev.Event] = []
        for call in self._calls:
            kinds = [row.kind for row in call.rows]
            if call.ended and kinds.count("wrap_up_started") == kinds.count("wrap_up_ended"):
                told.add(call.id)
                rows += call.rows
        rows += [row for call, row in self._states if call is None or call.id in told]
        for agent in self.agents:
            if agent.state != "offline":
                rows.append(ev.Event.of(ev.AgentStateChanged(agent.extension, "offline"), until))
        rows.sort(key=lambda row: row.at_us)
        yield from rows
