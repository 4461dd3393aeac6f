"""What would be by another scheme: other weights and targets, and who moves by them. Nothing is saved by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import dcc, html

from core.i18n import _
from dashboards.components.address import go
from dashboards.components.score import words
from dashboards.pages.kpi import ids
from dashboards.pages.kpi.groups import GroupScores
from dashboards.pages.kpi.queries import Review
from kpi.api.score_words import name_of
from kpi.scoring.curves import Linear
from kpi.scoring.scheme import Scheme, SchemeLine, measured
from kpi.scoring.what_if import Movement, what_if

# People who move, at most: a list, not another ranking.
MOST_MOVERS = 8


def by_scheme(found: Review) -> list[Any]:
    scheme = found.judged.scheme
    bill_lines = [(n, line) for n, line in enumerate(scheme.lines) if line.weight > 0]
    heads = [_("Line"), _("Weight"), _("Target")]
    return [
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])),
                    html.Tbody([changing(n, line) for n, line in bill_lines]),
                ],
                className="kpi-changes",
            ),
            className="kpi-part",
        ),
        html.Div(moves(found.ranked, found.names, scheme, {}, {}), id=ids.OUTCOME, role="status"),
        html.P(
            go(_("Open the scheme to change it for good"), f"/kpi/schemes/{scheme.id}"), className="kpi-part kpi-plain"
        ),
    ]


def changing(n: int, line: SchemeLine) -> Any:
    name, curve = name_of(line.indicator, measured(line)), line.curve
    weight = field(ids.weight(n), line.weight, _("Weight of {name}", name=name))
    target: Any = words.NONE
    if isinstance(curve, Linear):
        unit = words.unit_of(line)
        shown = round(100 * curve.target, 4) if unit == "share" else curve.target
        target = [field(ids.target(n), shown, _("Target of {name}", name=name)), html.Small(unit_sign(unit))]
    return html.Tr([html.Th(name, scope="row"), html.Td(weight), html.Td(target)])


def unit_sign(unit: str) -> str:
    return {"share": " %", "seconds": f" {_('seconds')}"}.get(unit, "")


def field(name: Mapping[str, Any], value: float, label: str) -> Any:
    # No number's field: Dash draws buttons beside those.
    shown = dcc.Input(
        id=dict(name), type="text", inputMode="decimal", value=f"{value:g}", debounce=0.3, className="field"
    )
    return html.Label([html.Span(label, className="unseen"), shown])


def changed_scheme(scheme: Scheme, weights: Mapping[int, float], targets: Mapping[int, float]) -> Scheme:
    """As it was typed; a target in the unit that is shown."""
    lines = []
    for n, line in enumerate(scheme.lines):
        curve = line.curve
        if n in targets and isinstance(curve, Linear):
            share = words.unit_of(line) == "share"
            curve = replace(curve, target=targets[n] / 100 if share else targets[n])
        lines.append(replace(line, weight=weights.get(n, line.weight), curve=curve))
    return replace(scheme, lines=tuple(lines))


def moves(
    ranked: GroupScores,
    names: Mapping[str, str],
    scheme: Scheme,
    weights: Mapping[int, float],
    targets: Mapping[int, float],
) -> list[Any]:
    """Who moves, before anything is saved."""
    other = changed_scheme(scheme, weights, targets)
    found = what_if(ranked.scores, other)
    moved = [one for one in found if one.moved]
    ranks = sum(one.places not in (None, 0) for one in found)
    grades = sum(one.before.grade != one.after.grade for one in found)
    whole = sum(line.weight for line in other.lines)
    said = (
        _("{ranks} people change their rank, {grades} their grade.", ranks=ranks, grades=grades)
        if moved
        else _("Nobody moves. Change a weight or a target.")
    )
    wrong = _wrong_order(other)
    return [
        html.Div(
            [
                html.P([_("Weights"), " ", html.B(words.short(whole), className="" if whole == 100 else "warn")])
                if whole == 100
                else html.P(
                    _("Weights sum to {whole}: a scheme needs 100.", whole=words.short(whole)), className="warn"
                ),
                html.P(_("The target of {name} lies outside of its curve.", name=wrong), className="warn")
                if wrong
                else None,
                html.P(said),
            ],
            className="kpi-part kpi-outcome",
        ),
        html.Div(movers(moved, names), className="kpi-part") if moved else None,
    ]


def _wrong_order(scheme: Scheme) -> str:
    """A line whose floor, target and stretch do not go one way."""
    for line in scheme.lines:
        if isinstance(line.curve, Linear):
            found = [line.curve.floor, line.curve.target, line.curve.stretch]
            if found not in (sorted(found), sorted(found, reverse=True)):
                return name_of(line.indicator, measured(line))
    return ""


def movers(moved: Sequence[Movement], names: Mapping[str, str]) -> Any:
    """Those who move farthest first."""
    ordered = sorted(
        moved, key=lambda one: (-abs(one.places or 0), -abs((one.after.total or 0) - (one.before.total or 0)))
    )
    rows = [
        html.Tr(
            [
                html.Th(names.get(one.who, one.who), scope="row"),
                html.Td(arrow(words.rank(one.before.rank), words.rank(one.after.rank))),
                html.Td(arrow(words.points(one.before.total, 1), words.points(one.after.total, 1))),
                html.Td(arrow(one.before.grade or words.NONE, one.after.grade or words.NONE)),
            ]
        )
        for one in ordered[:MOST_MOVERS]
    ]
    heads = [_("Name"), _("Rank"), _("Total"), _("Grade")]
    return html.Table(
        [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])), html.Tbody(rows)], className="kpi-movers"
    )


def arrow(before: str, after: str) -> Any:
    return before if before == after else html.Span([before, " → ", html.B(after)])
