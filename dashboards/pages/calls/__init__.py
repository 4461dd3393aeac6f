"""Calls: the list with its filters in the URL, and one call with its time line, events and recording."""

from dashboards.pages.calls.detail import layout as detail_layout
from dashboards.pages.calls.layout import layout
from dashboards.pages.calls.routes import register

__all__ = ["detail_layout", "layout", "register"]
