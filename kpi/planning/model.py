"""What both models of a roster share: a CP-SAT model with the rows of coverage in it, and how it is solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from core.errors import Unavailable
from kpi.planning.ground import PlanningProblem
from kpi.planning.problem import UNIT_S, Choice, Rest, Resting, ShiftSlot

Tell = Callable[[dict[str, Any]], None]


def silent(_progress: dict[str, Any]) -> None:
    """For whoever does not watch."""


def in_hours(units: int) -> float:
    return round(units * UNIT_S / 3600.0, 2)


class Model:
    """A CP-SAT model with the rows of coverage in it."""

    def __init__(self, ground: PlanningProblem) -> None:
        from ortools.sat.python import cp_model

        self.ground, self.problem = ground, ground.problem
        self.cp: Any = cp_model
        self.model: Any = cp_model.CpModel()
        self.uncovered: Any = 0
        self.totals: dict[tuple[str, ShiftSlot], Any] = {}
        self.unders: list[Any] = []
        self.rests: dict[tuple[int, Rest], Any] = {}

    def add_coverage(
        self,
        counted: Callable[[str, ShiftSlot], Any],
        taken: Callable[[int, ShiftSlot], Any],
        gone: Callable[[Choice], Any],
    ) -> None:
        """``counted`` are the people of a pool at a place, ``taken`` those of a sort, ``gone`` the choices whose leave
        lies in the row."""
        self.totals = {(pool, at): counted(pool, at) for pool in self.problem.pools for at in self.ground.places}
        self.add_rests(taken)
        terms = []
        for row in self.ground.rows:
            under = self.model.new_int_var(0, row.missing + len(self.problem.people), "")
            there = sum(self.totals[row.pool, place] for place in row.covering)
            rests = sum(
                self.rests[c, rest]
                for rest in row.rests
                for c in self.ground.in_pool[row.pool]
                if (c, rest) in self.rests
            )
            self.model.add(under + there - rests - sum(map(gone, row.gone)) >= row.missing)
            self.unders.append(under)
            terms.append(row.weight * under)
        self.uncovered = sum(terms)

    def add_rests(self, taken: Callable[[int, ShiftSlot], Any]) -> None:
        """Whoever takes a shift takes each of its breaks at one of its times."""
        for c, members in enumerate(self.ground.sorts):
            for place in self.ground.places:
                for number, options in self.ground.options[place[1]].items():
                    each = [self.model.new_int_var(0, len(members), "") for _option in options]
                    self.rests |= {(c, (place, number, k)): variable for k, variable in enumerate(each)}
                    self.model.add(sum(each) == taken(c, place))

    def resting(self, solver: Any) -> Resting:
        return Counter({key: solver.value(variable) for key, variable in self.rests.items()})

    def total(self, members: Sequence[Any], most: int) -> Any:
        """One variable for the sum: rows that use it stay short."""
        whole = self.model.new_int_var(0, most, "")
        self.model.add(whole == sum(members))
        return whole

    def solve(self, objective: Any, limit_s: float, tell: Tell = silent, gap: float = 0.0) -> Any:
        """The solver with an answer in it, or ``Unavailable``."""
        cp = self.cp
        self.model.minimize(objective)
        solver = cp.CpSolver()
        solver.parameters.max_time_in_seconds = limit_s
        solver.parameters.num_workers = self.problem.workers
        solver.parameters.random_seed = self.problem.seed
        solver.parameters.linearization_level = 2
        solver.parameters.relative_gap_limit = gap

        class Listening(cp.CpSolverSolutionCallback):  # type: ignore[misc,name-defined]
            def on_solution_callback(self) -> None:
                tell({"short_h": in_hours(round(self.objective_value)), "seconds": round(self.wall_time, 1)})

        status = solver.solve(self.model, Listening())
        if status not in (cp.OPTIMAL, cp.FEASIBLE):
            raise Unavailable(
                "No roster was found in {seconds} s.",
                remedy="Allow more time, or fewer days.",
                seconds=round(limit_s),
            )
        return solver
