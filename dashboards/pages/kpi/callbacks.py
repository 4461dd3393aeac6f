"""The review is drawn anew when something was done to the period; what would be is worked out at every step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update

from core.rights import Right
from dashboards.components import dialog
from dashboards.components.score.bill import bill_of
from dashboards.pages.kpi import appeals_view, fairness_view, ids, late, layout, life, queries
from dashboards.pages.kpi.groups import group_of
from dashboards.pages.kpi.levers import levers_of
from dashboards.pages.kpi.scheme_change import moves
from dashboards.pages.kpi.selection import query_of
from dashboards.pages.kpi.what_if_panel import aimed, outcome

DIALOGS: dialog.Dialogs = {
    "publish": (Right.KPI_PERIODS, life.publish),
    "decide": (Right.KPI_APPEALS, appeals_view.decide),
}


def register(app: Any) -> None:
    dialog.register(app, ids.PAGE, Right.KPI, DIALOGS)
    again = app.callback(
        Output(ids.BODY, "children"),
        Input(dialog.done(ids.PAGE), "data"),
        State(ids.ASKED, "data"),
        right=Right.KPI,
        prevent_initial_call=True,
    )
    again(drawn_again)
    performance = app.callback(
        Output(ids.OUTCOME, "children"),
        Output(ids.aimed(ALL), "children"),
        Input(ids.slider(ALL), "value"),
        State(ids.ASKED, "data"),
        right=Right.KPI,
        prevent_initial_call=True,
    )
    performance(performed)
    scheme = app.callback(
        Output(ids.OUTCOME, "children", allow_duplicate=True),
        Input(ids.weight(ALL), "value"),
        Input(ids.target(ALL), "value"),
        State(ids.ASKED, "data"),
        right=Right.KPI,
        prevent_initial_call=True,
    )
    scheme(weighed)
    trend = app.callback(Output(ids.TREND, "children"), Input(ids.ASKED, "data"), right=Right.KPI)
    trend(late.trend)
    periods = app.callback(Output(ids.PERIODS, "children"), Input(ids.ASKED, "data"), right=Right.KPI)
    periods(late.periods)
    funnels = app.callback(Output(ids.FUNNELS, "children"), Input(ids.ASKED, "data"), right=Right.KPI)
    funnels(fairness_view.funnels)
    signs = app.callback(Output(ids.SIGNS, "children"), Input(ids.ASKED, "data"), right=Right.KPI)
    signs(fairness_view.signs)
    changed = app.callback(Output(ids.CHANGED, "children"), Input(ids.ASKED, "data"), right=Right.KPI)
    changed(late.changed)


async def drawn_again(_done: Any, given: Any) -> Any:
    return await layout.drawn(query_of(given))


async def performed(_values: Any, given: Any) -> Any:
    found = await queries.looked_at(given)
    steps = {n: round(value) for n, value in typed(ctx.inputs_list[0]).items()}
    lines = [output["id"]["line"] for output in ctx.outputs_list[1]]
    zone = queries.rooms().zone

    def answer() -> Any:
        shown = bill_of(found.judging.judged, found.who, zone)
        if shown is None:
            return no_update, (no_update,) * len(lines)
        levers = {one.n: one for one in levers_of(shown)}
        ranked = group_of(found.judging.judged, shown.total.group)
        said = tuple(aimed(levers[n], steps.get(n, levers[n].at)) if n in levers else no_update for n in lines)
        return outcome(shown, ranked, found.judging.judged.scheme, steps), said

    return answer


async def weighed(_weights: Any, _targets: Any, given: Any) -> Any:
    found = await queries.looked_at(given)
    weights, targets = typed(ctx.inputs_list[0]), typed(ctx.inputs_list[1])

    def answer() -> Any:
        judged = found.judging.judged
        group = next((one.group for one in judged.scores if one.who == found.who), "")
        names = {one.key: one.name for one in judged.people}
        return moves(group_of(judged, group), names, judged.scheme, weights, targets)

    return answer


def typed(inputs: Iterable[Mapping[str, Any]]) -> dict[int, float]:
    """By line, as far as it is a number; it comes from a browser."""
    found = {}
    for one in inputs:
        try:
            found[int(one["id"]["line"])] = float(one["value"])
        except (KeyError, TypeError, ValueError):
            continue
    return found
