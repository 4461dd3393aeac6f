"""The feed: every second, what is new in the event log goes into DuckDB, facts and marts together, exactly once.

A batch is one DuckDB transaction that holds the raw rows, the marts rebuilt for the calls and agents concerned, and
the watermark (the last event's id). Whatever is killed, and when: the next run goes on behind the watermark.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import duckdb
import orjson
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from core.clock import from_micros, utc_now
from core.db import event_log
from core.events import Event
from core.process import Key
from etl import quarantine, runner
from etl.arrow import pa
from etl.families import CALLS, ORDERS
from etl.rebuilding import plan, rebuild, subjects_behind, subjects_of
from etl.warehouse import Warehouse

log = logging.getLogger(__name__)

EVERY_S = 1.0
# Most at once. A batch has a fixed price, which catching up pays seldom; it holds about 2 KB for each fact.
BATCH = 40_000
# Longer than this behind, and somebody should look.
LATE_S = 10.0
# A batch takes a second or two, on a machine at its limits perhaps a minute.
HUNG_S = 300.0
RETRY_S = 2.0
SOON_S = 0.1
INSTALLATION_EVERY_S = 15.0

FeedState = Literal["starting", "filling", "up", "database_away", "slow", "failed", "stopped"]
Numbered = tuple[int, Event]


def prepare(warehouse: Warehouse) -> None:
    """Schemas and tables; a warehouse made by other SQL than ours is emptied."""
    with warehouse.writing() as cursor:
        if _built_with(cursor) != plan().fingerprint:
            _wipe(cursor)


class OutOfStep(Exception):
    """The file is another one than the feed believed: what lies between would be missing."""


def load(
    warehouse: Warehouse,
    events: Sequence[Numbered],
    timezone: str,
    after: int = 0,
    unreadable: Mapping[int, str] | None = None,
) -> int:
    """One batch in order of id, all that follows ``after``. Events at or below the watermark are known already.
    ``unreadable`` are rows of this batch that nobody can read, each with why. Returns how many were new."""
    with warehouse.writing() as cursor:
        mark = _watermark(cursor)[0]
        if mark < after:
            raise OutOfStep
        new = [(number, event) for number, event in events if number > mark]
        lost = {number: why for number, why in (unreadable or {}).items() if number > mark}
        if not new and not lost:
            return 0
        if new:
            _insert_raw(cursor, new)
            rebuild(cursor, mark, timezone, subjects_of(event for _, event in new))
        last, uid = (new[-1][0], new[-1][1].uid) if new else (0, "")
        if lost:
            quarantine.add(cursor, lost)
            # What cannot be read has no uid to be known by.
            last, uid = (last, uid) if last > max(lost) else (max(lost), "")
        cursor.execute(
            "update raw.watermark set id = $id, uid = $uid, fed_at = make_timestamp($at)",
            {"id": last, "uid": uid, "at": int(utc_now() * 1e6)},
        )
        return len(new) + len(lost)


def load_late(warehouse: Warehouse, number: int, event: Event | None, timezone: str) -> None:
    """A row that could not be read in its turn: what it is about, and all that came after it, is worked out again.
    ``None``: somebody took it out of the log."""
    with warehouse.writing() as cursor:
        if quarantine.take_out(cursor, number) and event is not None:
            _insert_raw(cursor, [(number, event)])
            rebuild(cursor, number - 1, timezone, subjects_behind(cursor, number - 1))


class Feeder:
    """A thread of the web process. ``once`` is one round, for tests and commands."""

    def __init__(
        self, database: Engine, warehouse: Warehouse, timezone: str = "Asia/Shanghai", batch: int | None = None
    ) -> None:
        self._database, self._warehouse, self._timezone = database, warehouse, timezone
        self._batch = batch
        # Whether there may be more behind the last batch.
        self._full = False
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._end = threading.Event()
        self._checked = False
        self._generation = 0
        self._round_began = 0.0
        self._again = False
        self._fed_again = threading.Event()
        # Rows that the feed went on without, each with why.
        self.unreadable: dict[int, str] = {}
        self._state: FeedState = "starting"
        self._problem = ""
        self._mark, self._uid = 0, ""
        self._behind = 0
        self._oldest_us: int | None = None
        self._last_batch = (0, 0.0)
        self._installation: tuple[Any, ...] = ()
        self._installation_due = 0.0

    def start(self) -> None:
        self._end.clear()
        self._round_began = time.monotonic()
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
        slow = self._state in ("up", "starting") and time.monotonic() > self._round_began + LATE_S + EVERY_S
        state = "slow" if slow else self._state
        state = "filling" if self._generation != self._warehouse.generation and self._state == "up" else state
        well = state == "up" and lag < LATE_S and not self.unreadable
        status = "ok" if alive and well else "degraded"
        if not alive or state == "failed":
            status = "down"
        aside = self._warehouse.aside()
        return {
            "status": status,
            "state": state,
            "lag_s": round(lag, 2),
            "behind": self._behind,
            "watermark": self._mark,
            "batch_rows": self._last_batch[0],
            "batch_ms": round(self._last_batch[1] * 1000, 1),
            **({"detail": self._problem} if self._problem else {}),
            **({"unreadable": len(self.unreadable)} if self.unreadable else {}),
            # It lies there until somebody has looked at it and at the disk.
            **({"aside": aside} if aside else {}),
        }

    def turns(self) -> bool:
        """A piece of work that takes so long will never end. Not asked of a thread that was not started."""
        return self._thread is None or time.monotonic() < self._round_began + HUNG_S

    def _still_turns(self) -> None:
        """A round may hold many pieces of work, each with a batch's time."""
        self._round_began = time.monotonic()

    def once(self) -> int:
        """Takes in at most one batch; returns its size. Raises what the two databases raise."""
        self._warehouse.mend()
        if self._generation != self._warehouse.generation:
            # A damaged file was put aside: this one knows nothing yet.
            self._generation, self._checked = self._warehouse.generation, False
        with self._database.connect() as connection:
            if self._checked and not _is_of(connection, self._mark, self._uid):
                # An older copy, or another one, was put in its place while we ran.
                self._checked = False
            if not self._checked:
                prepare(self._warehouse)
                self._installation, self._installation_due = (), 0.0
                self._check_source(connection)
                self._checked = True
            self._take_installation(connection)
            if self._again:
                self._feed_again(connection)
            most = self._batch or BATCH
            batch = event_log.read_some(connection, self._mark, most)
            self._full = len(batch) == most
            self._behind = max(0, event_log.last_id(connection) - self._mark) if self._full else len(batch)
        if not batch:
            self._oldest_us = None
            return 0
        if batch.events:
            self._oldest_us = batch.events[0][1].at_us
        before = time.monotonic()
        self._load(batch.events, batch.unreadable, self._mark)
        self._mark, self._uid = batch.last, batch.uid
        self._last_batch = (len(batch), time.monotonic() - before)
        self._behind = max(0, self._behind - len(batch))
        if not self._full:
            self._oldest_us = None
        return len(batch)

    def _load(self, events: Sequence[Numbered], unreadable: Mapping[int, str], after: int) -> None:
        """What no mart takes is found by halves and set aside, as what cannot be read."""
        self._still_turns()
        try:
            load(self._warehouse, events, self._timezone, after, unreadable)
        except quarantine.POISON as problem:
            numbers = sorted([*(number for number, _ in events), *unreadable])
            if self._warehouse.troubled or len(self.unreadable) >= quarantine.MOST:
                raise
            if len(numbers) > 1:
                middle = numbers[len(numbers) // 2 - 1]
                for low, high in ((after, middle), (middle, numbers[-1])):
                    some = [one for one in events if low < one[0] <= high]
                    self._load(some, {number: why for number, why in unreadable.items() if low < number <= high}, low)
                return
            log.exception("a fact cannot be counted and is set aside: event %d", numbers[0])
            unreadable = {numbers[0]: type(problem).__name__}
            load(self._warehouse, [], self._timezone, after, unreadable)
        self.unreadable |= unreadable

    def feed_again(self) -> None:
        """At the next round: what was set aside and can be read by now."""
        self._again = True
        self.nudge()

    def feed_again_and_wait(self, limit_s: float) -> None:
        """As ``feed_again``; returns when it is done, or after ``limit_s``."""
        self._fed_again.clear()
        self.feed_again()
        self._fed_again.wait(limit_s)

    def _feed_again(self, connection: Connection) -> None:
        self._again = False
        for number in tuple(self.unreadable):
            self._still_turns()
            try:
                load_late(self._warehouse, number, event_log.read_one(connection, number), self._timezone)
            except (event_log.DamagedRow, *quarantine.POISON) as problem:
                log.info("event %d is still not to be read: %s", number, type(problem).__name__)
            else:
                del self.unreadable[number]
                log.info("event %d can be read again and is fed", number)
        self._fed_again.set()

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
            if not _is_of(connection, mark, uid):
                log.warning("the event log is not the one fed so far: filling anew")
                _wipe(cursor)
                mark, uid = 0, ""
            self.unreadable = quarantine.listed(cursor)
        self._mark, self._uid = mark, uid
        # Somebody may have mended one meanwhile.
        self._again = bool(self.unreadable)

    def _take_installation(self, connection: Connection) -> None:
        """The dimensions of all families (names and thresholds of queues, names of agents …), when they changed."""
        if time.monotonic() < self._installation_due:
            return
        dimensions = [dimension for family in plan().families for dimension in family.dimensions]
        installation = tuple(tuple(map(tuple, connection.execute(one.rows).all())) for one in dimensions)
        if installation != self._installation:
            with self._warehouse.writing() as cursor:
                for dimension, rows in zip(dimensions, installation, strict=True):
                    cursor.execute(f'delete from marts."{dimension.table}"')  # noqa: S608 - a family's own name
                    if rows:
                        marks = ", ".join("?" * len(rows[0]))
                        cursor.executemany(f'insert into marts."{dimension.table}" values ({marks})', rows)  # noqa: S608
            self._installation = installation
        self._installation_due = time.monotonic() + INSTALLATION_EVERY_S

    def _run(self) -> None:
        while not self._end.is_set():
            wait = EVERY_S
            began = self._round_began = time.monotonic()
            try:
                taken = self.once()
                self._problem = ""
                full = bool(taken) and self._full
                self._state = "filling" if full else "up"
                wait = 0.0 if full else max(0.0, EVERY_S - (time.monotonic() - began))
            except SQLAlchemyError as away:
                self._trouble("database_away", away)
                wait = RETRY_S
            except Exception as problem:
                if self._end.is_set():
                    break
                # A damaged file is mended at the next round.
                self._trouble("filling" if self._warehouse.damaged else "failed", problem)
                # Where the two stand is read again from the warehouse.
                self._checked = False
                wait = SOON_S if self._warehouse.damaged else RETRY_S
            if wait and self._wake.wait(wait):
                self._wake.clear()

    def _trouble(self, state: FeedState, problem: Exception) -> None:
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
                [
                    event.subject if event.kind in CALLS.kinds and event.payload.get("call_id") else None
                    for _, event in events
                ],
                pa.string(),
            ),
            "order_id": pa.array(
                [event.subject if event.kind in ORDERS.kinds else None for _, event in events], pa.string()
            ),
            "payload": pa.array([orjson.dumps(event.payload).decode() for _, event in events], pa.string()),
        }
    )
    cursor.register("batch_in", table)
    try:
        runner.run(cursor, "raw/event_log.sql")
    finally:
        cursor.unregister("batch_in")


