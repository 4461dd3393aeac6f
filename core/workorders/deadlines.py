"""The clocks of an order, worked out from its steps: due when, run how long, paused when, by which rule. Pure.

A clock = calendar + limit + the states that pause it. Nothing here is stored as a countdown: the same steps always give
the same clocks. An emergency runs 7×24 and never pauses. A deadline that came with the order wins over every limit; an
agreed extension moves those clocks that the definition says, and never to an earlier time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import iso
from core.events import ClockState, Urgency
from core.installation.definition import Calendar
from core.workorders.calendars import counted_s, moment_after
from core.workorders.categories import TimeLimit
from core.workorders.definition import ClockRule, Definition

LEVELS: tuple[tuple[int, str], ...] = ((50, "worker"), (80, "site_manager"), (100, "supervisor"), (150, "director"))


@dataclass(frozen=True, slots=True)
class Moment:
    """What a step says to the clocks. ``due_at`` is that of an extension."""

    event: str
    state: str
    at: float
    due_at: float | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the order brings along. ``limits`` by level: the category's own, its parent's, then everybody's."""

    urgency: Urgency
    limits: tuple[tuple[TimeLimit, ...], ...]
    zone: ZoneInfo
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    diameter_mm: int | None = None
    given_due_at: float | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """``due_at`` is ``None`` while a pause keeps it from being known. ``given``: its end came with the order, so that
    nothing moves it; ``extended_to``: what was agreed since. ``missed``: deadlines that had passed when the clock was
    begun anew, extended or given another limit, and when that was: what is missed stays missed. ``undone``: when it had
    been met before the work was sent back."""

    id: str
    state: ClockState
    began_at: float
    limit: TimeLimit
    limit_s: float
    calendar: Calendar | None
    night: bool
    due_at: float | None
    first_due_at: float
    pauses: tuple[tuple[float, float | None], ...] = ()
    ended_at: float | None = None
    extended_to: float | None = None
    given: bool = False
    missed: tuple[tuple[float, float], ...] = ()
    undone: tuple[float, ...] = ()

    @property
    def runs(self) -> bool:
        return self.state in ("running", "paused")

    def elapsed_s(self, now: float) -> float:
        """Calendar time without pauses, up to its end or now."""
        return self.used_s(now if self.ended_at is None else min(now, self.ended_at))

    def share(self, now: float) -> float:
        """How much of the allowed time is used up: 1 is due."""
        span = self.span_s()
        return self.elapsed_s(now) / span if span > 0 else 1.0

    def span_s(self) -> float:
        """What may be used up in all: the limit, or the time up to a moment that was given or agreed."""
        moved = self.given or self.extended_to is not None
        return self.used_s(self.due_at) if moved and self.due_at is not None else self.limit_s

    def used_s(self, end: float) -> float:
        paused = sum(
            counted_s(self.calendar, began, min(end, end if ended is None else ended)) for began, ended in self.pauses
        )
        return max(0.0, counted_s(self.calendar, self.began_at, end) - paused)

    def reached_at(self, seconds: float) -> float | None:
        """When so much has been used up; ``None`` when that lies behind a pause that goes on."""
        at, left = self.began_at, seconds
        for began, ended in self.pauses:
            span = counted_s(self.calendar, at, began)
            if span >= left:
                break
            if ended is None:
                return None
            at, left = max(at, ended), left - span
        return moment_after(self.calendar, at, left)

    def overdue(self, now: float) -> bool:
        return self.state == "missed" or (self.runs and self.due_at is not None and now > self.due_at)

    def missed_at(self, moment: float) -> tuple[tuple[float, float], ...]:
        """What has been missed by a moment at which the clock begins anew or is given more time."""
        if self.due_at is None or not self.overdue(moment):
            return self.missed
        return (*self.missed, (self.due_at, moment if self.ended_at is None else self.ended_at))

    def explained(self, now: float) -> dict[str, Any]:
        """For people and programs: state, times, and the rule, calendar and pauses that they come from."""
        return {
            "clock": self.id,
            "state": self.state,
            "began_at": iso(self.began_at),
            "due_at": None if self.due_at is None else iso(self.due_at),
            "first_due_at": iso(self.first_due_at),
            "ended_at": None if self.ended_at is None else iso(self.ended_at),
            "elapsed_s": round(self.elapsed_s(now), 3),
            "limit_s": self.limit_s,
            "share": round(self.share(now), 4),
            "overdue": self.overdue(now),
            "calendar": self.calendar.id if self.calendar else "7x24",
            "rule": {
                "urgency": self.limit.urgency,
                "night": self.night,
                "above_mm": self.limit.above_mm,
                "example": self.limit.example,
                "extended_to": None if self.extended_to is None else iso(self.extended_to),
                "given": self.given,
            },
            "missed": [{"due_at": iso(due), "until": iso(until)} for due, until in self.missed],
            "undone": [iso(at) for at in self.undone],
            "pauses": [
                {"from": iso(began), "to": None if ended is None else iso(ended)} for began, ended in self.pauses
            ],
        }


