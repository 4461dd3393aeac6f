"""The history draws itself anew whenever the script says that something happened to an alert."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from dash import Input, Output

from core.rights import Right
from dashboards.pages.alerts import ids
from dashboards.pages.alerts.layout import history


def register(app: Any) -> None:
    redraw = app.callback(
        Output(ids.BODY, "children"), Input(ids.SEEN, "data"), right=Right.ALERTS, prevent_initial_call=True
    )
    redraw(again)


async def again(seen: Any) -> Any:
    return await history(dict(parse_qsl(str(_said(seen)).removeprefix("?"))))


def _said(seen: Any) -> Any:
    """What the page's store holds comes from a browser."""
    return seen.get("query", "") if isinstance(seen, dict) else ""
