"""What may be done with an order now: one button for each event, which opens its form; and what became of it. Pure."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from core.workorders.case import RING
from dashboards.components import dialog, form
from dashboards.components.words import phone
from dashboards.pages.orders.forms import PLACED

# The next step of the usual way stands first and filled; what ends an order stands last.
USUAL = (
    "accept",
    "dispatch",
    "take",
    "depart",
    "arrive",
    "work",
    "submit",
    "close_out",
    "ring",
    "visit",
    "resume",
    "answer",
)
ENDING = ("merge", "void")


def buttons(order: dict[str, Any], said: str = "") -> Any:
    """``said`` is what the last step here has done."""
    allowed = sorted(order["allowed"], key=lambda one: _rank(one["event"]))
    problem = html.P(className="form-error", role="alert", **{"data-live": "act-error"})
    result = html.Span(said, className="order-result", **{"aria-hidden": "true"})
    if not allowed:
        nothing = html.Span(_("Nothing to do here for you now."), className="dim")
        return html.Div([nothing, result], className="panel order-acts")
    usual = [one["event"] for one in allowed if one["event"] in USUAL and (one["event"] != RING or not order["called"])]
    first = next(iter(usual), "")
    return html.Div(
        [
            *(_ring(order, one, first) if one["event"] == RING else _opens(order, one, first) for one in allowed),
            result,
            problem,
        ],
        className="panel order-acts",
        role="group",
        **{"aria-label": _("What may be done now")},
    )


def done(order: dict[str, Any], event: str) -> str:
    """What a step that was taken here has done."""
    if event == RING:
        return _("Your phone rings; then {number} is dialled.", number=phone(order["caller"]))
    last = next((one for one in reversed(order["events"]) if one["event"] == event), None)
    if last is None:
        return ""
    said = _("{event}: done", event=last["name"])
    return f"{said} · {placed(last)}" if event in PLACED else said


def placed(step: dict[str, Any]) -> str:
    """Whether it is known where the phone was, and how far from the place."""
    away = step["distance_m"]
    if not step["position"]:
        return _("without the position of the phone")
    if away is None:
        return _("position of the phone noted")
    if away < 1000:
        return _("position of the phone noted, {n} m from the place", n=round(away))
    return _("position of the phone noted, {n} km from the place", n=f"{away / 1000:.1f}")


def handed(order_id: str, holder: str) -> str:
    """Said in the list once the order is out of sight."""
    if holder:
        return _("Order {id} was handed to {holder}; it is no longer in your list.", id=order_id, holder=holder)
    return _("Order {id} was handed to somebody else; it is no longer in your list.", id=order_id)


def _opens(order: dict[str, Any], one: dict[str, Any], first: str) -> Any:
    what = {"order": order["id"], "event": one["event"]}
    return html.Button(
        one["name"],
        type="button",
        className=_style(one["event"], first),
        **{"data-act": one["event"], **dialog.opens(what)},
    )


def _ring(order: dict[str, Any], one: dict[str, Any], first: str) -> Any:
    """The own phone rings first, then the number that the order came from."""
    ring = form.Act(one["name"], "POST", f"/api/v1/work-orders/{order['id']}/call")
    return form.act(ring, RING, **{"data-act": RING, "className": _style(RING, first)})


def _rank(event: str) -> int:
    if event in ENDING:
        return len(USUAL) + 2 + ENDING.index(event)
    return USUAL.index(event) if event in USUAL else len(USUAL)


def _style(event: str, first: str) -> str:
    if event in ENDING:
        return "bar-button order-ends"
    return "primary" if event == first else "bar-button"
