"""Rights by role, and who may dial what: two tables of native boxes, each saved whole. For administrators."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.rights import callbacks
from dashboards.pages.rights.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
