"""The review of scores: what is chosen, the sums of the group, its distribution and ranking, one person's bill."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import dcc, html

from core.errors import HotlineError
from core.i18n import _, called, language, translate_error
from dashboards.components.address import choice
from dashboards.components.figure import figure
from dashboards.components.score import words
from dashboards.components.score.bill import ScoreBill, bill, bill_of, lost_text
from dashboards.pages.kpi import figures, ids, queries, ranking
from dashboards.pages.kpi.queries import GroupScores, Review
from dashboards.pages.kpi.selection import Month, query_of

DISTRIBUTION_HEIGHT = 132


async def layout(**parameters: Any) -> Any:
    found = await queries.review(query_of(parameters))
    zone = queries.rooms().zone
    shown = bill_of(found.judged, found.who, zone) if found.judged else None

    def drawn() -> Any:
        content = not_judged(found.problem) if found.judged is None else columns(found, shown)
        return html.Div(
            [head(found), content, dcc.Store(id=ids.ASKED, data=dict(found.asked.given))],
            className="kpi",
            **{"data-page": "kpi"},
        )

    return drawn


def not_judged(problem: HotlineError | None) -> Any:
    said, remedy = translate_error(problem) if problem else (_("Nothing could be judged in this period."), None)
    return html.Div([html.H2(said), html.P(remedy or "")], className="panel note", role="alert")


# --- what is chosen, and the sums of the group ------------------------------------------------------------------


def head(found: Review) -> Any:
    scheme = found.record.scheme
    schemes = [(one.scheme.id, called(one.scheme)) for one in found.schemes]
    periods = [(one.value, month_text(one.month)) for one in found.periods]
    groups = [(one, one or _("everybody")) for one in found.groups]
    return html.Div(
        [
            html.H1(_("Review of scores"), className="unseen"),
            choice("period", _("Month"), periods, found.period.value),
            choice("scheme", _("Scheme"), schemes, scheme.id),
            choice("group", _("Group"), groups, found.group) if len(groups) > 1 else None,
            standing(found),
            html.Div(className="bar-space"),
            *(sums(found) if found.judged else []),
        ],
        className="kpi-head",
    )


def standing(found: Review) -> Any:
    """Which state the figures are of, and whether they are generated."""
    tags: list[Any] = [html.Span(_("draft, not saved"), className="tag")]
    if found.judged is not None:
        fed_at = found.judged.watermark.fed_at
        if found.is_running:
            tags.append(html.Span(_("the month still runs"), className="dim"))
        if fed_at is not None:
            at = datetime.fromisoformat(f"{fed_at.isoformat()}+00:00").astimezone(queries.rooms().zone)
            tags.append(html.Span(_("data up to {time}", time=f"{at:%m-%d %H:%M}"), className="dim"))
        if found.record.example:
            tags.append(html.Span(_("Example scheme"), className="tag-demo"))
        if found.judged.demo:
            tags.append(html.Span(_("Demo data"), className="tag-demo"))
    return html.Div(tags, className="kpi-standing")


def month_text(month: Month) -> str:
    return f"{month.year}年{month.month}月" if language() == "zh_CN" else str(month)


def sums(found: Review) -> list[Any]:
    assert found.judged is not None
    ranked, names = found.ranked, found.judged.scheme.grades.names
    people, judged = len(ranked.scores), len(ranked.totals)
    grades = ranked.grades(names)
    return [
        tile(_("People"), f"{people}", _("{n} judged", n=judged) if judged != people else ""),
        tile(_("Mean"), words.points(ranked.mean, 1), ""),
        *(
            tile(
                _("Grade {name}", name=name) if len(name) < 2 else name,
                str(count),
                f"{100 * count / judged:.1f}%" if judged else "",
                # Nobody is blamed by a colour while somebody is only in the middle: the last grade alone.
                warns=name == names[-1] and count > 0,
            )
            for name, count in grades.items()
        ),
    ]


def tile(caption: str, value: str, beside: str, *, warns: bool = False) -> Any:
    shown = [html.B(value, className="warn" if warns else ""), html.Small(f" {beside}") if beside else None]
    return html.Div([html.Span(caption), html.Span(shown)], className="kpi-sum")


# --- the columns ------------------------------------------------------------------------------------------------


def columns(found: Review, shown: ScoreBill | None) -> Any:
    return html.Div([group_panel(found), score_panel(found, shown)], className="kpi-columns")


def group_panel(found: Review) -> Any:
    ranked = found.ranked
    before = queries.group_of(found.before, found.group) if found.before else None
    listed = ranking.rows(ranked, before, found.names, found.asked, found.who)
    earlier = month_text(found.period.month.later(-1))
    compared = _("compared with {month}", month=earlier) if before and before.totals else ""
    equals = " · ".join(filter(None, (_("equal scores share a rank"), compared)))
    return html.Section(
        [
            html.Div(distribution(ranked, found.who), className="kpi-part"),
            html.Div(
                [html.H2(_("Ranking in the group")), html.Small(equals, className="dim")],
                className="kpi-part kpi-caption",
            ),
            ranking.table(listed),
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


def score_panel(found: Review, shown: ScoreBill | None) -> Any:
    if shown is None:
        return html.Section(html.P(_("Choose somebody on the left.")), className="kpi-panel")
    return html.Section(
        [score_head(found, shown), bill("kpi-curve", shown), score_foot(shown)],
        className="kpi-panel kpi-score",
        **{"aria-label": _("Score of {name}", name=shown.who.name)},
    )


def score_head(found: Review, shown: ScoreBill) -> Any:
    total, ranked = shown.total, found.ranked
    about = " · ".join(
        filter(
            None,
            (
                shown.who.key if shown.who.key != shown.who.name else "",
                shown.who.group,
                called(found.record.scheme),
                _("scheme version {n}", n=found.record.version),
            ),
        )
    )
    rank = (
        html.Span([_("rank"), " ", html.B(str(total.rank)), html.Small(_(" of {n}", n=len(ranked.totals)))])
        if total.rank
        else html.Span(_("no rank"), className="dim")
    )
    return html.Div(
        [
            html.H2(shown.who.name),
            html.Small(about, className="dim"),
            html.Div(className="bar-space"),
            rank,
            html.Span(total.grade, className="tag kpi-grade") if total.grade else None,
            html.B(words.points(total.total, 1), className="kpi-hero"),
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
