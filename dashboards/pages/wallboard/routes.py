"""``GET /api/v1/wall``: the day's figures for the wall's script, every few seconds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends

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
        """Today's service, arrivals and outcomes; ``today`` is null while the warehouse is away."""
        now = utc_now()
        site = await web.in_session(load_site)
        about = {"at": iso(now), "site": site.name, "demo": site.demo}
        warehouse = web.parts.get("warehouse")
        today = await queries.today(warehouse, now, web.settings.timezone) if warehouse else None
        return {**about, "today": today}
