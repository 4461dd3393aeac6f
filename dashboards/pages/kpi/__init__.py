"""The review of scores: a group's distribution and ranking, one person's score as a bill, and what would be if."""

from typing import Any

from core.web.context import Web
from dashboards.pages.kpi import callbacks
from dashboards.pages.kpi.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
