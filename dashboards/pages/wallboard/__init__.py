"""The wall: the floor and the day at a glance, legible from five metres, no mouse."""

from dashboards.pages.wallboard.layout import layout
from dashboards.pages.wallboard.routes import register

__all__ = ["layout", "register"]
