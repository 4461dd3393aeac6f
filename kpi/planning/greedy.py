"""A first roster in a second, without a solver: always the shift that covers most of what is open for its hours. Pure.

Keeps every rule by construction. What the solver makes of it afterwards is better; but on a busy machine, or with
the solver away, this is what there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.rosters.records import week_of
from kpi.planning.coverage import covered
from kpi.planning.ground import PlanningProblem
from kpi.planning.problem import SLOTS, Choice, ShiftSlot

# Deep holes a little before shallow ones.
DEPTH = 0.02


def first_roster(ground: PlanningProblem) -> set[Choice]:
    return _Filling(ground).run()


class _Filling:
    def __init__(self, ground: PlanningProblem) -> None:
        self.ground, self.problem = ground, ground.problem
        self.open = {pool: ground.open_slots(pool) for pool in self.problem.pools}
        self.sorts = ground.sorts
        members = {pool: set(able) for pool, able in ground.able.items()}
        self.pools = [[pool for pool in self.problem.pools if sort[0] in members[pool]] for sort in self.sorts]
        self.slots = {place: self._slots(place) for place in ground.places}
        self.gain = np.array([[self._gain(c, place) for place in ground.places] for c in range(len(self.sorts))])
        self.chosen: set[Choice] = set()
        self.days: list[set[int]] = [set() for _person in self.problem.people]
        self.places: list[set[ShiftSlot]] = [set() for _person in self.problem.people]
        self.weeks: list[Counter[str]] = [Counter() for _person in self.problem.people]
        self.windows = [list(ground.windows(person)) for person in self.problem.people]

    def run(self) -> set[Choice]:
        while self.gain.size and self.gain.max() > 0:
            c, n = np.unravel_index(int(self.gain.argmax()), self.gain.shape)
            place = self.ground.places[int(n)]
            taker = self._taker(self.sorts[int(c)], place)
            if taker is None:
                self.gain[c, n] = 0.0
                continue
            self._take(taker, place)
            here = np.setdiff1d(self.slots[place], list(self.ground.gone.get((taker, *place), ())))
            for pool in self.pools[int(c)]:
                self.open[pool][here] -= 1
            self._look_again(place[0])
        return self.chosen

    def _slots(self, place: ShiftSlot) -> NDArray[np.int64]:
        d, t = place
        flat = np.array(sorted(covered(self.problem.templates[t])), dtype=np.int64) + d * SLOTS
        return np.asarray(flat[flat < self.problem.days * SLOTS])

    def _gain(self, c: int, place: ShiftSlot) -> float:
        total = 0.0
        for pool in self.pools[c]:
            left = np.clip(self.open[pool][self.slots[place]], 0, None)
            total += float(np.minimum(left, 1).sum()) + DEPTH * float(left.sum())
        return total / max(1, self.ground.units[place[1]])

    def _look_again(self, day: int) -> None:
        """What a shift covers changes the worth of those of its day and of the days beside it."""
        for n, place in enumerate(self.ground.places):
            if abs(place[0] - day) <= 1:
                for c in range(len(self.sorts)):
                    if self.gain[c, n] > 0:
                        self.gain[c, n] = self._gain(c, place)

    def _taker(self, sort: Sequence[int], place: ShiftSlot) -> int | None:
        able = [i for i in sort if self._may(i, place)]
        week = week_of(self.ground.days[place[0]])
        return min(able, key=lambda i: (self.weeks[i][week], self.weeks[i].total(), i), default=None)

    def _may(self, i: int, place: ShiftSlot) -> bool:
        ground, (d, t) = self.ground, place
        if place not in ground.choices[i] or d in self.days[i]:
            return False
        if any(place in ground.close[mine] or mine in ground.close[place] for mine in self.places[i]):
            return False
        week = week_of(ground.days[d])
        if ground.lifted != "week" and self.weeks[i][week] + ground.units[t] > ground.most_units(
            self.problem.people[i], week
        ):
            return False
        days = self.days[i] | {d}
        return ground.lifted == "row" or all(len(days.intersection(run)) <= most for run, most in self.windows[i])

    def _take(self, i: int, place: ShiftSlot) -> None:
        self.chosen.add((i, *place))
        self.days[i].add(place[0])
        self.places[i].add(place)
        self.weeks[i][week_of(self.ground.days[place[0]])] += self.ground.units[place[1]]
