"""Periods in a row: somebody's totals and the group's median. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.i18n import _
from dashboards.components.figure import made
from dashboards.components.score.words import points

TREND_MARGIN = {"l": 8, "r": 8, "t": 20, "b": 22}


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period: what it is called, the person's total and the group's median."""

    caption: str
    own: float | None
    middle: float | None


def trend(found: Sequence[TrendPoint]) -> go.Figure:
    """The person's totals, each with its number, and the group's median as a dotted line."""
    x = list(range(len(found)))
    own, middle = [one.own for one in found], [one.middle for one in found]
    values = [one for one in (*own, *middle) if one is not None]
    low, high = (min(values), max(values)) if values else (0.0, 100.0)
    room = max(4.0, (high - low) * 0.3)
    group = go.Scatter(
        x=x,
        y=middle,
        mode="lines+markers",
        marker={"color": "var(--last-period)", "size": 4},
        line={"color": "var(--last-period)", "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    person = go.Scatter(
        x=x,
        y=own,
        mode="lines+markers+text",
        text=[points(one, 1) if one is not None else "" for one in own],
        # Away from the other line.
        textposition=[
            "bottom center" if one is not None and beside is not None and one < beside else "top center"
            for one, beside in zip(own, middle, strict=True)
        ],
        textfont={"color": "var(--text)", "size": 12},
        marker={"color": "var(--accent)", "size": 7},
        line={"color": "var(--accent)", "width": 2},
        cliponaxis=False,
        hoverinfo="skip",
    )
    last = next((n for n in reversed(x) if middle[n] is not None), None)
    name = {
        "x": last,
        "y": middle[last] if last is not None else 0,
        "text": _("group's median {total}", total=points(middle[last], 1) if last is not None else ""),
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom" if last is not None and (own[last] or 0) < (middle[last] or 0) else "top",
        "font": {"color": "var(--text2)", "size": 12},
    }
    return made(
        [group, person],
        margin=TREND_MARGIN,
        xaxis={"range": [-0.4, len(found) - 0.6], "tickvals": x, "ticktext": [one.caption for one in found]},
        yaxis={"visible": False, "range": [low - room, high + room], "rangemode": "normal"},
        annotations=[name] if last is not None else [],
    )
