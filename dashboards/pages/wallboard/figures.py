"""The day's arrivals as the wall shows them, in units of a wall of 1920 × 1080. Pure but for the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import plotly.graph_objects as go

from core.i18n import _
from dashboards.components.figure import made
from dashboards.components.words import weekdays
from dashboards.pages.wallboard.queries import QUARTER_S
from dashboards.theme import DARK, FONT, coloured

# What a figure of so many calls in a quarter is drawn up to.
CEILINGS = (4, 8, 12, 16, 20, 30, 40, 50, 60, 80, 100, 120, 160, 200, 300, 400, 600, 800, 1000, 2000, 4000, 8000)
TICKS = ("0:00", "4:00", "8:00", "12:00", "16:00", "20:00", "24:00")
# The words of a label take the room of so many quarters; behind the last of them none begins.
LABEL, LAST_LABEL = 17, 88
SIZE = 26


def arrivals(today: Mapping[str, Any], running: int, weekday: str) -> go.Figure | None:
    """Bars from zero for the quarters that are over, the running one hatched, ``weekday``'s of last week as a step
    line. ``today`` is as ``queries.today`` reads it, ``running`` the number of the quarter that is not over; ``None``
    where no call came on either day.
    """
    now, then = today["arrivals"], today["arrivals_week_ago"]
    if not any((*now, *then)):
        return None
    count, most = len(now), max((*now, *then))
    ceiling = next((one for one in CEILINGS if one >= most), most)
    times = [clock(one) for one in today["quarters"][:-1]] + ["24:00"]
    hover = [
        _("{from}–{to}: today {n}, {weekday} {then}", **{"from": start, "to": end}, n=n, weekday=weekday, then=last)
        for start, end, n, last in zip(times[:-1], times[1:], now, then, strict=True)
    ]
    over = [n if n and place != running else None for place, n in enumerate(now)]
    hatched = [n if place == running else None for place, n in enumerate(now)]
    places = [place + 0.5 for place in range(count)]
    bars = {"x": places, "width": 0.86, "hovertext": hover, "hoverinfo": "text"}
    ticks = [place for place, said in enumerate(times) if said in TICKS]
    return made(
        [
            go.Bar(y=over, marker={"color": "var(--accent)", "line": {"width": 0}}, **bars),
            go.Bar(
                y=hatched,
                marker={
                    "color": "rgba(0,0,0,0)",
                    "line": {"color": "var(--accent)", "width": 2},
                    "pattern": {"shape": "/", "fgcolor": "var(--accent)", "size": 8, "solidity": 0.3},
                },
                **bars,
            ),
            go.Scatter(
                x=[*range(count + 1)],
                y=[*then, then[-1]],
                mode="lines",
                line={"shape": "hv", "color": "var(--last-period)", "width": 2.5},
                opacity=0.85,
                hoverinfo="skip",
            ),
        ],
        font={"size": SIZE, "color": "var(--text2)"},
        margin={"l": 62, "r": 34, "t": 34, "b": 42},
        hovermode="x",
        hoverlabel={"font": {"family": FONT, "size": SIZE}},
        xaxis={
            "range": [0, count],
            "tickvals": ticks,
            "ticktext": [times[place] for place in ticks],
            "tickfont": {"size": SIZE, "color": "var(--text2)"},
            "ticklabelstandoff": 6,
        },
        yaxis={
            "range": [0, ceiling],
            "tickvals": [0, ceiling / 2, ceiling],
            "tickformat": ",",
            "tickfont": {"size": SIZE, "color": "var(--text2)"},
            "ticklabelstandoff": 12,
        },
        annotations=[*latest(now, then, running, times), *last_weeks(then, running, weekday)],
    )


def arrivals_json(today: Mapping[str, Any], now: float) -> dict[str, Any] | None:
    """Of the moment ``now``, in UTC epoch seconds, as the browser reads it: the wall is dark in either scheme."""
    passed = now - datetime.fromisoformat(today["first_quarter"]).timestamp()
    weekday = _("last {weekday}", weekday=weekdays()[date.fromisoformat(today["day"]).weekday()])
    drawn = arrivals(today, int(passed // QUARTER_S), weekday)
    return None if drawn is None else coloured(drawn.to_plotly_json(), DARK)


def clock(quarter: str) -> str:
    """``2026-10-25 02:15+02:00`` as 2:15, with its offset where the hour comes twice."""
    return quarter.split(" ")[1].removeprefix("0")


def latest(now: Sequence[int], then: Sequence[int], running: int, times: Sequence[str]) -> list[dict[str, Any]]:
    """The latest whole quarter is named where it stands, above whatever runs through the room that the words take."""
    place = max(running - 1, 0)
    if place >= len(now) or not now[place]:
        return []
    late = place > len(now) * 0.6
    around = then[max(place - LABEL, 0) : place + 1] if late else then[place : place + LABEL]
    words = _("{from}–{to}: {n}", **{"from": times[place], "to": times[place + 1]}, n=f"{now[place]:,}")
    return [
        {
            **label(place + 1 if late else place, max(now[place], *around), f"<b>{words}</b>"),
            "xanchor": "right" if late else "left",
            "font": {"color": "var(--text)"},
            "bgcolor": "var(--panel)",
        }
    ]


def last_weeks(then: Sequence[int], running: int, weekday: str) -> list[dict[str, Any]]:
    """Last week's line is named at its highest where it goes on alone."""
    rest = range(running + LABEL + 9, min(LAST_LABEL, len(then)))
    place = max(rest, key=lambda one: then[one], default=None)
    return [label(place, then[place], weekday)] if place is not None and then[place] else []


def label(x: float, y: float, words: str) -> dict[str, Any]:
    return {"x": x, "y": y, "text": words, "showarrow": False, "yanchor": "bottom", "yshift": 4, "borderpad": 0}
