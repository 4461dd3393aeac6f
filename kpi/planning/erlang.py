"""How many agents a load of calls needs: Erlang B, C and A. Pure arithmetic; times in seconds, load in erlangs.

Erlang B by its stable recursion (no factorials), Erlang C from it: Cooper, Introduction to Queueing Theory, 2nd ed.,
ch. 3. Erlang C knows no caller who gives up and holds only while there are more agents than load; with as many or
fewer the queue grows for ever, and the functions say so by ``None``. Erlang A (callers with exponential patience):
Mandelbaum and Zeltyn, The Palm/Erlang-A Queue, 2005, section 4.7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.installation.definition import THRESHOLD_S

Array = NDArray[np.float64]
STEPS = 4_000


@dataclass(frozen=True, slots=True)
class Service:
    """What callers meet. ``waits`` is the share that waits at all; ``abandoned`` is 0 where nobody gives up."""

    agents: int
    load: float
    waits: float
    service_level: float
    asa_s: float
    occupancy: float
    abandoned: float = 0.0


@dataclass(frozen=True, slots=True)
class Staffing:
    """``agents`` on the phones; ``rostered`` counts those who are not there although they should be.

    ``bound``: what asked for the last agent, ``service level`` or ``occupancy``; empty without calls.
    """

    agents: int
    rostered: int
    bound: str
    service: Service | None


@dataclass(frozen=True, slots=True)
class Target:
    """``share`` of calls answered within ``threshold_s``; at most ``occupancy`` busy; ``shrinkage`` away."""

    share: float = 0.8
    threshold_s: float = THRESHOLD_S
    occupancy: float = 0.85
    shrinkage: float = 0.0


def load_of(calls: float, interval_s: float, aht_s: float) -> float:
    return calls * aht_s / interval_s


def blocked(load: float, servers: int) -> float:
    """Erlang B: the share that finds every server busy."""
    share = 1.0
    for n in range(1, servers + 1):
        share = load * share / (n + load * share)
    return share


def waiting(load: float, agents: int) -> float | None:
    """Erlang C: the share that waits; ``None`` when agents do not outnumber the load."""
    if agents <= load:
        return None
    lost = blocked(load, agents)
    return lost / (1.0 - load / agents * (1.0 - lost))


def service(load: float, aht_s: float, agents: int, threshold_s: float) -> Service | None:
    """Erlang C; ``None`` when agents do not outnumber the load."""
    if load <= 0:
        return Service(agents, 0.0, 0.0, 1.0, 0.0, 0.0)
    waits = waiting(load, agents)
    if waits is None:
        return None
    late = waits * math.exp(-(agents - load) * threshold_s / aht_s)
    return Service(agents, load, waits, 1.0 - late, waits * aht_s / (agents - load), load / agents)


def needed(calls: float, interval_s: float, aht_s: float, target: Target) -> Staffing:
    """The fewest agents that keep the target; 0 where no calls come."""
    load = load_of(calls, interval_s, aht_s)
    if load <= 0:
        return Staffing(0, 0, "", None)
    return _needed(round(load, 9), aht_s, target)


@lru_cache(maxsize=20_000)
def _needed(load: float, aht_s: float, target: Target) -> Staffing:
    agents = max(1, math.floor(load) + 1)
    found = service(load, aht_s, agents, target.threshold_s)
    while found is None or found.service_level < target.share:
        agents += 1
        found = service(load, aht_s, agents, target.threshold_s)
    bound = "service level"
    if load / agents > target.occupancy:
        # A hair below, so that 8.5 erlangs at 85 % are 10 agents and not 11.
        agents, bound = math.ceil(load / target.occupancy - 1e-9), "occupancy"
        found = service(load, aht_s, agents, target.threshold_s)
    rostered = math.ceil(agents / (1.0 - target.shrinkage) - 1e-9)
    return Staffing(agents, rostered, bound, found)


def service_with_patience(load: float, aht_s: float, agents: int, threshold_s: float, patience_s: float) -> Service:
    """Erlang A: callers give up after an exponential patience of this mean. Holds for any number of agents from 1.

    ``service_level`` is the share of all callers who are answered within the threshold; ``asa_s`` is the mean wait
    of all, those who gave up included.
    """
    if load <= 0:
        return Service(agents, 0.0, 0.0, 1.0, 0.0, 0.0)
    arrive, serve, leave = load / aht_s, 1.0 / aht_s, 1.0 / patience_s

    def power(wait: Array) -> Array:
        """Log of the density of the wait that is offered; concave."""
        return -arrive / leave * np.expm1(-leave * wait) - agents * serve * wait

    # Overload makes the peak huge; everything is taken relative to it.
    peak_at = max(0.0, math.log(arrive / (agents * serve)) / leave)
    peak = float(power(np.array(peak_at)))
    longest = peak_at + aht_s / agents
    while float(power(np.array(longest))) > peak - 40.0:
        longest *= 2.0
    waits = np.linspace(0.0, longest, STEPS)
    whole = float(np.trapezoid(np.exp(power(waits) - peak), waits))
    nobody_waits = math.exp(-peak)
    total = nobody_waits / blocked(load, agents - 1) + arrive * whole
    abandoned = max(0.0, (nobody_waits + (arrive - agents * serve) * whole) / total)
    late = np.linspace(threshold_s, max(threshold_s, longest), STEPS)
    stayed = np.exp(power(late) - peak - leave * late)
    answered_late = arrive * float(np.trapezoid(stayed, late)) / total
    return Service(
        agents,
        load,
        arrive * whole / total,
        max(0.0, 1.0 - abandoned - answered_late),
        abandoned * patience_s,
        load * (1.0 - abandoned) / agents,
        abandoned,
    )
