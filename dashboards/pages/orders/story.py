"""One step of an order as words for people: what was filled in, by the names of the process. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import _, language
from core.web.routes.workorders_rows import OrderNames
from core.workorders.categories import path
from core.workorders.definition import Definition, EventField
from dashboards.components.words import duration

# Before the id of a call that a step was made with.
CALL = "call:"


def filled_in(event: dict[str, Any], definition: Definition, names: OrderNames, timezone: str) -> list[tuple[str, str]]:
    """Name and value of each field that the step kept, of a correction old and new; a category's own field is shown
    under its id."""
    known = definition.event(event["event"])
    fields = {one.id: one for one in known.fields} if known else {}
    given, was = event["fields"] or {}, event.get("was") or {}
    found = []
    for name in dict.fromkeys((*was, *given)):
        one = fields.get(name)
        value = _value(one, given.get(name), names, timezone)
        if name in was:
            value = _("{old} → {new}", old=_value(one, was[name], names, timezone), new=value)
        found.append((_(one.name) if one else name, value))
    return found


def _value(one: EventField | None, value: Any, names: OrderNames, timezone: str) -> str:
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    match one.kind if one else "text":
        case "choice":
            return next((_(name) for code, name in (one.choices if one else ()) if code == value), str(value))
        case "category":
            return path(names.tree, str(value), language())
        case "call":
            return f"{CALL}{value}"
        case "time":
            return moment(value, timezone)
        case "site":
            return names.sites.get(str(value), str(value))
        case "user":
            return names.people.get(str(value), str(value))
    return str(value)


def moment(value: Any, timezone: str) -> str:
    """Epoch seconds in the site's zone, to the minute."""
    if not isinstance(value, int | float):
        return str(value)
    return datetime.fromtimestamp(value, ZoneInfo(timezone)).strftime("%m-%d %H:%M")


def who(event: dict[str, Any]) -> str:
    return str(event["by_name"] or event["by"])


def where(event: dict[str, Any]) -> str:
    """How far from the place the phone was that reported it, and whether its clock can be believed."""
    away = event["distance_m"]
    far = ""
    if away is not None:
        near = away < 1000
        far = (
            _("{n} m from the place", n=f"{away:,.0f}") if near else _("{n} km from the place", n=f"{away / 1000:.1f}")
        )
    off = _("the phone's clock is more than a day off") if event.get("device_time_off") else ""
    return " · ".join(text for text in (far, off) if text)


def span(seconds: float) -> str:
    """A limit in the largest whole unit: 30 min, 4 h, 3 days; else as a length of time."""
    for unit, text in ((86400, _("{n} days")), (3600, _("{n} h")), (60, _("{n} min"))):
        if seconds >= unit and seconds % unit == 0:
            return text.format(n=int(seconds // unit))
    return duration(seconds)
