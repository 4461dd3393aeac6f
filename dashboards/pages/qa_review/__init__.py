"""One review: the recording with what was measured in it, the form with its score, and what becomes of it."""

from typing import Any

from core.web.context import Web
from dashboards.pages.qa_review import callbacks
from dashboards.pages.qa_review.layout import layout
from dashboards.pages.qa_review.queries import there

__all__ = ["layout", "register", "there"]


def register(app: Any, _web: Web) -> None:
    callbacks.register(app)
