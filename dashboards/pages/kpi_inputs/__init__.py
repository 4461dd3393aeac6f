"""What people write down for scores: attendance, commendations, complaints, training, each with its evidence."""

from __future__ import annotations

from typing import Any

from core.web.context import Web
from dashboards.pages.kpi_inputs import callbacks
from dashboards.pages.kpi_inputs.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
