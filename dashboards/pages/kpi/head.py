"""Above the review: what is chosen, in which state it is, and the sums of the group."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dash import html

from core.i18n import _, called
from dashboards.components.address import choice, go, tab
from dashboards.components.score import words
from dashboards.pages.kpi import ids, life, queries
from dashboards.pages.kpi.queries import PeriodChoice, Review
from dashboards.pages.kpi.selection import VIEWS
from dashboards.pages.kpi.words import month_text, span_text, view_words


def head(found: Review) -> Any:
    schemes = [(one.scheme.id, called(one.scheme)) for one in found.schemes]
    periods = [(one.value, period_text(one)) for one in found.periods]
    if found.period.value not in dict(periods):
        periods.append((found.period.value, period_text(found.period)))
    groups = [(one, one or _("everybody")) for one in found.groups]
    chosen = [
        choice("period", _("Month"), periods, found.period.value),
        choice("scheme", _("Scheme"), schemes, found.scheme_id),
        choice("group", _("Group"), groups, found.group) if len(groups) > 1 else None,
        tabs(found),
    ]
    left = [html.Div(chosen, className="kpi-choices"), standing(found) if found.judging else None]
    return html.Div(
        [
            html.H1(_("Review of scores"), className="unseen"),
            html.Div(left, className="kpi-chosen"),
            html.Div(sums(found) if found.judging else [], className="kpi-sums"),
        ],
        className="kpi-head",
    )


def period_text(one: PeriodChoice) -> str:
    """Its month or its days, and what became of it."""
    said = month_text(one.month) if one.month else ""
    if one.stored is None:
        return said
    head = one.stored.head
    return f"{said or span_text(head.from_at, head.until, queries.rooms().zone)} · {life.state_word(one.stored.state)}"


def tabs(found: Review) -> Any:
    named, asked = view_words(), found.asked
    ways = [
        tab(named[view], asked.link(view=None if view == VIEWS[0] else view), "kpi-tab", chosen=view == asked.view)
        for view in VIEWS
    ]
    return html.Nav(ways, className="kpi-tabs", **{"aria-label": _("Views")})


def standing(found: Review) -> Any:
    """In which state it is and what may be done with it; and whether the figures are generated."""
    tags: list[Any] = [html.Span(life.state_text(found), className="tag"), *life.acts(found)]
    fed_at = found.judged.watermark.fed_at
    if found.is_running:
        tags.append(html.Span(_("the period still runs"), className="dim"))
    if fed_at is not None:
        at = fed_at.replace(tzinfo=UTC).astimezone(queries.rooms().zone)
        tags.append(html.Span(_("data up to {time}", time=local(at)), className="dim"))
    # What came later is worked out beside.
    tags.append(html.Span(id=ids.CHANGED, className="kpi-changed", role="status"))
    if found.judging and found.judging.example:
        tags.append(html.Span(_("Example scheme"), className="tag-demo"))
    if found.judged.demo:
        tags.append(html.Span(_("Demo data"), className="tag-demo"))
    return html.Div(tags, className="kpi-standing")


def local(at: datetime) -> str:
    return f"{at:%m-%d %H:%M}"


def sums(found: Review) -> list[Any]:
    ranked, names = found.ranked, found.judged.scheme.grades.names
    people, judged = len(ranked.scores), len(ranked.totals)
    tiles = [
        tile(_("People"), f"{people}", _("{n} judged", n=judged) if judged != people else ""),
        tile(_("Mean"), words.points(ranked.mean, 1), ""),
    ]
    for name, count in ranked.grades(names).items():
        share = f"{100 * count / judged:.1f}%" if judged else ""
        caption = _("Grade {name}", name=name) if len(name) < 2 else name
        # Nobody is blamed by a colour while somebody is only in the middle: the last grade alone.
        tiles.append(tile(caption, str(count), share, warns=name == names[-1] and count > 0))
    if found.appeals:
        undecided = html.Span([html.B(str(found.open_appeals)), html.Small(_(" to decide"))])
        to = found.asked.link(view="appeals")
        tiles.append(html.Div([html.Span(_("Appeals")), go(undecided, to, className="kpi-opens")], className="kpi-sum"))
    return tiles


def tile(caption: str, value: str, beside: str, *, warns: bool = False) -> Any:
    shown = [html.B(value, className="warn" if warns else ""), html.Small(f" {beside}") if beside else None]
    return html.Div([html.Span(caption), html.Span(shown)], className="kpi-sum")
