"""The left of the review: how the group's totals are spread, and its ranking."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.figure import figure
from dashboards.pages.kpi import figures, ranking
from dashboards.pages.kpi.groups import GroupScores, group_of
from dashboards.pages.kpi.queries import Review
from dashboards.pages.kpi.words import month_text

DISTRIBUTION_HEIGHT = 132


def group_panel(found: Review) -> Any:
    ranked = found.ranked
    before = group_of(found.before, found.group) if found.before else None
    listed = ranking.rows(ranked, before, found.names, found.asked, found.who)
    month = found.period.month
    compared = (
        _("compared with {month}", month=month_text(month.later(-1))) if month and before and before.totals else ""
    )
    equals = " · ".join(filter(None, (_("equal scores share a rank"), compared)))
    alike = ranking.alike_text(ranked, found.names, found.who)
    return html.Section(
        [
            html.Div(distribution(ranked, found.who), className="kpi-part"),
            html.Div(
                [html.H2(_("Ranking in the group")), html.Small(equals, className="dim")],
                className="kpi-part kpi-caption",
            ),
            ranking.table(listed),
            html.P(alike, className="kpi-alike") if alike else None,
        ],
        className="kpi-panel kpi-group",
    )


def distribution(ranked: GroupScores, who: str) -> list[Any]:
    title = html.Div(
        [
            html.H2(_("Distribution of totals")),
            html.Small(_("{n} people · steps of {step}", n=len(ranked.totals), step=figures.STEP), className="dim"),
        ],
        className="kpi-caption",
    )
    if not ranked.totals or ranked.median is None:
        return [title, html.P(_("Nobody has a total in this period: nothing was counted, or too little."))]
    own = ranked.of(who)
    drawn = figures.distribution(ranked.totals, own.total if own else None, ranked.median)
    steps = figures.steps_of(ranked.totals)
    label = _(
        "Totals in steps of {step}: {steps}",
        step=figures.STEP,
        steps=", ".join(f"{at}–{at + figures.STEP}: {count}" for at, count in steps.items() if count),
    )
    return [title, figure("kpi-distribution", drawn, label=label, height=DISTRIBUTION_HEIGHT)]
