"""Alerts: what is open now, what was, and the rules that raise them."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.alerts import callbacks, routes
from dashboards.pages.alerts.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, web: Web) -> None:
    routes.add_routes(web)
    callbacks.register(app)
