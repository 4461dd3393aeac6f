"""What stands where on the desk below one's own phone; ``assets/desk*.js`` fill it and obey its buttons and keys."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import _, called
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.workorders import office, places
from core.workorders.office import Office
from dashboards.components.live import figure
from dashboards.components.phone import error, key
from dashboards.pages.desk import ids
from dashboards.pages.desk.orders import about_orders
from dashboards.pages.desk.words import script_words
from dashboards.session import user, web


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
    installation, orders, districts = await web().in_session(
        lambda session: (load_installation(session), office.load(session), places.districts(session))
    )
    told = json.dumps(about(installation, me.extension, orders, districts), ensure_ascii=False)
    return html.Div(
        [
            html.H1(_("Desk"), className="unseen"),
            html.Div(id=ids.ABOUT, hidden=True, **{"data-desk": told}),
            html.Div([caller(), work(), others()], className="desk-columns"),
        ],
        className="desk",
    )


def about(installation: Installation, extension: str, orders: Office, districts: list[str]) -> dict[str, Any]:
    return {
        "extension": extension,
        "words": script_words(),
        "queues": {queue.id: called(queue) for queue in installation.queues.values()},
        **about_orders(orders, districts),
    }


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
