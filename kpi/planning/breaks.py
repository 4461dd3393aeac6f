"""When the breaks of a roster are taken: not all at once, but where the calls are hurt least. Pure.

A break whose template gives it a window may begin at any quarter hour in it. Looked for are, in this order, the least
time with fewer people than the floor, the fewest uncovered agent-quarters over all pools, and the most even slack.
Every one of these is a sum over quarters of a convex function of the people present, so an even spread is never worse
than a heap, and moving single breaks seldom gets stuck: breaks are put one by one where they hurt least, and then moved
one at a time for as long as that helps. The places that they have are a second start; the better end of the two is
taken, so no spread is worse than what there was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.people.roster_records import Shift, Span, Template, epoch, pause_at, without
from kpi.planning.staffing import SLOTS, Grid, on_duty

STEP = 15
# Places looked at for one break: a wider window is looked at in longer steps.
MOST_PLACES = 13
ROUNDS = 20
DIGITS = 6

Flat = NDArray[np.float64]
Hurt = tuple[float, float, float]
NONE: Hurt = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Floor:
    """The days looked at: people ``needed`` by pool, day and quarter; ``serves`` the pools of each agent.

    ``least`` people stay while others rest, in quarters in which anybody is needed.
    """

    first_day: str
    days: int
    zone: ZoneInfo
    needed: Mapping[str, Grid]
    serves: Mapping[str, frozenset[str]]
    least: int = 0


@dataclass(slots=True)
class _Break:
    """One break of one shift: where it may begin (minutes from the shift's midnight), and what of which quarters of the
    period each of these places takes. ``at`` is the place it has now, -1 for none."""

    shift: int
    number: int
    length: int
    starts: list[int]
    takes: list[tuple[NDArray[np.int64], Flat]]
    pools: list[str]
    at: int


def places(template: Template, number: int) -> list[int]:
    """Minutes at which the break may begin, its usual place among them."""
    (start, end), (earliest, latest) = template.breaks[number], (template.windows or template.breaks)[number]
    last = latest - (end - start)
    step = STEP
    while (last - earliest) // step >= MOST_PLACES:
        step += STEP
    return sorted({start, *range(earliest, last + 1, step)})


def moves(template: Template) -> bool:
    """Whether any of its breaks has more than one place."""
    return any(len(places(template, n)) > 1 for n in range(len(template.breaks)))


def spread(
    shifts: Sequence[Shift], others: Iterable[Shift], templates: Mapping[int, Template], floor: Floor
) -> tuple[Shift, ...]:
    """The shifts with their breaks spread; ``others`` are there too and stay as they are.

    A shift with times of its own, or with breaks that are no longer its template's, stays as well.
    """
    work = _Spread(shifts, others, templates, floor)
    ends = []
    for anew in (False, True):
        work.begin(anew=anew)
        work.improve()
        ends.append((work.hurt(), [one.at for one in work.breaks]))
    _best, chosen = min(ends)
    return work.shifts_at(chosen)


def hurt(shifts: Iterable[Shift], floor: Floor) -> Hurt:
    """How much coverage suffers: (people below the floor, uncovered agent-quarters, unevenness)."""
    there = _Presence(shifts, floor)
    whole = NONE
    everything = np.arange(floor.days * SLOTS)
    for pool in floor.needed:
        whole = _sum(whole, there.pool_hurt(pool, everything, 0.0))
    return _rounded(_sum(whole, there.floor_hurt(everything, 0.0)))


class _Presence:
    """People present beyond what is needed, by pool, and people present at all."""

    def __init__(self, shifts: Iterable[Shift], floor: Floor) -> None:
        duty = on_duty(shifts, floor.first_day, floor.days, floor.zone)
        zero = np.zeros(floor.days * SLOTS)
        needed = {pool: np.nan_to_num(np.asarray(grid, dtype=float).reshape(-1)) for pool, grid in floor.needed.items()}
        self.spare = {
            pool: sum((row.reshape(-1) for e, row in duty.items() if pool in floor.serves.get(e, ())), zero) - need
            for pool, need in needed.items()
        }
        self.present = sum((row.reshape(-1) for e, row in duty.items() if floor.serves.get(e)), zero)
        wanted = np.max(list(needed.values()), axis=0, initial=0.0) if needed else zero
        self.least = np.where(wanted > 0, float(floor.least), 0.0)

    def take(self, pools: Iterable[str], slots: NDArray[np.int64], parts: Flat) -> None:
        for pool in pools:
            self.spare[pool][slots] -= parts
        self.present[slots] -= parts

    def pool_hurt(self, pool: str, slots: NDArray[np.int64], parts: Flat | float) -> Hurt:
        left = self.spare[pool][slots] - parts
        return 0.0, float(np.clip(-left, 0.0, None).sum()), float((left * left).sum())

    def floor_hurt(self, slots: NDArray[np.int64], parts: Flat | float) -> Hurt:
        return float(np.clip(self.least[slots] - (self.present[slots] - parts), 0.0, None).sum()), 0.0, 0.0

    def more(self, pools: Iterable[str], slots: NDArray[np.int64], parts: Flat) -> Hurt:
        """What taking these parts away would add."""
        added = _difference(self.floor_hurt(slots, parts), self.floor_hurt(slots, 0.0))
        for pool in pools:
            added = _sum(added, _difference(self.pool_hurt(pool, slots, parts), self.pool_hurt(pool, slots, 0.0)))
        return _rounded(added)


class _Spread:
    def __init__(
        self, shifts: Sequence[Shift], others: Iterable[Shift], templates: Mapping[int, Template], floor: Floor
    ) -> None:
        self.shifts, self.floor = list(shifts), floor
        self.breaks = [one for n, shift in enumerate(shifts) for one in self._of(n, shift, templates)]
        # None of them is in yet.
        self.were = [one.at for one in self.breaks]
        for one in self.breaks:
            one.at = -1
        moved = {(one.shift, one.number) for one in self.breaks}
        bare = [
            replace(shift, breaks=tuple(p for k, p in enumerate(sorted(shift.breaks)) if (n, k) not in moved))
            for n, shift in enumerate(self.shifts)
        ]
        self.there = _Presence([*others, *bare], floor)

    def _of(self, n: int, shift: Shift, templates: Mapping[int, Template]) -> list[_Break]:
        template = templates.get(shift.template_id or 0)
        if template is None or not template.windows or not self._is(shift, template):
            return []
        found = []
        for number, pause in enumerate(sorted(shift.breaks)):
            here = round((pause.start - epoch(shift.day, 0, self.floor.zone)) / 60)
            starts = sorted({here, *places(template, number)})
            if len(starts) > 1:
                length = round(pause.seconds / 60)
                takes = [self._takes(shift, start, length) for start in starts]
                pools = sorted(self.floor.serves.get(shift.extension, frozenset()) & set(self.floor.needed))
                found.append(_Break(n, number, length, starts, takes, pools, starts.index(here)))
        return found

    def _is(self, shift: Shift, template: Template) -> bool:
        """Whether shift and breaks are still those of the template, wherever in their windows they lie."""
        zone, day = self.floor.zone, shift.day
        if shift.span != Span(epoch(day, template.start_minute, zone), epoch(day, template.end_minute, zone)):
            return False
        return len(shift.breaks) == len(template.breaks) and all(
            round(pause.seconds / 60) == end - start
            and epoch(day, earliest, zone) <= pause.start
            and pause.end <= epoch(day, latest, zone)
            for pause, (start, end), (earliest, latest) in zip(
                sorted(shift.breaks), template.breaks, template.windows, strict=True
            )
        )

    def _takes(self, shift: Shift, start: int, length: int) -> tuple[NDArray[np.int64], Flat]:
        """Quarters of the period, and the share of each that the break takes; leave is no work that it could take."""
        pause = pause_at(shift.day, start, start + length, self.floor.zone)
        worked = without([pause], shift.away)
        probe = [Shift("", shift.day, span.start, span.end) for span in worked]
        row = on_duty(probe, self.floor.first_day, self.floor.days, self.floor.zone).get("")
        if row is None:
            return np.array([], dtype=np.int64), np.array([])
        slots = np.nonzero(row.reshape(-1))[0]
        return slots, row.reshape(-1)[slots]

    def begin(self, *, anew: bool) -> None:
        """``anew``: each where it hurts least, in order of time; else where they were."""
        for one in self.breaks:
            self._lift(one)
        for one, were in zip(self.breaks, self.were, strict=True):
            self._put(one, self._best(one, were) if anew else were)

    def improve(self) -> None:
        """Each move lowers what is hurt, so there is an end; the rounds are only a limit against the last crumbs."""
        for _round in range(ROUNDS):
            before = self._places()
            for one in self.breaks:
                here = one.at
                self._lift(one)
                self._put(one, self._best(one, here))
            if self._places() == before:
                return

    def _places(self) -> list[int]:
        return [one.at for one in self.breaks]

    def _best(self, one: _Break, here: int) -> int:
        """The place that hurts least; the present one unless another is truly better."""
        worth = [self.there.more(one.pools, *take) for take in one.takes]
        best = min(worth)
        return here if worth[here] == best else worth.index(best)

    def _lift(self, one: _Break) -> None:
        if one.at >= 0:
            slots, parts = one.takes[one.at]
            self.there.take(one.pools, slots, -parts)
        one.at = -1

    def _put(self, one: _Break, at: int) -> None:
        self.there.take(one.pools, *one.takes[at])
        one.at = at

    def hurt(self) -> Hurt:
        everything = np.arange(self.floor.days * SLOTS)
        whole = self.there.floor_hurt(everything, 0.0)
        for pool in self.floor.needed:
            whole = _sum(whole, self.there.pool_hurt(pool, everything, 0.0))
        return _rounded(whole)

    def shifts_at(self, chosen: Sequence[int]) -> tuple[Shift, ...]:
        moved: dict[int, dict[int, Span]] = {}
        for one, at in zip(self.breaks, chosen, strict=True):
            day, start = self.shifts[one.shift].day, one.starts[at]
            moved.setdefault(one.shift, {})[one.number] = pause_at(day, start, start + one.length, self.floor.zone)
        return tuple(
            replace(shift, breaks=tuple(moved.get(n, {}).get(k, pause) for k, pause in enumerate(sorted(shift.breaks))))
            for n, shift in enumerate(self.shifts)
        )


def _sum(one: Hurt, other: Hurt) -> Hurt:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _difference(one: Hurt, other: Hurt) -> Hurt:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def _rounded(one: Hurt) -> Hurt:
    """Crumbs of floating point decide nothing."""
    return round(one[0], DIGITS), round(one[1], DIGITS), round(one[2], DIGITS)
