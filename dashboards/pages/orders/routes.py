"""``GET /api/v1/work-orders.csv``: the list as a file that a spreadsheet opens, with the same filter and rights."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from core.clock import utc_now
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from dashboards.components import csv_file
from dashboards.components.filters import local_now
from dashboards.pages.orders import queries
from dashboards.pages.orders.filters import OrderFilter
from dashboards.pages.orders.rows import lines


def add_routes(web: Web) -> None:
    timezone = web.settings.timezone

    # Under a name of its own: /api/v1/work-orders/{id} would take it for an order.
    @web.app.get("/api/v1/work-orders.csv", response_class=csv_file.CsvFile, tags=["work orders"])
    async def as_csv(request: Request, user: Annotated[User, Depends(holding(Right.ORDERS))]) -> Response:
        """Every order of the filter (the list's parameters), UTF-8 with a mark so that Excel reads Chinese."""
        at = utc_now()
        now = local_now(at, timezone)
        chosen = OrderFilter.of(web.sessions.seal.opened(request.query_params), now)
        known = await queries.filter_choices(web, user)
        count, text = await queries.file_of(
            web, user, chosen, at, lambda found: csv_file.text_of(lines(found, known, timezone))
        )
        await web.audit.record(user.name, "orders_exported", "orders", rows=count, asked=str(request.query_params))
        return csv_file.answer(text, f"orders-{now:%Y-%m-%dT%H%M}")
