"""The form of a step in its dialog: what the process asks for, with what stands there and what to know before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.i18n import _
from core.workorders.workflow import LONGEST_TEXT
from dashboards.components.dialog import dialog
from dashboards.components.form import Act, FormField, Options, form

Row = Mapping[str, Any]
# Where the person stands is kept with these.
PLACED = ("depart", "arrive")
# These begin with what stands there; of a correction only what was changed is sent.
ASSIGNS = ("dispatch", "reassign")
CORRECTS = "correct"
PAIR = {"longitude": "latitude"}


def step(
    order: Row, event: Row, sites: Sequence[Row], outlines: Mapping[str, Any], *, version: int, loses: bool = False
) -> Any:
    """``version`` is the order's as the person has seen it. ``loses``: whoever gives it to another site no longer sees
    it."""
    fields = [one for one in event["fields"] if not (order["called"] and one["id"] in ("call", "no_call"))]
    called = order["called"] and len(fields) < len(event["fields"])
    made = [_field(one, order, event["event"], sites, outlines) for one in fields if one["kind"] != "call"]
    if loses:
        made = [_warned(one, order, sites) if one.name == "site" else one for one in made]
    first = next((one.name for one in made if one.required), made[0].name if event["event"] == CORRECTS else "")
    made = [replace(one, focus=True) if one.name == first else one for one in made]
    act = Act(
        event["name"],
        "POST",
        f"/api/v1/work-orders/{order['id']}/events",
        {"event": event["event"], "version": version},
        sure={"confirmed": True},
        device=event["event"] in PLACED,
        focus=not first,
    )
    described = form(
        event["event"],
        made,
        [act],
        about=_("The call that you have made is kept with the result.") if called else "",
        warning=_warning(order["id"], event),
        draft=f"{order['id']}-{event['event']}",
        only="changed" if event["event"] == CORRECTS else "filled",
        in_dialog=True,
    )
    return dialog(event["name"], [described], closes=False)


def _field(one: Row, order: Row, event: str, sites: Sequence[Row], outlines: Mapping[str, Any]) -> FormField:
    name, kind = one["id"], one["kind"]
    # A result without a call says why.
    required = one["required"] or name == "no_call"
    caption = one["name"] if required else f"{one['name']} {_('(optional)')}"
    stands = order["category"]["id"] if name == "category" else order.get(name)
    value = stands if event == CORRECTS or event in ASSIGNS else None
    missing = _("{name} is missing.", name=one["name"])
    shared: dict[str, Any] = {
        "missing": missing,
        "value": "" if value is None else value,
        "required": required,
        "wide": kind != "number",
        "sends": f"fields.{name}",
    }
    match kind:
        case "choice":
            choices = [("", _("choose")), *((choice["id"], choice["name"]) for choice in one["choices"])]
            return FormField(name, caption, "select", options=choices, **shared)
        case "site":
            nothing = _("choose") if required else _("as before")
            known = [("", nothing), *((site["id"], site["name"]) for site in sites)]
            return FormField(name, caption, "select", options=known, **shared)
        case "user":
            teams = {"": workers(order["site"], sites), **{site["id"]: workers(site["id"], sites) for site in sites}}
            return FormField(name, caption, "select", options=teams[""], options_of={"site": teams}, **shared)
        case "number":
            most = one["most"]
            hint = "" if most is None else _("between {least} and {most}", least=f"{-most:g}", most=f"{most:g}")
            with_other = PAIR.get(name, "")
            pin = pinned(outlines) if with_other else {}
            return FormField(name, caption, "number", placeholder=hint, goes_with=with_other, pin=pin, **shared)
        case "time":
            return FormField(name, caption, "time", **shared)
        case "flag":
            return FormField(name, caption, "check", **{**shared, "value": False})
        case "order":
            return FormField(name, caption, placeholder="261125-0001", **shared)
    return FormField(name, caption, "area", most=LONGEST_TEXT, counts=True, **shared)


def workers(site: str, sites: Sequence[Row]) -> Options:
    """Those of the site who do the work, or nobody yet."""
    people = next((one["people"] for one in sites if one["id"] == site), ())
    return [
        ("", _("the site decides")),
        *((one["name"], one["display_name"]) for one in people if one["role"] == "worker"),
    ]


def pinned(outlines: Mapping[str, Any]) -> Row:
    """What the map on which a place is set shows and says."""
    return {
        "districts": [{"name": name, "rings": rings} for name, rings in outlines.items()],
        "words": {
            "pin": _("Set the place: click, or move it with the arrow keys"),
            "closer": _("Zoom in"),
            "farther": _("Zoom out"),
        },
    }


def _warned(one: FormField, order: Row, sites: Sequence[Row]) -> FormField:
    said = {
        site["id"]: _("Order {id} goes to {site}. You will no longer see it.", id=order["id"], site=site["name"])
        for site in sites
        if site["id"] != order["site"]
    }
    return replace(one, warns=said)


def _warning(order_id: str, event: Row) -> str:
    if event["event"] == "void":
        return _("Order {id} will be void. It cannot be opened again.", id=order_id)
    if event["event"] == "merge":
        return _("Order {id} will be merged into another one and goes on there only.", id=order_id)
    if event["to"] == "closed" and event["event"] != "visit":
        return _("Order {id} will be closed. It cannot be opened again.", id=order_id)
    return ""
