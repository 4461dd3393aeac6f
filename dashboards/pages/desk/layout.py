"""What stands where on the desk; ``assets/desk*.js`` fill it and obey its buttons and keys."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import N_, _
from core.people.site_service import load_site
from core.site import Site
from core.workorders import office
from core.workorders.office import Office
from dashboards.components.live import figure
from dashboards.pages.desk import ids
from dashboards.pages.desk.orders import about_orders
from dashboards.pages.desk.words import script_words
from dashboards.session import user, web

# (key, first caption, class). What a key does depends on the call; its caption says it.
CONTROLS = (
    ("F1", N_("Answer"), "go"),
    ("F2", N_("Hold"), ""),
    ("F3", N_("Transfer"), ""),
    ("F4", N_("Ask first"), ""),
    ("F9", N_("Hang up"), "stop"),
)


async def layout(**_parameters: Any) -> Any:
    me = user()
    if me.extension is None:
        return html.Div(
            [
                html.H1(_("You have no extension, so there is no desk for you."), className="refused"),
                html.P(_("Ask an administrator for one.")),
            ],
            className="panel note",
        )
    site, orders = await web().in_session(lambda session: (load_site(session), office.load(session)))
    told = json.dumps(about(site, me.extension, orders), ensure_ascii=False)
    return html.Div(
        [
            html.H1(_("Desk"), className="unseen"),
            html.Div(id=ids.ABOUT, hidden=True, **{"data-desk": told}),
            html.Div(className="unseen", role="alert", **{"data-say": "1"}),
            html.Div([mine(site, me.extension), messages(), in_hand()], className="desk-top"),
            html.Div([caller(), work(), others()], className="desk-columns"),
            html.Div(className="desk-corner", role="status", **{"data-box": "corner"}),
        ],
        className="desk",
    )


def about(site: Site, extension: str, orders: Office) -> dict[str, Any]:
    return {
        "extension": extension,
        "words": script_words(),
        "queues": {queue.id: queue.name for queue in site.queues.values()},
        "reasons": list(site.break_reasons),
        **about_orders(orders),
    }


def key(name: str) -> Any:
    return html.Kbd(name)


def messages() -> Any:
    """What supervisors wrote, until it has been read."""
    return html.Div(role="status", **{"data-box": "messages", "data-read-word": _("Read")})


def error(place: str) -> Any:
    """Where a refusal is told, beside what caused it."""
    return html.Div(className="desk-error", role="alert", **{"data-error": place})


def mine(site: Site, extension: str) -> Any:
    """The person's own line: phone, day, queues, and the state to be in."""
    reasons = [html.Option(_(reason), value=reason) for reason in site.break_reasons or ("",)]
    return html.Div(
        [
            html.B(extension, className="desk-extension"),
            figure("desk-phone", "desk-phone"),
            figure("desk-today", "dim"),
            figure("desk-waiting", "dim"),
            html.Span(_("Demo data"), className="tag-demo") if site.demo else None,
            html.Span(className="bar-space"),
            error("state"),
            html.Div(
                [
                    html.Button(
                        [_("Ready"), key("Alt 1")], className="desk-state-button", **{"data-state-to": "ready"}
                    ),
                    html.Button(
                        [_("Break"), key("Alt 2")], className="desk-state-button", **{"data-state-to": "break"}
                    ),
                    html.Select(
                        reasons, className="field", **{"data-reason": "1", "aria-label": _("Reason of the break")}
                    ),
                    html.Button(
                        [_("Offline"), key("Alt 3")], className="desk-state-button", **{"data-state-to": "offline"}
                    ),
                ],
                className="desk-states",
                role="group",
                **{"aria-label": _("State")},
            ),
        ],
        className="desk-mine",
    )


def in_hand() -> Any:
    """The call in hand, in the colour of the person's state, and what can be done with it."""
    return html.Div(
        [
            html.Span(className="desk-icon", **{"data-icon": "1"}),
            html.Div([figure("desk-state", "desk-state"), figure("desk-time", "desk-time")], className="desk-me"),
            html.Div([figure("desk-call", "desk-number"), figure("desk-note", "dim")], className="desk-call"),
            error("call"),
            html.Button(_("Call back"), type="button", className="desk-button", hidden=True, **{"data-call-back": "1"}),
            html.Div(
                [
                    html.Button(
                        [html.Span(_(text)), key(name)],
                        className=f"desk-button {style}".strip(),
                        disabled=True,
                        **{"data-press": name},
                    )
                    for name, text, style in CONTROLS
                ],
                className="desk-controls",
                role="group",
                **{"aria-label": _("Call")},
            ),
        ],
        className="desk-in-hand",
    )


def caller() -> Any:
    return html.Div(
        [
            html.Section(
                [html.H2(_("Who is calling")), html.Div(className="desk-card", **{"data-box": "customer"})],
                className="panel",
            ),
            html.Section(
                [
                    html.H2([_("Orders of this caller"), figure("desk-orders", "desk-beside")]),
                    html.Div(className="desk-orders", tabIndex=0, **{"data-box": "orders"}),
                ],
                className="panel",
            ),
            html.Section(
                [
                    html.H2([_("Earlier calls of this number"), figure("desk-earlier", "desk-beside")]),
                    html.Div(className="desk-scroll", tabIndex=0, **{"data-box": "earlier"}),
                ],
                className="panel desk-grows",
            ),
        ],
        className="desk-column",
    )


def work() -> Any:
    """The script puts the fields in: they belong to the person who types, and are never drawn over."""
    return html.Div(
        html.Form(
            [
                html.H2([_("New order"), key("F7"), figure("desk-draft", "desk-beside")]),
                html.Div(**{"data-box": "left-draft"}),
                html.Div(className="desk-fields", **{"data-box": "categories"}),
                error("category"),
                html.Div(className="desk-fields", **{"data-box": "order"}),
                html.Label(
                    [html.Span(_("What is reported")), html.Div(**{"data-box": "note"})], className="desk-field"
                ),
                error("note"),
                html.Div(role="status", **{"data-box": "duplicates"}),
                html.Div(role="status", **{"data-box": "saved"}),
                html.Div(
                    [
                        html.Button(
                            [_("Save order"), key("F8")],
                            type="button",
                            className="primary",
                            disabled=True,
                            **{"data-order": "save"},
                        ),
                        html.Button(
                            [_("Finish wrap-up"), key("F10")],
                            type="submit",
                            className="primary",
                            disabled=True,
                            **{"data-press": "F10"},
                        ),
                        figure("desk-left", "dim"),
                        error("order"),
                        error("wrap"),
                    ],
                    className="desk-foot",
                ),
            ],
            className="panel desk-grows desk-form",
            **{"data-wrap": "1"},
        ),
        className="desk-column",
    )


def others() -> Any:
    return html.Div(
        [
            html.Section(
                [
                    html.H2([_("Transfer or ask"), key("F3"), key("F4")]),
                    html.Div(**{"data-box": "search"}),
                    html.Div(figure("desk-target", "dim"), className="desk-chosen"),
                    error("target"),
                    html.Div(className="desk-scroll", role="listbox", tabIndex=0, **{"data-box": "targets"}),
                ],
                className="panel desk-grows",
            ),
            html.Form(
                [
                    html.H2(_("Call out")),
                    html.Div(**{"data-box": "dial"}),
                    html.Button([_("Dial"), key("↵")], type="submit", className="primary", **{"data-dial": "1"}),
                    error("dial"),
                ],
                className="panel desk-dial",
                **{"data-dial-form": "1"},
            ),
        ],
        className="desk-column",
    )
