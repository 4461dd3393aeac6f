"""The process of an order as data: states, events, clocks, the fields that events ask for. Pure.

A definition is a table that the office may edit, export and import; ``check`` says what is wrong with it before it is
published. It knows no order: ``workflow`` takes steps by it, ``deadlines`` counts time by it. Names are message ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.errors import BadInput
from core.records import record

FieldKind = Literal["text", "choice", "time", "number", "site", "user", "order", "flag", "category", "call"]
FIELD_KINDS = ("text", "choice", "time", "number", "site", "user", "order", "flag", "category", "call")
# Who may take steps; the names are those of the house's roles.
ROLES = ("agent", "supervisor", "site_manager", "worker", "director", "admin")
# A result of a return visit names the call that it was said in, or why there was none.
RESULT_OF_VISIT = "call_or_reason"
GUARDS = ("not_emergency", "not_asked", "asked", "later", "other_open_order", RESULT_OF_VISIT)
EFFECTS = (
    "assign",
    "take",
    "unassign",
    "count_return",
    "count_urge",
    "count_attempt",
    "next_round",
    "supervise",
    "ask_suspend",
    "ask_extend",
    "answer_asked",
    "extend",
    "link",
    "unlink",
    "correct",
    "free_merged",
    "freed",
)
ANY_OPEN = "*"


@dataclass(frozen=True, slots=True)
class EventField:
    """What an event asks for. ``choices`` are pairs of value and name; ``most`` is the largest number, or how many
    seconds a time may lie ahead."""

    id: str
    name: str
    kind: FieldKind = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    most: float | None = None


@dataclass(frozen=True, slots=True)
class OrderState:
    """``final`` states end the order; ``side`` ones stand beside the way to closed."""

    id: str
    name: str
    final: bool = False
    side: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """``sources`` are states, or ``*`` for every one that is neither final nor side. ``to`` empty is a flag: the state
    stays. At its ``nth`` time the event leads to ``nth_to`` instead."""

    id: str
    name: str
    sources: tuple[str, ...]
    to: str
    roles: tuple[str, ...]
    fields: tuple[EventField, ...] = ()
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    nth: int = 0
    nth_to: str = ""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A clock begins (anew) with an event, is met on entering a state in time, and is no longer asked for in others.

    ``extends``: an agreed extension moves it. ``given``: a deadline that came with the order takes its place.
    ``customers``: what the customer is promised; such a clock never pauses. ``undone_by``: events after which what met
    the clock is still to be done; it then goes on from its beginning as if it had not ended.
    """

    id: str
    name: str
    begins: tuple[str, ...]
    met_in: tuple[str, ...]
    stopped_in: tuple[str, ...] = ()
    pauses_in: tuple[str, ...] = ()
    extends: bool = False
    given: bool = False
    customers: bool = False
    undone_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """``day_from`` and ``day_to`` are local minutes: what begins between them has the limit by day.

    After the ``returns_told``-th return of an order the supervisors are told.
    """

    id: str
    version: int
    name: str
    initial: str
    closed: str
    states: tuple[OrderState, ...]
    events: tuple[Transition, ...]
    clocks: tuple[ClockRule, ...] = ()
    day_from: int = 7 * 60
    day_to: int = 22 * 60
    returns_told: int = 2

    def state(self, state_id: str) -> OrderState:
        return next(one for one in self.states if one.id == state_id)

    def event(self, event_id: str) -> Transition | None:
        return next((one for one in self.events if one.id == event_id), None)

    def clock(self, clock_id: str) -> ClockRule:
        return next(one for one in self.clocks if one.id == clock_id)

    @property
    def open_states(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.states if not one.final and not one.side)

    def sources_of(self, event: Transition) -> tuple[str, ...]:
        named = tuple(one for one in event.sources if one != ANY_OPEN)
        return (*named, *self.open_states) if ANY_OPEN in event.sources else named

    def permits(self, state_id: str, event: Transition) -> bool:
        if state_id in event.sources:
            return True
        state = self.state(state_id)
        return ANY_OPEN in event.sources and not state.final and not state.side

    def from_state(self, state_id: str) -> tuple[Transition, ...]:
        """The events that a state permits, in the order of the table."""
        return tuple(event for event in self.events if self.permits(state_id, event))

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Definition:
        """Parses and checks; ``BadInput`` names the place."""
        try:
            raw = json.loads(text)
        except ValueError as problem:
            raise BadInput("This is no JSON: {problem}.", field="definition", problem=problem) from problem
        if not isinstance(raw, dict):
            raise BadInput("A definition is an object.", field="definition", remedy="Export one and look at it.")
        made = _definition(raw)
        check(made)
        return made


