"""The orders behind a line of the own site, for who may not open figures in general."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from core.clock import iso
from core.i18n import _
from core.installation.service import load_installation
from core.web.context import Web
from dashboards.components import listing
from dashboards.components.words import local
from dashboards.pages.kpi_sites import queries
from dashboards.pages.kpi_sites.queries import SiteReview
from dashboards.session import web
from etl.warehouse import WAREHOUSE
from kpi.api.score_words import name_of
from kpi.measures import behind
from kpi.measures.behind import Item
from kpi.measures.counting import MeasureQuery, Measuring
from kpi.schemes.values import place_of
from kpi.scoring.scheme import measured

TABLE = "kpi-sites-rows"
MOST = 500
HEAD_PX, ROW_PX, MOST_PX = 36, 28, 340


async def opened(found: SiteReview, said: str) -> Callable[[], Any] | None:
    """``said`` is the line's number; nothing where it is none, or counts nothing."""
    judged, parts = found.judged, web()
    if judged is None or not said.isdecimal() or int(said) >= len(judged.scheme.lines):
        return None
    line, question = judged.scheme.lines[int(said)], judged.questions[int(said)]
    who = next((one for one in judged.people if one.key == found.site), None)
    if question is None or who is None:
        return None
    rows = await _rows(parts, question, place_of(question, who))
    return lambda: drawn(found, name_of(line.indicator, measured(line)), rows)


async def _rows(parts: Web, question: MeasureQuery, place: dict[str, str]) -> list[Item]:
    installation = await parts.in_session(load_installation)
    measuring = Measuring(parts, parts.parts[WAREHOUSE], queries.zone(), installation)
    return await behind.items(measuring, question, place)


def drawn(found: SiteReview, name: str, rows: list[Item]) -> Any:
    timezone = web().settings.timezone
    numerator, denominator = (sum(getattr(one, part) for one in rows) for part in ("numerator", "denominator"))
    head = html.Div(
        [
            html.H2(name),
            html.B(f"{numerator:,.0f} ÷ {denominator:,.0f}"),
            html.Span(_("{n} orders", n=len(rows)), className="dim"),
            html.Span(className="bar-space"),
            dcc.Link(_("Close"), href=f"/kpi/sites?{urlencode(selection_of(found))}", className="quiet"),
        ],
        className="sites-caption",
    )
    if not rows:
        return html.Section([head, html.P(_("Nothing counts in this figure."))], className="panel")
    return html.Section([head, table([row(one, timezone) for one in rows[:MOST]])], className="panel")


def selection_of(found: SiteReview) -> dict[str, str]:
    return {"scheme": found.record.scheme.id, "period": str(found.month), "site": found.site}


def table(rows: list[dict[str, Any]]) -> Any:
    columns: list[dict[str, Any]] = [
        {"field": "order", "headerName": _("Work order"), "cellRenderer": "HotlinePath", "width": 150},
        {"field": "at", "headerName": _("Time"), "width": 150},
        {"field": "counts", "headerName": _("Counts"), "flex": 1, "minWidth": 120},
    ]
    made = listing.table(TABLE, rows, columns, "params.data.order")
    made.style = {"height": f"{min(MOST_PX, HEAD_PX + ROW_PX * len(rows))}px"}
    return made


def row(one: Item, timezone: str) -> dict[str, Any]:
    return {
        "order": one.id,
        "order_href": f"/orders/{one.id}",
        "at": local(iso(one.at), timezone, "%Y-%m-%d %H:%M"),
        "counts": _("yes") if one.numerator else _("no, but it is among them"),
    }
