"""Who may do what with rosters, and what every route of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import NotAllowed, NotFound
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.people.users import User
from core.rights import Right, Scope
from core.rosters import service as rosters
from core.rosters.service import RosterSettings
from core.web.auth import holding
from core.web.context import Web
from core.web.routes.roster_rows import DAY

Reader = Annotated[User, Depends(holding(Right.ROSTERS))]
Planning = Annotated[User, Depends(holding(Right.ROSTER_PLANS))]
Editor = Annotated[User, Depends(holding(Right.ROSTER_EDITS))]
Agent = Annotated[User, Depends(holding(Right.ROSTER_WISHES))]
FirstDay = Annotated[str, Query(alias="from", pattern=DAY, description="The first local day, 2026-11-23.")]
Days = Annotated[int, Query(ge=1, le=35, description="How many days.")]
FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class RosterOffice:
    """What the routes share: the web process and the site's zone."""

    web: Web
    zone: ZoneInfo

    def today(self) -> date:
        return datetime.fromtimestamp(utc_now(), self.zone).date()

    async def installation(self) -> tuple[Installation, RosterSettings]:
        return await self.web.in_session(_installation_and_settings)

    def changed(self) -> None:
        """Open pages load their roster again."""
        self.web.live.say({"type": "roster"}, lambda user: user.may(Right.ROSTERS))


def _installation_and_settings(session: Session) -> tuple[Installation, RosterSettings]:
    return load_installation(session), rosters.settings(session)


def own_extension(user: User) -> str:
    """The agent's own; ``NotAllowed`` without one."""
    if user.extension is None:
        raise NotAllowed(
            "You have no extension, so there is no roster of yours.", remedy="Ask an administrator for one."
        )
    return user.extension


def limited_to(user: User) -> str | None:
    """``None`` for those who see everybody's roster."""
    return None if user.scope(Right.ROSTERS) is Scope.ALL else own_extension(user)


def may_see(user: User, extension: str) -> None:
    """Another agent's roster is not found, like one that never was."""
    if user.scope(Right.ROSTERS) is not Scope.ALL and user.extension != extension:
        raise NotFound("There is no agent {extension}.", field="extension", extension=extension)