def check(definition: Definition) -> None:
    """``BadInput`` naming the row that does not hold; silent when it may be published."""
    states = {one.id for one in definition.states}
    _unique("states", (one.id for one in definition.states))
    _unique("events", (one.id for one in definition.events))
    _unique("clocks", (one.id for one in definition.clocks))
    for name in ("initial", "closed"):
        _known(f"{name}", getattr(definition, name), states)
    if not definition.state(definition.closed).final:
        raise BadInput("The closed state must be final.", field="closed", remedy="Mark it as final.")
    for event in definition.events:
        _check_event(definition, event, states)
    for rule in definition.clocks:
        _check_clock(definition, rule, states)
    if not 0 <= definition.day_from < definition.day_to <= 1440:
        raise BadInput("The day must begin before it ends.", field="day_from", remedy="Give minutes from midnight.")
    _check_ways(definition, states)


def _check_event(definition: Definition, event: Transition, states: set[str]) -> None:
    where = f"events.{event.id}"
    for source in event.sources:
        _known(f"{where}.sources", source, states | {ANY_OPEN})
    for target in (event.to, event.nth_to):
        _known(f"{where}.to", target, states | {""})
    if not event.roles:
        raise BadInput("Nobody may do {id}.", field=f"{where}.roles", remedy="Name a role.", id=event.id)
    for role in event.roles:
        _known(f"{where}.roles", role, ROLES)
    for guard in event.guards:
        _known(f"{where}.guards", guard, GUARDS)
    for effect in event.effects:
        _known(f"{where}.effects", effect, EFFECTS)
    if bool(event.nth) != bool(event.nth_to):
        raise BadInput("A counted event needs a number and a state.", field=f"{where}.nth", remedy="Give both.")
    if event.nth and "count_attempt" not in event.effects:
        raise BadInput("Only attempts are counted.", field=f"{where}.nth", remedy="Add the effect count_attempt.")
    if any(definition.state(source).final for source in definition.sources_of(event)) and event.to:
        raise BadInput("Nothing leads out of a final state.", field=f"{where}.sources", remedy="Remove that state.")
    _unique(f"{where}.fields", (one.id for one in event.fields))
    for one in event.fields:
        _known(f"{where}.fields.{one.id}.kind", one.kind, FIELD_KINDS)
        if one.kind == "choice" and not one.choices:
            raise BadInput("There is nothing to choose.", field=f"{where}.fields.{one.id}", remedy="List the choices.")


def _check_clock(definition: Definition, rule: ClockRule, states: set[str]) -> None:
    where = f"clocks.{rule.id}"
    for name in ("begins", "undone_by"):
        for event in getattr(rule, name):
            _known(f"{where}.{name}", event, {one.id for one in definition.events})
    for name in ("met_in", "stopped_in", "pauses_in"):
        for state in getattr(rule, name):
            _known(f"{where}.{name}", state, states)
    if not rule.begins or not rule.met_in:
        raise BadInput("The clock {id} never begins or never ends.", field=where, remedy="Name both.", id=rule.id)
    if rule.customers and rule.pauses_in:
        raise BadInput(
            "The clock that the customer sees never pauses.", field=f"{where}.pauses_in", remedy="Remove the states."
        )


def _check_ways(definition: Definition, states: set[str]) -> None:
    ways: dict[str, set[str]] = {state: set() for state in states}
    for event in definition.events:
        for source in definition.sources_of(event):
            ways[source] |= {target for target in (event.to, event.nth_to) if target}
    reached = _reached(ways, definition.initial)
    for state in definition.states:
        if state.id not in reached:
            raise BadInput(
                "No way leads to {id}.",
                field=f"states.{state.id}",
                remedy="Add an event that leads there.",
                id=state.id,
            )
    for state in definition.states:
        if not state.final and definition.closed not in _reached(ways, state.id):
            raise BadInput(
                "No way leads from {id} to {closed}.",
                field=f"states.{state.id}",
                remedy="Add an event that leads out.",
                id=state.id,
                closed=definition.closed,
            )


def _reached(ways: Mapping[str, set[str]], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for following in ways[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    return seen


def _unique(where: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if not one or one in seen:
            raise BadInput("{id} is there twice, or empty.", field=where, remedy="Give each an id of its own.", id=one)
        seen.add(one)


def _known(where: str, name: str, allowed: Iterable[str]) -> None:
    if name not in allowed:
        raise BadInput(
            "{name} is not known here.",
            field=where,
            remedy="Use one of: {allowed}.",
            name=name,
            allowed=", ".join(sorted(one for one in allowed if one)),
        )


# --- from JSON -----------------------------------------------------------------------------------------------


def _definition(raw: Mapping[str, Any]) -> Definition:
    parts: dict[str, Any] = dict(raw)
    parts["states"] = tuple(record(OrderState, one, "states") for one in _rows(raw, "states"))
    parts["clocks"] = tuple(record(ClockRule, one, "clocks") for one in _rows(raw, "clocks"))
    parts["events"] = tuple(
        record(
            Transition,
            {**one, "fields": tuple(record(EventField, field, "fields") for field in one.get("fields", ()))},
            "events",
        )
        for one in _rows(raw, "events")
    )
    return record(Definition, parts, "definition")


def _rows(raw: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = raw.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadInput("{field} must be a list of objects.", field=name, remedy="Export a definition and look at it.")
    return found
