"""An order with everything that happened to it, as a value: steps in, facts out. Pure.

The service keeps what comes out of it, the demo makes its history with it: both know no other way to move an order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from core.errors import BadInput
from core.events import Fact, OrderChannel, OrderClockSet, OrderOpened, OrderStepped, Urgency
from core.workorders.categories import TimeLimit
from core.workorders.deadlines import Clock, Moment, Terms, advanced, relimited
from core.workorders.definition import Definition, EventField
from core.workorders.workflow import Standing, TransitionRequest, follow, step

# The step that keeps a call made from the order.
RING = "ring"
# What a correction may put right.
CORRECTED = ("category", "urgency", "district", "address", "longitude", "latitude", "summary")


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported and by whom. Places are WGS 84 degrees; ``by`` is a user name."""

    channel: OrderChannel
    category: str
    urgency: Urgency
    summary: str
    by: str
    district: str = ""
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None
    diameter_mm: int | None = None
    site: str = ""
    customer_id: int | None = None
    contact: str = ""
    caller: str = ""
    from_call: str | None = None
    given_due_at: float | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step that was taken; ``fields`` without the note, ``assignee`` the worker or site that has it afterwards.

    ``limits`` are those that hold from a correction on.
    """

    event: str
    at: float
    by: str
    role: str
    from_state: str
    to_state: str
    round: int
    note: str = ""
    assignee: str = ""
    fields: Mapping[str, Any] | None = None
    longitude: float | None = None
    latitude: float | None = None
    distance_m: float | None = None
    device_at: float | None = None
    limits: tuple[TimeLimit, ...] | None = None

    @property
    def until(self) -> float | None:
        """How long a suspension was agreed for."""
        return (self.fields or {}).get("until")

    @property
    def asked(self) -> TransitionRequest:
        return TransitionRequest(self.event, self.role, self.at, {**(self.fields or {}), "note": self.note})


@dataclass(frozen=True, slots=True)
class Where:
    """Where and when the reporting phone was."""

    longitude: float | None = None
    latitude: float | None = None
    distance_m: float | None = None
    device_at: float | None = None


NOWHERE = Where()


@dataclass(frozen=True, slots=True)
class Case:
    """``clocks`` stand as they are after the last step."""

    id: str
    definition: Definition
    report: Report
    terms: Terms
    opened_at: float
    standing: Standing
    steps: tuple[StepRecord, ...] = ()
    clocks: Mapping[str, Clock] | None = None

    @property
    def last_at(self) -> float:
        return self.steps[-1].at if self.steps else self.opened_at

    @property
    def is_open(self) -> bool:
        return self.standing.state in self.definition.open_states

    @property
    def closed_at(self) -> float | None:
        """When it came into its final state."""
        if not self.definition.state(self.standing.state).final:
            return None
        return next(one.at for one in reversed(self.steps) if one.to_state != one.from_state)

    def step(
        self,
        by: str,
        asked: TransitionRequest,
        extra: Iterable[EventField] = (),
        where: Where = NOWHERE,
        limits: tuple[TimeLimit, ...] | None = None,
    ) -> Case:
        """The case after the step, or the refusal of ``workflow.step``."""
        after, kept = step(self.definition, self.standing, asked, extra)
        self._check_extension(asked.event, kept)
        event = self.definition.event(asked.event)
        if event is not None and "correct" in event.effects:
            kept["was"] = self._before(kept)
            if not kept["was"]:
                raise BadInput("Nothing is corrected.", field="fields", remedy="Say what it should be.")
        taken = StepRecord(
            asked.event,
            asked.at,
            by,
            asked.role,
            self.standing.state,
            after.state,
            after.round,
            str(kept.get("note", "")),
            after.assignee or after.site,
            {name: value for name, value in kept.items() if name != "note"},
            where.longitude,
            where.latitude,
            where.distance_m,
            where.device_at,
            limits,
        )
        return self.after(taken, after)

    def _before(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What a correction changes, as it stood: the row keeps the last value only."""
        made = corrected(replace(self.report, urgency=self.standing.urgency), fields)
        old = replace(self.report, urgency=self.standing.urgency)
        return {name: getattr(old, name) for name in CORRECTED if getattr(old, name) != getattr(made, name)}

    @property
    def spent_calls(self) -> set[str]:
        """Calls of return visits that have brought their result."""
        return {str((taken.fields or {}).get("call", "")) for taken in self.steps if taken.event != RING} - {""}

    def called_by(self, person: str) -> str:
        """The last call that this person has made of the order since it came into its state, and that has brought no
        result yet; empty for none."""
        spent = self.spent_calls
        for taken in reversed(self.steps):
            if taken.from_state != taken.to_state:
                return ""
            call = str((taken.fields or {}).get("call", ""))
            if taken.by == person and taken.event == RING and call not in spent:
                return call
        return ""

    def _check_extension(self, event_id: str, kept: Mapping[str, Any]) -> None:
        """More time must be more: a date that moves no deadline is a mistake."""
        event = self.definition.event(event_id)
        if event is None or not {"extend", "ask_extend"} & set(event.effects) or "due_at" not in kept:
            return
        rules = {rule.id for rule in self.definition.clocks if rule.extends}
        extended = [one for one in (self.clocks or {}).values() if one.runs and one.id in rules]
        given = [one.due_at for one in extended if one.given and one.due_at is not None]
        if given and kept["due_at"] > min(given):
            raise BadInput(
                "The date {time} was given with the order and is not moved here.",
                field="fields.due_at",
                remedy="Ask whoever sent the order for more time.",
                time=self._local(min(given)),
            )
        running = [one for one in extended if not one.given]
        dues = [one.due_at for one in running if one.due_at is not None]
        if dues and len(dues) == len(running) and kept["due_at"] <= min(dues):
            raise BadInput(
                "The new due date is not after the one that holds now: {time}.",
                field="fields.due_at",
                remedy="Choose a later time.",
                time=self._local(min(dues)),
            )

    def _local(self, at: float) -> str:
        return datetime.fromtimestamp(at, self.terms.zone).strftime("%Y-%m-%d %H:%M")

    def after(self, taken: StepRecord, standing: Standing) -> Case:
        """The case after a step that was accepted."""
        report, terms, found = self.report, self.terms, self.clocks or {}
        if taken.limits is not None:
            report = corrected(report, taken.fields or {})
            terms = replace(terms, urgency=standing.urgency, limits=(taken.limits,))
            found = relimited(self.definition, terms, found, taken.at)
        found = advanced(self.definition, terms, found, self.standing.state, _moment(self.definition, taken))
        steps = (*self.steps, taken)
        return replace(self, report=report, terms=terms, standing=standing, steps=steps, clocks=found)


