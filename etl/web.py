"""Hangs the feed, its hourly proof and the calls' routes into the web process."""

from __future__ import annotations

import asyncio

from core.api.app import Web
from etl import alert_figures, calls_api, recordings_api
from etl.feed import Feeder
from etl.reconciling import Reconciling
from etl.warehouse import Warehouse


def mount(web: Web) -> None:
    """``web.parts["warehouse"]`` and ``web.parts["feeder"]`` are for the folders above."""
    warehouse = Warehouse(web.settings.warehouse_path)
    feeder = Feeder(web.database, warehouse, web.settings.timezone)
    web.parts["warehouse"] = warehouse
    web.parts["feeder"] = feeder
    web.add_health("feed", feeder.status)
    reconciling = Reconciling(warehouse, feeder)
    web.parts["reconciling"] = reconciling
    web.add_health("figures", reconciling.status)

    calls_api.add_routes(web, warehouse)
    recordings_api.add_routes(web, warehouse)
    alert_figures.add_to(web, warehouse, feeder)

    async def start() -> None:
        await asyncio.to_thread(warehouse.open)
        feeder.start()
        reconciling.start()

    async def stop() -> None:
        await reconciling.stop()
        await asyncio.to_thread(feeder.stop)
        await asyncio.to_thread(warehouse.close)

    web.on_start(start)
    web.on_stop(stop)
