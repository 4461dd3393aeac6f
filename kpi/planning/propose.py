"""A proposed roster by OR-tools CP-SAT: who takes which template on which day. Pure: a problem in, a proposal out.

First how many of each sort of person take each shift (a small model, which also bounds what any roster can reach),
then who: as few uncovered agent-quarters as the rules permit, and, keeping that, fairness: weekly hours near what is
due, unpopular shifts (nights, weekends) shared out. An empty roster keeps every rule, so there is always an answer;
where calls stay uncovered, the rules are lifted one by one in the small model to see which of them holds it back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import BadInput, Unavailable
from core.people.roster_records import Shift
from kpi.planning.greedy import first_roster
from kpi.planning.problem import RULES, SLOTS, UNIT_S, Choice, Ground, Place, Problem

log = logging.getLogger(__name__)

# Shares of the time; what one step leaves over is the next one's.
COUNT_SHARE, MATCH_SHARE, COVER_SHARE, FAIR_SHARE, WHY_SHARE = 0.1, 0.25, 0.35, 0.15, 0.15
LONGEST_WEEK = 7 * SLOTS
LEAST_STEP_S = 2.0
# Fairness need not be proven to the last quarter of an hour, nor use up what coverage left over.
FAIR_ENOUGH, FAIR_MOST = 0.05, 0.25


@dataclass(frozen=True, slots=True)
class Proposal:
    """``short_h``: agent hours that stay uncovered, over all pools; ``bound_h``: no roster within the rules gets below.

    ``holds_back`` maps a rule to the hours that lifting it alone would save, the most first. Without ``solver`` it is
    the first roster that came to hand, and nothing is known of better ones.
    """

    shifts: tuple[Shift, ...]
    short_h: float
    bound_h: float
    seconds: float
    holds_back: Mapping[str, float]
    solver: bool = True

    @property
    def proven(self) -> bool:
        return self.bound_h >= self.short_h


Tell = Callable[[dict[str, Any]], None]


def silent(_progress: dict[str, Any]) -> None:
    """For whoever does not watch."""


def propose(problem: Problem, tell: Tell = silent) -> Proposal:
    """Ends within the problem's limit and a little; ``tell`` hears of every better roster."""
    _check(problem)
    begin = time.monotonic()
    ground = Ground(problem)
    clock = _Clock(problem.limit_s)
    first = min((standing_choices(ground), first_roster(ground)), key=ground.uncovered)
    reached = ground.uncovered(first)
    tell({"phase": "count", "short_h": _hours(reached)})
    try:
        counts, people = _Counts(ground), _People(ground)
    except ImportError:
        log.warning("OR-tools is not installed: the first roster is the proposal")
        return Proposal(
            ground.shifts(first), _hours(reached), 0.0, round(time.monotonic() - begin, 2), {}, solver=False
        )
    people.begin_with(first)
    count_bound = 0
    try:
        wanted, count_bound = counts.cover(clock.take(COUNT_SHARE))
        matched = _People(ground)
        matched.hint(people.chosen)
        # A model of its own: the counts are a way to a good roster, not a rule.
        people.begin_with(matched.match(wanted, clock.take(MATCH_SHARE)))
    except Unavailable:
        log.info("no counts in time: the search starts from the standing roster")
    tell({"phase": "cover", "short_h": _hours(people.reached)})
    short, bound = people.cover(clock.take(COVER_SHARE), count_bound, lambda found: tell({"phase": "cover", **found}))
    tell({"phase": "fair", "short_h": _hours(short)})
    people.share(short, min(clock.take(FAIR_SHARE), FAIR_MOST * problem.limit_s))
    holds_back: dict[str, float] = {}
    if short:
        tell({"phase": "why", "short_h": _hours(short)})
        holds_back = _holding_back(problem, count_bound, clock.take(WHY_SHARE))
    return Proposal(
        ground.shifts(people.chosen), _hours(short), _hours(bound), round(time.monotonic() - begin, 2), holds_back
    )


