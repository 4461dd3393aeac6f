"""A site's figures without their scores: value, target, curve, and the way to the orders."""

from __future__ import annotations

from typing import Any

from dash import html

from core.i18n import _
from dashboards.components.score import words
from dashboards.components.score.bill import ScoreBill, ScoreBillLine
from dashboards.components.score.curves import CurvePicture, curve, target_of
from kpi.scoring.curves import Veto


def table(found: ScoreBill) -> Any:
    heads = (
        (_("Indicator"), "bill-name"),
        (_("Actual"), "bill-value"),
        (_("Target"), "bill-target"),
        (_("Curve, dotted the target"), "bill-curve"),
        (_("Weight"), "bill-weight"),
        ("", "bill-opens"),
    )
    head = html.Thead(html.Tr([html.Th(text, scope="col", className=style) for text, style in heads]))
    return html.Table([head, html.Tbody([line(one) for one in found.lines])], className="bill")


def line(one: ScoreBillLine) -> Any:
    figure, rule = one.score.figure, one.line.curve
    below = words.expression(one.line, figure)
    if one.score.state == "too_few":
        below = _("too small a sample, {sample} of {minimum}", sample=figure.sample, minimum=one.line.minimum or 0)
    elif one.score.state == "no_data":
        below = _("nothing counted")
    value = words.NONE if figure.value is None else words.bare(figure.value, one.unit)
    unit = html.Small(" %") if one.unit == "share" and figure.value is not None else None
    target = words.NONE if isinstance(rule, Veto) else words.target_text(target_of(rule), one.unit)
    shown = None if isinstance(rule, Veto) else CurvePicture(rule, one.name, one.unit, figure.value)
    return html.Tr(
        [
            html.Th([html.Span(one.name), html.Small(below)], scope="row", className="bill-name"),
            html.Td([html.B(value), unit], className="bill-value"),
            html.Td(target, className="bill-target"),
            html.Td(curve(f"kpi-site-{one.n}", shown) if shown else None, className="bill-curve"),
            html.Td(f"× {words.short(one.line.weight)}", className="bill-weight"),
            html.Td(
                html.A(_("Orders"), href=one.opens, className="quiet", **{"aria-label": f"{one.name}: {_('Orders')}"})
                if one.opens and figure.value is not None
                else None,
                className="bill-opens",
            ),
        ],
        className="bill-line is-low" if one.is_low else "bill-line",
        **{"data-line": str(one.n)},
    )
