"""What a proposed roster is asked for, and what the rules leave possible. Pure, and without the solver.

``Ground`` works out once, for all models: which person can take which template on which day, which shifts leave too
little rest between them, and the rows of coverage. Quarters of a day that the same shifts cover and that need the
same are one row with a weight. Days count from the first one, quarters (900 s) are the unit of hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.people.roster_records import Leave, Rules, Shift, Span, Template, epoch, planned, week_of

SLOTS = 96
UNIT_S = 900.0
RULES = ("rest", "week", "row", "leave", "skills")
NIGHT_FROM, NIGHT_UNTIL = 22 * 60, 6 * 60

Place = tuple[int, int]
Choice = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Person:
    """``fixed`` are shifts that stay: around the days, and inside when they are kept."""

    extension: str
    serves: tuple[str, ...]
    skills: tuple[str, ...]
    fixed: tuple[Shift, ...] = ()
    leaves: tuple[Leave, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """``needs`` maps a pool to people per quarter, day by day; ``pools`` a pool to its queues; ``standing`` is the
    roster of now, from which the search starts. ``workers`` are threads with a way of searching each: more ways than
    processors find more than as many."""

    first_day: str
    days: int
    timezone: str
    people: tuple[Person, ...]
    templates: tuple[Template, ...]
    pools: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, tuple[tuple[float, ...], ...]]
    rules: Rules
    due_week_s: float
    standing: tuple[Shift, ...] = ()
    limit_s: float = 20.0
    workers: int = 8
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """``missing`` people are needed in ``weight`` quarters that the shifts at ``covering`` (day, template) cover."""

    pool: str
    missing: int
    covering: tuple[Place, ...]
    weight: int


class Ground:
    """``lifted`` is the one of ``RULES`` that shall not count."""

    def __init__(self, problem: Problem, lifted: str = "") -> None:
        self.problem, self.lifted = problem, lifted
        self.zone = ZoneInfo(problem.timezone)
        first = date.fromisoformat(problem.first_day)
        self.days = [(first + timedelta(days=n)).isoformat() for n in range(problem.days)]
        self.plans = [[planned(t, "", day, self.zone) for t in problem.templates] for day in self.days]
        self.places: list[Place] = list(product(range(problem.days), range(len(problem.templates))))
        self.units = [-(-int(template.paid_s) // int(UNIT_S)) for template in problem.templates]
        self.choices = [self._choices(person) for person in problem.people]
        self.close = {place: self._too_close(place) for place in self.places}
        self.weeks: dict[str, list[int]] = {}
        for d, name in enumerate(self.days):
            self.weeks.setdefault(week_of(name), []).append(d)
        self.able = {pool: self._able(queues) for pool, queues in problem.pools.items()}
        self.rows = [row for pool in problem.pools for row in self._rows(pool)]

    def sorts(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]]:
        """People by what they can do."""
        found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = {}
        for i, person in enumerate(self.problem.people):
            key = ((), ()) if self.lifted == "skills" else (tuple(sorted(person.serves)), tuple(sorted(person.skills)))
            found.setdefault(key, []).append(i)
        return found

    def shifts(self, chosen: Collection[Choice]) -> tuple[Shift, ...]:
        """The choices as shifts, with those of the days that stay."""
        free = [replace(self.plans[d][t], extension=self.problem.people[i].extension) for i, d, t in sorted(chosen)]
        inside = set(self.days)
        kept = [shift for person in self.problem.people for shift in person.fixed if shift.day in inside]
        return tuple(sorted([*free, *kept], key=lambda shift: (shift.starts_at, shift.extension)))

    # --- people ------------------------------------------------------------------------------------------------

    def _choices(self, person: Person) -> frozenset[Place]:
        taken = {shift.day for shift in person.fixed}
        return frozenset(
            (d, t) for d, t in self.places if self.days[d] not in taken and self._possible(person, self.plans[d][t])
        )

    def _possible(self, person: Person, plan: Shift) -> bool:
        if self.lifted != "skills" and not set(plan.skills) <= set(person.skills):
            return False
        if self.lifted != "leave" and any(one.span.meets(plan.span) for one in person.leaves):
            return False
        return all(self._apart(plan, fixed) for fixed in person.fixed)

    def _apart(self, one: Shift, other: Shift) -> bool:
        least = 0.0 if self.lifted == "rest" else self.problem.rules.least_rest_s
        return one.starts_at - other.ends_at >= least or other.starts_at - one.ends_at >= least

    def _too_close(self, place: Place) -> list[Place]:
        """Shifts of the next two days that begin too soon after this one."""
        d, t = place
        after = [one for one in self.places if one[0] in (d + 1, d + 2)]
        return [one for one in after if not self._apart(self.plans[d][t], self.plans[one[0]][one[1]])]

    def most_units(self, person: Person, week: str) -> int:
        """Quarters that the person may still work in the week."""
        spent = sum(round(fixed.paid_s / UNIT_S) for fixed in person.fixed if week_of(fixed.day) == week)
        return max(0, int(self.problem.rules.most_week_s / UNIT_S) - spent)

    def windows(self, person: Person) -> Iterator[tuple[list[int], int]]:
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

    def due_units(self, person: Person, week: str) -> int:
        """The contract's hours, less leave and the days of the week behind the last one."""
        monday, last = date.fromisoformat(week), date.fromisoformat(self.days[-1])
        counted = [monday + timedelta(days=n) for n in range(7) if monday + timedelta(days=n) <= last]
        there = 0
        for day in counted:
            name = day.isoformat()
            whole = Span(epoch(name, 0, self.zone), epoch(name, 1440, self.zone))
            there += not any(leave.span.meets(whole) for leave in person.leaves)
        return round(self.problem.due_week_s * there / 7 / UNIT_S)

    def is_hard(self, place: Place) -> bool:
        """Nights and weekends, which nobody likes."""
        template = self.problem.templates[place[1]]
        weekend = date.fromisoformat(self.days[place[0]]).weekday() >= 5
        return weekend or template.end_minute > NIGHT_FROM or template.start_minute < NIGHT_UNTIL

    def legal(self, chosen: Collection[Choice]) -> bool:
        """Whether these choices keep every rule together."""
        mine: dict[int, list[Place]] = {}
        for i, d, t in chosen:
            mine.setdefault(i, []).append((d, t))
        return all(self._legal(self.problem.people[i], places) for i, places in mine.items())

    def _legal(self, person: Person, places: list[Place]) -> bool:
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

    def uncovered(self, chosen: Collection[Choice]) -> int:
        """Agent-quarters that these choices leave open, over all pools."""
        there = self.counted(chosen)
        return sum(
            row.weight * max(0, row.missing - sum(there[row.pool][place] for place in row.covering))
            for row in self.rows
        )

    def counted(self, chosen: Collection[Choice]) -> dict[str, Counter[Place]]:
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

    def _rows(self, pool: str) -> Iterator[Row]:
        there = [covered(template) for template in self.problem.templates]
        missing_by_day = self.open_slots(pool).reshape(self.problem.days, SLOTS)
        found: Counter[tuple[int, tuple[Place, ...]]] = Counter()
        for d in range(self.problem.days):
            for slot in range(SLOTS):
                missing = int(missing_by_day[d, slot])
                if missing > 0:
                    covering = [(d, t) for t, slots in enumerate(there) if slot in slots]
                    covering += [(d - 1, t) for t, slots in enumerate(there) if d > 0 and slot + SLOTS in slots]
                    found[missing, tuple(covering)] += 1
        for (missing, places), weight in found.items():
            yield Row(pool, missing, places, weight)

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


def covered(template: Template) -> frozenset[int]:
    """Quarters from its day's midnight of which the shift works at least half."""
    work = Span(template.start_minute, template.end_minute)
    found = set()
    for slot in range(3 * SLOTS):
        quarter = Span(slot * 15.0, slot * 15.0 + 15.0)
        present = _common(quarter, work) - sum(_common(quarter, Span(*pause)) for pause in template.breaks)
        if present >= 7.5:
            found.add(slot)
    return frozenset(found)


def _common(one: Span, other: Span) -> float:
    return max(0.0, min(one.end, other.end) - max(one.start, other.start))
