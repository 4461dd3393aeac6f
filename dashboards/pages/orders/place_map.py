"""Where an order is: the districts, its own one marked, and where the crew reported from. A picture of its own, from no
server of maps. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from dash import html

from dashboards import theme

Point = tuple[float, float]
Outlines = Mapping[str, Sequence[Sequence[Sequence[float]]]]
# In the picture's own units, which are the panel's pixels.
WIDE, HIGH, PAD = 276, 150, 10


def place_map(order: Mapping[str, Any], outlines: Outlines) -> list[Any]:
    """One picture for each scheme of colours; the stylesheet shows the one that is on. ``order`` has a place."""
    return [
        html.Img(
            src=f"data:image/svg+xml,{quote(drawing(order, outlines, colours))}", alt="", className=f"map-{scheme}"
        )
        for scheme, colours in (("light", theme.LIGHT), ("dark", theme.DARK))
    ]


def drawing(order: Mapping[str, Any], outlines: Outlines, colours: Mapping[str, str]) -> str:
    """SVG; degrees of longitude are drawn as long as they are at the place's latitude."""
    here = (order["longitude"], order["latitude"])
    crew = [(at["longitude"], at["latitude"]) for at in (one["position"] for one in order["events"]) if at]
    onto = projection([*((p[0], p[1]) for rings in outlines.values() for ring in rings for p in ring), here, *crew])
    parts = [_district(rings, onto, colours, own=name == order["district"]) for name, rings in sorted(outlines.items())]
    parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colours["text3"]}"/>' for x, y in map(onto, crew)]
    x, y = onto(here)
    ring = colours["bad" if order["overdue"] else "accent"]
    # On the side where there is room.
    side, anchor = (14, "start") if x < WIDE / 2 else (-14, "end")
    look = f'fill="{colours["text"]}" stroke="{colours["panel"]}" stroke-width="3" paint-order="stroke"'
    name = f'<text x="{x + side}" y="{y + 5}" text-anchor="{anchor}" font-family="sans-serif" font-size="12" {look}>'
    parts += [
        f'<circle cx="{x}" cy="{y}" r="9" fill="none" stroke="{ring}" stroke-width="2"/>',
        f'<circle cx="{x}" cy="{y}" r="4" fill="{colours["accent"]}"/>',
        f"{name}{escape(order['district'] or '')}</text>",
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}">{"".join(parts)}</svg>'


def projection(points: Sequence[Point]) -> Any:
    """Degrees to the picture, so that all of these are on it."""
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * squeeze or 1e-3, north - south or 1e-3
    scale = min((WIDE - 2 * PAD) / wide, (HIGH - 2 * PAD) / high)

    def onto(point: Point) -> Point:
        x = (WIDE - wide * scale) / 2 + (point[0] - west) * squeeze * scale
        y = (HIGH + high * scale) / 2 - (point[1] - south) * scale
        return round(x, 1), round(y, 1)

    return onto


def _district(rings: Sequence[Any], onto: Any, colours: Mapping[str, str], *, own: bool) -> str:
    path = "".join(f"M{'L'.join(f'{x} {y}' for x, y in (onto((p[0], p[1])) for p in ring))}Z" for ring in rings)
    fill, line = ("accent-tint", "context") if own else ("raised", "line")
    return f'<path d="{path}" fill="{colours[fill]}" stroke="{colours[line]}"/>'
