"""Calibration: rounds in which several score the same calls blind, and how far they agree."""

from typing import Any

from core.web.context import Web
from dashboards.pages.qa_calibration import callbacks
from dashboards.pages.qa_calibration.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
