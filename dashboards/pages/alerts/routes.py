"""``GET /api/v1/alerts.csv``: the history's filter as a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from core.clock import utc_now
from core.installation.service import load_installation
from core.notify import service
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.routes.alerts import seen_by, watcher
from dashboards.components import csv_file
from dashboards.components.filters import local_now
from dashboards.components.names import Names
from dashboards.pages.alerts.filters import AlertFilter
from dashboards.pages.alerts.rows import in_language, lines


def add_routes(web: Web) -> None:
    timezone = web.settings.timezone

    @web.app.get("/api/v1/alerts.csv", response_class=csv_file.CsvFile, tags=["alerts"])
    async def as_csv(request: Request, user: Annotated[User, Depends(holding(Right.ALERTS))]) -> Response:
        """The newest thousand alerts of the filter, UTF-8 with a mark so that Excel reads Chinese."""
        now = utc_now()
        chosen = AlertFilter.of(request.query_params, local_now(now, timezone))
        wanted = chosen.as_query(service.LONGEST_PAGE)
        found, installation = await web.in_session(
            lambda session: (service.alerts(session, wanted), load_installation(session))
        )
        queues = Names(installation).queues
        await web.audit.record(user.name, "alerts_exported", "alerts", rows=len(found), asked=str(request.query_params))
        shown = [in_language(seen_by(user, one), queues) for one in found]
        text = csv_file.text_of(lines(shown, watcher(web).catalogue, now, timezone))
        return csv_file.answer(text, f"alerts-{chosen.first}_{chosen.last}")
