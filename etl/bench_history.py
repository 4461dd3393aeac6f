"""A year of calls of any number as a whole site, to measure pages and figures over: ``hotline bench history``.

Made fast by telling two weeks over and over (``core.demo.years``); then fed like any log, in larger batches.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from core.clock import utc_now
from core.commands import bench
from core.commands.init import init_installation
from core.config import load_settings
from core.db import connect
from core.demo import years
from core.errors import BadInput, Conflict
from etl.feed import Feeder
from etl.warehouse import Warehouse

BATCH = 200_000
LEAST, MOST = 1000, 5_000_000


def make(calls: int, home: Path, seed: int, until: float | None = None) -> dict[str, Any]:
    """Makes the site and says how large it became and how long each part took."""
    if not LEAST <= calls <= MOST:
        raise BadInput(
            "Calls must be between {least} and {most}.", field="--calls", remedy="Choose another number.",
            least=LEAST, most=MOST,
        )  # fmt: skip
    about, now = bench.machine(), utc_now() if until is None else until
    size = years.Size(calls, seed)
    # Ids of calls and facts come from here, and of nothing else in this process.
    random.seed(seed)
    began, cpu = time.monotonic(), time.process_time()
    if not init_installation(
        home, demo=True, past=lambda session, _settings, _at: years.fill_installation(session, now, size)
    ):
        raise Conflict("There is a site in {home} already.", field="--home", remedy="Choose another.", home=home)
    settings = load_settings(home)
    database = connect(settings.database)
    try:
        made = years.fill(database, size, now)
        written, cpu_written = time.monotonic(), time.process_time()
        with_feed = feed(database, settings.warehouse_path, settings.timezone)
    finally:
        database.dispose()
    fed, cpu_fed = time.monotonic(), time.process_time()
    return {
        "bench": "history",
        "machine": about,
        "synthetic": True,
        "home": str(home.resolve()),
        "size": {
            "calls": made.calls,
            "orders": made.orders,
            "facts": made.facts,
            "alerts": made.alerts,
            "agents": size.agents,
            "days": years.PERIODS * years.PERIOD_DAYS,
            "seed": seed,
            "until": round(now),
            "log_mb": _megabytes(home / "hotline.db"),
            "analytics_mb": _megabytes(settings.warehouse_path),
        },
        "results": {
            "log_s": round(written - began, 1),
            "log_cpu_s": round(cpu_written - cpu, 1),
            "feed_s": round(fed - written, 1),
            "feed_cpu_s": round(cpu_fed - cpu_written, 1),
            "feed_facts_per_cpu_s": round(with_feed / max(0.001, cpu_fed - cpu_written)),
            "total_s": round(fed - began, 1),
        },
    }


def feed(database: Any, path: Path, timezone: str) -> int:
    warehouse = Warehouse(path).open()
    try:
        return Feeder(database, warehouse, timezone, batch=BATCH).catch_up()
    finally:
        warehouse.close()


def _megabytes(path: Path) -> float:
    return round(path.stat().st_size / 1e6, 1) if path.exists() else 0.0
