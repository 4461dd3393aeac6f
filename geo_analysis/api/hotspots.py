"""``/api/v1/geo/orders.geojson`` and ``/api/v1/geo/hotspots``: the site's orders as a map, and what chance explains."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from core.clock import epoch_or_none, iso, utc_now
from core.errors import BadInput
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.shapes import Json
from geo_analysis.api import shapes as shape
from geo_analysis.api.places import TAG
from geo_analysis.hotspots.orders import OrderPlaces, hotspots_of, placed_orders
from geo_analysis.hotspots.query import HotspotQuery, Method, feature

Reader = Annotated[User, Depends(holding(Right.MAP))]
Moment = Annotated[datetime | None, Query(description="ISO 8601; of the opening.")]
Word = Annotated[str, Query(max_length=64)]
USUAL_DAYS = 30
LONGEST_DAYS = 3 * 366


def add_routes(web: Web) -> None:
    zone = ZoneInfo(web.settings.timezone)

    @web.app.get("/api/v1/geo/orders.geojson", response_model=shape.OrderPoints, tags=[TAG])
    async def points(
        user: Reader,
        start: Annotated[Moment, Query(alias="from")] = None,
        end: Annotated[Moment, Query(alias="to")] = None,
        category: Word = "",
        district: Word = "",
        open: bool | None = None,
        limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000,
    ) -> Json:
        """Orders with a place as GeoJSON points, newest first. Without a period the last 30 days."""
        wanted = _period(start, end, zone, category, district, open)
        found = await web.in_session(lambda session: placed_orders(session, wanted, limit))
        web.audit.seen(user.name, "orders_listed", "map", found=len(found))
        features = [
            feature(
                {"type": "Point", "coordinates": [one.longitude, one.latitude]},
                id=one.id, at=iso(one.at), category=one.category, state=one.state, open=one.open,
                urgency=one.urgency, district=one.district,
            )
            for one in found
        ]  # fmt: skip
        return {"type": "FeatureCollection", "features": features}

    @web.app.get("/api/v1/geo/hotspots", response_model=shape.Hotspots, tags=[TAG])
    async def hotspots(
        _user: Reader,
        start: Annotated[Moment, Query(alias="from")] = None,
        end: Annotated[Moment, Query(alias="to")] = None,
        category: Word = "",
        district: Word = "",
        method: Method = Method.GI,
        cell: Annotated[int | None, Query(ge=3, le=12, description="H3 resolution; fitting without it.")] = None,
        seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 1,
    ) -> Json:
        """Where orders are more, or fewer, than chance explains: GeoJSON with a class, p and q for each feature."""
        wanted = _period(start, end, zone, category, district, None)
        found = await web.in_session(lambda session: placed_orders(session, wanted))
        query = HotspotQuery(method, cell, seed=seed, zone=web.settings.timezone, permutations=199)
        return (await asyncio.to_thread(hotspots_of, found, query)).as_geojson()


def _period(
    start: datetime | None, end: datetime | None, zone: ZoneInfo, category: str, district: str, is_open: bool | None
) -> OrderPlaces:
    until = epoch_or_none(end, zone) or utc_now()
    since = epoch_or_none(start, zone)
    since = until - USUAL_DAYS * 86_400 if since is None else since
    if not 0 < until - since <= LONGEST_DAYS * 86_400:
        raise BadInput("The period is empty, or longer than three years.", field="from", remedy="Choose a shorter one.")
    return OrderPlaces(since, until, category, district, is_open)
