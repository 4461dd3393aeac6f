"""The feed: every second, what is new in the event log goes into DuckDB, facts and marts together, exactly once.

A batch is one DuckDB transaction that holds the raw rows, the marts rebuilt for the calls and agents concerned, and
the watermark (the last event's id). Whatever is killed, and when: the next run goes on behind the watermark.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, Literal

import duckdb
import orjson
import pyarrow as pa
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from core.clock import from_micros, utc_now
from core.db import event_log
from core.db.tables import AgentRow, OrderCategoryRow, QueueRow
from core.events import Event, OrderClockSet, OrderOpened, OrderStepped
from etl import runner
from etl.warehouse import Warehouse

log = logging.getLogger(__name__)

EVERY_S = 1.0
BATCH = 5000
# Longer than this behind, and somebody should look.
LATE_S = 10.0
RETRY_S = 2.0
SITE_EVERY_S = 15.0

ORDER_KINDS = frozenset({OrderOpened.KIND, OrderStepped.KIND, OrderClockSet.KIND})

State = Literal["starting", "filling", "up", "database_away", "failed", "stopped"]
Numbered = tuple[int, Event]


def prepare(warehouse: Warehouse) -> None:
    """Schemas and tables; a warehouse made by other SQL than ours is emptied."""
    with warehouse.writing() as cursor:
        if _built_with(cursor) != runner.fingerprint():
            _wipe(cursor)


def load(warehouse: Warehouse, events: Sequence[Numbered], timezone: str) -> int:
    """One batch in order of id. Events at or below the watermark are known already. Returns how many were new."""
    with warehouse.writing() as cursor:
        mark = _watermark(cursor)[0]
        new = [(number, event) for number, event in events if number > mark]
        if not new:
            return 0
        _insert_raw(cursor, new)
        _rebuild(cursor, mark, timezone)
        last, event = new[-1]
        cursor.execute(
            "update raw.watermark set id = $id, uid = $uid, fed_at = make_timestamp($at)",
            {"id": last, "uid": event.uid, "at": int(utc_now() * 1e6)},
        )
        return len(new)


class Feeder:
    """A thread of the web process. ``once`` is one round, for tests and commands."""

    def __init__(self, database: Engine, warehouse: Warehouse, timezone: str = "Asia/Shanghai") -> None:
        self._database, self._warehouse, self._timezone = database, warehouse, timezone
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._end = threading.Event()
        self._checked = False
        self._state: State = "starting"
        self._problem = ""
        self._mark = 0
        self._behind = 0
        self._oldest_us: int | None = None
        self._last_batch = (0, 0.0)
        self._site: tuple[Any, ...] = ()
        self._site_due = 0.0

    def start(self) -> None:
        self._end.clear()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the batch at hand."""
        self._end.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(30.0)
            self._thread = None
        self._state = "stopped"

    def nudge(self) -> None:
        """There is something to take in: do not wait for the second to end."""
        self._wake.set()

    def status(self) -> dict[str, Any]:
        """For health: ``lag_s`` is the age of the oldest fact known to wait."""
        lag = 0.0 if self._oldest_us is None else max(0.0, utc_now() - from_micros(self._oldest_us))
        alive = self._thread is not None and self._thread.is_alive()
        status = "ok" if alive and self._state == "up" and lag < LATE_S else "degraded"
        if not alive or self._state == "failed":
            status = "down"
        return {
            "status": status,
            "state": self._state,
            "lag_s": round(lag, 2),
            "behind": self._behind,
            "watermark": self._mark,
            "batch_rows": self._last_batch[0],
            "batch_ms": round(self._last_batch[1] * 1000, 1),
            **({"detail": self._problem} if self._problem else {}),
        }

    def once(self) -> int:
        """Takes in at most one batch; returns its size. Raises what the two databases raise."""
        with self._database.connect() as connection:
            if not self._checked:
                prepare(self._warehouse)
                self._site, self._site_due = (), 0.0
                self._check_source(connection)
                self._checked = True
            self._take_site(connection)
            events = event_log.read_after(connection, self._mark, BATCH)
            self._behind = max(0, event_log.last_id(connection) - self._mark) if len(events) == BATCH else len(events)
        if not events:
            self._oldest_us = None
            return 0
        self._oldest_us = events[0][1].at_us
        before = time.monotonic()
        load(self._warehouse, events, self._timezone)
        self._mark = events[-1][0]
        self._last_batch = (len(events), time.monotonic() - before)
        self._behind = max(0, self._behind - len(events))
        if len(events) < BATCH:
            self._oldest_us = None
        return len(events)

    def catch_up(self) -> int:
        """Batches until nothing is left; the number of events."""
        total = 0
        while taken := self.once():
            total += taken
        return total

    def _check_source(self, connection: Connection) -> None:
        """The log must still be the one the watermark is of: another one (a restored site) fills from its start."""
        with self._warehouse.writing() as cursor:
            mark, uid = _watermark(cursor)
            if mark:
                found = event_log.read_after(connection, mark - 1, 1)
                if not found or found[0][0] != mark or found[0][1].uid != uid:
                    log.warning("the event log is not the one fed so far: filling anew")
                    _wipe(cursor)
                    mark = 0
        self._mark = mark

    def _take_site(self, connection: Connection) -> None:
        """Names and thresholds of queues, agents and categories, when they changed."""
        if time.monotonic() < self._site_due:
            return
        queues = connection.execute(select(QueueRow.id, QueueRow.name, QueueRow.service_level_s)).all()
        agents = connection.execute(select(AgentRow.extension, AgentRow.name, AgentRow.work_group)).all()
        one = OrderCategoryRow
        categories = connection.execute(select(one.id, one.parent, one.name_zh, one.name_en, one.rank)).all()
        site = (tuple(map(tuple, queues)), tuple(map(tuple, agents)), tuple(map(tuple, categories)))
        if site != self._site:
            with self._warehouse.writing() as cursor:
                for table, rows in zip(("dim_queue", "dim_agent", "dim_order_category"), site, strict=True):
                    cursor.execute(f"delete from marts.{table}")  # noqa: S608 - our own three names
                    if rows:
                        marks = ", ".join("?" * len(rows[0]))
                        cursor.executemany(f"insert into marts.{table} values ({marks})", rows)  # noqa: S608
            self._site = site
        self._site_due = time.monotonic() + SITE_EVERY_S

    def _run(self) -> None:
        while not self._end.is_set():
            wait = EVERY_S
            began = time.monotonic()
            try:
                taken = self.once()
                self._problem = ""
                self._state = "filling" if taken == BATCH else "up"
                wait = 0.0 if taken == BATCH else max(0.0, EVERY_S - (time.monotonic() - began))
            except SQLAlchemyError as away:
                self._trouble("database_away", away)
                wait = RETRY_S
            except Exception as problem:
                if self._end.is_set():
                    break
                self._trouble("failed", problem)
                # Where the two stand is read again from the warehouse.
                self._checked = False
                wait = RETRY_S
            if wait and self._wake.wait(wait):
                self._wake.clear()

    def _trouble(self, state: State, problem: Exception) -> None:
        if self._state != state:
            log.error("the feed waits (%s): %s", state, problem)
        self._state = state
        self._problem = type(problem).__name__


