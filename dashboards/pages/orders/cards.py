"""The list on a phone in the hand: each order a card that is a link as a whole. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

NONE = "—"


def cards(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [html.Li(card(one)) for one in rows]


def card(row: Mapping[str, Any]) -> Any:
    due = " · ".join(filter(None, (row.get("due_words", ""), row.get("due_stamp", ""))))
    level = f" due-{row['due_level']}" if row.get("due_level") else ""
    where = " ".join(one for one in (row["district"], row["address"]) if one != NONE) or NONE
    parts = (
        ("card-id", row["id"]),
        ("card-category", row["category"]),
        (f"card-urgency {'order-urgent' if row['urgent'] else 'dim'}", row["urgency"]),
        ("card-state", row["state"]),
        (f"card-due{level}", due),
        ("card-address", where),
        ("card-holder", "" if row["holder"] == NONE else row["holder"]),
    )
    return html.A([html.Span(text, className=style) for style, text in parts], href=f"/orders/{row['id']}")
