"""An open call's page draws itself anew whenever the script says that something happened to it."""

from __future__ import annotations

from typing import Any

from dash import Input, Output

from core.rights import Right
from dashboards.pages.calls import ids
from dashboards.pages.calls.detail import body


def register(app: Any) -> None:
    redraw = app.callback(
        Output(ids.BODY, "children"), Input(ids.SEEN, "data"), right=Right.CALLS, prevent_initial_call=True
    )
    redraw(again)


async def again(seen: Any) -> Any:
    return await body(str(_said(seen)))


def _said(seen: Any) -> Any:
    """What the page's store holds comes from a browser."""
    return seen.get("call", "") if isinstance(seen, dict) else ""
