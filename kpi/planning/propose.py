"""A proposed roster by OR-tools CP-SAT: who takes which template on which day. Pure: a problem in, a proposal out.

First how many of each sort of person take each shift (a small model, which also bounds what any roster can reach),
then who: as few uncovered agent-quarters as the rules permit, and, keeping that, fairness: weekly hours near what is
due, unpopular shifts (nights, weekends) shared out. An empty roster keeps every rule, so there is always an answer;
where calls stay uncovered, the rules are lifted one by one in the small model to see which of them holds it back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import BadInput, Unavailable
from core.rosters.records import Shift
from kpi.planning.counts import CountsModel
from kpi.planning.greedy import first_roster
from kpi.planning.ground import PlanningProblem
from kpi.planning.model import Tell, in_hours, silent
from kpi.planning.people import People
from kpi.planning.problem import RULES, Choice, Resting, RosterProblem

log = logging.getLogger(__name__)

# Shares of the time; what one step leaves over is the next one's.
COUNT_SHARE, MATCH_SHARE, COVER_SHARE, FAIR_SHARE, WHY_SHARE = 0.1, 0.25, 0.35, 0.15, 0.15
LEAST_STEP_S = 2.0
# Fairness does not use up what coverage left over.
FAIR_MOST = 0.25


@dataclass(frozen=True, slots=True)
class SolvedRoster:
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


def propose(problem: RosterProblem, tell: Tell = silent) -> SolvedRoster:
    """Ends within the problem's limit and a little; ``tell`` hears of every better roster."""
    _check(problem)
    begin = time.monotonic()
    ground = PlanningProblem(problem)
    clock = _Clock(problem.limit_s)
    starts = [(chosen, ground.rested(chosen)) for chosen in (standing_choices(ground), first_roster(ground))]
    first, rested = min(starts, key=lambda start: ground.uncovered(*start))
    reached = ground.uncovered(first, rested)
    tell({"phase": "count", "short_h": in_hours(reached)})
    try:
        counts, people = CountsModel(ground), People(ground)
    except ImportError:
        log.warning("OR-tools is not installed: the first roster is the proposal")
        shifts, short = settled(ground, first, rested)
        return SolvedRoster(shifts, in_hours(short), 0.0, round(time.monotonic() - begin, 2), {}, solver=False)
    people.begin_with(first, rested)
    count_bound = 0
    try:
        wanted, count_bound = counts.cover(clock.take(COUNT_SHARE))
        matched = People(ground)
        matched.hint(people.chosen, people.rested)
        # A model of its own: the counts are a way to a good roster, not a rule.
        found = matched.match(wanted, clock.take(MATCH_SHARE))
        people.begin_with(found, ground.rested(found))
    except Unavailable:
        log.info("no counts in time: the search starts from the standing roster")
    tell({"phase": "cover", "short_h": in_hours(people.reached)})
    short, bound = people.cover(clock.take(COVER_SHARE), count_bound, lambda said: tell({"phase": "cover", **said}))
    tell({"phase": "fair", "short_h": in_hours(short)})
    people.share(short, min(clock.take(FAIR_SHARE), FAIR_MOST * problem.limit_s))
    holds_back: dict[str, float] = {}
    if short:
        tell({"phase": "why", "short_h": in_hours(short)})
        holds_back = _holding_back(problem, count_bound, clock.take(WHY_SHARE))
    shifts, short = settled(ground, people.chosen, people.rested)
    return SolvedRoster(shifts, in_hours(short), in_hours(bound), round(time.monotonic() - begin, 2), holds_back)


def settled(ground: PlanningProblem, chosen: set[Choice], rested: Resting) -> tuple[tuple[Shift, ...], int]:
    """The roster with its breaks moved once more: for the floor, and for what evens out the slack; and what it leaves
    uncovered."""
    ordered = sorted(chosen)
    spread = ground.spread(ground.taken(ordered, rested))
    return ground.roster(spread), ground.uncovered(chosen, ground.resting(ordered, spread))


class _Clock:
    """Shares of the limit; what one step leaves over is the next one's. Building the models is not counted."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s, self.spare_s, self.given_s, self.since = limit_s, 0.0, 0.0, time.monotonic()

    def take(self, share: float) -> float:
        now = time.monotonic()
        self.spare_s = max(0.0, self.spare_s + self.given_s - (now - self.since)) if self.given_s else 0.0
        self.given_s, self.since = share * self.limit_s, now
        return max(LEAST_STEP_S, self.given_s + self.spare_s)


def standing_choices(ground: PlanningProblem) -> set[Choice]:
    """The roster of now as far as it consists of the templates and breaks no rule; else nothing of it."""
    numbers = {person.extension: i for i, person in enumerate(ground.problem.people)}
    places = {(ground.plans[d][t].starts_at, ground.plans[d][t].ends_at): (d, t) for d, t in ground.places}
    found: set[Choice] = set()
    for shift in ground.problem.standing:
        i, place = numbers.get(shift.extension), places.get((shift.starts_at, shift.ends_at))
        if i is not None and place is not None and place in ground.choices[i]:
            found.add((i, *place))
    return found if ground.legal(found) else set()


def _check(problem: RosterProblem) -> None:
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


def _holding_back(problem: RosterProblem, bound: int, limit_s: float) -> dict[str, float]:
    found: dict[str, float] = {}
    for rule in RULES:
        try:
            less, _bound = CountsModel(PlanningProblem(problem, lifted=rule)).reach(limit_s / len(RULES))
        except Unavailable:
            continue
        if less < bound:
            found[rule] = in_hours(bound - less)
    return dict(sorted(found.items(), key=lambda one: -one[1]))