class _Clock:
    """Shares of the limit; what one step leaves over is the next one's. Building the models is not counted."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s, self.spare_s, self.given_s, self.since = limit_s, 0.0, 0.0, time.monotonic()

    def take(self, share: float) -> float:
        now = time.monotonic()
        self.spare_s = max(0.0, self.spare_s + self.given_s - (now - self.since)) if self.given_s else 0.0
        self.given_s, self.since = share * self.limit_s, now
        return max(LEAST_STEP_S, self.given_s + self.spare_s)


def standing_choices(ground: Ground) -> set[Choice]:
    """The roster of now as far as it consists of the templates and breaks no rule; else nothing of it."""
    numbers = {person.extension: i for i, person in enumerate(ground.problem.people)}
    places = {(ground.plans[d][t].starts_at, ground.plans[d][t].ends_at): (d, t) for d, t in ground.places}
    found: set[Choice] = set()
    for shift in ground.problem.standing:
        i, place = numbers.get(shift.extension), places.get((shift.starts_at, shift.ends_at))
        if i is not None and place is not None and place in ground.choices[i]:
            found.add((i, *place))
    return found if ground.legal(found) else set()


def _check(problem: Problem) -> None:
    if not problem.people:
        raise BadInput("There are no agents to roster.", field="agents", remedy="Add agents first.")
    if not problem.templates:
        raise BadInput(
            "There are no shift templates.", field="templates", remedy="Add some under Rules, or load the examples."
        )
    if not any(need > 0 for days in problem.needs.values() for day in days for need in day):
        raise BadInput(
            "No calls are forecast for these days.", field="from", remedy="Take in calls of at least a week first."
        )


def _holding_back(problem: Problem, bound: int, limit_s: float) -> dict[str, float]:
    found: dict[str, float] = {}
    for rule in RULES:
        try:
            less, _bound = _Counts(Ground(problem, lifted=rule)).reach(limit_s / len(RULES))
        except Unavailable:
            continue
        if less < bound:
            found[rule] = _hours(bound - less)
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def _hours(units: int) -> float:
    return round(units * UNIT_S / 3600.0, 2)


class _Model:
    """A CP-SAT model with the rows of coverage in it; ``counted`` gives the people of a pool at a place."""

    def __init__(self, ground: Ground) -> None:
        from ortools.sat.python import cp_model

        self.ground, self.problem = ground, ground.problem
        self.cp: Any = cp_model
        self.model: Any = cp_model.CpModel()
        self.uncovered: Any = 0
        self.totals: dict[tuple[str, Place], Any] = {}
        self.unders: list[Any] = []

    def add_coverage(self, counted: Callable[[str, Place], Any]) -> None:
        self.totals = {(pool, at): counted(pool, at) for pool in self.problem.pools for at in self.ground.places}
        terms = []
        for row in self.ground.rows:
            under = self.model.new_int_var(0, row.missing, "")
            self.model.add(under + sum(self.totals[row.pool, place] for place in row.covering) >= row.missing)
            self.unders.append(under)
            terms.append(row.weight * under)
        self.uncovered = sum(terms)

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
                tell({"short_h": _hours(round(self.objective_value)), "seconds": round(self.wall_time, 1)})

        status = solver.solve(self.model, Listening())
        if status not in (cp.OPTIMAL, cp.FEASIBLE):
            raise Unavailable(
                "No roster was found in {seconds} s.",
                remedy="Allow more time, or fewer days.",
                seconds=round(limit_s),
            )
        return solver


class _Counts(_Model):
    """How many of each sort of person take each shift. Every roster of people within the rules is one of these."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.sorts = list(ground.sorts().values())
        self.y = {
            (c, *place): self.model.new_int_var(0, self._free(members, [place]), "")
            for c, members in enumerate(self.sorts)
            for place in ground.places
        }
        for c, members in enumerate(self.sorts):
            self._days(c, members)
            self._weeks(c, members)
            self._rows(c, members)
        in_pool = {
            pool: [c for c, members in enumerate(self.sorts) if members[0] in set(able)]
            for pool, able in ground.able.items()
        }
        self.add_coverage(
            lambda pool, place: self.total([self.y[c, *place] for c in in_pool[pool]], len(self.problem.people))
        )

    def _free(self, members: Sequence[int], places: Iterable[Place]) -> int:
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

    def cover(self, limit_s: float) -> tuple[list[tuple[list[int], Place, int]], int]:
        """Members of a sort, a shift, and how many of them take it; and the bound on uncovered quarters."""
        # With as few shifts as that takes: what is left over is given out by fairness.
        paid = sum(self.ground.units[t] * variable for (_c, _d, t), variable in self.y.items())
        scale = 1 + sum(self.ground.units[t] * len(members) for members in self.sorts for _d, t in self.ground.places)
        solver = self.solve(scale * self.uncovered + paid, limit_s)
        bound = int(solver.best_objective_bound // scale)
        return [(self.sorts[c], (d, t), solver.value(v)) for (c, d, t), v in self.y.items()], bound


class _People(_Model):
    """Who takes which shift."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.x: dict[Choice, Any] = {}
        self.chosen: set[Choice] = set()
        self.reached = ground.uncovered(set())
        for i in range(len(self.problem.people)):
            self._person(i)
        self.add_coverage(
            lambda pool, place: self.total(
                [self.x[i, *place] for i in ground.able[pool] if (i, *place) in self.x], len(ground.able[pool])
            )
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

    def hint(self, chosen: set[Choice]) -> None:
        """Of every variable: the search then begins with this very roster, and not with a repair of it."""
        self.model.clear_hints()
        for key, variable in self.x.items():
            self.model.add_hint(variable, key in chosen)
        there = self.ground.counted(chosen)
        for (pool, place), total in self.totals.items():
            self.model.add_hint(total, there[pool][place])
        for row, under in zip(self.ground.rows, self.unders, strict=True):
            covered = sum(there[row.pool][place] for place in row.covering)
            self.model.add_hint(under, max(0, row.missing - covered))

    def begin_with(self, chosen: set[Choice]) -> None:
        """Takes the roster when it leaves no more uncovered than what there was."""
        uncovered = self.ground.uncovered(chosen)
        if uncovered <= self.reached:
            self.chosen, self.reached = chosen, uncovered

    def match(self, wanted: Sequence[tuple[list[int], Place, int]], limit_s: float) -> set[Choice]:
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
        self.hint(self.chosen)
        try:
            solver = self.solve(self.uncovered, limit_s, tell)
        except Unavailable:
            return self.reached, bound
        self._solved(solver)
        return self.reached, max(bound, round(solver.best_objective_bound))

    def share(self, short: int, limit_s: float) -> None:
        """Fairness among the rosters that leave no more uncovered than ``short``."""
        self.hint(self.chosen)
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
        self.begin_with({key for key, variable in self.x.items() if solver.value(variable)})
