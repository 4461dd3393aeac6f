"""Scoring schemes: the list, the editor with its check and its trial on a past period, two versions side by side."""

from typing import Any

from core.web.context import Web
from dashboards.pages.kpi_schemes import callbacks
from dashboards.pages.kpi_schemes.editor import layout as scheme_layout
from dashboards.pages.kpi_schemes.editor import there
from dashboards.pages.kpi_schemes.layout import layout

__all__ = ["layout", "register", "scheme_layout", "there"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
