"""The pictures of curves beside their numbers, with where the group stood in the last period. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from pydantic import TypeAdapter, ValidationError

from core.i18n import _
from dashboards.components.figure import made
from dashboards.components.score.curves import CurvePicture, curve_figure, curve_label, span_of
from dashboards.components.score.words import bare
from dashboards.pages.kpi_schemes.draft import DraftLine
from dashboards.pages.kpi_schemes.words import indicator_name, valued
from kpi.measures.catalogue import lower_is_better
from kpi.scoring.curves import FULL, Rule, Veto, settled

RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
BINS = 16
# What the words of a value take of the picture's width.
WORD = 0.16


def rule_of(line: DraftLine, raw: Mapping[str, Any] | None) -> Rule | None:
    """The curve as far as it can be drawn; what goes back is not."""
    if raw is None:
        return None
    try:
        rule = settled(RULE.validate_python(raw), less_is_better=lower_is_better(line.indicator))
    except ValidationError:
        return None
    if isinstance(rule, Veto):
        return rule
    try:
        values = [value for value, _score in rule.knots]
    except ZeroDivisionError:
        return None
    return rule if len(values) > 1 and values == sorted(values) and values[0] < values[-1] else None


def mark(line: DraftLine, raw: Mapping[str, Any] | None, others: Sequence[float]) -> str:
    """The same for the same picture."""
    return f"{zlib.crc32(repr((line.indicator, raw, others)).encode()):x}"


def picture(line: DraftLine, rule: Rule | None, others: Sequence[float]) -> go.Figure:
    if rule is None:
        return empty(_("drawn once the numbers are right"))
    if isinstance(rule, Veto):
        return veto(line, rule, others)
    shown = CurvePicture(rule, indicator_name(line.indicator), line.unit, None, tuple(others), large=True)
    at = apart([value for value, _score in rule.knots], span_of(shown))
    # What is expected and what is the most lie too near one another to be read in so small a picture.
    drawn = curve_figure(shown).update_yaxes(tickvals=[0, FULL], ticktext=["0", f"{FULL:g}"])
    return drawn.update_xaxes(tickvals=at, ticktext=[bare(value, line.unit) for value in at], tickangle=0)


def apart(values: Sequence[float], span: tuple[float, float]) -> list[float]:
    """Those whose words have room under the picture."""
    found: list[float] = []
    for value in values:
        if not found or value - found[-1] >= WORD * (span[1] - span[0]):
            found.append(value)
    return found


def label(line: DraftLine, rule: Rule | None = None, others: Sequence[float] = ()) -> str:
    name = indicator_name(line.indicator) if line.indicator else _("a line without indicator")
    if rule is None or isinstance(rule, Veto):
        return _("Curve of {name}", name=name)
    return curve_label(CurvePicture(rule, name, line.unit, None, tuple(others)))


def empty(words: str) -> go.Figure:
    said = {"text": words, "showarrow": False, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    hidden = {"visible": False}
    return made([], xaxis=hidden, yaxis=hidden, annotations=[{**said, "font": {"color": "var(--text3)", "size": 12}}])


def veto(line: DraftLine, rule: Veto, others: Sequence[float]) -> go.Figure:
    """From where on it strikes, as an area; where the group stood beside it."""
    values = [*others, rule.limit]
    width = (max(values) - min(values)) or abs(rule.limit) or 1.0
    low, high = min(values) - 0.2 * width, max(values) + 0.2 * width
    low = max(low, 0.0) if rule.limit >= 0 else low
    side = (low, rule.limit) if rule.reverse else (rule.limit, high)
    counts, edges = np.histogram(np.clip(others, low, high) if others else [], BINS, (low, high))
    most = max(1, int(counts.max()))
    bars = go.Bar(
        x=[float(left + right) / 2 for left, right in pairwise(edges)],
        y=[int(count) / most for count in counts],
        width=(high - low) / BINS * 0.92,
        marker={"color": "var(--line)", "line": {"width": 0}},
        hoverinfo="skip",
    )
    struck = {
        "type": "rect",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": side[0],
        "x1": side[1],
        "fillcolor": "var(--bad)",
        "opacity": 0.12,
        "line": {"width": 0},
    }
    edge = {
        "type": "line",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": rule.limit,
        "x1": rule.limit,
        "line": {"color": "var(--bad)", "width": 2},
    }
    return made(
        [bars],
        margin={"l": 34, "r": 10, "t": 8, "b": 22},
        xaxis={
            "range": [low, high],
            "tickvals": [rule.limit],
            "ticktext": [valued(rule.limit, line.unit)],
            "ticks": "outside",
        },
        yaxis={"visible": False, "range": [0, 1.1]},
        shapes=[struck, edge],
    )
