"""What may be done with an order now: one button for each event, and the form that asks for its fields.

``assets/orders_act.js`` fills the form from what the server said is allowed, and sends it.
"""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from core.workorders.case import RING
from core.workorders.workflow import LONGEST_TEXT

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


def buttons(order: dict[str, Any]) -> Any:
    allowed = sorted(order["allowed"], key=lambda one: _rank(one["event"]))
    problem = html.P(className="order-wrong", role="alert", **{"data-act-problem": "1"})
    result = html.Span(className="order-result", **{"data-act-result": "1", "aria-hidden": "true"})
    if not allowed:
        nothing = html.Span(_("Nothing to do here for you now."), className="dim")
        return html.Div([nothing, result], className="panel order-acts")
    usual = [one["event"] for one in allowed if one["event"] in USUAL and (one["event"] != RING or not order["called"])]
    first = next(iter(usual), "")
    return html.Div(
        [
            *(
                html.Button(
                    one["name"],
                    type="button",
                    className=_style(one["event"], first),
                    **{"data-ring" if one["event"] == RING else "data-act": one["event"]},
                )
                for one in allowed
            ),
            result,
            problem,
        ],
        className="panel order-acts",
        role="group",
        **{"aria-label": _("What may be done now")},
    )


def dialog() -> Any:
    return html.Dialog(
        html.Form(
            [
                html.H2(**{"data-act-title": "1"}),
                html.Div(className="order-fields", **{"data-act-fields": "1"}),
                html.P(**{"data-act-warning": "1", "className": "warn", "role": "alert"}),
                html.P(className="order-wrong", role="alert", **{"data-act-wrong": "1"}),
                html.Div(
                    [
                        html.Button(_("Do it"), type="submit", className="primary", **{"data-act-go": "1"}),
                        html.Button(_("Leave it"), type="button", className="bar-button", **{"data-act-close": "1"}),
                        html.Span(className="dim", role="status", **{"data-act-busy": "1"}),
                    ],
                    className="order-go",
                ),
            ],
            noValidate=True,
            method="dialog",
        ),
        className="order-dialog",
        **{"data-act-dialog": "1", "aria-label": _("What may be done now")},
    )


def words() -> dict[str, Any]:
    return {
        "longest": LONGEST_TEXT,
        "count": _("{n} of {most} characters"),
        "more": _("show all"),
        "less": _("show less"),
        "saving": _("Saving…"),
        "warn_sight": _("Order {id} goes to {site}. You will no longer see it."),
        "moved": _("Order {id} was handed to {holder}; it is no longer in your list."),
        "gone": _("Order {id} was handed to somebody else; it is no longer in your list."),
        "placed": _("position of the phone noted"),
        "no_place": _("without the position of the phone"),
        "metres": _("position of the phone noted, {n} m from the place"),
        "kilometres": _("position of the phone noted, {n} km from the place"),
        "missing": _("{name} is missing."),
        "ringing": _("Your phone rings; then {number} is dialled."),
        "with_call": _("The call that you have made is kept with the result."),
        "pin": _("Set the place: click, or move it with the arrow keys"),
        "closer": _("Zoom in"),
        "farther": _("Zoom out"),
        "meant": _("Yes, it is meant"),
        "range": _("between {least} and {most}"),
        "out_of_range": _("{name} must lie between {least} and {most}."),
        "optional": _("(optional)"),
        "choose": _("choose"),
        "nobody": _("the site decides"),
        "same_site": _("as before"),
        "warn_void": _("Order {id} will be void. It cannot be opened again."),
        "warn_merge": _("Order {id} will be merged into another one and goes on there only."),
        "warn_end": _("Order {id} will be closed. It cannot be opened again."),
        "done": _("{event}: done"),
        "failed": _("This did not work: {problem}"),
        "no_time": _("Write date and time."),
        "here": _("Here"),
    }


def _rank(event: str) -> int:
    if event in ENDING:
        return len(USUAL) + 2 + ENDING.index(event)
    return USUAL.index(event) if event in USUAL else len(USUAL)


def _style(event: str, first: str) -> str:
    if event in ENDING:
        return "bar-button order-ends"
    return "primary" if event == first else "bar-button"
