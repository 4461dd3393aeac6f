"""Needed against rostered, slot by slot, for pools of queues. Pure.

A pool is a set of queues: each queue by itself, and all together. An agent counts in every pool with a queue that she
serves, so the pools of single queues say whether the skills suffice, and the pool of all whether the heads do.
The day is cut into quarters of an hour of wall clock; arrays have one row for each day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.people.roster_rules import Shift, epoch
from kpi.planning.erlang import Service, Target, load_of, needed, service

SLOTS = 96
SLOT_S = 900.0
ALL = "all"

Grid = NDArray[np.float64]
Level = Literal["", "warn", "bad"]


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
    level: Level


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
        found = needed(calls, SLOT_S, round(aht * 2) / 2, pool.target)
        load[place], agents[place], rostered[place] = load_of(calls, SLOT_S, aht), found.agents, found.rostered
    return Need(pool.id, pool.calls, load, agents, rostered)


def on_duty(shifts: Iterable[Shift], first_day: str, days: int, zone: ZoneInfo) -> dict[str, Grid]:
    """The share of each quarter that each agent is rostered to work, breaks left out."""
    found: dict[str, Grid] = {}
    borders = np.array([epoch(first_day, 15 * n, zone) for n in range(days * SLOTS + 1)])
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
            # A quarter that the clock skips has no length.
            flat[first:last] += np.clip(seconds, 0, None) / np.maximum(ends - starts, 1.0)
    return found


def rostered(duty: Mapping[str, Grid], serves: Mapping[str, Iterable[str]], pool: Pool) -> Grid:
    """How many of those on duty serve a queue of the pool."""
    able = [row for extension, row in duty.items() if pool.queues.intersection(serves.get(extension, ()))]
    empty = np.zeros(pool.calls.shape)
    return np.round(np.sum(able, axis=0), 3) if able else empty


def level(load: float, needed_rostered: float, there: float, shrinkage: float) -> Level:
    """``bad`` when those who remain after shrinkage do not outnumber the load: then the queue only grows."""
    if np.isnan(needed_rostered) or there >= needed_rostered:
        return ""
    return "bad" if there * (1.0 - shrinkage) <= load else "warn"


def expected(pool: Pool, place: tuple[int, int], there: float) -> Service | None:
    """What callers would meet with those rostered, shrinkage taken off; ``None`` when the queue only grows."""
    present = int(there * (1.0 - pool.target.shrinkage) + 1e-9)
    aht = float(pool.aht_s[place])
    return service(load_of(float(pool.calls[place]), SLOT_S, aht), aht, present, pool.target.threshold_s)


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
