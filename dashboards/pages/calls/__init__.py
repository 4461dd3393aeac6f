"""Calls: the list with its filters in the URL, and one call with its time line, events and recording."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.calls import callbacks, routes
from dashboards.pages.calls.detail import layout as detail_layout
from dashboards.pages.calls.layout import layout

__all__ = ["detail_layout", "layout", "register"]


def register(app: Any, web: Web) -> None:
    routes.add_routes(web)
    callbacks.register(app)
