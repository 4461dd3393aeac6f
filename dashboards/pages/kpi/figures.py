"""The figures of the review. Pure: scores in, a figure out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from core.i18n import _
from dashboards.components.figure import made
from dashboards.components.score.words import points

STEP = 5
# So that a group of equals is a bar among empty steps, and no block.
LEAST_STEPS = 6


def step_of(total: float) -> int:
    """The lower end of its step; a total at a border is in the upper one."""
    return math.floor(total / STEP) * STEP


def steps_of(totals: Sequence[float]) -> dict[int, int]:
    """How many are in each step, from the first to the last that anybody is in, and some beside."""
    counts = Counter(step_of(one) for one in totals)
    first, last = min(counts), max(counts)
    while (last - first) // STEP + 1 < LEAST_STEPS:
        if first >= STEP:
            first -= STEP
        last += STEP if (last - first) // STEP + 1 < LEAST_STEPS else 0
    return {at: counts.get(at, 0) for at in range(first, last + STEP, STEP)}


def distribution(totals: Sequence[float], own: float | None, middle: float) -> go.Figure:
    """Bars in steps of five, each with its count; the chosen person's is marked, and the median is drawn."""
    steps = steps_of(totals)
    most = max(steps.values())
    mine = None if own is None else step_of(own)
    bars = go.Bar(
        x=[at + STEP / 2 for at in steps],
        y=list(steps.values()),
        width=STEP * 0.92,
        text=[str(count) if count else "" for count in steps.values()],
        textposition="outside",
        textfont={"size": 12, "color": "var(--text)"},
        cliponaxis=False,
        marker={"color": ["var(--accent)" if at == mine else "var(--context)" for at in steps], "line": {"width": 0}},
        hoverinfo="skip",
    )
    first, last = min(steps), max(steps) + STEP
    # Beside its line, on the side with more room.
    to_left = middle > (first + last) / 2
    label = {
        "x": middle,
        "y": 1.0,
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": "right" if to_left else "left",
        "text": _("median {total}", total=points(middle, 1)),
        "showarrow": False,
        "font": {"color": "var(--text)", "size": 12},
    }
    line = {"color": "var(--text)", "width": 1, "dash": "dot"}
    return made(
        [bars],
        margin={"l": 2, "r": 2, "t": 20, "b": 20},
        xaxis={"range": [first, last], "tickvals": list(steps)[1:], "ticks": "", "showline": True},
        yaxis={"visible": False, "range": [0, most * 1.28]},
        shapes=[{"type": "line", "x0": middle, "x1": middle, "yref": "paper", "y0": 0, "y1": 1, "line": line}],
        annotations=[label],
    )
