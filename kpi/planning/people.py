"""The model of people: who takes which shift. Coverage first, then, keeping it, fairness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from core.errors import Unavailable
from kpi.planning.ground import PlanningProblem
from kpi.planning.model import Model, Tell
from kpi.planning.problem import SLOTS, UNIT_S, Choice, Resting, ShiftSlot

LONGEST_WEEK = 7 * SLOTS
# Fairness need not be proven to the last quarter of an hour.
FAIR_ENOUGH = 0.05


class People(Model):
    """Who takes which shift."""

    def __init__(self, ground: PlanningProblem) -> None:
        super().__init__(ground)
        self.x: dict[Choice, Any] = {}
        self.chosen: set[Choice] = set()
        self.rested: Resting = Counter()
        self.reached = ground.uncovered(set(), self.rested)
        for i in range(len(self.problem.people)):
            self._person(i)
        self.add_coverage(
            lambda pool, place: self.total(
                [self.x[i, *place] for i in ground.able[pool] if (i, *place) in self.x], len(ground.able[pool])
            ),
            lambda c, place: sum(self.x[i, *place] for i in ground.sorts[c] if (i, *place) in self.x),
            lambda choice: self.x[choice],
        )

    def _person(self, i: int) -> None:
        ground, person = self.ground, self.problem.people[i]
        for place in sorted(ground.choices[i]):
            self.x[i, *place] = self.model.new_bool_var("")
        for d in range(self.problem.days):
            self.model.add_at_most_one(self._mine(i, [d]))
        for place in sorted(ground.choices[i]):
            for other in ground.close[place]:
                if (i, *other) in self.x:
                    self.model.add_at_most_one(self.x[i, *place], self.x[i, *other])
        if ground.lifted != "week":
            for week, days in ground.weeks.items():
                self.model.add(self._worked(i, days) <= ground.most_units(person, week))
        if ground.lifted != "row":
            for days, most in ground.windows(person):
                self.model.add(sum(self._mine(i, days)) <= most)

    def _mine(self, i: int, days: Iterable[int]) -> list[Any]:
        templates = range(len(self.problem.templates))
        return [self.x[i, d, t] for d in days for t in templates if (i, d, t) in self.x]

    def _worked(self, i: int, days: Iterable[int]) -> Any:
        """Paid quarters; one begun counts whole, so that the rule is never broken."""
        templates = range(len(self.problem.templates))
        return sum(self.ground.units[t] * self.x[i, d, t] for d in days for t in templates if (i, d, t) in self.x)

    # --- steps -------------------------------------------------------------------------------------------------

    def hint(self, chosen: set[Choice], rested: Resting) -> None:
        """Of every variable: the search then begins with this very roster, and not with a repair of it."""
        self.model.clear_hints()
        for key, variable in self.x.items():
            self.model.add_hint(variable, key in chosen)
        there = self.ground.counted(chosen)
        for (pool, place), total in self.totals.items():
            self.model.add_hint(total, there[pool][place])
        for rest, count in self.rests.items():
            self.model.add_hint(count, rested[rest])
        for variable, under in zip(self.unders, self.ground.unders(chosen, rested), strict=True):
            self.model.add_hint(variable, under)

    def begin_with(self, chosen: set[Choice], rested: Resting) -> None:
        """Takes the roster when it leaves no more uncovered than what there was."""
        uncovered = self.ground.uncovered(chosen, rested)
        if uncovered <= self.reached:
            self.chosen, self.rested, self.reached = chosen, rested, uncovered

    def match(self, wanted: Sequence[tuple[list[int], ShiftSlot, int]], limit_s: float) -> set[Choice]:
        """People for the counted shifts, as far as each one's own rules let it."""
        off = []
        for members, place, count in wanted:
            able = [self.x[i, *place] for i in members if (i, *place) in self.x]
            if able:
                missing = self.model.new_int_var(0, count, "")
                # Nobody is put where nobody is wanted, lest the hours be gone where they are.
                self.model.add(missing + sum(able) == count)
                off.append(self.ground.units[place[1]] * missing)
        solver = self.solve(sum(off), limit_s)
        return {key for key, variable in self.x.items() if solver.value(variable)}

    def cover(self, limit_s: float, bound: int, tell: Tell) -> tuple[int, int]:
        """Fewest uncovered agent-quarters found, and the bound below which none can go."""
        if self.reached <= bound:
            return self.reached, self.reached
        self.model.add(self.uncovered >= bound)
        self.hint(self.chosen, self.rested)
        try:
            solver = self.solve(self.uncovered, limit_s, tell)
        except Unavailable:
            return self.reached, bound
        self._solved(solver)
        return self.reached, max(bound, round(solver.best_objective_bound))

    def share(self, short: int, limit_s: float) -> None:
        """Fairness among the rosters that leave no more uncovered than ``short``."""
        self.hint(self.chosen, self.rested)
        self.model.add(self.uncovered <= short)
        try:
            self._solved(self.solve(self._unfairness(), limit_s, gap=FAIR_ENOUGH))
        except Unavailable:
            return

    def _unfairness(self) -> Any:
        people, ground = self.problem.people, self.ground
        worst = self.model.new_int_var(0, LONGEST_WEEK, "")
        off: list[Any] = []
        most, least = (self.model.new_int_var(0, self.problem.days, "") for _ in range(2))
        for i, person in enumerate(people):
            for week, days in ground.weeks.items():
                before = int(self.problem.rules.most_week_s / UNIT_S) - ground.most_units(person, week)
                gap = self.model.new_int_var(0, LONGEST_WEEK, "")
                hours, due = self._worked(i, days) + before, ground.due_units(person, week)
                self.model.add(gap >= hours - due)
                self.model.add(gap >= due - hours)
                self.model.add(worst >= gap)
                off.append(gap)
            hard = sum(v for (who, d, t), v in self.x.items() if who == i and ground.is_hard((d, t)))
            self.model.add(most >= hard)
            self.model.add(least <= hard)
        return sum(off) + len(people) * (worst + 4 * (most - least))

    def _solved(self, solver: Any) -> None:
        self.begin_with({key for key, variable in self.x.items() if solver.value(variable)}, self.resting(solver))
