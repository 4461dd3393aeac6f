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

from core.rosters.records import Shift, Span, Template, epoch, pause_at, without
from kpi.planning.staffing import SLOTS, Grid, on_duty

STEP = 15
# Places looked at for one break: a wider window is looked at in longer steps.
MOST_PLACES = 13
ROUNDS = 20
DIGITS = 6

Flat = NDArray[np.float64]
Hurt = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class BreakCover:
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
    """One break of one shift: where it may begin (minutes from the shift's midnight), and what of the quarters
    ``slots`` each of these places takes, row by row. ``at`` is the place it has now, -1 for none."""

    shift: int
    number: int
    length: int
    starts: list[int]
    slots: NDArray[np.int64]
    takes: Flat
    pools: NDArray[np.int64]
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
    shifts: Sequence[Shift], others: Iterable[Shift], templates: Mapping[int, Template], floor: BreakCover
) -> tuple[Shift, ...]:
    """The shifts with their breaks spread; ``others`` are there too and stay as they are.

    A shift with times of its own, or with breaks that are no longer its template's, stays as well.
    """
    work = _Spread(shifts, others, templates, floor)
    ends = []
    for anew in (False, True):
        work.begin(anew=anew)
        work.improve()
        ends.append((work.there.hurt(), [one.at for one in work.breaks]))
    _best, chosen = min(ends)
    return work.shifts_at(chosen)


def hurt(shifts: Iterable[Shift], floor: BreakCover) -> Hurt:
    """How much coverage suffers: (people below the floor, uncovered agent-quarters, unevenness)."""
    return _Presence(shifts, floor).hurt()


class _Presence:
    """People present beyond what is needed, a row for each pool, and people present at all."""

    def __init__(self, shifts: Iterable[Shift], floor: BreakCover) -> None:
        duty = on_duty(shifts, floor.first_day, floor.days, floor.zone)
        zero = np.zeros(floor.days * SLOTS)
        needed = np.array([np.nan_to_num(np.asarray(grid, float).reshape(-1)) for grid in floor.needed.values()])
        needed = needed.reshape(len(floor.needed), len(zero))
        there = [
            sum((row.reshape(-1) for e, row in duty.items() if pool in floor.serves.get(e, ())), zero)
            for pool in floor.needed
        ]
        self.spare = np.array(there).reshape(needed.shape) - needed
        self.present = np.asarray(sum((row.reshape(-1) for e, row in duty.items() if floor.serves.get(e)), zero))
        self.least = np.where(needed.max(axis=0, initial=0.0) > 0, float(floor.least), 0.0)

    def take(self, one: _Break, times: float) -> None:
        """The break at its place; -1 times gives it back."""
        self.spare[np.ix_(one.pools, one.slots)] -= times * one.takes[one.at]
        self.present[one.slots] -= times * one.takes[one.at]

    def worth(self, one: _Break) -> list[Hurt]:
        """What each place of a break that is not in would hurt; only differences between them mean anything."""
        left = self.spare[np.ix_(one.pools, one.slots)][:, None, :] - one.takes[None]
        there = self.present[one.slots] - one.takes
        below = np.clip(self.least[one.slots] - there, 0.0, None).sum(axis=1)
        under = np.clip(-left, 0.0, None).sum(axis=(0, 2))
        return [_rounded(*place) for place in zip(below, under, (left * left).sum(axis=(0, 2)), strict=True)]

    def hurt(self) -> Hurt:
        below = np.clip(self.least - self.present, 0.0, None).sum()
        return _rounded(below, np.clip(-self.spare, 0.0, None).sum(), (self.spare * self.spare).sum())


class _Spread:
    def __init__(
        self, shifts: Sequence[Shift], others: Iterable[Shift], templates: Mapping[int, Template], floor: BreakCover
    ) -> None:
        self.shifts, self.floor = list(shifts), floor
        self.known: dict[tuple[Span, tuple[Span, ...]], Flat] = {}
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
        mine = self.floor.serves.get(shift.extension, frozenset())
        pools = np.array([n for n, pool in enumerate(self.floor.needed) if pool in mine], dtype=np.int64)
        for number, pause in enumerate(sorted(shift.breaks)):
            here = round((pause.start - epoch(shift.day, 0, self.floor.zone)) / 60)
            starts = sorted({here, *places(template, number)})
            if len(starts) > 1:
                length = round(pause.seconds / 60)
                takes = np.array([self._takes(shift, start, length) for start in starts])
                slots = np.nonzero(takes.any(axis=0))[0]
                at = starts.index(here)
                found.append(_Break(n, number, length, starts, slots, takes[:, slots], pools, at))
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

    def _takes(self, shift: Shift, start: int, length: int) -> Flat:
        """The share of each quarter of the period; leave is no work that a break could take."""
        pause = pause_at(shift.day, start, start + length, self.floor.zone)
        key = (pause, shift.away)
        if key not in self.known:
            probe = [Shift("", shift.day, *span) for span in without([pause], shift.away)]
            row = on_duty(probe, self.floor.first_day, self.floor.days, self.floor.zone).get("")
            self.known[key] = np.zeros(self.floor.days * SLOTS) if row is None else row.reshape(-1)
        return self.known[key]

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
        worth = self.there.worth(one)
        best = min(worth)
        return here if worth[here] == best else worth.index(best)

    def _lift(self, one: _Break) -> None:
        if one.at >= 0:
            self.there.take(one, -1.0)
        one.at = -1

    def _put(self, one: _Break, at: int) -> None:
        one.at = at
        self.there.take(one, 1.0)

    def shifts_at(self, chosen: Sequence[int]) -> tuple[Shift, ...]:
        moved: dict[int, dict[int, Span]] = {}
        for one, at in zip(self.breaks, chosen, strict=True):
            day, start = self.shifts[one.shift].day, one.starts[at]
            moved.setdefault(one.shift, {})[one.number] = pause_at(day, start, start + one.length, self.floor.zone)
        return tuple(
            replace(shift, breaks=tuple(moved.get(n, {}).get(k, pause) for k, pause in enumerate(sorted(shift.breaks))))
            for n, shift in enumerate(self.shifts)
        )


def _rounded(below: float, under: float, uneven: float) -> Hurt:
    """Crumbs of floating point decide nothing."""
    return round(float(below), DIGITS), round(float(under), DIGITS), round(float(uneven), DIGITS)
