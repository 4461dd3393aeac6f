"""A scoring curve as a small figure: its line, the target, where somebody stands, and where the group stood. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.i18n import _
from dashboards.components.figure import figure, made
from dashboards.components.score.words import bare, points, target_text, value_text
from kpi.scoring.curves import FULL, Bonus, Curve, Deduction, Knots, points_of

HEIGHT, LARGE_HEIGHT = 40, 190
BINS = 16
# Of the curve's own width: what is shown beyond its first and last knot, and how far a value may pull that out.
BESIDE, FARTHEST = 0.12, 0.6
# Of the highest score: room under the line of nought and over the top.
UNDER, OVER = 0.1, 0.16


@dataclass(frozen=True, slots=True)
class CurvePicture:
    """``own`` is somebody's value and ``allowed`` from where to where chance alone could have brought it; ``others``
    are those of the group: a distribution behind the curve. ``name`` is what the curve scores and ``unit`` the
    indicator's (``share``, ``seconds``, ``number``). ``large`` has axes to read off."""

    curve: Curve
    name: str
    unit: str
    own: float | None = None
    others: Sequence[float] = ()
    large: bool = False
    allowed: tuple[float, float] | None = None


def target_of(curve: Curve) -> tuple[float, float] | None:
    """The values for which what is expected is given, from and to; both are the same where it is one value. ``None`` of
    a bonus: nobody is expected to have any."""
    if isinstance(curve, Bonus):
        return None
    if isinstance(curve, Deduction):
        return 0.0, 0.0
    knots = curve.knots
    most = max(score for _x, score in knots)
    wanted = min(curve.neutral, most)
    met = [x for x, score in _crossings(knots, wanted)]
    if knots[0][1] < wanted and knots[-1][1] < wanted:
        return min(met), max(met)
    edge = max(met) if knots[0][1] > knots[-1][1] else min(met)
    return edge, edge


def _crossings(knots: Knots, wanted: float) -> list[tuple[float, float]]:
    """Where the line meets ``wanted``: at its knots and between them."""
    found = [knot for knot in knots if knot[1] == wanted]
    for (x0, y0), (x1, y1) in pairwise(knots):
        if (y0 - wanted) * (y1 - wanted) < 0:
            found.append((x0 + (x1 - x0) * (wanted - y0) / (y1 - y0), wanted))
    return found


def span_of(picture: CurvePicture) -> tuple[float, float]:
    """From where to where values are shown."""
    first, last = picture.curve.knots[0][0], picture.curve.knots[-1][0]
    width = (last - first) or abs(first) or 1.0
    low, high = first - BESIDE * width, last + BESIDE * width
    seen = [*picture.others, *([] if picture.own is None else [picture.own])]
    if seen:
        low = max(min(low, min(seen) - BESIDE * width / 2), first - FARTHEST * width)
        high = min(max(high, max(seen) + BESIDE * width / 2), last + FARTHEST * width)
    # Nothing is counted below nought.
    return (max(low, 0.0) if first >= 0 else low), high


def is_met(curve: Curve, value: float) -> bool:
    """Whether a value scores what is expected, or more."""
    return points_of(curve, value) >= min(curve.neutral, max(score for _x, score in curve.knots)) - 1e-9


