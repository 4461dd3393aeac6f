"""Adherence of many shifts at once. Pure: an agent's states as arrays of whole microseconds, so that a year of them
costs no more than reading them.

What is summed is said in ``adherence``; states go by what they are to it: an agent waits for calls, is busy with one,
or neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.rosters.records import Shift, Span, without
from kpi.planning.adherence import AROUND_S, WAITING, WORKING, AdherenceSums, Stretch

Micros = npt.NDArray[np.int64]

SECOND = 1_000_000
NEVER = np.iinfo(np.int64).max
NEITHER, WAITS, BUSY = 0, 1, 2


def micros(seconds: Iterable[float]) -> Micros:
    return np.rint(np.fromiter(seconds, np.float64) * SECOND).astype(np.int64)


@dataclass(frozen=True, slots=True)
class StateTimes:
    """One agent's states in the order of their begins, in microseconds since 1970; ``sorts`` are ``NEITHER``, ``WAITS``
    or ``BUSY``."""

    starts: Micros
    ends: Micros
    sorts: npt.NDArray[Any]

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> StateTimes:
        known = sorted(stretches, key=lambda one: one.start)
        sorts = [WAITS if one.state in WAITING else BUSY if one.state in WORKING else NEITHER for one in known]
        return cls(
            micros(one.start for one in known), micros(one.end for one in known), np.array(sorts, dtype=np.uint8)
        )


NO_STATES = StateTimes.of([])


def sums_of(
    shift: Shift, neighbours: Iterable[Shift], stretches: Iterable[Stretch], known_from: float, now: float
) -> AdherenceSums:
    """One shift's."""
    (found,) = sums_of_shifts([shift], [shift, *neighbours], StateTimes.of(stretches), known_from, now)
    return found


