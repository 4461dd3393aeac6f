"""The last months of one line as a small figure. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.components.figure import made
from dashboards.components.score.words import bare

HEIGHT = 92
# Room above and under what is shown, of its height.
ROOM = 0.35


@dataclass(frozen=True, slots=True)
class MonthValues:
    """One line of one site: ``values`` by month, the oldest first; ``targets`` is from and to where full points are
    given, of the newest month's scheme."""

    name: str
    unit: str
    months: Sequence[str]
    values: Sequence[float | None]
    targets: tuple[float, float] | None


def trend(found: MonthValues) -> go.Figure:
    """Each month's value with its number, and the target as a dotted line."""
    x = list(range(len(found.values)))
    known = [one for one in (*found.values, *(found.targets or ())) if one is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = ROOM * ((high - low) or abs(high) or 1.0)
    line = go.Scatter(
        x=x,
        y=list(found.values),
        mode="lines+markers+text",
        text=["" if one is None else bare(one, found.unit) for one in found.values],
        textposition="top center",
        textfont={"color": "var(--text)", "size": 12},
        line={"color": "var(--accent)", "width": 2},
        marker={"color": "var(--accent)", "size": 6},
        cliponaxis=False,
        hoverinfo="skip",
    )
    target = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "line": {"color": "var(--text)", "width": 1, "dash": "dot"},
    }
    return made(
        [line],
        margin={"l": 6, "r": 6, "t": 10, "b": 20},
        xaxis={"range": [-0.5, len(x) - 0.5], "tickvals": x, "ticktext": list(found.months), "tickfont": {"size": 11}},
        yaxis={"visible": False, "range": [low - room, high + 1.6 * room], "rangemode": "normal"},
        shapes=[{**target, "y0": at, "y1": at} for at in dict.fromkeys(found.targets or ())],
    )
