"""What the wall's scripts ask for: the day's figures every few seconds, the districts' outlines once."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy import select

from core import __version__
from core.api.app import Web
from core.api.auth import holding
from core.clock import iso, utc_now
from core.db.tables import AddressRow
from core.people.site_service import load_site
from core.people.users import User
from core.rights import Right
from dashboards.pages.wallboard import orders, queries
from dashboards.pages.wallboard.districts import outlines

Viewer = Annotated[User, Depends(holding(Right.WALL))]
# The place of an order is drawn on the same districts.
MapViewer = Annotated[User, Depends(holding(Right.WALL, Right.ORDERS))]


def register(_app: Any, web: Web) -> None:
    @web.app.get("/api/v1/wall", tags=["live"])
    async def wall(_user: Viewer) -> dict[str, Any]:
        """The day so far, and how far the feed is behind; ``today`` is null without analytics."""
        now = utc_now()
        site = await web.in_session(load_site)
        about = {"at": iso(now), "version": __version__, "site": site.name, "demo": site.demo}
        warehouse, feeder = web.parts.get("warehouse"), web.parts.get("feeder")
        if warehouse is None or feeder is None:
            return {**about, "feed": None, "today": None}
        feed = feeder.status()
        today = await queries.today(warehouse, now, web.settings.timezone)
        return {
            **about,
            "feed": {"state": feed["state"], "lag_s": feed["lag_s"]},
            "today": today,
            "orders": await orders.today(warehouse, now, web.settings.timezone),
        }

    @web.app.get("/api/v1/wall/districts", tags=["live"])
    async def districts(_user: MapViewer) -> dict[str, Any]:
        """Each district's outline (rings in degrees), drawn around its addresses."""
        rows = await web.in_session(
            lambda session: session.execute(
                select(AddressRow.district, AddressRow.longitude, AddressRow.latitude)
            ).all()
        )
        places = [(name, longitude, latitude) for name, longitude, latitude in rows]
        found = await asyncio.to_thread(outlines, places)
        return {"districts": [{"name": name, "rings": rings} for name, rings in sorted(found.items())]}
