"""The small model: how many of each sort of person take each shift. Every roster of people is one of these, so its
bound is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpi.planning.ground import PlanningProblem
from kpi.planning.model import Model
from kpi.planning.problem import ShiftSlot


class CountsModel(Model):
    """How many of each sort of person take each shift. Every roster of people within the rules is one of these."""

    def __init__(self, ground: PlanningProblem) -> None:
        super().__init__(ground)
        self.sorts = ground.sorts
        self.y = {
            (c, *place): self.model.new_int_var(0, self._free(members, [place]), "")
            for c, members in enumerate(self.sorts)
            for place in ground.places
        }
        for c, members in enumerate(self.sorts):
            self._days(c, members)
            self._weeks(c, members)
            self._rows(c, members)
        # Leave of parts of days is left out: then the bound is a bound still.
        self.add_coverage(
            lambda pool, place: self.total([self.y[c, *place] for c in ground.in_pool[pool]], len(self.problem.people)),
            lambda c, place: self.y[c, *place],
            lambda _choice: 0,
        )

    def _free(self, members: Sequence[int], places: Iterable[ShiftSlot]) -> int:
        wanted = set(places)
        return sum(bool(self.ground.choices[i] & wanted) for i in members)

    def _days(self, c: int, members: Sequence[int]) -> None:
        templates = range(len(self.problem.templates))
        for d in range(self.problem.days):
            today = [(d, t) for t in templates]
            self.model.add(sum(self.y[c, *place] for place in today) <= self._free(members, today))
            # Who takes one of the shifts of today that end late takes none of those that begin too soon after.
            for t in templates:
                close = self.ground.close[d, t]
                if close:
                    late = [(d, other) for other in templates if set(self.ground.close[d, other]) >= set(close)]
                    both = [*late, *close]
                    self.model.add(sum(self.y[c, *place] for place in both) <= self._free(members, both))

    def _weeks(self, c: int, members: Sequence[int]) -> None:
        if self.ground.lifted == "week":
            return
        shortest = max(1, min(self.ground.units))
        for week, days in self.ground.weeks.items():
            most = [self.ground.most_units(self.problem.people[i], week) for i in members]
            places = [(d, t) for d in days for t in range(len(self.problem.templates))]
            self.model.add(sum(self.ground.units[t] * self.y[c, d, t] for d, t in places) <= sum(most))
            self.model.add(sum(self.y[c, *place] for place in places) <= sum(one // shortest for one in most))

    def _rows(self, c: int, members: Sequence[int]) -> None:
        if self.ground.lifted == "row":
            return
        span = self.problem.rules.most_days_in_row + 1
        for first in range(self.problem.days - span + 1):
            run = [(d, t) for d in range(first, first + span) for t in range(len(self.problem.templates))]
            self.model.add(sum(self.y[c, *place] for place in run) <= (span - 1) * len(members))

    def reach(self, limit_s: float) -> tuple[int, int]:
        """Uncovered quarters found, and the bound."""
        solver = self.solve(self.uncovered, limit_s)
        return round(solver.objective_value), round(solver.best_objective_bound)

    def cover(self, limit_s: float) -> tuple[list[tuple[list[int], ShiftSlot, int]], int]:
        """Members of a sort, a shift, and how many of them take it; and the bound on uncovered quarters."""
        # With as few shifts as that takes: what is left over is given out by fairness.
        paid = sum(self.ground.units[t] * variable for (_c, _d, t), variable in self.y.items())
        scale = 1 + sum(self.ground.units[t] * len(members) for members in self.sorts for _d, t in self.ground.places)
        solver = self.solve(scale * self.uncovered + paid, limit_s)
        bound = int(solver.best_objective_bound // scale)
        return [(self.sorts[c], (d, t), solver.value(v)) for (c, d, t), v in self.y.items()], bound
