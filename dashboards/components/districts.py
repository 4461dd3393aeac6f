"""Outlines of districts made from the places of their addresses: adjoining areas that cover the city. Pure but for
``outlined``, which reads the addresses.

Each district is stood for by a few centres of its addresses; a place belongs to the district of the nearest centre
(Voronoi). It is a drawing for a wall, not a survey: a site's own layers will take its place.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from core.db.tables import AddressRow
from core.web.context import Web

Point = tuple[float, float]
Ring = list[Point]

CENTRES = 4
CORNERS = 16
# The city reaches a little further than its outermost address.
MARGIN = 0.06
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Centre:
    district: str
    place: Point


async def outlined(web: Web) -> dict[str, list[list[list[float]]]]:
    """The districts by name, of the gazetteer as it stands; worked out again only when that has changed."""
    query = select(AddressRow.district, AddressRow.longitude, AddressRow.latitude).order_by(AddressRow.id)
    rows = await web.in_session(lambda session: session.execute(query).all())
    return await asyncio.to_thread(_outlines, tuple((name, longitude, latitude) for name, longitude, latitude in rows))


@lru_cache(maxsize=1)
def _outlines(places: tuple[tuple[str, float, float], ...]) -> dict[str, list[list[list[float]]]]:
    return dict(sorted(outlines(places).items()))


def outlines(places: Iterable[tuple[str, float, float]]) -> dict[str, list[list[list[float]]]]:
    """By district its rings in degrees; districts with fewer than one address are not there."""
    by_name: dict[str, list[Point]] = {}
    for name, longitude, latitude in places:
        by_name.setdefault(name, []).append((longitude, latitude))
    everywhere = [point for points in by_name.values() for point in points]
    if len(set(everywhere)) < 3:
        return {}
    # Degrees of longitude are shorter by the cosine of the latitude: distances need equal units.
    squeeze = math.cos(math.radians(sum(latitude for _, latitude in everywhere) / len(everywhere)))
    centres = [
        Centre(name, place)
        for name, points in sorted(by_name.items())
        for place in centres_of([(x * squeeze, y) for x, y in points])
    ]
    city = around([(x * squeeze, y) for x, y in everywhere])
    edges: dict[str, list[tuple[Point, Point]]] = {name: [] for name in by_name}
    for centre in centres:
        ring = cell(city, centre.place, [other.place for other in centres if other is not centre])
        edges[centre.district] += zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return {
        name: [[[round(x / squeeze, DIGITS), round(y, DIGITS)] for x, y in ring] for ring in rings_of(those)]
        for name, those in edges.items()
    }


def centres_of(points: Sequence[Point]) -> list[Point]:
    """Middles of up to ``CENTRES`` groups of the points, cut across their longer side."""
    longer = max((0, 1), key=lambda axis: max(p[axis] for p in points) - min(p[axis] for p in points))
    ordered = sorted(points, key=lambda point: (point[longer], point[1 - longer]))
    size = math.ceil(len(ordered) / CENTRES)
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    return list(dict.fromkeys((sum(x for x, _ in g) / len(g), sum(y for _, y in g) / len(g)) for g in groups))


def around(points: Sequence[Point]) -> Ring:
    """The convex hull of the points with room around each: a city without sharp corners."""
    reach = MARGIN * max(max(p[axis] for p in points) - min(p[axis] for p in points) for axis in (0, 1))
    turns = [2 * math.pi * n / CORNERS for n in range(CORNERS)]
    return hull([(x + reach * math.cos(turn), y + reach * math.sin(turn)) for x, y in set(points) for turn in turns])


def cell(city: Ring, centre: Point, others: Iterable[Point]) -> Ring:
    """What of the convex city lies nearer to the centre than to any other."""
    ring = city
    for other in others:
        ring = nearer(ring, centre, other)
    return ring


def nearer(ring: Ring, centre: Point, other: Point) -> Ring:
    """The ring cut at the line half-way between the two (Sutherland and Hodgman 1974)."""
    across = (other[0] - centre[0], other[1] - centre[1])
    middle = (centre[0] + other[0]) / 2, (centre[1] + other[1]) / 2

    def beyond(point: Point) -> float:
        return (point[0] - middle[0]) * across[0] + (point[1] - middle[1]) * across[1]

    kept: Ring = []
    for start, end in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        a, b = beyond(start), beyond(end)
        if a <= 0:
            kept.append(start)
        if (a < 0 < b) or (b < 0 < a):
            share = a / (a - b)
            kept.append((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share))
    return kept


def rings_of(edges: Iterable[tuple[Point, Point]]) -> list[Ring]:
    """The cells' edges without those that two of them share, as closed rings."""
    known: dict[tuple[Point, Point], None] = {}
    for start, end in edges:
        a, b = _rounded(start), _rounded(end)
        if a == b:
            continue
        if (b, a) in known:
            del known[b, a]
        else:
            known[a, b] = None
    follows: dict[Point, list[Point]] = {}
    for a, b in known:
        follows.setdefault(a, []).append(b)
    rings: list[Ring] = []
    while follows:
        start = next(iter(follows))
        ring, place = [start], start
        while place in follows:
            following = follows[place].pop()
            if not follows[place]:
                del follows[place]
            if following == start:
                break
            ring.append(following)
            place = following
        if len(ring) > 2:
            rings.append(ring)
    return rings


def hull(points: Sequence[Point]) -> Ring:
    """Convex hull (Andrew 1979), counter-clockwise, without the first point again."""
    ordered = sorted(set(points))

    def half(some: Iterable[Point]) -> Ring:
        chain: Ring = []
        for point in some:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return half(ordered) + half(reversed(ordered))


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive for a left turn."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _rounded(point: Point) -> Point:
    return round(point[0], DIGITS), round(point[1], DIGITS)
