"""What the floor's scripts ask for besides the live connection: figures, and who is on the line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import FileResponse

from core.api.app import Web
from core.api.auth import signed_in
from core.api.telephony import live_row
from core.clock import iso, utc_now
from core.customers.service import find_by_phone
from core.people.users import Role, User
from dashboards.pages.calls.filters import local_now
from dashboards.pages.desk.queries import earlier
from dashboards.pages.floor import queries

ROLES = (Role.SUPERVISOR, Role.ADMIN, Role.DIRECTOR)
EARLIER_DAYS = 90
WORKLET = Path(__file__).parents[2] / "worklets" / "listen.js"


def register(_app: Any, web: Web) -> None:
    timezone = web.settings.timezone

    @web.app.get("/res/listen.js", include_in_schema=False)
    async def worklet() -> FileResponse:
        """Not among the assets, which every page runs as scripts: this one runs in the audio thread."""
        return FileResponse(WORKLET, media_type="text/javascript")

    @web.app.get("/api/v1/floor", tags=["live"])
    async def floor(_user: Annotated[User, Depends(signed_in(*ROLES))]) -> dict[str, Any]:
        """Service level and abandon rate today and in the last 15 minutes, mean handling time today."""
        now = utc_now()
        warehouse = web.parts.get("warehouse")
        found = await queries.figures(warehouse, now, timezone) if warehouse is not None else {}
        return {"at": iso(now), **found}

    @web.app.get("/api/v1/floor/calls/{call_id}", tags=["live"])
    async def caller(call_id: str, _user: Annotated[User, Depends(signed_in(*ROLES))]) -> dict[str, Any]:
        """The customer behind a call that is up, and how often the number called in the last 90 days."""
        row = await live_row(web, call_id)
        number = row["caller"] if row["direction"] == "inbound" else row["did"]
        card = await web.in_session(lambda session: find_by_phone(session, number))
        since = local_now(utc_now(), timezone).date() - timedelta(days=EARLIER_DAYS)
        warehouse = web.parts.get("warehouse")
        calls, count = await earlier(warehouse, number, call_id, since) if warehouse is not None else ([], 0)
        customer = None
        if card is not None:
            customer = {"name": card.name, "kind": card.kind, "district": card.district, "address": card.address}
        return {"id": call_id, "customer": customer, "earlier": count, "last": calls[0] if calls else None}
