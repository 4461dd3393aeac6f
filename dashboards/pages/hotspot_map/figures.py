"""The map as a plotly figure: districts, hexagons or clusters, orders, and a ring for each incident. Pure.

Degrees on plain axes, longitude shortened by the cosine of the latitude: no tiles, no server of maps, no graphics card.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.i18n import _
from dashboards.components.figure import made
from geo_analysis.hotspots.orders import PlacedOrder
from geo_analysis.hotspots.query import HotspotMap

HEIGHT = 500
MOST_POINTS = 4000
CORNERS = 48
METRES_A_DEGREE = 111_195.0
# Three steps of certainty, from the surest; then what is fewer than chance, and what chance explains.
STEPS = ((0.001, "var(--bad)", 0.75), (0.01, "var(--bad)", 0.45), (0.05, "var(--warn)", 0.4))
COLD, BY_CHANCE = ("var(--accent)", 0.3), ("var(--context)", 0.12)
DENSITY_STEPS = 6


def figure(
    orders: Sequence[PlacedOrder],
    outlines: Mapping[str, Sequence[Sequence[Sequence[float]]]],
    incidents: Sequence[Mapping[str, Any]],
    hot: HotspotMap | None,
    names: Mapping[str, str],
) -> go.Figure:
    traces = [*_districts(outlines), *(_layer(hot) if hot is not None else ())]
    traces += [*_orders(orders, names, small=hot is not None), *map(_ring, incidents)]
    middle = _middle(orders, outlines)
    axis = {"visible": False, "fixedrange": False}
    return made(
        traces,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        dragmode="pan",
        hovermode="closest",
        xaxis=axis,
        yaxis={
            **axis,
            "rangemode": "normal",
            "scaleanchor": "x",
            "scaleratio": 1 / max(0.1, math.cos(math.radians(middle))),
        },
        uirevision="map",
    )


def _middle(orders: Sequence[PlacedOrder], outlines: Mapping[str, Any]) -> float:
    latitudes = [y for rings in outlines.values() for ring in rings for _x, y in ring] or [
        one.latitude for one in orders
    ]
    return sum(latitudes) / len(latitudes) if latitudes else 0.0


def _districts(outlines: Mapping[str, Sequence[Sequence[Sequence[float]]]]) -> list[go.Scatter]:
    xs, ys = _joined(ring for rings in outlines.values() for ring in rings)
    lines = go.Scatter(
        x=xs, y=ys, mode="lines", fill="toself", fillcolor="var(--raised)", hoverinfo="skip",
        line={"color": "var(--context)", "width": 1},
    )  # fmt: skip
    largest = {name: max(rings, key=len) for name, rings in outlines.items() if rings}
    words = go.Scatter(
        x=[sum(x for x, _y in ring) / len(ring) for ring in largest.values()],
        y=[max(y for _x, y in ring) for ring in largest.values()],
        mode="text", text=list(largest), textposition="bottom center", hoverinfo="skip",
        textfont={"color": "var(--text2)", "size": 13},
    )  # fmt: skip
    return [lines, words] if largest else []


def _layer(hot: HotspotMap) -> list[go.Scatter]:
    groups: dict[tuple[str, float], list[dict[str, Any]]] = {}
    most = max((one["properties"].get("density_per_km2", 0.0) for one in hot.features), default=0.0)
    for one in hot.features:
        groups.setdefault(_paint(one["properties"], most), []).append(one)
    return [trace for (colour, share), some in groups.items() for trace in _cells(some, colour, share)]


def _paint(about: Mapping[str, Any], most: float) -> tuple[str, float]:
    if about["class"] == "density":
        step = math.ceil(DENSITY_STEPS * about["density_per_km2"] / most) if most > 0 else 0
        return "var(--accent)", round(0.85 * step / DENSITY_STEPS, 3)
    if about["class"] == "cluster":
        return "var(--warn)", 0.4
    if about["class"] == "hot":
        return next((colour, share) for limit, colour, share in (*STEPS, (1.1, *STEPS[-1][1:])) if about["q"] <= limit)
    return COLD if about["class"] == "cold" else BY_CHANCE


def _cells(some: Sequence[dict[str, Any]], colour: str, share: float) -> list[go.Scatter]:
    shapes = [_rings(one["geometry"]) for one in some]
    xs, ys = _joined(ring for rings in shapes for ring in rings)
    fill = go.Scatter(
        x=xs, y=ys, mode="lines", fill="toself", fillcolor=colour, opacity=share, hoverinfo="skip",
        line={"color": colour, "width": 1},
    )  # fmt: skip
    # What is pointed at: the middle of each.
    there = [(one, rings[0]) for one, rings in zip(some, shapes, strict=True) if rings]
    points = go.Scatter(
        x=[sum(x for x, _y in ring[:-1]) / (len(ring) - 1) for _one, ring in there],
        y=[sum(y for _x, y in ring[:-1]) / (len(ring) - 1) for _one, ring in there],
        mode="markers", marker={"size": 16, "color": colour, "opacity": 0.001},
        customdata=[["cell", one["properties"].get("cell", "")] for one, _ring in there],
        text=[_told(one["properties"]) for one, _ring in there], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    return [fill, points]


def _told(about: Mapping[str, Any]) -> str:
    said = [_("{n} orders", n=about["count"])]
    if about["class"] in ("hot", "cold"):
        said.append(
            _(
                "{around} in it and around, {expected} would be usual",
                around=_short(about["around"]),
                expected=_short(about["expected"]),
            )
        )
        said.append(_("chance does so in {q} of 100 such finds at most", q=_short(100 * about["q"])))
    elif about["class"] == "chance":
        said.append(_("chance explains it"))
    elif about["class"] == "density":
        said.append(_("{n} per km²", n=_short(about["density_per_km2"])))
    return "<br>".join(said)


def _short(value: float) -> str:
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _orders(orders: Sequence[PlacedOrder], names: Mapping[str, str], *, small: bool) -> list[go.Scatter]:
    shown = orders[:MOST_POINTS]
    found = []
    for is_open, colour in ((False, "var(--context)"), (True, "var(--accent)")):
        some = [one for one in shown if one.open is is_open]
        found.append(
            go.Scatter(
                x=[one.longitude for one in some],
                y=[one.latitude for one in some],
                mode="markers",
                marker={
                    "size": 5 if small else 7,
                    "color": colour,
                    "opacity": 0.8,
                    "symbol": "circle" if is_open else "circle-open",
                },
                customdata=[["order", one.id] for one in some],
                text=[f"{one.id}<br>{names.get(one.category, one.category)}<br>{one.address}" for one in some],
                hovertemplate="%{text}<extra></extra>",
            )
        )
    return found


def _ring(incident: Mapping[str, Any]) -> go.Scatter:
    longitude, latitude = incident["centre"]
    up = incident["radius_m"] / METRES_A_DEGREE
    across = up / max(0.1, math.cos(math.radians(latitude)))
    turns = [2 * math.pi * n / CORNERS for n in range(CORNERS + 1)]
    return go.Scatter(
        x=[longitude + across * math.cos(turn) for turn in turns],
        y=[latitude + up * math.sin(turn) for turn in turns],
        mode="lines",
        line={"color": "var(--bad)", "width": 3, "dash": "solid" if incident["state"] == "accepted" else "dash"},
        hoverinfo="text",
        text=_("Incident {id}: {n} reports", id=incident["id"], n=len(incident["orders"])),
    )


def _rings(geometry: Mapping[str, Any]) -> list[Sequence[Sequence[float]]]:
    """Outer rings alone; a point or a line has none."""
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"][0]]
    return [part[0] for part in geometry["coordinates"]] if geometry["type"] == "MultiPolygon" else []


def _joined(rings: Any) -> tuple[list[float | None], list[float | None]]:
    """One line for all of them, with gaps between."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for ring in rings:
        closed = [*ring, ring[0]]
        xs += [*(x for x, _y in closed), None]
        ys += [*(y for _x, y in closed), None]
    return xs, ys
