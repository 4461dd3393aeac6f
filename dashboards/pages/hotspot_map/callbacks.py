"""A click on the map shows the orders of that place; incidents are read again every few seconds."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, ctx

from core.clock import utc_now
from core.errors import HotlineError
from core.i18n import _
from core.rights import Right
from dashboards.components import dialog
from dashboards.components.filters import local_now
from dashboards.pages.hotspot_map import ids, incidents, queries
from dashboards.pages.hotspot_map.filters import MapFilter
from dashboards.pages.hotspot_map.layout import beside
from dashboards.session import web


def register(app: Any) -> None:
    clicked = app.callback(
        Output(ids.LIST, "children"),
        Input({"type": "figure-drawn", "name": ids.FIGURE}, "clickData"),
        Input(ids.EVERYTHING, "n_clicks"),
        State(ids.ASKED, "data"),
        right=Right.MAP,
        prevent_initial_call=True,
    )
    clicked(there)
    again = app.callback(
        Output(ids.INCIDENTS, "children"),
        Input(ids.TICK, "n_intervals"),
        Input(dialog.done(ids.PAGE), "data"),
        right=Right.MAP,
        prevent_initial_call=True,
    )
    again(now_open)
    dialog.register(app, ids.PAGE, Right.MAP, incidents.DIALOGS)


async def there(click: Any, _everything: Any, asked: Any) -> Any:
    given = {str(name): str(value)[:64] for name, value in asked.items()} if isinstance(asked, dict) else {}
    kind, name = _pointed(click) if ctx.triggered_id != ids.EVERYTHING else ("", "")
    digits = given.get("resolution", "")
    resolution = int(digits) if digits.isdigit() else 0
    try:
        chosen = MapFilter.of(given, local_now(utc_now(), web().settings.timezone))
        found, tree = await queries.some(
            chosen, name if kind == "cell" else "", name if kind == "order" else "", min(resolution, 15)
        )
    except HotlineError:
        found, tree = [], {}
    title = {"cell": _("Orders of this cell"), "order": _("This order")}.get(kind, "")
    return lambda: beside(found, tree, title)


def _pointed(click: Any) -> tuple[str, str]:
    """What a point of the figure stands for; it comes from a browser."""
    try:
        kind, name = click["points"][0]["customdata"]
    except (KeyError, IndexError, TypeError, ValueError):
        return "", ""
    return str(kind)[:10], str(name)[:40]


async def now_open(_tick: Any, _done: Any) -> Any:
    found = await queries.incidents()
    return lambda: incidents.listed(found)
