"""One step of an order: state and event in, new standing out, or a refusal that names what is allowed or missing. Pure.

Nothing here knows a database or a clock; the caller says when it is. What an order is now is always what its steps make
of it: ``replay`` gives the same as the steps did one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.errors import BadInput, Conflict, NotAllowed
from core.events import Urgency
from core.i18n import N_, _
from core.role_names import ROLE_NAMES
from core.workorders.definition import RESULT_OF_VISIT, Definition, EventField, Transition

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order is now. ``asked`` is what a worker waits for: suspend, extend or nothing; ``parent`` the order that
    it was merged into."""

    state: str
    urgency: Urgency = "normal"
    round: int = 1
    site: str = ""
    assignee: str = ""
    urged: int = 0
    supervised: bool = False
    extended_to: float | None = None
    returned: int = 0
    attempts: int = 0
    asked: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class TransitionRequest:
    """An event that somebody wants to happen at ``at`` (UTC epoch seconds)."""

    event: str
    role: str
    at: float
    fields: Mapping[str, Any] = field(default_factory=dict)


class Impossible(Conflict):
    """Not in this state; ``allowed`` are the ids of the events that are possible now for this role."""

    def __init__(self, message: str, allowed: Sequence[Transition], **values: object) -> None:
        super().__init__(
            message,
            field="event",
            remedy=N_("Possible now: {allowed}."),
            allowed=", ".join(_(event.name) for event in allowed) or "—",
            **values,
        )
        self.allowed = tuple(event.id for event in allowed)


def allowed(definition: Definition, standing: Standing, role: str) -> tuple[Transition, ...]:
    """What this role may do with the order now."""
    return tuple(
        event
        for event in definition.from_state(standing.state)
        if role in event.roles and _guard(event, standing) is None
    )


def step(
    definition: Definition, standing: Standing, asked: TransitionRequest, extra: Iterable[EventField] = ()
) -> tuple[Standing, dict[str, Any]]:
    """The order after the event, and the event's fields as they are to be kept. ``extra`` are the category's fields.

    ``BadInput`` names the field, ``NotAllowed`` the roles, ``Impossible`` what is possible instead.
    """
    event = definition.event(asked.event)
    if event is None:
        raise BadInput(
            "There is no event {event}.",
            field="event",
            remedy="Use one of: {allowed}.",
            event=asked.event[:40],
            allowed=", ".join(one.id for one in definition.from_state(standing.state)),
        )
    if not definition.permits(standing.state, event):
        raise Impossible(
            N_("{event} is not possible: the order is {state}."),
            allowed(definition, standing, asked.role),
            event=_(event.name),
            state=_(definition.state(standing.state).name),
        )
    if asked.role not in event.roles:
        raise NotAllowed(
            "Your role does not permit {event}.",
            field="event",
            remedy="It is permitted to: {roles}.",
            event=_(event.name),
            roles=", ".join(_(ROLE_NAMES[role]) for role in event.roles),
        )
    if (why := _guard(event, standing)) is not None:
        raise Impossible(why, allowed(definition, standing, asked.role), event=_(event.name))
    known = (*event.fields, *extra)
    given = {name: value for name, value in asked.fields.items() if not _empty(value)}
    _check_names(event, known, given)
    kept = {one.id: _value(one, given[one.id], asked.at, event) for one in known if one.id in given}
    for one in known:
        if one.required and one.id not in kept:
            raise BadInput("{name} is missing.", field=f"fields.{one.id}", remedy="Fill it in.", name=_(one.name))
    # Where a reason has to be given in any case, it is the one for this, too.
    asks_why = RESULT_OF_VISIT in event.guards and any(one.id == "no_call" for one in event.fields)
    if asks_why and not kept.keys() & {"call", "no_call"}:
        raise BadInput(
            "A return visit needs its call.",
            field="fields.no_call",
            remedy="Ring up from the order first, or say why without a call.",
        )
    if "correct" in event.effects and not kept.keys() - {"note"}:
        raise BadInput("Nothing is corrected.", field="fields", remedy="Say what it should be.")
    made = follow(definition, event, standing, kept)
    if "assign" in event.effects:
        _check_assigned(definition, event, standing, made, kept)
    return made, kept


def _check_assigned(
    definition: Definition, event: Transition, before: Standing, made: Standing, kept: Mapping[str, Any]
) -> None:
    """Whoever reassigns names somebody else: the same once more would only begin the take clock anew."""
    if not made.site:
        raise BadInput("Nobody is named who does it.", field="fields.site", remedy="Choose a site.")
    if not definition.permits(event.to, event):
        return
    named = kept.keys() & {"site", "assignee"}
    if not named or (made.site, made.assignee) == (before.site, before.assignee):
        raise BadInput(
            "Nothing is changed: the order is there already.",
            field="fields.assignee" if "assignee" in named else "fields.site",
            remedy="Choose another site or another worker.",
        )


def replay(definition: Definition, start: Standing, steps: Iterable[TransitionRequest]) -> Standing:
    """The standing that steps once accepted lead to; their rights and fields are not looked at again."""
    for one in steps:
        event = definition.event(one.event)
        if event is not None:
            start = follow(definition, event, start, one.fields)
    return start


