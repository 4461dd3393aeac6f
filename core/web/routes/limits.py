"""The limits of tiles and targets over HTTP; a change is told to every open page at once and leaves an audit line."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.installation.limits import limits, limits_json, save_limits
from core.people import audit
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.routes.live import Watcher
from core.web.shapes import floor as shape

PATH = "/api/v1/limits"
Setter = Annotated[User, Depends(holding(Right.LIMITS))]


class Pair(BaseModel):
    """Seconds, or shares from 0 to 1."""

    model_config = ConfigDict(extra="forbid")

    warn: float = Field(allow_inf_nan=False)
    bad: float = Field(allow_inf_nan=False)


class LimitsRequest(BaseModel):
    """By key; what is left out stays, null goes back to the shipped example."""

    model_config = ConfigDict(extra="forbid")

    limits: dict[str, Pair | None] = Field(max_length=40)


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.Limits, tags=["live"])
    async def listed(_user: Watcher) -> dict[str, Any]:
        """From when on tiles and ratios turn amber and red; ``example`` until the office has set its own."""
        return {"limits": limits_json(await web.in_session(limits))}

    @web.app.put(PATH, response_model=shape.Limits, tags=["live"])
    async def change(wanted: LimitsRequest, user: Setter) -> dict[str, Any]:
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
            return limits_json(after)

        found = await web.in_session(work)
        web.live.say({"type": "limits", "limits": found}, lambda _user: True)
        return {"limits": found}
