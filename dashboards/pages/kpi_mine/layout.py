"""One's own score: total and rank, each line explained with its own numbers, the last six periods, the own appeals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from core.clock import from_iso
from core.i18n import _, called
from dashboards.components import dialog
from dashboards.components.address import choice
from dashboards.components.figure import figure
from dashboards.components.score import trend, words
from dashboards.components.score.bill import ScoreBill, ScoreBillLine, bill, bill_of, lost_text
from dashboards.pages.kpi_mine import ids, queries
from dashboards.pages.kpi_mine.queries import OwnPeriod, OwnScores
from kpi.api.score_words import sentence

TREND_HEIGHT = 170


async def layout(**parameters: Any) -> Any:
    asked = str(parameters.get("period") or "")[:40]
    body = await drawn(asked)

    def whole() -> Any:
        return html.Div(
            [
                html.Div(body(), id=ids.BODY, className="kpi-body"),
                *dialog.place(ids.PAGE),
                dcc.Store(id=ids.ASKED, data=asked),
            ],
            className="kpi kpi-mine",
            **{"data-page": "kpi-mine"},
        )

    return whole


async def drawn(asked: str) -> Callable[[], list[Any]]:
    found = await queries.own_scores(asked)
    return lambda: page(found)


def page(found: OwnScores) -> list[Any]:
    shown = found.shown
    mine = bill_of(shown.judged, shown.who, found.zone, with_group=False) if shown else None
    if shown is None or mine is None:
        said = _("No score of yours is published yet. It stands here once it is, with the days for an appeal.")
        return [html.H1(_("My score"), className="unseen"), html.Div(said, className="panel empty")]
    return [
        head(found, shown),
        html.Div([score(shown, mine), beside(found, shown)], className="kpi-columns kpi-mine-columns"),
    ]


def head(found: OwnScores, shown: OwnPeriod) -> Any:
    options = [(one.id, words.period_text(one.head.from_at, one.head.until, found.zone)) for one in found.periods]
    tags = [html.Span(state_text(shown, found), className="tag")]
    if shown.stored.head.example:
        tags.append(html.Span(_("Example scheme"), className="tag-demo"))
    if shown.stored.head.demo:
        tags.append(html.Span(_("Demo data"), className="tag-demo"))
    return html.Div(
        [
            html.H1(_("My score"), className="unseen"),
            choice("period", _("Month"), options, shown.stored.id),
            html.Span(called(shown.judged.scheme), className="dim"),
            html.Div(tags, className="kpi-standing"),
        ],
        className="kpi-head kpi-mine-head",
    )


def state_text(shown: OwnPeriod, found: OwnScores) -> str:
    if shown.stored.state == "frozen":
        return _("frozen")
    until = shown.stored.appeals_until
    if not shown.may_appeal or until is None:
        return _("published, appeals are over")
    # The deadline is a midnight: the day before it is the last.
    return _("published, appeals until {day}", day=f"{datetime.fromtimestamp(until - 1, found.zone):%m-%d}")


def score(shown: OwnPeriod, mine: ScoreBill) -> Any:
    total = mine.total
    rank = (
        [_("rank"), " ", html.B(str(total.rank)), html.Small(_(" of {n}", n=shown.ranked))]
        if total.rank
        else _("no rank")
    )
    return html.Section(
        [
            html.Div(
                [
                    html.H2(mine.who.name),
                    html.Small(mine.who.group, className="dim"),
                    html.Div(className="bar-space"),
                    html.Span(rank),
                    html.Span(total.grade, className="tag kpi-grade") if total.grade else None,
                    html.B(words.points(total.total, 1), className="kpi-hero"),
                ],
                className="kpi-score-head",
            ),
            bill("kpi-mine-curve", mine, below={one.n: explained(shown, one) for one in mine.lines}),
            html.Div(html.P(lost_text(mine)), className="kpi-score-foot"),
        ],
        className="kpi-panel kpi-score",
    )


def explained(shown: OwnPeriod, one: ScoreBillLine) -> list[Any]:
    """The line in a sentence with its own numbers, the way to what was counted, and to an appeal."""
    made = next((each for each in shown.appeals if each["line"] == one.n), None)
    ways: list[Any] = []
    if one.opens:
        ways.append(html.A(_("Open what was counted"), href=one.opens, className="quiet"))
    if made is not None:
        ways.append(html.Span(_("appeal: {state}", state=appeal_word(made["state"])), className="tag"))
    elif shown.may_appeal:
        what = {"what": "appeal", "period": shown.stored.id, "line": one.n}
        ways.append(
            html.Button(
                _("Appeal…"), type="button", className="quiet", **dialog.opens(what), **{"data-appeal": str(one.n)}
            )
        )
    return [html.Span(sentence(one.line, one.score)), html.Span(ways, className="bill-ways")]


def appeal_word(state: str) -> str:
    return {"open": _("not decided yet"), "upheld": _("upheld"), "rejected": _("not upheld")}[state]


def beside(found: OwnScores, shown: OwnPeriod) -> Any:
    known = [one for one in found.trend if one.own is not None]
    said = ", ".join(f"{one.caption} {words.points(one.own, 1)}" for one in known)
    drawn_trend: Any = html.P(_("No earlier period is known to compare with."), className="dim")
    if len(known) > 1:
        label = _("Totals by period: {totals}", totals=said)
        drawn_trend = figure("kpi-mine-trend", trend.trend(found.trend), label=label, height=TREND_HEIGHT)
    return html.Aside(
        [
            html.Div([html.H3(_("Last six periods")), drawn_trend], className="kpi-part"),
            html.Div([html.H3(_("My appeals")), own_appeals(shown, found.zone)], className="kpi-part kpi-plain"),
        ],
        className="kpi-panel kpi-beside",
    )


def own_appeals(shown: OwnPeriod, zone: ZoneInfo) -> Any:
    if not shown.appeals:
        return html.P(_("None in this period."), className="dim")
    return html.Ul([own_appeal(one, zone) for one in shown.appeals], className="kpi-own-appeals")


def own_appeal(one: Mapping[str, Any], zone: ZoneInfo) -> Any:
    before, after = one["before"], one["after"]
    totals = f"{words.points(before['total'])} → {words.points(after['total'])}" if after else ""
    decided = f"{datetime.fromtimestamp(from_iso(one['decided_at']), zone):%m-%d}" if one["decided_at"] else ""
    about = " · ".join(filter(None, (decided, one["words"], totals)))
    return html.Li(
        [
            html.Div([html.B(one["indicator_name"]), " ", html.Span(appeal_word(one["state"]), className="tag")]),
            html.Div(one["reason"]),
            html.Small(about, className="dim") if about else None,
        ]
    )
