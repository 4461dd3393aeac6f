"""The review of remote sites: timeliness, returns, first fix, beside one another and over the months."""

from typing import Any

from core.web.context import Web
from dashboards.pages.kpi_sites import callbacks
from dashboards.pages.kpi_sites.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
