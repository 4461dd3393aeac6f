"""The live floor: every seat, every waiting call, and what a supervisor does with them; open all day."""

from dashboards.pages.floor.layout import layout
from dashboards.pages.floor.routes import register

__all__ = ["layout", "register"]
