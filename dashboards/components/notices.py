"""Announcements that callers hear at this moment, with their end; and what supervisors wrote to this person.

``assets/shell.js`` fills both from the live connection; a message stands until it has been read.
"""

from __future__ import annotations

from typing import Any

from dash import html


def standing() -> Any:
    return html.Div(
        html.Div(className="standing", role="status", **{"data-box": "standing"}),
        className="standing-box",
    )


def messages() -> Any:
    return html.Div(className="messages", role="status", **{"data-box": "messages"})
