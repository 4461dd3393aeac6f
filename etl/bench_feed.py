"""How long a hang-up takes from the event log to a query's answer, with readers at work: ``hotline bench feed``."""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from core.clock import utc_now
from core.commands import bench
from core.db import connect, event_log, migrate
from core.demo import history
from core.errors import Unavailable
from core.events import CallArrived, CallEnded, Event, Fact, new_uid
from etl.feed import Feeder
from etl.warehouse import Warehouse

GOAL_MS = 2000.0
READERS = 2
LOOK_EVERY_S = 0.005
LIMIT_S = 15.0
FOUND = "select 1 from marts.fct_calls where call_id = $call and ended_at is not null"
A_PAGES_QUERY = """
select queue, sum(offered) as offered, sum(answered_in_t) as answered_in_t
from marts.agg_queue_interval
group by queue
"""


def measure(calls: int, history_days: int) -> dict[str, Any]:
    about = bench.machine()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'hotline.db'}")
        migrate(engine)
        with engine.begin() as connection:
            events = event_log.append(connection, history.events(history_days, 1, utc_now()))
        warehouse = Warehouse(Path(folder) / "warehouse.duckdb")
        warehouse.open()
        feeder = Feeder(engine, warehouse)
        before = time.monotonic()
        feeder.catch_up()
        filled = time.monotonic() - before
        feeder.start()
        ending = threading.Event()
        readers = [threading.Thread(target=_read, args=(warehouse, ending)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            found = sorted(_one(engine, warehouse) for _ in range(calls))
        finally:
            ending.set()
            for reader in readers:
                reader.join()
            feeder.stop()
            warehouse.close()
            engine.dispose()
    cuts = statistics.quantiles(found, n=100)
    return {
        "bench": "feed",
        "machine": about,
        "size": {"calls": calls, "history_events": events, "readers": READERS},
        "goal": {"latency_ms_p95": GOAL_MS},
        "results": {
            "fill_s": round(filled, 2),
            "fill_events_a_second": round(events / filled) if filled else None,
            "latency_ms_p50": round(cuts[49]),
            "latency_ms_p95": round(cuts[94]),
            "latency_ms_max": round(found[-1]),
        },
    }


def _read(warehouse: Warehouse, ending: threading.Event) -> None:
    while not ending.wait(0.2):
        warehouse.query(A_PAGES_QUERY)


def _one(engine: Any, warehouse: Warehouse) -> float:
    """Milliseconds from the commit of a call's end to the call being found."""
    # At any moment of the feed's second.
    time.sleep(random.uniform(0.0, 1.0))
    call, now = new_uid(), utc_now()
    facts: tuple[Fact, ...] = (
        CallArrived(call, "inbound", "13900000000", "96000", demo=True),
        CallEnded(call, "caller_hung_up"),
    )
    with engine.begin() as connection:
        event_log.append(connection, [Event.of(fact, now) for fact in facts])
    before = time.monotonic()
    while not warehouse.query(
        "select 1 from marts.fct_calls where call_id = $call and ended_at is not null", {"call": call}
    ):
        if time.monotonic() - before > LIMIT_S:
            raise Unavailable("The feed did not bring the call in within {limit} seconds.", limit=LIMIT_S)
        time.sleep(LOOK_EVERY_S)
    return (time.monotonic() - before) * 1000
