"""What the map shows: orders with a place, what they say of hot spots, incidents, and outlines of districts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from core.errors import BadInput
from core.i18n import language
from core.workorders import office, places
from core.workorders.categories import Tree
from dashboards.components.districts import outlined
from dashboards.pages.hotspot_map.filters import MapFilter
from dashboards.session import web
from geo_analysis.api.incidents import incident_row
from geo_analysis.hotspots.orders import OrderPlaces, PlacedOrder, hotspots_of, placed_orders
from geo_analysis.hotspots.query import HotspotMap, HotspotQuery, Method
from geo_analysis.incidents import service

MOST_ORDERS = 20_000
INCIDENTS_SHOWN = 20
KEPT = 8
Incident = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MapView:
    """``hot`` is not there for points alone; ``problem`` says why nothing can be told of hot spots."""

    orders: Sequence[PlacedOrder]
    outlines: Mapping[str, Sequence[Sequence[Sequence[float]]]]
    incidents: Sequence[Incident]
    tree: Tree
    districts: Sequence[str]
    hot: HotspotMap | None = None
    problem: BadInput | None = None


async def view(chosen: MapFilter) -> MapView:
    wanted = _wanted(chosen)

    def read(session: Session) -> tuple[list[PlacedOrder], list[Incident], Tree, list[str]]:
        return (
            placed_orders(session, wanted, MOST_ORDERS),
            _incidents(session),
            office.tree(session),
            places.districts(session),
        )

    orders, incidents, tree, districts = await web().in_session(read)
    shown = MapView(orders, await outlined(web()), incidents, tree, districts)
    if chosen.layer == "points":
        return shown
    try:
        hot = await asyncio.to_thread(_hot, tuple(orders), chosen.layer, web().settings.timezone, language())
    except BadInput as too_few:
        return MapView(orders, shown.outlines, incidents, tree, districts, None, too_few)
    return MapView(orders, shown.outlines, incidents, tree, districts, hot)


@lru_cache(maxsize=KEPT)
def _hot(orders: tuple[PlacedOrder, ...], layer: str, zone: str, _language: str) -> HotspotMap:
    """Kept, since many look at the same map and it costs a second; its sentences are in the language of who asked."""
    return hotspots_of(list(orders), HotspotQuery(Method(layer), zone=zone))


async def incidents() -> list[Incident]:
    return await web().in_session(_incidents)


async def some(chosen: MapFilter, cell: str, order: str, resolution: int) -> tuple[list[PlacedOrder], Tree]:
    """The orders of a cell, or the one order; all of them where neither is said."""
    wanted = _wanted(chosen)
    orders, tree = await web().in_session(
        lambda session: (placed_orders(session, wanted, MOST_ORDERS), office.tree(session))
    )
    if order:
        return [one for one in orders if one.id == order], tree
    if not cell:
        return orders, tree
    import h3

    inside = [one for one in orders if h3.latlng_to_cell(one.latitude, one.longitude, resolution) == cell]
    return inside, tree


def _wanted(chosen: MapFilter) -> OrderPlaces:
    is_open = {"open": True, "closed": False}.get(chosen.now)
    return OrderPlaces(chosen.begin.timestamp(), chosen.end.timestamp(), chosen.category, chosen.district, is_open)


def _incidents(session: Session) -> list[Incident]:
    return [incident_row(row) for row in service.incidents(session, service.OPEN, None, INCIDENTS_SHOWN)]
