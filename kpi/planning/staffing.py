"""Needed against rostered, slot by slot, for pools of queues. Pure.

A pool is a set of queues: each queue by itself, and all together. An agent counts in every pool with a queue that she
serves, so the pools of single queues say whether the skills suffice, and the pool of all whether the heads do.
The day is cut into quarters of an hour of wall clock; arrays have one row for each day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.rosters.records import Shift, epoch
from kpi.planning.erlang import Target, load_of, needed, service, service_with_patience

SLOTS = 96
SLOT_S = 900.0
ALL = "all"

Grid = NDArray[np.float64]
GapLevel = Literal["", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Demand:
    """What one queue is expected to bring: ``calls`` by day and quarter, handled in ``aht_s`` each."""

    queue: str
    calls: Grid
    aht_s: float
    target: Target


@dataclass(frozen=True, slots=True)
class Pool:
    """``calls``, ``aht_s`` and ``target`` are those of its queues together."""

    id: str
    queues: frozenset[str]
    calls: Grid
    aht_s: Grid
    target: Target


@dataclass(frozen=True, slots=True)
class Need:
    """``agents`` on the phones, ``rostered`` with those who are away; ``load`` in erlangs."""

    pool: str
    calls: Grid
    load: Grid
    agents: Grid
    rostered: Grid


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of quarters in which too few are rostered. ``level`` bad: so few that the queue only grows."""

    day: str
    first_slot: int
    last_slot: int
    short: float
    level: GapLevel


def pools(demands: Sequence[Demand]) -> list[Pool]:
    """The pool of all first, when there is more than one queue."""
    single = [Pool(d.queue, frozenset({d.queue}), d.calls, np.full_like(d.calls, d.aht_s), d.target) for d in demands]
    return single if len(demands) < 2 else [_together(demands), *single]