def curve_figure(picture: CurvePicture) -> go.Figure:
    """Without axes one reads from it where somebody stands, not how much; the numbers stand beside it."""
    curve, large = picture.curve, picture.large
    low, high = span_of(picture)
    knots = curve.knots
    top = max(FULL, *(score for _x, score in knots))
    traces: list[Any] = [_group(picture.others, low, high, top)] if picture.others else []
    line = {"color": "var(--context)", "width": 2 if large else 1.5}
    traces.append(
        go.Scatter(
            x=[low, *(x for x, _score in knots), high],
            y=[knots[0][1], *(score for _x, score in knots), knots[-1][1]],
            mode="lines",
            line=line,
            hoverinfo="skip",
        )
    )
    if picture.own is not None:
        traces += _own(picture, low, high)
    axes = _axes(picture, top) if large else {"xaxis": {"visible": False}, "yaxis": {"visible": False}}
    return made(
        traces,
        margin={"l": 34, "r": 10, "t": 8, "b": 22} if large else {"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"range": [low, high], **axes["xaxis"]},
        yaxis={"range": [-UNDER * top if not large else 0, top * (1 + OVER)], **axes["yaxis"]},
        shapes=[_nought(), *_chance(picture, low, high), *_target(target_of(curve))],
    )


def _group(values: Sequence[float], low: float, high: float, top: float) -> go.Bar:
    """How many stood where, as high as the picture where most did."""
    counts, edges = np.histogram(np.clip(values, low, high), BINS, (low, high))
    width = (high - low) / BINS
    return go.Bar(
        x=[(left + right) / 2 for left, right in pairwise(edges)],
        y=[float(count) / max(1, int(counts.max())) * top for count in counts],
        width=width * 0.92,
        customdata=[int(count) for count in counts],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": "var(--line)", "line": {"width": 0}},
    )


def _own(picture: CurvePicture, low: float, high: float) -> list[go.Scatter]:
    """A point on the curve with a stem; at the edge where it lies farther out."""
    assert picture.own is not None
    x, score = min(max(picture.own, low), high), points_of(picture.curve, picture.own)
    colour = "var(--accent)" if is_met(picture.curve, picture.own) else "var(--warn)"
    said = f"{value_text(picture.own, picture.unit)} · {points(score, 1)}<extra></extra>"
    stem = go.Scatter(x=[x, x], y=[0, score], mode="lines", line={"color": colour, "width": 2}, hoverinfo="skip")
    marker = {"color": colour, "size": 9, "line": {"color": "var(--panel)", "width": 1.5}}
    return [stem, go.Scatter(x=[x], y=[score], mode="markers", marker=marker, hovertemplate=said, cliponaxis=False)]


def _nought() -> dict[str, Any]:
    ends = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
    return {**ends, "line": {"color": "var(--line)", "width": 1}, "layer": "below"}


def _chance(picture: CurvePicture, low: float, high: float) -> list[dict[str, Any]]:
    """Behind everything else, as high as the picture."""
    if picture.allowed is None or picture.own is None:
        return []
    first, last = (min(max(one, low), high) for one in picture.allowed)
    ends = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "x0": first, "x1": last}
    return [{**ends, "fillcolor": "var(--accent-tint)", "line": {"width": 0}, "layer": "below"}]


def _target(target: tuple[float, float] | None) -> list[dict[str, Any]]:
    ends = {
        "type": "line",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": "var(--text)", "width": 1, "dash": "dot"},
    }
    return [{**ends, "x0": at, "x1": at} for at in dict.fromkeys(target or ())]


def _axes(picture: CurvePicture, top: float) -> dict[str, dict[str, Any]]:
    at = sorted({x for x, _score in picture.curve.knots})
    scores = sorted({0.0, FULL, top})
    return {
        "xaxis": {"tickvals": at, "ticktext": [bare(x, picture.unit) for x in at], "ticks": "outside"},
        "yaxis": {"tickvals": scores, "ticktext": [points(score, 0) for score in scores]},
    }


def curve_label(picture: CurvePicture) -> str:
    """What the picture shows, for who hears pages."""
    said = [_("Curve of {name}", name=picture.name)]
    target = target_of(picture.curve)
    if target is not None:
        said.append(_("target {target}", target=target_text(target, picture.unit)))
    if picture.own is not None:
        score = points(points_of(picture.curve, picture.own), 1)
        said.append(_("{value} scores {score}", value=value_text(picture.own, picture.unit), score=score))
    if picture.allowed is not None:
        first, last = (value_text(one, picture.unit) for one in picture.allowed)
        said.append(_("chance alone allows {low} to {high}", low=first, high=last))
    if picture.others:
        said.append(_("behind it {n} people of the group", n=len(picture.others)))
    return " · ".join(said)


def curve(name: str, picture: CurvePicture, *, height: int | None = None) -> Any:
    """``name`` is the figure's on its page."""
    tall = height or (LARGE_HEIGHT if picture.large else HEIGHT)
    return figure(name, curve_figure(picture), label=curve_label(picture), height=tall, hovers=picture.large)
