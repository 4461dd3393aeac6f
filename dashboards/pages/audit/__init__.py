"""The audit: who did what to whose data, and whether its chain is whole. For administrators."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.audit import callbacks
from dashboards.pages.audit.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