def _guard(event: Transition, standing: Standing) -> str | None:
    """Why the event is not possible, as a message; ``None`` when it is."""
    if "not_emergency" in event.guards and standing.urgency == "emergency":
        return N_("An emergency is never suspended.")
    if "not_asked" in event.guards and standing.asked:
        return N_("Something was asked for already and waits for an answer.")
    if "asked" in event.guards and not standing.asked:
        return N_("Nothing was asked for.")
    return None


def follow(definition: Definition, event: Transition, standing: Standing, kept: Mapping[str, Any]) -> Standing:
    """What an event that was accepted makes of the order."""
    made = standing
    for effect in event.effects:
        made = _effect(effect, made, kept)
    to = event.to
    if event.nth and made.attempts >= event.nth:
        to = event.nth_to
    if not to or to == standing.state:
        return made
    # What was asked for in one state is void in the next; an extension holds in any.
    asked = made.asked if made.asked == "extend" and not definition.state(to).final else ""
    return replace(made, state=to, asked=asked)


def _effect(effect: str, made: Standing, kept: Mapping[str, Any]) -> Standing:
    match effect:
        case "assign":
            # Another site does not know the worker of the one before.
            site = kept.get("site", made.site)
            return replace(made, site=site, assignee=kept.get("assignee", ""))
        case "take":
            return replace(made, assignee=kept.get("assignee", made.assignee))
        case "unassign":
            return replace(made, assignee="")
        case "count_return":
            return replace(made, returned=made.returned + 1)
        case "count_urge":
            return replace(made, urged=made.urged + 1)
        case "count_attempt":
            return replace(made, attempts=made.attempts + 1)
        case "next_round":
            return replace(made, round=made.round + 1, attempts=0)
        case "supervise":
            return replace(made, supervised=True)
        case "ask_suspend" | "ask_extend":
            return replace(made, asked=effect.removeprefix("ask_"))
        case "answer_asked":
            return replace(made, asked="")
        case "extend":
            return replace(made, extended_to=kept["due_at"])
        case "link":
            return replace(made, parent=kept["into"])
        case "unlink":
            return replace(made, parent="")
        case "correct":
            return replace(made, urgency=kept.get("urgency", made.urgency))
    return made


def _check_names(event: Transition, known: Sequence[EventField], given: Mapping[str, Any]) -> None:
    names = {one.id for one in known}
    for name in given:
        if name not in names:
            raise BadInput(
                "{event} knows no field {name}.",
                field=f"fields.{name[:40]}",
                remedy="Use one of: {allowed}.",
                event=_(event.name),
                name=name[:40],
                allowed=", ".join(sorted(names)) or "—",
            )


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _value(one: EventField, value: Any, now: float, event: Transition) -> Any:
    where = f"fields.{one.id}"
    match one.kind:
        case "time":
            return _time(one, value, now, where, later="later" in event.guards)
        case "number":
            # Also what is no number at all, which JSON may hold.
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise BadInput("{name} must be a number.", field=where, remedy="Correct the number.", name=_(one.name))
            if one.most is not None and abs(value) > one.most:
                raise BadInput(
                    "{name} must lie between {least} and {most}.",
                    field=where,
                    remedy="Correct the number.",
                    name=_(one.name),
                    least=f"{-one.most:g}",
                    most=f"{one.most:g}",
                )
            return value
        case "flag":
            if not isinstance(value, bool):
                raise BadInput("{name} is yes or no.", field=where, remedy="Use true or false.", name=_(one.name))
            return value
        case "choice":
            allowed_values = [choice for choice, _name in one.choices]
            if value not in allowed_values:
                raise BadInput(
                    "{name}: {value} cannot be chosen.",
                    field=where,
                    remedy="Use one of: {allowed}.",
                    name=_(one.name),
                    value=str(value)[:40],
                    allowed=", ".join(allowed_values),
                )
            return value
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise BadInput(
            "{name} must be a text of at most {most} characters.",
            field=where,
            remedy="Shorten it.",
            name=_(one.name),
            most=LONGEST_TEXT,
        )
    return value.strip()


def _time(one: EventField, value: Any, now: float, where: str, *, later: bool) -> float:
    """Epoch seconds, from a number or from ISO 8601 with its offset."""
    at: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        at = float(value)
    elif isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
            at = read.timestamp() if read.tzinfo else None
        except ValueError:
            at = None
    if at is None or not 0 < at < 1e11:
        raise BadInput(
            "{name} is no time.",
            field=where,
            remedy="Give it with date and offset, such as 2026-11-25T08:00:00+08:00.",
            name=_(one.name),
        )
    if later and at <= now:
        raise BadInput("{name} must lie in the future.", field=where, remedy="Choose a later time.", name=_(one.name))
    if one.most is not None and at > now + one.most:
        raise BadInput(
            "{name} lies too far ahead.",
            field=where,
            remedy="At most {days} days are possible.",
            name=_(one.name),
            days=round(one.most / 86_400),
        )
    return at
