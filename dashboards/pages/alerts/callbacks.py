"""The history and the rules draw themselves anew when something happened to them; the form of a rule comes when it is
asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from dash import ALL, Input, Output, ctx

from core.rights import Right
from dashboards.components import dialog
from dashboards.pages.alerts import ids, rule_form, rules
from dashboards.pages.alerts.layout import history


def register(app: Any) -> None:
    redraw = app.callback(
        Output(ids.BODY, "children"), Input(ids.SEEN, "data"), right=Right.ALERTS, prevent_initial_call=True
    )
    redraw(again)
    ruled = app.callback(
        Output(ids.RULES, "children"),
        Input(dialog.done(ids.PAGE), "data"),
        right=Right.ALERTS,
        prevent_initial_call=True,
    )
    ruled(rules_again)
    reads = app.callback(
        Output(ids.now(ALL), "children"),
        Input(ids.TICK, "n_intervals"),
        right=Right.ALERTS,
        prevent_initial_call=True,
        running=[(Output(ids.TICK, "disabled"), True, False)],
    )
    reads(now_again)
    dialog.register(app, ids.PAGE, Right.ALERTS, rule_form.DIALOGS)


async def again(seen: Any) -> Any:
    return await history(dict(parse_qsl(str(_said(seen)).removeprefix("?"))))


def _said(seen: Any) -> Any:
    """What the page's store holds comes from a browser."""
    return seen.get("query", "") if isinstance(seen, dict) else ""


async def rules_again(_sent: Any) -> Any:
    return await rules.drawn()


async def now_again(_times: Any) -> tuple[str, ...]:
    """In the order in which the page has them."""
    said = await rules.read_now()
    return tuple(said.get(str(one["id"]["rule"]), "") for one in ctx.outputs_list)
