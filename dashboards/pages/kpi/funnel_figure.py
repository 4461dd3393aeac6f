"""One indicator's funnel: everybody by how much there was to do, between the limits of chance. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.i18n import _
from dashboards.components.figure import made
from dashboards.components.score import words

# Of the values' span, beyond the outermost.
BESIDE = 0.12
TICKS = 4
Row = Mapping[str, Any]


def funnel_figure(found: Row, who: str) -> go.Figure:
    """``found`` is the interface's answer of one line. Who lies beyond a limit is named; ``who`` is marked."""
    unit, points, curve = found["unit"], found["points"], found["curve"]
    low, high = _span(found)
    sizes = [one["n"] for one in points]
    most = max(sizes) * 1.08
    limits = [
        _limit(curve, name, width, dash)
        for name, width, dash in (
            ("low_998", 1.0, "dash"),
            ("high_998", 1.0, "dash"),
            ("low_95", 1.0, "solid"),
            ("high_95", 1.0, "solid"),
        )
    ]
    dots = go.Scatter(
        x=sizes,
        y=[one["value"] for one in points],
        mode="markers+text",
        text=[one["name"] if one["outside"] else "" for one in points],
        textposition="top center",
        textfont={"size": 12, "color": "var(--text)"},
        marker={
            "color": [_colour(one, who) for one in points],
            "size": [10 if one["who"] == who else 8 for one in points],
            "line": {"color": "var(--panel)", "width": 1},
        },
        customdata=[f"{one['name']} · {words.value_text(one['value'], unit)} · {one['n']:,}" for one in points],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    ticks = [low + (high - low) * n / (TICKS - 1) for n in range(TICKS)]
    middle = {"color": "var(--text)", "width": 1, "dash": "dot"}
    return made(
        [*limits, dots],
        margin={"l": 52, "r": 16, "t": 14, "b": 34},
        xaxis={"range": [0, most], "title": {"text": counted_text(found["counts"]), "font": {"size": 12}}},
        yaxis={"range": [low, high], "tickvals": ticks, "ticktext": [words.value_text(one, unit) for one in ticks]},
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": found["target"],
                "y1": found["target"],
                "line": middle,
            }
        ],
        showlegend=False,
    )


def counted_text(counts: str) -> str:
    """What the axis counts."""
    return {"shift": _("shifts"), "day": _("days of work")}.get(counts, _("calls or orders"))


def _span(found: Row) -> tuple[float, float]:
    """All values and the limits of who had the least to do, as far as these do not crush the rest."""
    values = [one["value"] for one in found["points"]]
    near = [one[name] for one in found["points"] for name in ("low_998", "high_998")]
    low, high = min(*values, *near, found["target"]), max(*values, *near, found["target"])
    room = (high - low or abs(high) or 1.0) * BESIDE
    return max(0.0, low - room), high + room


def _limit(curve: Sequence[Row], name: str, width: float, dash: str) -> go.Scatter:
    return go.Scatter(
        x=[one["n"] for one in curve],
        y=[one[name] for one in curve],
        mode="lines",
        line={"color": "var(--context)", "width": width, "dash": dash},
        hoverinfo="skip",
    )


def _colour(one: Row, who: str) -> str:
    if one["who"] == who:
        return "var(--accent)"
    return "var(--warn)" if one["outside"] == "99.8" else "var(--context)"
