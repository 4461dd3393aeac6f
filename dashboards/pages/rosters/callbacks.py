"""The view is drawn anew when the roster changes; dialogs come when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update

from core.errors import HotlineError
from core.i18n import translate_error
from core.rights import Right
from dashboards.components import dialog
from dashboards.pages.rosters import adherence, dialogs, ids, queries
from dashboards.pages.rosters.layout import body, selection_now
from dashboards.session import user
from kpi.api.plan import put_expected


def register(app: Any) -> None:
    view = app.callback(
        Output(ids.BODY, "children"),
        Input(ids.SEEN, "data"),
        Input(ids.tick(ALL), "n_intervals"),
        State(ids.ASKED, "data"),
        right=Right.ROSTERS,
    )
    view(drawn_again)
    now = app.callback(
        Output(ids.NOW, "children"),
        Input(ids.NOW_TICK, "n_intervals"),
        State(ids.ASKED, "data"),
        right=Right.ROSTERS,
        prevent_initial_call=True,
        running=[(Output(ids.NOW_TICK, "disabled"), True, False)],
    )
    now(now_again)
    dialog.register(app, ids.PAGE, Right.ROSTERS, dialogs.DIALOGS)
    expected = app.callback(
        Output(ids.ERROR, "children"),
        Input({"type": "rosters-expected", "queue": ALL, "day": ALL}, "value"),
        right=Right.ROSTER_EDITS,
        prevent_initial_call=True,
    )
    expected(say)


async def drawn_again(seen: Any, ticks: Any, given: Any) -> Any:
    """At first only for the grid, whose coverage comes after it; the other views were drawn with the page."""
    asked = selection_now(given)
    return (
        no_update
        if seen is None and not any(ticks or ()) and (asked.view != "grid" or asked.day)
        else await body(asked)
    )


async def now_again(_times: int, given: Any) -> Any:
    return await adherence.now(selection_now(given))


async def say(_values: Any) -> Any:
    """The one number that was changed; the roster's change draws the page anew."""
    name = ctx.triggered_id
    if not isinstance(name, Mapping) or not ctx.triggered:
        return no_update
    value = ctx.triggered[0]["value"]
    if value is not None and not isinstance(value, int | float):
        return no_update
    try:
        await put_expected(queries.rooms(), str(name["queue"]), str(name["day"]), value, user().name)
    except HotlineError as no:
        text, remedy = translate_error(no)
        return f"{text} {remedy or ''}".strip()
    return ""