def clocks(definition: Definition, terms: Terms, moments: Sequence[Moment]) -> dict[str, Clock]:
    """Every clock that has begun, as it stands after the last of ``moments`` (in order of time)."""
    found: dict[str, Clock] = {}
    before = definition.initial
    for moment in moments:
        found = advanced(definition, terms, found, before, moment)
        before = moment.state
    return found


def advanced(
    definition: Definition, terms: Terms, found: Mapping[str, Clock], before: str, moment: Moment
) -> dict[str, Clock]:
    """The clocks after one more step, which led from the state ``before``."""
    following = dict(found)
    for rule in definition.clocks:
        clock = found.get(rule.id)
        if moment.event in rule.begins:
            fresh = _begun(definition, rule, terms, moment)
            if fresh is not None and clock is not None:
                fresh = replace(fresh, missed=clock.missed_at(moment.at))
            clock = fresh
        elif clock is not None:
            if clock.state == "stopped" and definition.state(before).side:
                clock = _came_back(definition, rule, clock, moment)
            if moment.event in rule.undone_by:
                clock = _undone(rule, clock, moment)
            if clock.runs:
                clock = _moved(definition, rule, terms, clock, moment)
        if clock is not None:
            following[rule.id] = clock
    return following


def relimited(definition: Definition, terms: Terms, found: Mapping[str, Clock], at: float) -> dict[str, Clock]:
    """After a correction made ``at``: clocks that run are counted from their beginning by the limits that hold now.
    What had passed by the limit that held until then was late."""
    following = dict(found)
    for name, clock in found.items():
        rule = definition.clock(name)
        fresh = _begun(definition, rule, terms, Moment("", "", clock.began_at))
        if not clock.runs or fresh is None:
            continue
        fresh = replace(fresh, extended_to=clock.extended_to, missed=clock.missed)
        # What has become an emergency has never been paused.
        if terms.urgency != "emergency":
            fresh = replace(fresh, state=clock.state, pauses=clock.pauses)
        fresh = replace(fresh, due_at=_due_at(fresh))
        if fresh.due_at is None or clock.due_at is None or fresh.due_at > clock.due_at:
            fresh = replace(fresh, missed=clock.missed_at(at))
        following[name] = fresh
    return following


def earliest(found: Iterable[Clock]) -> float | None:
    """The deadline that an order is judged by: the first of those that have not ended."""
    return min((clock.due_at for clock in found if clock.runs and clock.due_at is not None), default=None)


def next_level(clock: Clock, told: int) -> tuple[int, str, float] | None:
    """The lowest level above ``told`` percent, whom to tell of it, and when; ``None`` when there is no more to tell."""
    if clock.state != "running":
        return None
    for percent, role in LEVELS:
        if percent > told and (at := clock.reached_at(clock.span_s() * percent / 100)) is not None:
            return percent, role, at
    return None


def chosen(terms: Terms, clock: str) -> TimeLimit | None:
    """The limit that fits best: of the nearest category that has one, the most particular."""
    for level in terms.limits:
        fitting = [limit for limit in level if limit.clock == clock and _fits(limit, terms)]
        if fitting:
            return max(fitting, key=_rank)
    return None


def _fits(limit: TimeLimit, terms: Terms) -> bool:
    wide = terms.diameter_mm is not None and limit.above_mm is not None and terms.diameter_mm > limit.above_mm
    return limit.urgency in ("", terms.urgency) and (limit.above_mm is None or wide)


