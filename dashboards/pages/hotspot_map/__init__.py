"""The map: orders where they lie, hot spots that chance does not explain, and incidents as they begin."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.hotspot_map import callbacks
from dashboards.pages.hotspot_map.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