def _together(demands: Sequence[Demand]) -> Pool:
    calls = np.sum([np.nan_to_num(d.calls) for d in demands], axis=0)
    work = np.sum([np.nan_to_num(d.calls) * d.aht_s for d in demands], axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        aht = np.where(calls > 0, work / calls, 0.0)
    known = np.any([~np.isnan(d.calls) for d in demands], axis=0)
    # The strictest queue's promise holds for whoever answers all of them.
    strict = min((d.target for d in demands), key=lambda target: (target.threshold_s, -target.share))
    return Pool(ALL, frozenset(d.queue for d in demands), np.where(known, calls, np.nan), aht, strict)


def need(pool: Pool) -> Need:
    load, agents, rostered = (np.full_like(pool.calls, np.nan) for _ in range(3))
    for place in zip(*np.nonzero(~np.isnan(pool.calls)), strict=True):
        calls, aht = float(pool.calls[place]), float(pool.aht_s[place])
        # Handling times to the half second: many quarters share an answer.
        aht = max(0.5, round(aht * 2) / 2)
        found = needed(calls, SLOT_S, aht, pool.target)
        load[place], agents[place] = load_of(calls, SLOT_S, aht), found.agents
        rostered[place] = to_roster(round(load[place], 3), aht, pool.target, found.agents)
    return Need(pool.id, pool.calls, load, agents, rostered)


@lru_cache(maxsize=20_000)
def to_roster(load: float, aht_s: float, target: Target, agents: int) -> int:
    """The fewest people to roster so that, ``shrinkage`` of them away, the target is still met on the mean.

    Never more than ``agents / (1 - shrinkage)`` rounded up, the usual figure, which asks too much of small offices:
    one person away of two is not the rule but the exception.
    """
    if load <= 0:
        return 0
    people = agents
    while not _enough(load, aht_s, target, people * (1.0 - target.shrinkage)):
        people += 1
    return people


def _enough(load: float, aht_s: float, target: Target, present: float) -> bool:
    level = between(load, aht_s, target.threshold_s, present)
    # A hair of patience with rounding.
    return level is not None and level >= target.share - 1e-9 and load <= target.occupancy * present + 1e-9


def between(load: float, aht_s: float, threshold_s: float, present: float) -> float | None:
    """Service level with a broken number of people: between those of the whole numbers around it. ``None`` when even
    the larger of them does not outnumber the load: the queue only grows."""
    fewer, part = math.floor(present + 1e-9), present - math.floor(present + 1e-9)
    more = service(load, aht_s, fewer + (part > 1e-9), threshold_s)
    if more is None:
        return None
    less = service(load, aht_s, fewer, threshold_s) if part > 1e-9 else more
    return (less.service_level if less is not None else 0.0) * (1.0 - part) + more.service_level * part


@lru_cache(maxsize=16)
def _borders(first_day: str, days: int, zone: ZoneInfo) -> NDArray[np.float64]:
    """Where the quarters of the days begin; never written to."""
    wall = np.array([epoch(first_day, 15 * n, zone) for n in range(days * SLOTS + 1)])
    # Quarters that the clock skips would lie behind those after them: they have no length instead.
    return np.asarray(np.minimum.accumulate(wall[::-1])[::-1], dtype=np.float64)


def on_duty(shifts: Iterable[Shift], first_day: str, days: int, zone: ZoneInfo) -> dict[str, Grid]:
    """The share of each quarter that each agent is rostered to work, breaks and leave left out."""
    found: dict[str, Grid] = {}
    borders = _borders(first_day, days, zone)
    for shift in shifts:
        row = found.setdefault(shift.extension, np.zeros((days, SLOTS)))
        flat = row.reshape(-1)
        for span in shift.work:
            first = max(0, int(np.searchsorted(borders, span.start, side="right")) - 1)
            last = min(len(borders) - 1, int(np.searchsorted(borders, span.end, side="left")))
            if first >= last:
                continue
            starts, ends = borders[first:last], borders[first + 1 : last + 1]
            seconds = np.minimum(ends, span.end) - np.maximum(starts, span.start)
            flat[first:last] += np.clip(seconds, 0, None) / np.maximum(ends - starts, 1.0)
    return found


def rostered(duty: Mapping[str, Grid], serves: Mapping[str, Iterable[str]], pool: Pool) -> Grid:
    """How many of those on duty serve a queue of the pool."""
    able = [row for extension, row in duty.items() if pool.queues.intersection(serves.get(extension, ()))]
    empty = np.zeros(pool.calls.shape)
    return np.round(np.sum(able, axis=0), 3) if able else empty


def level(load: float, needed_rostered: float, there: float, shrinkage: float) -> GapLevel:
    """``bad`` when those who remain after shrinkage do not outnumber the load: then the queue only grows."""
    if np.isnan(needed_rostered) or there >= needed_rostered:
        return ""
    return "bad" if there * (1.0 - shrinkage) <= load else "warn"


def expected(pool: Pool, place: tuple[int, int], there: float) -> float | None:
    """The service level callers would meet with those rostered, after shrinkage; ``None``: the queue only grows."""
    aht = max(0.5, float(pool.aht_s[place]))
    load = load_of(float(pool.calls[place]), SLOT_S, aht)
    return between(load, aht, pool.target.threshold_s, there * (1.0 - pool.target.shrinkage))


def abandoning(pool: Pool, place: tuple[int, int], there: float, patience_s: float) -> float:
    """The share of callers who would give up with those rostered (Erlang A), also where the queue would only grow."""
    aht = max(0.5, float(pool.aht_s[place]))
    load, present = load_of(float(pool.calls[place]), SLOT_S, aht), there * (1.0 - pool.target.shrinkage)
    if load <= 0:
        return 0.0
    fewer, part = math.floor(present + 1e-9), present - math.floor(present + 1e-9)
    shares = [
        service_with_patience(load, aht, people, pool.target.threshold_s, patience_s).abandoned if people else 1.0
        for people in ((fewer, fewer + 1) if part > 1e-9 else (fewer,))
    ]
    return shares[0] if len(shares) == 1 else shares[0] * (1.0 - part) + shares[1] * part


def gaps(wanted: Need, there: Grid, first_day: str, shrinkage: float) -> list[Gap]:
    """Runs of short quarters of equal level within a day, in order of time."""
    found: list[Gap] = []
    start = date.fromisoformat(first_day)
    for n in range(len(there)):
        day = (start + timedelta(days=n)).isoformat()
        run: Gap | None = None
        for slot in range(SLOTS):
            mark = level(wanted.load[n, slot], wanted.rostered[n, slot], there[n, slot], shrinkage)
            short = float(wanted.rostered[n, slot] - there[n, slot]) if mark else 0.0
            if run is not None and mark == run.level:
                run = Gap(day, run.first_slot, slot, max(run.short, short), run.level)
                continue
            if run is not None:
                found.append(run)
            run = Gap(day, slot, slot, short, mark) if mark else None
        if run is not None:
            found.append(run)
    return found


def short_hours(wanted: Need, there: Grid) -> Grid:
    """Agent hours missing, by day; a quarter with too many does not make up for another."""
    missing = np.clip(np.nan_to_num(wanted.rostered) - there, 0.0, None)
    return np.asarray(missing.sum(axis=1) * SLOT_S / 3600.0)
