"""The right of the review: what would be with another performance, or by another scheme. Nothing is saved by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from core.i18n import _
from dashboards.components.address import tab
from dashboards.components.score import words
from dashboards.components.score.bill import ScoreBill, signed
from dashboards.pages.kpi import ids
from dashboards.pages.kpi.groups import GroupScores
from dashboards.pages.kpi.levers import Gain, Lever, gains, levers_of, turned
from dashboards.pages.kpi.queries import Review
from dashboards.pages.kpi.scheme_change import by_scheme
from kpi.scoring.scheme import Scheme
from kpi.scoring.score import TotalScore
from kpi.scoring.what_if import Placing, what_if

# Of the address: what is changed.
SCHEME = "scheme"
SIDE = "kpi-switch-side"
# Pixels, as browsers draw it.
THUMB = 16


def what_if_panel(found: Review, shown: ScoreBill) -> Any:
    asked = found.asked
    by_rule = asked.given.get("change") == SCHEME
    inside = by_scheme(found) if by_rule else by_performance(found, shown)
    return html.Div(
        [
            html.Div(
                [html.H2(_("What if")), html.Small(_("changes nothing that is kept"), className="dim")],
                className="kpi-part kpi-caption kpi-plain",
            ),
            html.Nav(
                [
                    tab(_("Change performance"), asked.link(change=None, who=found.who), SIDE, chosen=not by_rule),
                    tab(_("Change scheme"), asked.link(change=SCHEME, who=found.who), SIDE, chosen=by_rule),
                ],
                className="kpi-switch",
                **{"aria-label": _("What if")},
            ),
            *inside,
        ],
        className="kpi-what-if",
    )


# --- another performance ----------------------------------------------------------------------------------------


def by_performance(found: Review, shown: ScoreBill) -> list[Any]:
    levers = levers_of(shown)
    if not levers:
        return [html.P(_("Nothing of this person's was counted that could be another."), className="kpi-part")]
    return [
        html.Div([sliding(one) for one in levers], className="kpi-part kpi-levers"),
        html.Div(outcome(shown, found.ranked, found.judged.scheme, {}), id=ids.OUTCOME, role="status"),
    ]


def sliding(lever: Lever) -> Any:
    """Better is on the right, whichever way the indicator counts."""
    marks = [html.I(className="kpi-own", style=_at(lever, lever.at))]
    if lever.target is not None:
        marks.append(html.I(className="kpi-aim", style=_at(lever, lever.target)))
    label = _("{name}: from {worst} to {best}", name=lever.name, **ends(lever))
    slider = dcc.Input(
        id=ids.slider(lever.n), type="range", min=0, max=lever.steps, step=1, value=lever.at, className="kpi-slider"
    )
    return html.Div(
        [
            html.Div(
                [html.B(lever.name), html.Span(aimed(lever, lever.at), id=ids.aimed(lever.n), className="kpi-aimed")],
                className="kpi-lever-head",
            ),
            html.Label([html.Span(label, className="unseen"), slider, *marks], className="kpi-lever"),
            html.Div([html.Span(ends(lever)["worst"]), html.Span(ends(lever)["best"])], className="kpi-ends"),
        ],
        **{"data-lever": str(lever.n)},
    )


def _at(lever: Lever, step: int) -> dict[str, str]:
    """The middle of the thumb runs from half of it to half of it before the end."""
    return {"left": f"calc({THUMB / 2:g}px + (100% - {THUMB}px) * {step / lever.steps:.4f})"}


def ends(lever: Lever) -> dict[str, str]:
    return {"worst": words.value_text(lever.worst, lever.unit), "best": words.value_text(lever.best, lever.unit)}


def aimed(lever: Lever, step: int) -> list[Any]:
    """4:22 → 4:10."""
    own, then = (words.value_text(one, lever.unit) for one in (lever.own, lever.value(step)))
    return [own, " → ", html.B(then)]


def outcome(shown: ScoreBill, ranked: GroupScores, scheme: Scheme, steps: Mapping[int, int]) -> list[Any]:
    """Total, rank and grade before and after, and which line brings it."""
    levers = {one.n: one for one in levers_of(shown)}
    changed = turned(shown, levers, steps)
    moved = what_if(ranked.scores, scheme, {shown.who.key: changed})
    mine = next(one for one in moved if one.who == shown.who.key)
    found = gains(shown, changed)
    return [
        html.Div(
            [
                placing(_("Total"), *(words.points(one.total, 1) for one in (mine.before, mine.after)), large=True),
                placing(_("Rank in the group"), *(words.rank(one.rank) for one in (mine.before, mine.after))),
                placing(_("Grade"), *(one.grade or words.NONE for one in (mine.before, mine.after))),
                by_chance(shown.total, mine.after),
            ],
            className="kpi-part kpi-outcome",
        ),
        html.Div([html.H3(_("The gain comes from")), gained(found)], className="kpi-part"),
    ]


def placing(caption: str, before: str, after: str, *, large: bool = False) -> Any:
    then = html.B(after, className="kpi-then kpi-then-large" if large else "kpi-then")
    return html.Div([html.Span(caption), html.Span(before), html.Span("→"), then], className="kpi-placing")


def by_chance(total: TotalScore, after: Placing) -> Any:
    """A change that chance alone can bring proves nothing, and is said to."""
    allowed = total.allowed.total if total.allowed else None
    if allowed is None or after.total is None or after.total == total.total:
        return None
    if not allowed.low <= after.total <= allowed.high:
        return None
    said = _(
        "Within what chance alone can bring: {low}–{high}.",
        low=words.points(allowed.low, 1),
        high=words.points(allowed.high, 1),
    )
    return html.P(said, className="dim")


def gained(found: Sequence[Gain]) -> Any:
    if not found:
        return html.P(_("Move a slider."), className="dim")
    return html.Ul(
        [
            html.Li([html.Span(one.name), html.B(signed(one.points), className="gain" if one.points > 0 else "warn")])
            for one in found
        ],
        className="kpi-gains",
    )
