"""Hangs QA into the web process: forms, plans, scores, calibration, and the measuring of recordings."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from core.web.context import Web
from etl.warehouse import WAREHOUSE
from qa.api import audio, forms, plans, rounds, scores
from qa.api.common import QaOffice
from qa.measuring import MEASURING, AudioMeasuring


def mount(web: Web) -> None:
    """After etl, whose warehouse it reads; before the pages, which show it."""
    warehouse = web.parts[WAREHOUSE]
    measuring = AudioMeasuring(web, warehouse)
    office = QaOffice(web, warehouse, ZoneInfo(web.settings.timezone), measuring)
    web.parts[MEASURING] = measuring
    for part in (forms, plans, scores, rounds, audio):
        part.add_routes(office)
    web.on_start(measuring.start)
    web.on_stop(measuring.stop)
