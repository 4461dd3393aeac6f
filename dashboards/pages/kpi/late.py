"""What the review shows once it is there: the last six periods, and what came in after a period was kept."""

from __future__ import annotations

from typing import Any

from dash import html

from core.errors import HotlineError
from core.i18n import _
from dashboards.components.figure import figure
from dashboards.components.score import trend as trends
from dashboards.components.score import words
from dashboards.components.score.trend import TrendPoint
from dashboards.pages.kpi import compare, queries
from dashboards.pages.kpi.groups import group_of
from dashboards.pages.kpi.words import month_short
from dashboards.session import web
from kpi.judging import JudgedPeriod
from kpi.periods.changes import CHANGES

TREND_HEIGHT = 150


async def trend(given: Any) -> Any:
    """The chosen person's totals and the group's median."""
    try:
        found = await queries.last_periods(given)
    except HotlineError:
        return None
    points = [
        TrendPoint(month_short(month), *_of(judging.judged, found.who, found.group) if judging else (None, None))
        for month, judging in found.periods
    ]
    known = [one for one in points if one.own is not None]
    if len(known) < 2:
        return _("No earlier period is known to compare with.")
    label = ", ".join(f"{one.caption} {words.points(one.own, 1)}" for one in known)
    return figure(
        "kpi-trend", trends.trend(points), label=_("Totals by period: {totals}", totals=label), height=TREND_HEIGHT
    )


def _of(judged: JudgedPeriod, who: str, group: str) -> tuple[float | None, float | None]:
    ranked = group_of(judged, group)
    own = ranked.of(who)
    return own.total if own else None, ranked.median


async def periods(given: Any) -> Any:
    """The last six, as a table."""
    try:
        found = await queries.last_periods(given)
    except HotlineError:
        return None

    def answer() -> Any:
        rows = compare.period_rows(found.periods, found.group)
        if not rows:
            return html.P(_("No earlier period is known to compare with."))
        scheme = next(judging.judged.scheme for _month, judging in reversed(found.periods) if judging)
        return compare.table("kpi-periods-table", rows, compare.period_columns(scheme), "params.data.month")

    return answer


async def changed(given: Any) -> Any:
    """How many figures of a kept period would be others by the data of now."""
    try:
        stored = await queries.stored_period(given)
        if stored is None:
            return None
        found = await web().parts[CHANGES].changes(stored)
    except HotlineError:
        return None
    return _("inputs changed since: {n} figures", n=len(found)) if found else None
