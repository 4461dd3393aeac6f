"""The rows behind a figure: each thing counted with its own share, for figures that no other list can show."""

from __future__ import annotations

from dashboards.pages.figures.layout import layout

__all__ = ["layout"]
