"""What stands where on the desk; ``assets/desk.js`` fills it and obeys its buttons and keys."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import N_, _
from core.people.site_service import load_site
from core.site import Site
from dashboards.components.live import figure
from dashboards.session import user, web

# (action, caption, key, class). The keys stand beside the buttons, and only these are taken from the browser.
CONTROLS = (
    ("answer", N_("Answer"), "F1", "go"),
    ("hold", N_("Hold"), "F2", ""),
    ("transfer", N_("Transfer"), "F3", ""),
    ("conference", N_("Three-way"), "F4", ""),
    ("hangup", N_("Hang up"), "F9", "stop"),
)


async def layout(**_parameters: Any) -> Any:
    me = user()
    if me.extension is None:
        return html.Div(
            html.P(_("You have no extension, so there is no desk for you. Ask an administrator for one.")),
            className="page note",
        )
    site = await web().in_session(load_site)
    return html.Div(
        [
            html.Div(
                id="desk-about", hidden=True, **{"data-desk": json.dumps(about(site, me.extension), ensure_ascii=False)}
            ),
            head(site, me.extension),
            html.Div(className="desk-error live", role="alert", **{"data-live": "desk-error"}),
            html.Div([caller(), work(site), floor()], className="desk-columns"),
        ],
        className="desk",
    )


def about(site: Site, extension: str) -> dict[str, Any]:
    words = {
        "none": _("No call in hand"),
        "ringing": _("Rings for you"),
        "wants": _("after this call: {state}"),
        "resume": _("Resume"),
        "hold": _("Hold"),
        "unknown": _("Unknown number"),
        "unknown_hint": _("No customer has this number. Ask for name and address."),
        "internal": _("Internal call"),
        "free": _("free number"),
        "queue": _("Queue"),
        "saved": _("Draft kept at {time}"),
        "open": _("to pay"),
        "paid": _("paid"),
        "taken": _("taken today {n} · mean handling {time}"),
        "waiting": _("waited"),
        "consulting": _("Consulting {who}: complete, three-way or back"),
        "complete": _("Complete transfer"),
        "back": _("Back to the caller"),
        "dial_first": _("Type a number first."),
        "choose_target": _("Choose whom to transfer to."),
    }
    queues = {queue.id: queue.name for queue in site.queues.values()}
    return {"extension": extension, "words": words, "queues": queues}


def key(name: str) -> Any:
    return html.Kbd(name)


def head(site: Site, extension: str) -> Any:
    reasons = [html.Option(_(reason), value=reason) for reason in site.break_reasons or ("",)]
    return html.Div(
        [
            html.Div([figure("desk-state", "desk-state"), figure("desk-since", "desk-since")], className="desk-me"),
            html.Div([figure("desk-call", "desk-number"), figure("desk-call-note", "quiet")], className="desk-call"),
            html.Div(className="bar-space"),
            html.Div(
                [
                    html.Button(
                        [_(text), key(f)], className=f"desk-button {style}", disabled=True, **{"data-action": action}
                    )
                    for action, text, f, style in CONTROLS
                ],
                className="desk-controls",
            ),
            html.Div(
                [
                    html.Button([_("Ready"), key("Alt 1")], className="desk-button", **{"data-state-to": "ready"}),
                    html.Button([_("Break"), key("Alt 2")], className="desk-button", **{"data-state-to": "break"}),
                    html.Select(reasons, className="field", title=_("Reason of the break"), **{"data-reason": "1"}),
                    html.Button([_("Offline"), key("Alt 3")], className="desk-button", **{"data-state-to": "offline"}),
                ],
                className="desk-controls",
            ),
        ],
        className="panel desk-head",
        **{"data-mine": extension},
    )


def caller() -> Any:
    return html.Div(
        [
            html.Div(
                [html.H2(_("Who is calling")), html.Div(className="desk-card", **{"data-box": "customer"})],
                className="panel",
            ),
            html.Div(
                [
                    html.H2(_("Earlier calls of this number")),
                    html.Div(className="desk-list", **{"data-box": "earlier"}),
                ],
                className="panel",
            ),
        ],
    )


def work(site: Site) -> Any:
    categories = [html.Option(_("choose"), value=""), *[html.Option(text, value=text) for text in site.categories]]
    return html.Div(
        [
            html.Div(
                [
                    html.H2(_("Transfer or consult")),
                    html.Div(className="desk-targets", **{"data-box": "targets"}),
                    html.Div(
                        [
                            html.Button(_("Consult first"), className="desk-button", **{"data-action": "consult"}),
                            html.Button(
                                _("Complete transfer"),
                                className="desk-button",
                                disabled=True,
                                **{"data-action": "complete_transfer"},
                            ),
                            html.Button(
                                _("Back to the caller"),
                                className="desk-button",
                                disabled=True,
                                **{"data-action": "cancel_consult"},
                            ),
                        ],
                        className="desk-controls",
                    ),
                ],
                className="panel",
            ),
            html.Form(
                [
                    html.H2([_("Wrap-up"), " ", key("F10")]),
                    html.Label(
                        [
                            html.Span(_("Category")),
                            html.Select(categories, className="field", **{"data-draft": "category"}),
                        ]
                    ),
                    html.Label([html.Span(_("Note")), html.Div(**{"data-note": "1"})]),
                    html.Div(
                        [
                            html.Button([_("Finish wrap-up"), key("F10")], type="submit", className="primary"),
                            figure("desk-draft", "quiet"),
                        ],
                        className="desk-controls",
                    ),
                ],
                className="panel desk-wrap",
                **{"data-wrap": "1"},
            ),
            html.Div(
                [
                    html.H2(_("Call out")),
                    html.Div(
                        [
                            html.Div(**{"data-dial-box": "1"}),
                            html.Button(_("Dial"), className="primary", **{"data-dial": "1"}),
                        ],
                        className="desk-controls",
                    ),
                ],
                className="panel",
            ),
        ],
    )


def floor() -> Any:
    return html.Div(
        [
            html.Div([html.H2(_("Today")), figure("desk-today")], className="panel"),
            html.Div(
                [html.H2(_("Queues")), html.Div(className="desk-list", **{"data-box": "queues"})], className="panel"
            ),
            html.Div(
                [html.H2(_("Colleagues")), html.Div(className="desk-list", **{"data-box": "colleagues"})],
                className="panel",
            ),
        ],
    )
