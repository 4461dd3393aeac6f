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


async def again(seen: dict[str, Any]) -> Any:
    return await body(str(seen.get("call", "")))