def _insert_raw(cursor: duckdb.DuckDBPyConnection, events: Sequence[Numbered]) -> None:
    # Arrow: a row-by-row insert of 500 takes longer than all marts together.
    table = pa.table(
        {
            "id": pa.array([number for number, _ in events], pa.int64()),
            "uid": pa.array([event.uid for _, event in events], pa.string()),
            "at_us": pa.array([event.at_us for _, event in events], pa.int64()),
            "kind": pa.array([event.kind for _, event in events], pa.string()),
            "version": pa.array([event.version for _, event in events], pa.int32()),
            "subject": pa.array([event.subject for _, event in events], pa.string()),
            "call_id": pa.array(
                [event.subject if "call_id" in event.payload else None for _, event in events], pa.string()
            ),
            "order_id": pa.array(
                [event.subject if event.kind in ORDER_KINDS else None for _, event in events], pa.string()
            ),
            "payload": pa.array([orjson.dumps(event.payload).decode() for _, event in events], pa.string()),
        }
    )
    cursor.register("batch_in", table)
    try:
        runner.run(cursor, "raw/event_log.sql")
    finally:
        cursor.unregister("batch_in")


def _rebuild(cursor: duckdb.DuckDBPyConnection, mark: int, timezone: str) -> None:
    names: dict[str, Any] = {"watermark": mark, "timezone": timezone}
    runner.run(cursor, "staging/touched.sql", names)
    first, since = _one(
        cursor, "select (select min(call_first_id) from touched_calls), (select min(since) from touched_agents)"
    )
    names |= {"first_id": first, "since": since}
    runner.run(cursor, "staging/touched_before.sql", names)
    if first is not None:
        runner.run(cursor, "staging/stg_call_events.sql", names)
        for mart in ("fct_call_segments", "fct_queue_visits", "fct_calls", "queue_interval_counts"):
            runner.run(cursor, f"marts/{mart}.sql", names)
    if since is not None:
        runner.run(cursor, "marts/fct_agent_states.sql", names)
    runner.run(cursor, "marts/agg_agent_interval.sql", names)
    _rebuild_orders(cursor, names)


def _rebuild_orders(cursor: duckdb.DuckDBPyConnection, names: dict[str, Any]) -> None:
    runner.run(cursor, "staging/touched_orders.sql", names)
    first = _one(cursor, "select min(order_first_id) from touched_orders")[0]
    if first is None:
        return
    names |= {"first_order_id": first}
    for step in ("touched_orders_before", "stg_order_events"):
        runner.run(cursor, f"staging/{step}.sql", names)
    for mart in ("fct_order_steps", "fct_order_clocks", "fct_orders", "agg_order_interval"):
        runner.run(cursor, f"marts/{mart}.sql", names)


def _built_with(cursor: duckdb.DuckDBPyConnection) -> str | None:
    there = _one(
        cursor,
        "select count(*) from information_schema.tables where table_schema = 'raw' and table_name = 'watermark'",
    )[0]
    return str(_one(cursor, "select fingerprint from raw.watermark")[0]) if there else None


def _wipe(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute("drop schema if exists marts cascade")
    cursor.execute("drop schema if exists raw cascade")
    for name in runner.SCHEMA:
        runner.run(cursor, name)
    cursor.execute("insert into raw.watermark values (0, '', null, $print)", {"print": runner.fingerprint()})


def _watermark(cursor: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    number, uid = _one(cursor, "select id, uid from raw.watermark")
    return int(number), str(uid)


def _one(cursor: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    # All rows: an unfinished result keeps the connection busy.
    rows = cursor.execute(sql).fetchall()
    return tuple(rows[0]) if rows else (None,)
