"""Work orders: the list with its filters in the URL, and one order with its steps, clocks and what may be done now."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.orders import callbacks, routes
from dashboards.pages.orders.detail import layout as detail_layout
from dashboards.pages.orders.layout import layout
from dashboards.pages.orders.one import there

__all__ = ["detail_layout", "layout", "register", "there"]


def register(app: Any, web: Web) -> None:
    routes.add_routes(web)
    callbacks.register(app)
