"""``GET /api/v1/wall``: the day's figures for the wall's script, every few seconds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends

from core import __version__
from core.api.app import Web
from core.api.auth import signed_in
from core.clock import iso, utc_now
from core.people.site_service import load_site
from core.people.users import Role, User
from dashboards.pages.wallboard import queries

ROLES = (Role.WALLBOARD, Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN)


def register(_app: Any, web: Web) -> None:
    @web.app.get("/api/v1/wall", tags=["live"])
    async def wall(_user: Annotated[User, Depends(signed_in(*ROLES))]) -> dict[str, Any]:
        """The day so far, and how far the feed is behind; ``today`` is null without analytics."""
        now = utc_now()
        site = await web.in_session(load_site)
        about = {"at": iso(now), "version": __version__, "site": site.name, "demo": site.demo}
        warehouse, feeder = web.parts.get("warehouse"), web.parts.get("feeder")
        if warehouse is None or feeder is None:
            return {**about, "feed": None, "today": None}
        feed = feeder.status()
        today = await queries.today(warehouse, now, web.settings.timezone)
        return {**about, "feed": {"state": feed["state"], "lag_s": feed["lag_s"]}, "today": today}
