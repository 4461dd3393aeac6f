"""Rosters: the grid of a fortnight with its coverage, forecasts, proposals, adherence; an agent's own shifts."""

from typing import Any

from core.web.context import Web
from dashboards.pages.rosters import callbacks
from dashboards.pages.rosters.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
