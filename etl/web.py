"""Hangs the feed and its hourly proof into the web process, which owns the warehouse. Knows no HTTP."""

from __future__ import annotations

import asyncio
import logging

from core.errors import Unavailable
from core.process import Process, UnreadableFacts
from etl.feed import FEEDER, Feeder
from etl.reconciling import RECONCILING, Reconciling
from etl.warehouse import WAREHOUSE, Warehouse

# What a mended row is about, and all after it, is worked out again.
FEED_LIMIT_S = 120.0
log = logging.getLogger(__name__)


def mount(process: Process) -> None:
    """``WAREHOUSE`` and ``FEEDER`` are for the folders above."""
    warehouse = Warehouse(process.settings.warehouse_path)
    feeder = Feeder(process.database, warehouse, process.settings.timezone)
    process.parts[WAREHOUSE] = warehouse
    process.parts[FEEDER] = feeder
    process.add_health("feed", feeder.status)
    process.vital.append(feeder.turns)
    process.add_health("readers", warehouse.status)
    reconciling = Reconciling(warehouse, feeder)
    process.parts[RECONCILING] = reconciling
    process.add_health("figures", reconciling.status)

    def rows() -> list[dict[str, str]]:
        # A copy: asked in a thread, while the feed may take rows in.
        return [{"place": f"event_log:{number}", "problem": why} for number, why in dict(feeder.unreadable).items()]

    async def feed() -> None:
        await asyncio.to_thread(feeder.feed_again_and_wait, FEED_LIMIT_S)

    process.unreadable["event_log"] = UnreadableFacts(rows, feed)

    async def start() -> None:
        try:
            await asyncio.to_thread(warehouse.open)
        except Unavailable as away:
            # No reason to serve no page: whoever uses it tries again.
            log.warning("%s", away)
        feeder.start()
        reconciling.start()

    async def stop() -> None:
        await reconciling.stop()
        await asyncio.to_thread(feeder.stop)
        await asyncio.to_thread(warehouse.close)

    process.on_start(start)
    process.on_stop(stop)
