"""Alerts: what is open now, what was, and the rules that raise them."""

from dashboards.pages.alerts.layout import layout
from dashboards.pages.alerts.routes import register

__all__ = ["layout", "register"]
