"""My quality: an agent's own scores, each with the way to its recording, its answer and its appeal."""

from typing import Any

from core.web.context import Web
from dashboards.pages.qa_mine.layout import layout

__all__ = ["layout", "register"]


def register(_app: Any, _web: Web) -> None:
    """It has no callbacks: answers are given beside the recording."""
