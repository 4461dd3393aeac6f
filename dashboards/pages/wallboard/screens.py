"""How a supervisor signs a screen on: a link that is shown once, and the way to end all of them."""

from __future__ import annotations

import json
from typing import Any

from dash import html

from core.i18n import _


def button() -> Any:
    return html.Button(_("Link for a screen"), type="button", className="wall-link-button", **{"data-wall-link": "1"})


def dialog() -> Any:
    words = {
        "hours": _("The link holds for {n} hours."),
        "days": _("The link holds for {n} days."),
        "copied": _("Copied."),
        "by_hand": _("Mark the link and copy it."),
        "ended": _("All links are over; every screen that was signed on by one is signed off."),
        "failed": _("This did not work: {problem}"),
    }
    return html.Dialog(
        [
            html.H2(_("Link for a screen")),
            html.P(_("Whoever opens the link on a screen sees the wall and nothing else. It is shown only now.")),
            html.Div(
                [
                    html.Button(_("Make a link"), type="button", className="primary", **{"data-link-make": "1"}),
                    html.Button(_("End all links"), type="button", className="bar-button", **{"data-link-end": "1"}),
                    html.Button(_("Close"), type="button", className="bar-button", **{"data-link-close": "1"}),
                ],
                className="wall-link-acts",
            ),
            html.Div(
                [
                    # The script fills it: a Dash input would keep the link in the page's state.
                    html.Div(**{"data-link-field": "1"}),
                    html.Button(_("Copy"), type="button", className="bar-button", **{"data-link-copy": "1"}),
                ],
                className="wall-link-made",
                hidden=True,
                **{"data-link-made": "1"},
            ),
            html.Div(
                [
                    html.P(_("Every screen that was signed on by a link goes dark. End all links?")),
                    html.Button(_("End them"), type="button", className="primary", **{"data-link-sure": "1"}),
                    html.Button(_("Leave it"), type="button", className="bar-button", **{"data-link-not": "1"}),
                ],
                hidden=True,
                **{"data-link-ask": "1"},
            ),
            html.P(role="status", **{"data-link-said": "1"}),
        ],
        className="wall-link-dialog",
        **{
            "data-link-dialog": "1",
            "aria-label": _("Link for a screen"),
            "data-words": json.dumps(words, ensure_ascii=False),
        },
    )
