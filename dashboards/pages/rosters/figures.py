"""The four figures of the rosters. Pure: what ``kpi.api`` says in, a figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import plotly.graph_objects as go

from core.i18n import _
from dashboards.components.figure import made
from dashboards.pages.rosters.parts import number, percent

SLOTS = 96
# What people read off an axis: the next of these above the highest value is its end.
CEILINGS = (2, 4, 6, 8, 10, 12, 16, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 500, 800, 1000, 2000, 4000, 8000)
LEVELS = {"w": "var(--warn)", "b": "var(--bad)", "warn": "var(--warn)", "bad": "var(--bad)"}
STILL = {"l": 0, "r": 0, "t": 0, "b": 0}
PLANS = {"work": "var(--accent)", "break": "var(--context)", "leave": "var(--line)"}
Row = Sequence[float | None]


def ceiling(values: Sequence[float | None]) -> float:
    most = max((one for one in values if one is not None), default=1)
    return next((one for one in CEILINGS if one >= max(1, most)), most)


def coverage(found: Mapping[str, Any]) -> go.Figure:
    """A fortnight without axes, under the grid's own columns: people rostered as an area, needed as a line, and what is
    missing between the two in the colour of how much that is."""
    needed, rostered = _flat(found["needed"]), _flat(found["rostered"])
    past = found["past"] * SLOTS
    traces = [
        area(rostered),
        *gaps(needed, rostered, "".join(found["marks"])),
        steps(needed[:past], "var(--last-period)", dash="dot"),
        steps(needed[past:], "var(--text)", begin=past),
    ]
    return made(
        traces,
        margin=STILL,
        xaxis={"visible": False, "range": [0, len(needed)]},
        yaxis={"visible": False, "range": [0, ceiling([*needed, *rostered])]},
    )


def day(found: Mapping[str, Any]) -> go.Figure:
    """One day's quarters; each says on hover what it was worked out from."""
    lines = found["lines"]
    needed, rostered = [one["needed"] for one in lines], [one["rostered"] for one in lines]
    said = [
        _(
            "{from}: needed {needed}, rostered {rostered}, load {load} erlang, expected service level {level}",
            **{
                "from": one["at"],
                "needed": number(one["needed"]),
                "rostered": number(one["rostered"], 2),
                "load": number(one["load"], 2),
                "level": percent(one["service_level"]),
            },
        )
        for one in lines
    ]
    marks = [{"warn": "w", "bad": "b"}.get(one["level"] or "", ".") for one in lines]
    top = ceiling([*needed, *rostered])
    peak = max(range(len(lines)), key=lambda n: needed[n] or 0)
    hover = go.Bar(
        x=[n + 0.5 for n in range(len(lines))],
        y=[top] * len(lines),
        width=1,
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
    )
    label = {
        "x": peak,
        "y": needed[peak],
        "text": _("needed {n}", n=number(needed[peak])),
        "showarrow": False,
        "xanchor": "left" if peak < SLOTS - 10 else "right",
        "yanchor": "bottom",
        "font": {"color": "var(--text)"},
    }
    return made(
        [
            area(rostered),
            *gaps(needed, rostered, "".join(marks)),
            steps(needed, "var(--text)"),
            hover,
        ],
        margin={"l": 34, "r": 8, "t": 16, "b": 20},
        xaxis={"range": [0, SLOTS], "tickvals": list(range(0, SLOTS + 1, 8)), "ticktext": _hours(range(0, 25, 2))},
        yaxis={"range": [0, top * 1.02], "tickvals": [0, top / 2, top]},
        annotations=[label] if needed[peak] else [],
    )


def forecast(found: Mapping[str, Any], days: Sequence[str]) -> go.Figure:
    """Calls by interval: forecast, the same day last week, and those that came; ``days`` are written under it."""
    per = len(found["forecast"][0])
    naive, actual, said = (_flat(found[name]) for name in ("baseline", "actual", "forecast"))
    top = ceiling([*naive, *actual, *said])
    x = [n + 0.5 for n in range(len(said))]
    marks = [
        {
            "type": "line",
            "x0": n * per,
            "x1": n * per,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": "var(--line)", "width": 1},
        }
        for n in range(len(days))
    ]
    return made(
        [
            _line(x, naive, "var(--last-period)", 1),
            _line(x, actual, "var(--text)", 1.5),
            _line(x, said, "var(--accent)", 2),
        ],
        xaxis={
            "range": [0, len(said)],
            "tickvals": [n * per + per / 2 for n in range(len(days))],
            "ticktext": list(days),
            "ticks": "",
        },
        yaxis={"range": [0, top * 1.04], "tickvals": [0, top / 2, top]},
        shapes=marks,
        margin={"l": 40, "r": 0, "t": 8, "b": 22},
    )


