"""Samples and scores: what is to be scored, plans and draws, appeals that wait, and the scores that were given."""

from typing import Any

from core.web.context import Web
from dashboards.pages.qa import callbacks
from dashboards.pages.qa.layout import layout

__all__ = ["layout", "register"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
