"""What calls and orders are about, and the kinds of breaks: named in two languages, added, retired, brought back."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.categories import callbacks
from dashboards.pages.categories.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
