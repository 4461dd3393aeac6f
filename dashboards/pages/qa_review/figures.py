"""The waveform: both channels over one axis of time, with what was measured and what was marked painted on it.

Its margins are known to the stylesheet: what is drawn over it (the playhead) stands in shares of the recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.i18n import _
from dashboards.components import figure
from dashboards.components.words import duration

HEIGHT = 196
MARGIN = {"l": 60, "r": 12, "t": 34, "b": 24}
# Middle of each channel's line; one that is mixed stands alone.
AGENT_Y, CALLER_Y, TOP = 1.1, -1.1, 2.2
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900)
MOST_TICKS = 14
# Shorter silences are breath, and would only be noise here.
SHOWN_SILENCE_S = 5.0
# A word needs room: this share of the recording.
ROOM = 0.045


def wave(
    peaks: Sequence[Sequence[float]],
    seconds: float,
    spans: Iterable[Mapping[str, Any]],
    marks: Sequence[Mapping[str, Any]],
) -> go.Figure:
    """``peaks`` by channel, caller first; ``spans`` as measured, ``marks`` as somebody marked them."""
    if len(peaks) == 2:
        traces = [
            _channel(peaks[1], seconds, AGENT_Y, "var(--accent)"),
            _channel(peaks[0], seconds, CALLER_Y, "var(--text3)"),
        ]
        names = {AGENT_Y: _("agent"), CALLER_Y: _("caller")}
    else:
        traces, names = [_channel(peaks[0], seconds, 0.0, "var(--text3)")], {0.0: _("mixed")}
    shapes, words = [], []
    for span in spans:
        drawn = _painted(span, seconds)
        shapes += drawn[0]
        words += drawn[1]
    for n, mark in enumerate(marks, 1):
        shapes += _bracket(mark)
        words.append(_number(n, mark))
    ticks = _ticks(seconds)
    return figure.made(
        traces,
        shapes=shapes,
        annotations=words,
        margin=MARGIN,
        xaxis={"range": [0, seconds], "tickvals": ticks, "ticktext": [duration(at) for at in ticks]},
        yaxis={
            "range": [-TOP, TOP],
            "tickvals": list(names),
            "ticktext": list(names.values()),
            "showgrid": False,
            "zeroline": False,
        },
    )


def _channel(peaks: Sequence[float], seconds: float, middle: float, colour: str) -> go.Scatter:
    """As loud as its loudest moment allows; there and back is one closed area."""
    loudest = max(peaks, default=0.0) or 1.0
    step = seconds / max(len(peaks), 1)
    times = [round((n + 0.5) * step, 3) for n in range(len(peaks))]
    above = [round(middle + one / loudest, 3) for one in peaks]
    below = [round(middle - one / loudest, 3) for one in peaks]
    return go.Scatter(
        x=[*times, *reversed(times)],
        y=[*above, *reversed(below)],
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=colour,
        hoverinfo="skip",
    )


def _painted(span: Mapping[str, Any], seconds: float) -> tuple[list[Any], list[Any]]:
    begins, ends, kind = span["begins_s"], span["ends_s"], span["kind"]
    long = ends - begins
    if kind == "hold":
        colour, said = ("var(--s-hold-tint)", "var(--s-hold)"), _("hold {time}", time=duration(long))
    elif kind == "overtalk":
        colour, said = ("var(--s-trouble-tint)", "var(--s-trouble)"), _("overtalk")
    elif kind == "silence" and long >= SHOWN_SILENCE_S:
        colour, said = ("var(--line)", "var(--text2)"), _("silence {n} s", n=round(long))
    else:
        return [], []
    box = {
        "type": "rect",
        "x0": begins,
        "x1": ends,
        "y0": -TOP,
        "y1": TOP,
        "fillcolor": colour[0],
        "line": {"width": 0},
        "layer": "below",
    }
    if kind != "overtalk" and long < ROOM * seconds:
        return [box], []
    y = 0.0 if kind == "hold" else TOP - 0.2
    text = {"x": (begins + ends) / 2, "y": y, "text": said, "showarrow": False}
    return [box], [{**text, "font": {"color": colour[1], "size": 12}}]


def _bracket(mark: Mapping[str, Any]) -> list[Any]:
    line = {"color": "var(--accent)", "width": 2}
    at = {"type": "line", "yref": "paper", "line": line}
    begins, ends = mark["from_s"], mark["to_s"]
    return [
        {**at, "x0": begins, "x1": ends, "y0": 1.05, "y1": 1.05},
        *({**at, "x0": one, "x1": one, "y0": 1.0, "y1": 1.05} for one in (begins, ends)),
    ]


def _number(n: int, mark: Mapping[str, Any]) -> Any:
    return {
        "x": (mark["from_s"] + mark["to_s"]) / 2,
        "y": 1.13,
        "yref": "paper",
        "text": f"<b>{n}</b>",
        "showarrow": False,
        "font": {"color": "var(--on-accent)", "size": 12},
        "bgcolor": "var(--accent)",
        "borderpad": 3,
    }


def _ticks(seconds: float) -> list[float]:
    step = next((one for one in STEPS if seconds / one <= MOST_TICKS), STEPS[-1])
    return [float(at) for at in range(0, int(seconds) + 1, step)]
