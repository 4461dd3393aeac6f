"""``GET /api/v1/calls.csv``: the list as a file that a spreadsheet opens, with the same filter and the same rights."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from core.clock import utc_now
from core.installation.service import load_installation
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from dashboards.components import csv_file
from dashboards.components.filters import local_now
from dashboards.components.names import Names
from dashboards.pages.calls import queries
from dashboards.pages.calls.filters import CallFilter
from dashboards.pages.calls.rows import lines
from kpi.lists.calls import numbers_shown


def add_routes(web: Web) -> None:
    timezone = web.settings.timezone

    # Under a name of its own: /api/v1/calls/{id} would take it for a call.
    @web.app.get("/api/v1/calls.csv", response_class=csv_file.CsvFile, tags=["calls"])
    async def as_csv(request: Request, user: Annotated[User, Depends(holding(Right.CALLS))]) -> Response:
        """Every call of the filter (the list's parameters), UTF-8 with a mark so that Excel reads Chinese."""
        now = local_now(utc_now(), timezone)
        chosen = CallFilter.of(web.sessions.seal.opened(request.query_params), now)
        names = Names(await web.in_session(load_installation))
        count, text = await queries.file_of(
            web, user, chosen, lambda found: csv_file.text_of(lines(found, names, timezone))
        )
        shown = numbers_shown(user)
        await web.audit.record(
            user.name, "calls_exported", "calls", rows=count, numbers=shown, **chosen.as_parameters()
        )
        return csv_file.answer(text, f"calls-{chosen.period() or now.strftime('%Y-%m-%d %H:%M')}")