def _rank(limit: TimeLimit) -> tuple[int, int]:
    return bool(limit.urgency) + (limit.above_mm is not None), limit.above_mm or 0


def _came_back(definition: Definition, rule: ClockRule, clock: Clock, moment: Moment) -> Clock:
    """Out of a side state, as when a merged order is split off: the clock goes on as if it had never been away. One
    that ends there was late if it was before, but not where the order was done with its master."""
    if moment.state not in definition.open_states:
        return clock
    if moment.state not in (*rule.met_in, *rule.stopped_in):
        return replace(clock, state="running", ended_at=None)
    event = definition.event(moment.event)
    if event is not None and "freed" in event.effects:
        return clock
    late = clock.due_at is not None and clock.ended_at is not None and clock.ended_at > clock.due_at
    return replace(clock, state="missed") if late else clock


def _undone(rule: ClockRule, clock: Clock, moment: Moment) -> Clock:
    """What had met the clock is still to be done: the last time that it is done counts. What was late stays late."""
    if clock.state != "met" or clock.ended_at is None or moment.state in rule.met_in:
        return clock
    return replace(clock, state="running", ended_at=None, undone=(*clock.undone, clock.ended_at))


def _begun(definition: Definition, rule: ClockRule, terms: Terms, moment: Moment) -> Clock | None:
    limit = chosen(terms, rule.id)
    if rule.given and terms.given_due_at is not None:
        seconds = max(0.0, terms.given_due_at - moment.at)
        limit = limit or TimeLimit(rule.id, seconds, example=False)
        due_at = terms.given_due_at
        return Clock(rule.id, "running", moment.at, limit, seconds, None, False, due_at, due_at, given=True)
    if limit is None:
        return None
    local = datetime.fromtimestamp(moment.at, terms.zone)
    night = not definition.day_from <= local.hour * 60 + local.minute < definition.day_to
    seconds = limit.night_s if night and limit.night_s is not None else limit.seconds
    calendar = None if terms.urgency == "emergency" else terms.calendars.get(limit.calendar)
    due_at = moment_after(calendar, moment.at, seconds)
    return Clock(rule.id, "running", moment.at, limit, seconds, calendar, night, due_at, due_at)


def _moved(definition: Definition, rule: ClockRule, terms: Terms, clock: Clock, moment: Moment) -> Clock:
    pausing = moment.state in rule.pauses_in and not (clock.given or rule.customers or terms.urgency == "emergency")
    if clock.state == "paused" and not pausing:
        clock = replace(clock, state="running", pauses=(*clock.pauses[:-1], (clock.pauses[-1][0], moment.at)))
    if moment.due_at is not None and rule.extends and not clock.given:
        missed = clock.missed_at(moment.at)
        clock = replace(clock, extended_to=max(moment.due_at, clock.extended_to or moment.due_at), missed=missed)
    clock = replace(clock, due_at=_due_at(clock))
    state = definition.state(moment.state)
    if state.id in rule.met_in:
        late = clock.due_at is not None and moment.at > clock.due_at
        return replace(clock, state="missed" if late else "met", ended_at=moment.at)
    if state.id in rule.stopped_in or state.final or state.side:
        # Of merged and void orders nothing is asked, unless they come back; what is handed back late was late.
        late = clock.overdue(moment.at) and not state.side
        return replace(clock, state="missed" if late else "stopped", ended_at=moment.at)
    if pausing and clock.state == "running":
        clock = replace(clock, state="paused", pauses=(*clock.pauses, (moment.at, None)))
        clock = replace(clock, due_at=_due_at(clock))
    return clock


def _due_at(clock: Clock) -> float | None:
    if clock.given:
        return clock.due_at
    at = clock.reached_at(clock.limit_s)
    return at if at is None or clock.extended_to is None else max(at, clock.extended_to)


def levels_before(clock: Clock, now: float) -> int:
    """The highest level that lies in the past already: of an order that comes with its history nobody is told it."""
    reached = 0
    while (level := next_level(clock, reached)) is not None and level[2] <= now:
        reached = level[0]
    return reached