def opened(order_id: str, definition: Definition, report: Report, terms: Terms, at: float) -> Case:
    start = Standing(definition.initial, report.urgency, site=report.site)
    return Case(order_id, definition, report, terms, at, start, (), {})


def corrected(report: Report, fields: Mapping[str, Any]) -> Report:
    """What was reported, put right. A place goes with its address: without a new one it is not known."""
    changes = {name: fields[name] for name in CORRECTED if name in fields}
    if "address" in changes and "longitude" not in changes:
        changes |= {"longitude": None, "latitude": None}
    return replace(report, **changes)


def restored(case: Case, steps: Iterable[StepRecord]) -> Case:
    """A case as it is after steps that were taken earlier."""
    for taken in steps:
        event = case.definition.event(taken.event)
        standing = follow(case.definition, event, case.standing, taken.asked.fields) if event else case.standing
        case = case.after(taken, standing)
    return case


def facts(before: Case | None, after: Case) -> list[tuple[float, Fact]]:
    """What is to be told of the steps between two standings of a case (``None``: of a new one), with their times."""
    told: list[tuple[float, Fact]] = []
    known = before or replace(after, steps=(), clocks={})
    if before is None:
        told.append((after.opened_at, opened_fact(after)))
    told += [(taken.at, stepped_fact(after, taken)) for taken in after.steps[len(known.steps) :]]
    set_before = known.clocks or {}
    for name, clock in (after.clocks or {}).items():
        was = set_before.get(name)
        if clock != was:
            undone = was is not None and clock.began_at == was.began_at and len(clock.undone) > len(was.undone)
            told.append(
                (after.last_at, OrderClockSet(after.id, name, clock.state, clock.due_at, clock.limit_s, undone))
            )
    return told


def opened_fact(case: Case) -> OrderOpened:
    one = case.report
    return OrderOpened(
        case.id,
        case.definition.id,
        case.definition.version,
        one.channel,
        one.category,
        one.urgency,
        one.district,
        one.address,
        one.longitude,
        one.latitude,
        one.site,
        one.customer_id,
        one.caller,
        one.from_call,
        one.summary,
        one.by,
        one.demo,
    )


def stepped_fact(case: Case, taken: StepRecord) -> OrderStepped:
    return OrderStepped(
        case.id,
        taken.event,
        taken.from_state,
        taken.to_state,
        taken.by,
        taken.role,
        taken.round,
        taken.note,
        taken.assignee,
        orjson.dumps(taken.fields or {}).decode(),
        taken.longitude,
        taken.latitude,
        taken.device_at,
    )


def _moment(definition: Definition, taken: StepRecord) -> Moment:
    event = definition.event(taken.event)
    extends = event is not None and "extend" in event.effects
    due_at = (taken.fields or {}).get("due_at") if extends else None
    return Moment(taken.event, taken.to_state, taken.at, due_at)
