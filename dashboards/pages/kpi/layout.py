"""The frame of the review of scores; the address says what is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import dcc, html

from core.errors import HotlineError
from core.i18n import _, translate_error
from dashboards.components import dialog
from dashboards.components.score import pages
from dashboards.components.score.bill import bill_of
from dashboards.pages.kpi import ids, queries
from dashboards.pages.kpi.appeals_view import appeals_view
from dashboards.pages.kpi.compare import compare_view
from dashboards.pages.kpi.fairness_view import fairness_view
from dashboards.pages.kpi.group_panel import group_panel
from dashboards.pages.kpi.head import head
from dashboards.pages.kpi.queries import Review
from dashboards.pages.kpi.score_panel import score_panel
from dashboards.pages.kpi.selection import ReviewQuery, query_of
from dashboards.pages.kpi.what_if_panel import what_if_panel
from dashboards.session import user

PATH = "/kpi"


async def layout(**parameters: Any) -> Any:
    body = await drawn(query_of(parameters))

    def whole() -> Any:
        return html.Div(
            [
                pages.tabs(user(), PATH),
                html.Div(body(), id=ids.BODY, className="kpi-body"),
                html.P(className="kpi-said live", role="alert", **{"data-live": "act-error"}),
                *dialog.place(ids.PAGE),
            ],
            className="kpi",
            **{"data-page": "kpi"},
        )

    return whole


async def drawn(asked: ReviewQuery) -> Callable[[], list[Any]]:
    """All that hangs on the address and on what is kept."""
    found = await queries.review(asked)
    if found.judging is None:
        return lambda: [head(found), not_judged(found.problem)]
    view = {"compare": compare_view, "fairness": fairness_view, "appeals": appeals_view}.get(asked.view, columns)
    return lambda: [head(found), view(found), dcc.Store(id=ids.ASKED, data=found.shown)]


def not_judged(problem: HotlineError | None) -> Any:
    said, remedy = translate_error(problem) if problem else (_("Nothing could be judged in this period."), None)
    return html.Div([html.H2(said), html.P(remedy or "")], className="panel note", role="alert")


def columns(found: Review) -> Any:
    shown = bill_of(found.judged, found.who, queries.rooms().zone)
    beside = [what_if_panel(found, shown), trend_panel()] if shown else []
    panels = [group_panel(found), score_panel(found, shown), html.Aside(beside, className="kpi-panel kpi-beside")]
    return html.Div(panels, className="kpi-columns")


def trend_panel() -> Any:
    """Filled once the page is there: six periods are six judgements."""
    return html.Div(
        [html.H3(_("Last six periods")), html.Div(id=ids.TREND, className="kpi-trend")], className="kpi-part kpi-plain"
    )
