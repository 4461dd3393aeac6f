"""Hot spots of the site's own orders: the points of a period, and the analysis of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import WorkOrderRow
from geo_analysis.hotspots.query import HotspotMap, HotspotQuery
from geo_analysis.points import FEWEST, PointSet, Sieve, enough, usable

MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class OrderPlaces:
    """Which orders: opened from ``since`` until ``until`` (epoch seconds), of a category and what is below it."""

    since: float
    until: float
    category: str = ""
    district: str = ""
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    id: str
    at: float
    longitude: float
    latitude: float
    category: str
    state: str
    open: bool
    urgency: str
    district: str
    address: str


def placed_orders(session: Session, wanted: OrderPlaces, most: int = MOST_POINTS) -> list[PlacedOrder]:
    """Newest first; what was merged into another counts once, with that."""
    row = WorkOrderRow
    query = (
        select(
            row.id, row.created_at, row.longitude, row.latitude, row.category, row.state, row.open, row.urgency,
            row.district, row.address,
        )
        .where(row.created_at >= wanted.since, row.created_at < wanted.until, row.state != "merged")
        .where(row.longitude.is_not(None), row.latitude.is_not(None))
        .order_by(row.created_at.desc(), row.id.desc())
        .limit(most)
    )  # fmt: skip
    if wanted.category:
        below = row.category.startswith(f"{wanted.category}.", autoescape=True)
        query = query.where((row.category == wanted.category) | below)
    if wanted.district:
        query = query.where(row.district == wanted.district)
    if wanted.open is not None:
        query = query.where(row.open == wanted.open)
    return [PlacedOrder(*found) for found in session.execute(query)]  # type: ignore[arg-type, call-arg]


def hotspots_of(orders: list[PlacedOrder], query: HotspotQuery) -> HotspotMap:
    """``BadInput`` where there are too few to tell anything."""
    from geo_analysis.hotspots.analysis import analyse

    points = PointSet(
        np.array([one.longitude for one in orders], np.float64),
        np.array([one.latitude for one in orders], np.float64),
        np.array([one.at for one in orders], np.float64),
    )
    sieve = Sieve()
    points = usable(points, sieve) if len(points) >= FEWEST else points
    enough(points, sieve)
    return analyse(points, query)
