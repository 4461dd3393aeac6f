"""``GET /api/v1/calls.csv``: the list as a file that a spreadsheet opens, with the same filter and the same rights."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from core.api.app import Web
from core.api.auth import signed_in
from core.people.users import User
from dashboards.pages.calls.queries import Filter, rows
from etl import calls

COLUMNS = (
    "id",
    "arrived_at",
    "direction",
    "caller",
    "did",
    "queue",
    "agent",
    "outcome",
    "wait_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_up_seconds",
    "category",
    "note",
    "demo",
)
# A cell that a spreadsheet would take for a formula begins with one of these (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def register(_app: Any, web: Web) -> None:
    # Under a name of its own: /api/v1/calls/{id} would take it for a call.
    @web.app.get("/api/v1/calls.csv", tags=["calls"])
    async def as_csv(request: Request, user: Annotated[User, Depends(signed_in(*calls.READERS))]) -> Response:
        """The newest 500 calls of the filter, UTF-8 with a mark so that Excel reads Chinese."""
        chosen = Filter.of(dict(request.query_params), web.settings.timezone)
        found, _more = await rows(web.parts["warehouse"], user, chosen, web.settings.timezone)
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(COLUMNS)
        writer.writerows([safe(call[column]) for column in COLUMNS] for call in found)
        headers = {"Content-Disposition": f'attachment; filename="calls-{chosen.first}.csv"'}
        return Response("\ufeff" + buffer.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
