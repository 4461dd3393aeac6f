"""Hangs planning into the web process: rosters, forecasts, proposals, adherence, calendars."""

from __future__ import annotations

from core.api.app import Web


def mount(web: Web) -> None:
    """After etl, whose warehouse it reads; before the pages, which show it."""
    assert web.parts["warehouse"] is not None
