"""The limits of tiles and targets over HTTP; a change is told to every open page at once and leaves an audit line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from core.api.auth import holding
from core.api.live import Watcher
from core.clock import utc_now
from core.people import audit
from core.people.limits import limits, save_limits, told
from core.people.users import User
from core.rights import Right

if TYPE_CHECKING:
    from core.api.app import Web

PATH = "/api/v1/limits"
Setter = Annotated[User, Depends(holding(Right.LIMITS))]


class Pair(BaseModel):
    """Seconds, or shares from 0 to 1."""

    model_config = ConfigDict(extra="forbid")

    warn: float = Field(allow_inf_nan=False)
    bad: float = Field(allow_inf_nan=False)


class LimitsWanted(BaseModel):
    """By key; what is left out stays, null goes back to the shipped example."""

    model_config = ConfigDict(extra="forbid")

    limits: dict[str, Pair | None] = Field(max_length=40)


def add_routes(web: Web) -> None:
    @web.app.get(PATH, tags=["live"])
    async def listed(_user: Watcher) -> dict[str, Any]:
        """From when on tiles and ratios turn amber and red; ``example`` until the office has set its own."""
        return {"limits": told(await web.in_session(limits))}

    @web.app.put(PATH, tags=["live"])
    async def change(wanted: LimitsWanted, user: Setter) -> dict[str, Any]:
        """All or nothing; counts at once on every open page."""
        pairs = {key: (one.warn, one.bad) if one else None for key, one in wanted.limits.items()}
        at = utc_now()

        def work(session: Session) -> dict[str, dict[str, Any]]:
            before = limits(session)
            after = save_limits(session, pairs, user.display_name, at)
            changed = {
                key: {"from": [before[key].warn, before[key].bad], "to": [after[key].warn, after[key].bad]}
                for key in pairs
                if after[key] != before[key]
            }
            audit.record(session, user.name, "limits_changed", "floor", changed, at)
            return told(after)

        found = await web.in_session(work)
        web.live.say({"type": "limits", "limits": found}, lambda _user: True)
        return {"limits": found}