def sums_of_shifts(
    asked: Sequence[Shift], own: Sequence[Shift], states: StateTimes, known_from: float, now: float
) -> list[AdherenceSums]:
    """Of one agent, in the order asked; ``own`` are all shifts of that agent around. Nothing counts before
    ``known_from``, when the house began to write states down, nor after ``now``."""
    if not asked:
        return []
    known, until = micros([known_from, now])
    starts, ends = micros(one.starts_at for one in asked), micros(one.ends_at for one in asked)
    parts = _parts(asked, np.maximum(starts, known), np.minimum(ends, until))
    times = _Disjoint.of(states)
    working, waiting = times.of_sorts(WAITS, BUSY), times.of_sorts(WAITS)
    lengths, worked = parts.ends - parts.starts, working.within(parts.starts, parts.ends)
    adherent = np.where(parts.are_breaks, lengths - waiting.within(parts.starts, parts.ends), worked)
    begins, lasts = parts.least(parts.starts), -parts.least(-parts.ends)
    firsts = parts.least(working.first(parts.starts, parts.ends))
    seen, absent = begins < NEVER, firsts == NEVER
    late = np.where(seen, np.where(absent, lasts, firsts) - begins, 0)
    columns = (
        parts.sums(lengths),
        parts.sums(adherent),
        parts.sums(np.where(parts.are_breaks, 0, lengths)),
        parts.sums(worked) + _outside(_reach(starts, ends, own, known, until), starts, ends, states),
        late / SECOND,
        seen.astype(int),
        (seen & absent & (ends <= until)).astype(int),
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [AdherenceSums(*row) if row[5] else AdherenceSums() for row in rows]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is planned of the shifts, leave left out: work and breaks, each with the place of its shift."""

    shifts: Micros
    starts: Micros
    ends: Micros
    are_breaks: npt.NDArray[np.bool_]
    count: int

    def sums(self, lengths: Micros) -> npt.NDArray[np.float64]:
        """Seconds of each shift."""
        return np.bincount(self.shifts, lengths, self.count) / SECOND

    def least(self, values: Micros) -> Micros:
        """Of each shift, ``NEVER`` where it has no part."""
        found = np.full(self.count, NEVER)
        np.minimum.at(found, self.shifts, values)
        return found


def _parts(asked: Sequence[Shift], starts: Micros, ends: Micros) -> _Parts:
    """Cut to what is past and known."""
    places: list[int] = []
    spans: list[Span] = []
    breaks: list[bool] = []
    for place, shift in enumerate(asked):
        pauses = without(shift.breaks, shift.away)
        spans += (*shift.work, *pauses)
        breaks += [False] * len(shift.work) + [True] * len(pauses)
        places += [place] * (len(spans) - len(places))
    shifts = np.array(places, dtype=np.int64)
    begins = np.maximum(micros(span.start for span in spans), starts[shifts])
    lasts = np.minimum(micros(span.end for span in spans), ends[shifts])
    some = begins < lasts
    return _Parts(shifts[some], begins[some], lasts[some], np.array(breaks, dtype=bool)[some], len(asked))


@dataclass(frozen=True, slots=True)
class _Disjoint:
    """Stretches that do not overlap, in order; facts of one agent do not, and should they, the earlier one keeps its
    time."""

    starts: Micros
    ends: Micros
    sorts: npt.NDArray[Any]

    @classmethod
    def of(cls, states: StateTimes) -> _Disjoint:
        if not states.starts.size:
            return cls(states.starts, states.ends, states.sorts)
        before = np.concatenate(([states.starts[0]], np.maximum.accumulate(states.ends)[:-1]))
        starts = np.maximum(states.starts, before)
        some = starts < states.ends
        return cls(starts[some], states.ends[some], states.sorts[some])

    def of_sorts(self, *sorts: int) -> _Disjoint:
        some = np.isin(self.sorts, sorts)
        return _Disjoint(self.starts[some], self.ends[some], self.sorts[some])

    def within(self, starts: Micros, ends: Micros) -> Micros:
        """How much of it lies in each span."""
        return self._until(ends) - self._until(starts)

    def first(self, starts: Micros, ends: Micros) -> Micros:
        """When it begins in each span, ``NEVER`` where it does not."""
        following = np.concatenate((self.starts, [NEVER]))[np.searchsorted(self.ends, starts, "right")]
        found = np.maximum(following, starts)
        return np.where(found < ends, found, NEVER)

    def _until(self, moments: Micros) -> Micros:
        before = np.searchsorted(self.starts, moments, "right")
        whole = np.concatenate(([0], np.cumsum(self.ends - self.starts)))[before]
        last = np.concatenate(([0], self.ends))[before]
        rest: Micros = whole - np.where(last > moments, last - moments, 0)
        return rest


def _reach(starts: Micros, ends: Micros, own: Sequence[Shift], known: int, until: int) -> tuple[Micros, Micros]:
    """How far around each shift work counts for it: half-way to its neighbours, at most four hours."""
    around = int(AROUND_S * SECOND)
    others_end = np.concatenate(([-NEVER // 2], np.sort(micros(one.ends_at for one in own))))
    others_start = np.concatenate((np.sort(micros(one.starts_at for one in own)), [NEVER]))
    last, following = np.searchsorted(others_end, starts, "right") - 1, np.searchsorted(others_start, ends)
    begins = np.maximum(starts - around, starts - (starts - others_end[last]) // 2)
    lasts = np.minimum(ends + around, ends + (others_start[following] - ends) // 2)
    begins = np.maximum(begins, known)
    return begins, np.maximum(begins, np.minimum(lasts, until))


def _outside(reach: tuple[Micros, Micros], starts: Micros, ends: Micros, states: StateTimes) -> npt.NDArray[np.float64]:
    """Seconds of work around each shift; where working states overlap their time counts once."""
    works = np.isin(states.sorts, (WAITS, BUSY))
    working = _Disjoint.of(StateTimes(states.starts[works], states.ends[works], states.sorts[works]))
    begins, lasts = reach
    early = working.within(begins, np.maximum(begins, np.minimum(starts, lasts)))
    late = working.within(np.minimum(np.maximum(ends, begins), lasts), lasts)
    return (early + late) / SECOND
