"""An order's page draws itself anew when the script says that something happened to it; the list does so by itself."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State

from core.rights import Right
from dashboards.pages.orders import ids, layout
from dashboards.pages.orders.detail import body


def register(app: Any) -> None:
    redraw = app.callback(
        Output(ids.BODY, "children"), Input(ids.SEEN, "data"), right=Right.ORDERS, prevent_initial_call=True
    )
    redraw(again)
    outputs = (
        Output(ids.TOTALS, "children"),
        Output(ids.TABLE, "rowData"),
        Output(ids.ROWS, "hidden"),
        Output(ids.EMPTY, "children"),
        Output(ids.EMPTY, "hidden"),
    )
    tick = app.callback(
        *outputs,
        Input(ids.TICK, "n_intervals"),
        State(ids.ASKED, "data"),
        right=Right.ORDERS,
        prevent_initial_call=True,
    )
    tick(listed_again)


async def listed_again(_times: int, asked: dict[str, str]) -> Any:
    shown = await layout.again(asked)
    return shown.totals, shown.rows, not shown.rows, shown.nothing, bool(shown.rows)


async def again(seen: Any) -> Any:
    return await body(str(_said(seen)))


def _said(seen: Any) -> Any:
    """What the page's store holds comes from a browser."""
    return seen.get("order", "") if isinstance(seen, dict) else ""
