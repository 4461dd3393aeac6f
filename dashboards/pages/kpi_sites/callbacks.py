"""The months before are worked out after the page was drawn: six judgements take their time."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, html

from core.errors import HotlineError
from core.i18n import _, translate_error
from core.rights import Right
from dashboards.components.figure import figure
from dashboards.components.score import words
from dashboards.components.score.curves import target_of
from dashboards.components.score.months import month_of, month_short
from dashboards.pages.kpi_sites import figures, ids, queries
from dashboards.pages.kpi_sites.figures import MonthValues
from kpi.api.score_words import name_of
from kpi.scoring.curves import Veto
from kpi.scoring.scheme import SchemeLine, measured


def register(app: Any) -> None:
    later = app.callback(Output(ids.TREND, "children"), Input(ids.ASKED, "data"), right=Right.KPI)
    later(months)


async def months(asked: Any) -> Any:
    said = {str(name): str(value)[:100] for name, value in asked.items()} if isinstance(asked, dict) else {}
    last = month_of(said.get("period", ""))
    if last is None or not said.get("site"):
        return None
    try:
        lines, found = await queries.trend(said.get("scheme", ""), last, said["site"])
    except HotlineError as no:
        return html.P(" ".join(filter(None, translate_error(no))), className="dim")
    captions = [month_short(one) for one, _values in found]

    def drawing() -> Any:
        shown = [of_line(line, captions, [values.get(line.indicator) for _month, values in found]) for line in lines]
        return [picture(n, one) for n, one in enumerate(shown)]

    return drawing


def of_line(line: SchemeLine, captions: list[str], values: list[float | None]) -> MonthValues:
    target = None if isinstance(line.curve, Veto) else target_of(line.curve)
    return MonthValues(name_of(line.indicator, measured(line)), words.unit_of(line), captions, values, target)


def title(one: MonthValues) -> list[Any]:
    return [one.name, html.Small(" %", className="dim") if one.unit == "share" else None]


def picture(n: int, one: MonthValues) -> Any:
    if not any(value is not None for value in one.values):
        return html.Div([html.H3(title(one)), html.P(_("nothing counted"), className="dim")])
    said = "; ".join(
        f"{month} {words.value_text(value, one.unit)}"
        for month, value in zip(one.months, one.values, strict=True)
        if value is not None
    )
    label = f"{one.name}: {said}"
    return html.Div(
        [html.H3(title(one)), figure(f"kpi-sites-{n}", figures.trend(one), label=label, height=figures.HEIGHT)]
    )
