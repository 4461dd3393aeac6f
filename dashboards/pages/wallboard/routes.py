"""What the wall's scripts ask for: the day's figures every few seconds, the districts' outlines once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends

from core import __version__
from core.clock import iso, utc_now
from core.installation.service import load_installation
from core.people.users import User
from core.rights import Right
from core.web.answers import off_loop
from core.web.auth import holding
from core.web.context import Web
from core.web.shapes import Page
from dashboards.components.districts import outlined
from dashboards.pages.wallboard import figures, orders, queries, shapes
from etl.feed import FEEDER
from etl.warehouse import WAREHOUSE

Viewer = Annotated[User, Depends(holding(Right.WALL))]


def register(_app: Any, web: Web) -> None:
    @web.app.get("/api/v1/wall", response_model=shapes.Wall, tags=["live"])
    async def wall(_user: Viewer) -> dict[str, Any]:
        """The day so far, and how far the feed is behind; ``today`` is null without analytics."""
        now = utc_now()
        installation = await web.in_session(load_installation)
        about = {"at": iso(now), "version": __version__, "site": installation.name, "demo": installation.demo}
        warehouse, feeder = web.parts.get(WAREHOUSE), web.parts.get(FEEDER)
        if warehouse is None or feeder is None:
            return {**about, "feed": None, "today": None}
        feed = feeder.status()
        today = await queries.today(warehouse, now, web.settings.timezone)
        return {
            **about,
            "feed": {"state": feed["state"], "lag_s": feed["lag_s"]},
            "today": today,
            "chart": await off_loop(figures.arrivals_json, today, now),
            "orders": await orders.today(warehouse, now, web.settings.timezone),
        }

    @web.app.get("/api/v1/wall/districts", response_model=Page[shapes.District], tags=["live"])
    async def districts(_user: Viewer) -> dict[str, Any]:
        """Each district's outline (rings in degrees), drawn around its addresses."""
        found = await outlined(web)
        return {"items": [{"name": name, "rings": rings} for name, rings in found.items()], "next": None}
