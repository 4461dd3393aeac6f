"""What the feed costs, and how long a hang-up takes from the event log to a query's answer, with readers at work:
``hotline bench feed``. Processor time tells on a busy machine what wall time does not."""

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
ROUNDS = 30
# What a busy second of a large house brings, and what one of a small house does.
ROUND_FACTS = (20, 2)
GOAL_ROUND_MS = 30.0
GOAL_FACTS_PER_CPU_S = 40_000
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
        before, cpu = time.monotonic(), time.process_time()
        feeder.catch_up()
        filled, cpu_filled = time.monotonic() - before, time.process_time() - cpu
        rounds = {size: _rounds(engine, feeder, size) for size in ROUND_FACTS}
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
        "goal": {
            "latency_ms_p95": GOAL_MS,
            "round_cpu_ms": GOAL_ROUND_MS,
            "fill_facts_per_cpu_s": GOAL_FACTS_PER_CPU_S,
        },
        "results": {
            "fill_s": round(filled, 2),
            "fill_events_a_second": round(events / filled) if filled else None,
            "fill_facts_per_cpu_s": round(events / cpu_filled) if cpu_filled else None,
            **{f"round_cpu_ms_of_{size}_facts": round(found, 1) for size, found in rounds.items()},
            "latency_ms_p50": round(cuts[49]),
            "latency_ms_p95": round(cuts[94]),
            "latency_ms_max": round(found[-1]),
        },
    }


def _rounds(engine: Any, feeder: Feeder, size: int) -> float:
    """Milliseconds of processor time of a round with so many facts of calls and agents, the median of some."""
    now = utc_now()
    told = list(history.events(1, 1000 + size, now))
    # From the middle of the day on.
    ahead = told[len(told) // 2 :][: ROUNDS * size]
    cost = []
    for start in range(0, len(ahead), size):
        with engine.begin() as connection:
            event_log.append(connection, ahead[start : start + size])
        before = time.process_time()
        feeder.once()
        cost.append((time.process_time() - before) * 1000)
    return statistics.median(cost)


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
