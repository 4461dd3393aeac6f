"""Who may do what with rosters, and what every route of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from core.api.app import Web
from core.api.auth import signed_in
from core.clock import utc_now
from core.errors import NotAllowed, NotFound
from core.people import rosters
from core.people.rosters import Settings
from core.people.site_service import load_site
from core.people.users import Role, User
from core.site import Site
from etl.warehouse import Warehouse
from kpi.plan import Planner
from kpi.rows import DAY

PLANNERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN)
EDITORS = frozenset({Role.SUPERVISOR, Role.ADMIN})
Reader = Annotated[User, Depends(signed_in(*PLANNERS, Role.AGENT))]
Planning = Annotated[User, Depends(signed_in(*PLANNERS))]
Editor = Annotated[User, Depends(signed_in(*EDITORS))]
Agent = Annotated[User, Depends(signed_in(Role.AGENT))]
FirstDay = Annotated[str, Query(alias="from", pattern=DAY, description="The first local day, 2026-11-23.")]
Days = Annotated[int, Query(ge=1, le=35, description="How many days.")]
FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the routes share: the web process, the warehouse, the planner, the site's zone."""

    web: Web
    warehouse: Warehouse
    planner: Planner
    zone: ZoneInfo

    def today(self) -> date:
        return datetime.fromtimestamp(utc_now(), self.zone).date()

    async def site(self) -> tuple[Site, Settings]:
        return await self.web.in_session(_site_and_settings)

    def changed(self) -> None:
        """Open pages load their roster again."""
        self.web.live.say({"type": "roster"}, lambda user: user.role in (*PLANNERS, Role.AGENT))


def _site_and_settings(session: Session) -> tuple[Site, Settings]:
    return load_site(session), rosters.settings(session)


def own_extension(user: User) -> str:
    """The agent's own; ``NotAllowed`` without one."""
    if user.extension is None:
        raise NotAllowed(
            "You have no extension, so there is no roster of yours.", remedy="Ask an administrator for one."
        )
    return user.extension


def limited_to(user: User) -> str | None:
    """``None`` for those who see everybody's roster."""
    return own_extension(user) if user.role is Role.AGENT else None


def may_see(user: User, extension: str) -> None:
    """Another agent's roster is not found, like one that never was."""
    if user.role is Role.AGENT and user.extension != extension:
        raise NotFound("There is no agent {extension}.", field="extension", extension=extension)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
