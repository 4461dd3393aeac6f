"""Hangs places into the web process: locating, hot spots, incidents."""

from __future__ import annotations

from core.web.context import Web
from geo_analysis.api import hotspots, incidents, places
from geo_analysis.incidents.detect import BurstRule
from geo_analysis.incidents.watch import add_watch
from geo_analysis.locate.service import PLACES, Places


def mount(web: Web) -> None:
    """After the core, whose orders and customers it reads; before the pages, which show it."""
    web.parts[PLACES] = Places(web)
    for part in (places, hotspots, incidents):
        part.add_routes(web)
    add_watch(web, BurstRule())
