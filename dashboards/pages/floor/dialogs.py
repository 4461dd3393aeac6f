"""The floor's two dialogs: a message to agents, and what callers hear before anything else."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from core.site import Site


def _dialog(name: str, title: str, body: list[Any], go: str) -> Any:
    return html.Dialog(
        html.Form(
            [
                html.H2(title),
                *body,
                html.P(className="floor-error live", role="alert", **{"data-live": f"{name}-error"}),
                html.Div(
                    [
                        html.Button(go, className="primary", type="submit"),
                        html.Button(_("Close"), className="bar-button", type="button", **{"data-close": name}),
                    ],
                    className="floor-acts",
                ),
            ],
            **{"data-form": name},
        ),
        className="floor-dialog",
        **{"data-dialog-box": name, "aria-label": title},
    )


def message(site: Site) -> Any:
    people = [html.Option(f"{agent.extension} {agent.name}", value=agent.extension) for agent in site.agents.values()]
    return _dialog(
        "message",
        _("Message to agents"),
        [
            html.Label(
                [
                    html.Span(_("To")),
                    html.Select(
                        [html.Option(_("everyone"), value=""), *people], className="field", **{"data-message-to": "1"}
                    ),
                ]
            ),
            html.Label(
                [
                    html.Span(_("Text")),
                    html.Textarea(maxLength=300, rows=3, className="field", **{"data-message-text": "1"}),
                ]
            ),
        ],
        _("Send"),
    )


def announcement(_site: Site) -> Any:
    return _dialog(
        "announcement",
        _("Announcement to callers"),
        [
            html.P(_("Every caller hears it before anything else, until it is ended."), className="dim"),
            html.Div(**{"data-box": "announcements"}),
            html.Label(
                [
                    html.Span(_("Area")),
                    html.Select(
                        [html.Option(_("all callers"), value="")], className="field", **{"data-announce-area": "1"}
                    ),
                ]
            ),
            html.Label(
                [
                    html.Span(_("Text")),
                    html.Textarea(maxLength=300, rows=4, className="field", **{"data-announce-text": "1"}),
                ]
            ),
        ],
        _("Start"),
    )
