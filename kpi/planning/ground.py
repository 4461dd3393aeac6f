"""What the rules leave possible, worked out once for all models. Pure, and without the solver.

Which person can take which template on which day, which shifts leave too little rest between them, and the rows of
coverage: quarters of a day that the same shifts cover and that need the same are one row with a weight. A break with a
window is no gap in its shift: which people rest when is chosen with the shifts, by sort of person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.rosters.records import (
    Shift,
    Span,
    epoch,
    less_leave,
    pause_at,
    planned,
    week_of,
)
from core.rosters.rules import stands_beside
from kpi.planning.breaks import BreakCover, spread
from kpi.planning.coverage import covered, fixed_breaks, options, slots_of
from kpi.planning.problem import (
    SLOTS,
    UNIT_S,
    Choice,
    CoverageRow,
    PlannedAgent,
    Rest,
    Resting,
    RosterProblem,
    ShiftSlot,
)

NIGHT_FROM, NIGHT_UNTIL = 22 * 60, 6 * 60


class PlanningProblem:
    """``lifted`` is the one of ``RULES`` that shall not count."""

    def __init__(self, problem: RosterProblem, lifted: str = "") -> None:
        self.problem, self.lifted = problem, lifted
        self.zone = ZoneInfo(problem.timezone)
        first = date.fromisoformat(problem.first_day)
        self.days = [(first + timedelta(days=n)).isoformat() for n in range(problem.days)]
        self.plans = [[planned(t, "", day, self.zone) for t in problem.templates] for day in self.days]
        self.places: list[ShiftSlot] = list(product(range(problem.days), range(len(problem.templates))))
        self.units = [-(-int(template.paid_s) // int(UNIT_S)) for template in problem.templates]
        self.choices = [self._choices(person) for person in problem.people]
        self.covers = [covered(replace(template, breaks=fixed_breaks(template))) for template in problem.templates]
        self.options = [options(template) for template in problem.templates]
        self.gone = self._gone()
        self.close = {place: self._too_close(place) for place in self.places}
        self.weeks: dict[str, list[int]] = {}
        for d, name in enumerate(self.days):
            self.weeks.setdefault(week_of(name), []).append(d)
        self.able = {pool: self._able(queues) for pool, queues in problem.pools.items()}
        self.sorts = self._sorts()
        members = {pool: set(able) for pool, able in self.able.items()}
        self.in_pool = {
            pool: [c for c, sort in enumerate(self.sorts) if sort[0] in able] for pool, able in members.items()
        }
        self.sort_of = {i: c for c, sort in enumerate(self.sorts) for i in sort}
        self.rows = [row for pool in problem.pools for row in self._rows(pool)]

    def _sorts(self) -> list[list[int]]:
        """People by what they can do."""
        found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = {}
        for i, person in enumerate(self.problem.people):
            key = ((), ()) if self.lifted == "skills" else (tuple(sorted(person.serves)), tuple(sorted(person.skills)))
            found.setdefault(key, []).append(i)
        return list(found.values())

    def taken(self, chosen: Sequence[Choice], resting: Resting) -> list[Shift]:
        """The choices as shifts in the same order, their breaks where ``resting`` has them."""
        left = resting.copy()
        return [self._shift(choice, left) for choice in chosen]

    def roster(self, taken: Iterable[Shift]) -> tuple[Shift, ...]:
        """With those of the days that are not up for choice."""
        inside = set(self.days)
        stay = [shift for person in self.problem.people for shift in person.fixed if shift.day in inside]
        return tuple(sorted([*taken, *stay], key=lambda shift: (shift.starts_at, shift.extension)))

    def _shift(self, choice: Choice, left: Resting) -> Shift:
        i, d, t = choice
        shift, c = self.plan(choice), self.sort_of[i]
        breaks = list(shift.breaks)
        for number, starts in self.options[t].items():
            k = next((k for k in range(len(starts)) if left[c, ((d, t), number, k)] > 0), None)
            if k is not None:
                left[c, ((d, t), number, k)] -= 1
                start, end = self.problem.templates[t].breaks[number]
                at = starts[k][0]
                breaks[number] = pause_at(self.days[d], at, at + end - start, self.zone)
        return replace(shift, breaks=tuple(breaks))

    def plan(self, choice: Choice) -> Shift:
        """The shift in the hands of the person, breaks in their usual places, leave in it taken off."""
        person = self.problem.people[choice[0]]
        return less_leave(replace(self.plans[choice[1]][choice[2]], extension=person.extension), person.leaves)

    # --- breaks ------------------------------------------------------------------------------------------------

    def spread(self, shifts: Sequence[Shift]) -> tuple[Shift, ...]:
        """The shifts, which are not those that stay, with their breaks where they hurt coverage least."""
        templates = {template.id: template for template in self.problem.templates if template.id}
        around = [shift for person in self.problem.people for shift in person.fixed]
        return spread(shifts, around, templates, self.floor())

    def floor(self) -> BreakCover:
        people = self.problem.people
        serves = {
            person.extension: frozenset(pool for pool, able in self.able.items() if i in set(able))
            for i, person in enumerate(people)
        }
        needed = {pool: np.array(days) for pool, days in self.problem.needs.items()}
        return BreakCover(
            self.problem.first_day, self.problem.days, self.zone, needed, serves, self.problem.least_present
        )

    def rested(self, chosen: Collection[Choice]) -> Resting:
        """The breaks of these choices, spread."""
        ordered = sorted(chosen)
        return self.resting(ordered, self.spread([self.plan(choice) for choice in ordered]))

    def resting(self, chosen: Sequence[Choice], shifts: Sequence[Shift]) -> Resting:
        """Where the breaks of the shifts lie, which are the choices in the same order."""
        found: Resting = Counter()
        for (i, d, t), shift in zip(chosen, shifts, strict=True):
            for number, times in self.options[t].items():
                begins = [epoch(self.days[d], start, self.zone) for start, _slots in times]
                pause = sorted(shift.breaks)[number]
                found[self.sort_of[i], ((d, t), number, begins.index(pause.start))] += 1
        return found

    # --- people ------------------------------------------------------------------------------------------------

    def _choices(self, person: PlannedAgent) -> frozenset[ShiftSlot]:
        taken = {shift.day for shift in person.fixed}
        return frozenset(
            (d, t) for d, t in self.places if self.days[d] not in taken and self._possible(person, self.plans[d][t])
        )

    def _possible(self, person: PlannedAgent, plan: Shift) -> bool:
        if self.lifted != "skills" and not set(plan.skills) <= set(person.skills):
            return False
        mine = less_leave(replace(plan, extension=person.extension), person.leaves)
        if self.lifted != "leave" and any(
            one.span.meets(plan.span) and not stands_beside(mine, one, self.zone) for one in person.leaves
        ):
            return False
        return all(self._apart(plan, fixed) for fixed in person.fixed)

    def _gone(self) -> dict[Choice, frozenset[int]]:
        """Quarters from the first day on that leave of a part of a day takes out of a choice."""
        if self.lifted == "leave":
            return {}
        found = {}
        for i, person in enumerate(self.problem.people):
            for d, t in self.choices[i] if person.leaves else ():
                shift = self.plan((i, d, t))
                if shift.away:
                    slots = {slot + d * SLOTS for slot in self.covers[t]}
                    found[i, d, t] = frozenset(slots & slots_of(shift.away, self.problem.first_day, self.zone))
        return found

    def _apart(self, one: Shift, other: Shift) -> bool:
        least = 0.0 if self.lifted == "rest" else self.problem.rules.least_rest_s
        return one.starts_at - other.ends_at >= least or other.starts_at - one.ends_at >= least

    def _too_close(self, place: ShiftSlot) -> list[ShiftSlot]:
        """Shifts of the next two days that begin too soon after this one."""
        d, t = place
        after = [one for one in self.places if one[0] in (d + 1, d + 2)]
        return [one for one in after if not self._apart(self.plans[d][t], self.plans[one[0]][one[1]])]

    def most_units(self, person: PlannedAgent, week: str) -> int:
        """Quarters that the person may still work in the week."""
        spent = sum(round(fixed.paid_s / UNIT_S) for fixed in person.fixed if week_of(fixed.day) == week)
        return max(0, int(self.problem.rules.most_week_s / UNIT_S) - spent)

    def windows(self, person: PlannedAgent) -> Iterator[tuple[list[int], int]]:
        """Runs of days one longer than may be worked, with how many of their free days may be: days, most."""
        most, first = self.problem.rules.most_days_in_row, date.fromisoformat(self.problem.first_day)
        taken = {shift.day for shift in person.fixed}
        for start in range(-most, self.problem.days):
            run = range(start, start + most + 1)
            names = {n: (first + timedelta(days=n)).isoformat() for n in run}
            free = [n for n in run if 0 <= n < self.problem.days and names[n] not in taken]
            left = max(0, most - sum(name in taken for name in names.values()))
            if free and len(free) > left:
                yield free, left

    def due_units(self, person: PlannedAgent, week: str) -> int:
        """The contract's hours, less leave and the days of the week behind the last one."""
        monday, last = date.fromisoformat(week), date.fromisoformat(self.days[-1])
        counted = [monday + timedelta(days=n) for n in range(7) if monday + timedelta(days=n) <= last]
        there = 0
        for day in counted:
            name = day.isoformat()
            whole = Span(epoch(name, 0, self.zone), epoch(name, 1440, self.zone))
            # Leave of a part of the day leaves a shift of its own length to be due.
            there += not any(leave.starts_at <= whole.start and whole.end <= leave.ends_at for leave in person.leaves)
        return round(self.problem.due_week_s * there / 7 / UNIT_S)

    def is_hard(self, place: ShiftSlot) -> bool:
        """Nights and weekends, which nobody likes."""
        template = self.problem.templates[place[1]]
        weekend = date.fromisoformat(self.days[place[0]]).weekday() >= 5
        return weekend or template.end_minute > NIGHT_FROM or template.start_minute < NIGHT_UNTIL

    def legal(self, chosen: Collection[Choice]) -> bool:
        """Whether these choices keep every rule together."""
        mine: dict[int, list[ShiftSlot]] = {}
        for i, d, t in chosen:
            mine.setdefault(i, []).append((d, t))
        return all(self._legal(self.problem.people[i], places) for i, places in mine.items())

    def _legal(self, person: PlannedAgent, places: list[ShiftSlot]) -> bool:
        days = [d for d, _t in places]
        if len(set(days)) < len(days) or any(set(self.close[place]) & set(places) for place in places):
            return False
        weeks = Counter[str]()
        for d, t in places:
            weeks[week_of(self.days[d])] += self.units[t]
        if any(units > self.most_units(person, week) for week, units in weeks.items()):
            return False
        return all(len(set(days) & set(run)) <= most for run, most in self.windows(person))

    # --- coverage ----------------------------------------------------------------------------------------------

    def uncovered(self, chosen: Collection[Choice], resting: Resting) -> int:
        """Agent-quarters that these choices leave open, over all pools."""
        return sum(row.weight * under for row, under in zip(self.rows, self.unders(chosen, resting), strict=True))

    def unders(self, chosen: Collection[Choice], resting: Resting) -> list[int]:
        """People missing, row by row."""
        there, chosen = self.counted(chosen), set(chosen)
        return [
            max(
                0,
                row.missing
                - sum(there[row.pool][place] for place in row.covering)
                + sum(resting[c, rest] for rest in row.rests for c in self.in_pool[row.pool])
                + sum(choice in chosen for choice in row.gone),
            )
            for row in self.rows
        ]

    def counted(self, chosen: Collection[Choice]) -> dict[str, Counter[ShiftSlot]]:
        """People of each pool at each shift."""
        members = {pool: set(able) for pool, able in self.able.items()}
        return {pool: Counter((d, t) for i, d, t in chosen if i in able) for pool, able in members.items()}

    def _able(self, queues: Sequence[str]) -> list[int]:
        wanted = set(queues)
        return [
            i for i, person in enumerate(self.problem.people) if self.lifted == "skills" or wanted & set(person.serves)
        ]

    def open_slots(self, pool: str) -> NDArray[np.int64]:
        """People missing in each quarter from the first day on, those who are there anyway taken off."""
        need = np.ceil(np.array(self.problem.needs[pool]).reshape(-1)).astype(np.int64)
        fixed = self._fixed(self.able[pool])
        return np.asarray(need - np.array([fixed[n] for n in range(len(need))], dtype=np.int64))

    def _rows(self, pool: str) -> Iterator[CoverageRow]:
        missing = self.open_slots(pool)
        covering: dict[int, list[ShiftSlot]] = {}
        rests: dict[int, list[Rest]] = {}
        gone: dict[int, list[Choice]] = {}
        for d, t in self.places:
            for slot in self.covers[t]:
                covering.setdefault(slot + d * SLOTS, []).append((d, t))
            for number, times in self.options[t].items():
                for k, (_start, slots) in enumerate(times):
                    for slot in slots:
                        rests.setdefault(slot + d * SLOTS, []).append(((d, t), number, k))
        able = set(self.able[pool])
        for choice, slots in self.gone.items():
            for slot in slots if choice[0] in able else ():
                gone.setdefault(slot, []).append(choice)
        found: Counter[tuple[int, tuple[ShiftSlot, ...], tuple[Rest, ...], tuple[Choice, ...]]] = Counter(
            (int(missing[n]), tuple(covering.get(n, ())), tuple(rests.get(n, ())), tuple(gone.get(n, ())))
            for n in range(self.problem.days * SLOTS)
            if missing[n] > 0
        )
        for (count, where, resting, away), weight in found.items():
            yield CoverageRow(pool, count, where, resting, away, weight)

    def _fixed(self, able: Sequence[int]) -> Counter[int]:
        """How many of the people are there anyway, by quarter from the first day on."""
        begin = epoch(self.problem.first_day, 0, self.zone)
        found: Counter[int] = Counter()
        for i in able:
            for shift in self.problem.people[i].fixed:
                for span in shift.work:
                    first, last = round((span.start - begin) / UNIT_S), round((span.end - begin) / UNIT_S)
                    found.update(range(max(0, first), min(last, self.problem.days * SLOTS)))
        return found
