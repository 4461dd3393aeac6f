"""``GET /api/v1/calls`` and ``/api/v1/calls/{id}``: who may ask, what may be asked. DuckDB answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from core.numbering import normal
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.shapes import Page
from etl.warehouse import Warehouse
from kpi.api.shapes import calls as shape
from kpi.lists import calls

Reader = Annotated[User, Depends(holding(Right.CALLS))]
Word = Annotated[str | None, Query(max_length=64)]
LONGEST_PAGE = 500


def add_routes(web: Web, warehouse: Warehouse) -> None:
    zone = ZoneInfo(web.settings.timezone)

    @web.app.get("/api/v1/calls", response_model=Page[shape.Call], tags=["calls"])
    async def list_calls(
        user: Reader,
        start: Annotated[datetime | None, Query(alias="from", description="Arrived at or after; ISO 8601.")] = None,
        end: Annotated[datetime | None, Query(alias="to", description="Arrived before; ISO 8601.")] = None,
        queue: Word = None,
        agent: Word = None,
        caller: Word = None,
        outcome: Word = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
        cursor: Annotated[str | None, Query(max_length=300)] = None,
    ) -> dict[str, Any]:
        """Calls, newest first. A time without an offset is the site's. ``next`` is the cursor of the following page."""
        wanted = calls.CallQuery(_at(start, zone), _at(end, zone), queue, agent, caller, outcome, limit, cursor)
        await web.lookups.searched(user, normal(caller or ""), "calls")
        found = await calls.page(warehouse, user, wanted)
        asked = {"queue": queue, "agent": agent, "caller": caller, "outcome": outcome}
        asked["numbers"] = calls.numbers_shown(user)
        web.audit.seen(user.name, "calls_listed", "calls", **{key: value for key, value in asked.items() if value})
        return found

    @web.app.get("/api/v1/calls/{call_id}", response_model=shape.WholeCall, tags=["calls"])
    async def one_call(call_id: str, user: Reader) -> dict[str, Any]:
        """The call with every segment, queue visit and event."""
        found = await calls.whole(warehouse, user, call_id)
        await calls.read(web, user, call_id)
        return found


def _at(given: datetime | None, zone: ZoneInfo) -> datetime | None:
    return given.replace(tzinfo=zone) if given is not None and given.tzinfo is None else given
