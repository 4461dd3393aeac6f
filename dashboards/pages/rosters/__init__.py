"""Rosters: the grid of a fortnight with its coverage, forecasts, proposals, adherence; an agent's own shifts."""

from dashboards.pages.rosters.layout import layout
from dashboards.pages.rosters.routes import register

__all__ = ["layout", "register"]