def adherence(found: Mapping[str, Any], zone: Any, plans: Mapping[str, str], states: Mapping[str, str]) -> go.Figure:
    """Plan above, states below, on one axis of time; what was not as planned is marked under them. ``plans`` and
    ``states`` are words."""
    begin, end = (_at(found["shift"][name]) for name in ("starts_at", "ends_at"))
    pieces = [(piece, _at(piece["from"]) - begin, _at(piece["to"]) - begin) for piece in found["pieces"]]
    planned: list[list[Any]] = []
    for piece, start, stop in pieces:
        if planned and planned[-1][0] == piece["plan"] and planned[-1][2] == start:
            planned[-1][2] = stop
        else:
            planned.append([piece["plan"], start, stop])

    def span(start: float, stop: float, *, seconds: bool = False) -> str:
        form = "%H:%M:%S" if seconds else "%H:%M"
        return "–".join(datetime.fromtimestamp(begin + at, zone).strftime(form) for at in (start, stop))

    top = _bars(
        2,
        [
            (start, stop, PLANS.get(plan, "var(--line)"), f"{span(start, stop)} {plans[f'plan_{plan}']}")
            for plan, start, stop in planned
        ],
    )
    below = _bars(
        1,
        [
            (
                start,
                stop,
                f"var(--s-{piece['state']})",
                " ".join(
                    (
                        span(start, stop, seconds=True),
                        plans[f"plan_{piece['plan']}"],
                        "·",
                        states.get(piece["state"], ""),
                    )
                ),
            )
            for piece, start, stop in pieces
        ],
    )
    off = _bars(0, [(start, stop, "var(--warn)", "") for piece, start, stop in pieces if not piece["adherent"]], 0.3)
    first = -(-begin // 3600) * 3600
    hours = [at - begin for at in range(int(first), int(end) - 1200, 3600)]
    return made(
        [top, below, off],
        margin={"l": 0, "r": 0, "t": 0, "b": 20},
        xaxis={
            "range": [0, end - begin],
            "tickvals": hours,
            "ticktext": [datetime.fromtimestamp(begin + at, zone).strftime("%H:%M") for at in hours],
        },
        yaxis={"visible": False, "range": [-0.4, 2.6]},
    )


# --- marks ------------------------------------------------------------------------------------------------------


def steps(values: Row, colour: str, *, begin: int = 0, dash: str = "solid") -> go.Scatter:
    """A line that keeps each value until the next; nothing where nothing is known."""
    y = [*values, values[-1]] if values else []
    line = {"color": colour, "width": 1.5, "dash": dash, "shape": "hv"}
    return go.Scatter(x=[begin + n for n in range(len(y))], y=y, mode="lines", line=line, hoverinfo="skip")


def area(values: Row) -> go.Scatter:
    y = [*values, values[-1]] if values else []
    return go.Scatter(
        x=list(range(len(y))),
        y=y,
        mode="lines",
        line={"width": 0, "shape": "hv"},
        fill="tozeroy",
        fillcolor="var(--accent-area)",
        hoverinfo="skip",
    )


def gaps(needed: Row, rostered: Row, marks: str) -> list[go.Bar]:
    """From what is there to what is needed, where that is too little."""
    found = []
    for mark in ("w", "b"):
        at = [n for n, one in enumerate(marks) if one == mark and needed[n] is not None]
        if at:
            found.append(
                go.Bar(
                    x=[n + 0.5 for n in at],
                    y=[(needed[n] or 0) - (rostered[n] or 0) for n in at],
                    base=[rostered[n] for n in at],
                    width=1,
                    marker={"color": LEVELS[mark], "opacity": 0.75, "line": {"width": 0}},
                    hoverinfo="skip",
                )
            )
    return found


def _line(x: Sequence[float], y: Row, colour: str, width: float) -> go.Scatter:
    return go.Scatter(x=x, y=y, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip")


def _bars(row: int, spans: list[tuple[float, float, str, str]], width: float = 0.8) -> go.Bar:
    """Stretches of one row: from, to, colour, what is said on hover."""
    return go.Bar(
        orientation="h",
        y=[row] * len(spans),
        base=[start for start, _stop, _colour, _said in spans],
        x=[stop - start for start, stop, _colour, _said in spans],
        width=width,
        marker={"color": [colour for _start, _stop, colour, _said in spans], "opacity": 0.75, "line": {"width": 0}},
        customdata=[said for _start, _stop, _colour, said in spans],
        hovertemplate="%{customdata}<extra></extra>" if any(one[3] for one in spans) else None,
        hoverinfo=None if any(one[3] for one in spans) else "skip",
    )


def _flat(rows: Sequence[Row]) -> list[float | None]:
    return [value for row in rows for value in row]


def _hours(hours: range) -> list[str]:
    return [f"{hour}:00" for hour in hours]


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
