"""The middle of the review: one person's score as a bill, and the ways to what was counted."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _, called
from dashboards.components.score import words
from dashboards.components.score.bill import ScoreBill, bill, lost_text
from dashboards.pages.kpi.queries import Review
from dashboards.pages.kpi.ranking import allowed_text, range_text


def score_panel(found: Review, shown: ScoreBill | None) -> Any:
    if shown is None:
        return html.Section(html.P(_("Choose somebody on the left.")), className="kpi-panel")
    return html.Section(
        [score_head(found, shown), bill("kpi-curve", shown), score_foot(shown)],
        className="kpi-panel kpi-score",
        **{"aria-label": _("Score of {name}", name=shown.who.name)},
    )


def score_head(found: Review, shown: ScoreBill) -> Any:
    total, ranked, judging = shown.total, found.ranked, found.judging
    assert judging is not None
    about = " · ".join(
        filter(
            None,
            (
                shown.who.key if shown.who.key != shown.who.name else "",
                shown.who.group,
                called(judging.judged.scheme),
                _("scheme version {n}", n=judging.version),
            ),
        )
    )
    rank = (
        html.Span([_("rank"), " ", html.B(str(total.rank)), html.Small(_(" of {n}", n=len(ranked.totals)))])
        if total.rank
        else html.Span(_("no rank"), className="dim")
    )
    possible = range_text(total)
    return html.Div(
        [
            html.H2(shown.who.name),
            html.Small(about, className="dim"),
            html.Div(className="bar-space"),
            rank,
            html.Small(_("data allow {ranks}", ranks=possible), className="dim") if possible else None,
            html.Span(total.grade, className="tag kpi-grade") if total.grade else None,
            html.B(words.points(total.total, 1), className="kpi-hero", title=allowed_text(total) or None),
        ],
        className="kpi-score-head",
    )


def score_foot(shown: ScoreBill) -> Any:
    """In words where most was lost, and the ways to what was counted there."""
    ways = dict.fromkeys((one.opens, one.name) for one in (*shown.lost_most, *shown.weighted) if one.opens)
    links = [
        html.A(_("Open: {name}", name=name), href=address, className="bar-button kpi-way")
        for address, name in list(ways)[:2]
    ]
    return html.Div(
        [html.P(lost_text(shown)), html.Div(className="bar-space"), *links],
        className="kpi-score-foot",
    )
