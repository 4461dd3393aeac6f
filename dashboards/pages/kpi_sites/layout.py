"""The site review: every site side by side for whom may see all, one site's lines with what is behind them, its months.

The address says what is shown. Who leads a site sees the own one, and scores only once they are published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from core.errors import HotlineError
from core.i18n import _, called, translate_error
from core.rights import Right, Scope
from dashboards.components.address import choice
from dashboards.components.score import pages, words
from dashboards.components.score.bill import ScoreBill, bill, bill_of, lost_text
from dashboards.components.score.months import month_text
from dashboards.pages.kpi_sites import comparison, ids, own_figures, queries, rows_behind
from dashboards.pages.kpi_sites.queries import SiteReview
from dashboards.pages.kpi_sites.rows_behind import selection_of
from dashboards.session import user

PATH = "/kpi/sites"
NAMES = ("period", "scheme", "site", "open")


async def layout(**parameters: Any) -> Any:
    asked = {name: str(parameters[name])[:100] for name in NAMES if parameters.get(name)}
    found = await queries.review(asked)
    opened = await rows_behind.opened(found, asked.get("open", "")) if found.judged is not None else None

    def drawn() -> Any:
        content = [not_judged(found.problem)] if found.judged is None else body(found)
        return html.Div(
            [
                head(found),
                opened() if opened else None,
                *content,
                dcc.Store(id=ids.ASKED, data=selection_of(found)),
            ],
            className="page sites",
            **{"data-page": "kpi-sites"},
        )

    return drawn


def link(found: SiteReview, **changes: str) -> str:
    return f"{PATH}?{urlencode({**selection_of(found), **changes})}"


def not_judged(problem: HotlineError | None) -> Any:
    said, remedy = translate_error(problem) if problem else (_("Nothing could be judged in this period."), None)
    return html.Div([html.H2(said), html.P(remedy or "")], className="panel note", role="alert")


# --- what is chosen ---------------------------------------------------------------------------------------------


def head(found: SiteReview) -> Any:
    months = [(str(one), month_text(one)) for one in dict.fromkeys([*found.months, found.month])]
    schemes = [(one.scheme.id, called(one.scheme)) for one in found.schemes]
    return html.Div(
        [
            html.H1(_("Site review"), className="unseen"),
            pages.tabs(user(), PATH),
            choice("period", _("Month"), months, str(found.month)),
            choice("scheme", _("Scheme"), schemes, found.record.scheme.id) if len(schemes) > 1 else None,
            *standing(found),
        ],
        className="panel sites-head",
    )


def standing(found: SiteReview) -> list[Any]:
    """Which state the figures are of, how fresh they are, and whether they are invented."""
    if found.judged is None:
        return []
    tags: list[Any] = [
        html.Span(_("published"), className="tag") if found.stored else html.Span(_("not published"), className="dim")
    ]
    if found.is_running:
        tags.append(html.Span(_("the period still runs"), className="dim"))
    if (fed_at := found.judged.watermark.fed_at) is not None:
        at = datetime.fromisoformat(f"{fed_at.isoformat()}+00:00").astimezone(queries.zone())
        tags.append(html.Span(_("data up to {time}", time=f"{at:%m-%d %H:%M}"), className="dim"))
    if found.record.example:
        tags.append(html.Span(_("Example scheme"), className="tag-demo"))
    if found.judged.demo:
        tags.append(html.Span(_("Demo data"), className="tag-demo"))
    return tags


# --- the sites --------------------------------------------------------------------------------------------------


def body(found: SiteReview) -> list[Any]:
    assert found.judged is not None
    shown = bill_of(found.judged, found.site, queries.zone())
    if shown is None:
        return [html.Div(_("The scheme does not judge your site."), className="panel empty")]
    months = [
        caption(_("The last six months"), _("dotted: the target")),
        html.Div(id=ids.TREND, className="sites-trend", role="status"),
    ]
    return [
        every_site(found) if found.own is None else None,
        html.Div(
            [
                html.Section(one_site(found, shown), className="panel sites-one"),
                html.Section(months, className="panel"),
            ],
            className="sites-columns",
        ),
    ]


def every_site(found: SiteReview) -> Any:
    return html.Section(
        [
            caption(_("Every site"), _("click a figure to open its orders")),
            comparison.table(found, lambda site: link(found, site=site)),
        ],
        className="panel",
    )


def caption(title: str, beside: str) -> Any:
    return html.Div([html.H2(title), html.Small(beside)], className="sites-caption")


def one_site(found: SiteReview, shown: ScoreBill) -> list[Any]:
    mine = reachable(found, shown)
    if not found.scored:
        told = _("The score is shown here once it is published; these are the figures it is made of.")
        return [site_head(shown, []), html.P(told, className="dim"), own_figures.table(mine)]
    total = shown.total
    judged = [one for one in (found.judged.scores if found.judged else []) if one.total is not None]
    facts = [
        html.Span([_("rank"), " ", html.B(str(total.rank)), html.Small(_(" of {n}", n=len(judged)))])
        if total.rank
        else None,
        html.Span(total.grade, className="tag sites-grade") if total.grade else None,
        html.B(words.points(total.total, 1), className="sites-hero"),
    ]
    return [site_head(shown, facts), bill("kpi-site", mine), html.P(lost_text(mine), className="sites-lost")]


def site_head(shown: ScoreBill, facts: Sequence[Any]) -> Any:
    return html.Div([html.H2(shown.who.name), html.Span(className="bar-space"), *facts], className="sites-one-head")


def reachable(found: SiteReview, shown: ScoreBill) -> ScoreBill:
    """With ways that this person may go, and for a site's own people without the others' figures."""
    plain = user().scope(Right.INDICATORS) is Scope.ALL
    lines = []
    for one in shown.lines:
        opens = one.opens
        if opens and opens.startswith("/figures") and not plain:
            opens = link(found, open=str(one.n))
        lines.append(replace(one, opens=opens, others=one.others if found.own is None else ()))
    return replace(shown, lines=lines)
