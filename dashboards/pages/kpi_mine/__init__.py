"""My score: an agent's own published scores, each line explained, and the appeals against them."""

from typing import Any

from core.web.context import Web
from dashboards.pages.kpi_mine import callbacks
from dashboards.pages.kpi_mine.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