def _built_with(cursor: duckdb.DuckDBPyConnection) -> str | None:
    there = _one(
        cursor,
        "select count(*) from information_schema.tables where table_schema = 'raw' and table_name = 'watermark'",
    )[0]
    return str(_one(cursor, "select fingerprint from raw.watermark")[0]) if there else None


def _wipe(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute("drop schema if exists marts cascade")
    cursor.execute("drop schema if exists raw cascade")
    for name in (*runner.SCHEMA, *(step.name for step in plan().schema)):
        runner.run(cursor, name)
    cursor.execute("insert into raw.watermark values (0, '', null, $print)", {"print": plan().fingerprint})


def _is_of(connection: Connection, mark: int, uid: str) -> bool:
    """Whether the log has what was fed last. A row that could not be read was known by its id only."""
    if not mark:
        return True
    return event_log.uid_of(connection, mark) == uid if uid else event_log.last_id(connection) >= mark


def _watermark(cursor: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    number, uid = _one(cursor, "select id, uid from raw.watermark")
    return int(number), str(uid)


def _one(cursor: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    # All rows: an unfinished result keeps the connection busy.
    rows = cursor.execute(sql).fetchall()
    return tuple(rows[0]) if rows else (None,)


FEEDER = Key[Feeder]("feeder")
