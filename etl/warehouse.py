"""The analytics database: the only place that opens DuckDB. Knows no mart and no event.

One process owns the file (the web process). One writer at a time holds ``writing()``; every query runs on a cursor of
its own and sees the last committed batch. Async callers use ``fetch``: a pool of two keeps the event loop free.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from core.clock import utc_now
from core.errors import Unavailable

log = logging.getLogger(__name__)

Row = dict[str, Any]
Parameters = Mapping[str, Any] | None

READERS = 2
NO_ROOM = ("No space left", "File too large", "Disk quota exceeded")
CACHE_ENTRIES = 256
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Few: the machine also carries voice.
    "threads": 2,
    "memory_limit": "1GB",
    # It must run offline, and queries have no business with other files.
    "autoinstall_known_extensions": "false",
    "enable_external_access": "false",
}


class Warehouse:
    """``open`` before use and ``close`` at the end; ``Unavailable`` in between times."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._write_lock = threading.Lock()
        self._revive_lock = threading.Lock()
        self._fatal = False
        self._readers: ThreadPoolExecutor | None = None
        self._cache: dict[tuple[str, str], tuple[float, list[Row]]] = {}

    def open(self) -> Warehouse:
        """Opens or makes the file; one that cannot be read is put aside, since the event log can fill a new one."""
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()
            self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="warehouse")
        return self

    def _open(self) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(str(self.path), config=CONFIG)
        except duckdb.IOException as problem:
            if any(words in str(problem) for words in NO_ROOM):
                raise Unavailable("The disk of the analytics database is full.", remedy="Make room there.") from problem
            if "lock" in str(problem).lower():
                raise Unavailable(
                    "The analytics file is in use by another process.",
                    remedy="Ask the running site, or stop it first.",
                ) from problem
            unreadable = str(problem)
        except (duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException) as problem:
            unreadable = str(problem)
        aside = self.path.with_suffix(f".broken-{int(utc_now())}")
        log.error("the analytics file cannot be read and is kept as %s: %s", aside.name, unreadable)
        self.path.replace(aside)
        self.path.with_name(f"{self.path.name}.wal").unlink(missing_ok=True)
        return duckdb.connect(str(self.path), config=CONFIG)

    def close(self) -> None:
        readers, connection = self._readers, self._connection
        self._readers = self._connection = None
        if readers is not None:
            readers.shutdown(wait=True, cancel_futures=True)
        if connection is not None:
            with self._write_lock:
                connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the open file, for one thread; the caller closes it."""
        if self._fatal and self._readers is not None:
            self._revive()
        if self._connection is None:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.")
        return self._connection.cursor()

    def _revive(self) -> None:
        """A checkpoint without room on the disk is fatal: DuckDB answers nothing more until it is opened anew."""
        with self._revive_lock:
            if not self._fatal:
                return
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
            connection = self._open()
            try:
                # Somebody's last cursor may hold the broken one open for another moment.
                connection.execute("select 1")
            except duckdb.FatalException:
                connection.close()
                raise
            self._connection, self._fatal = connection, False
            log.info("the analytics database is open again")

    def _note(self, problem: BaseException) -> None:
        if isinstance(problem, duckdb.FatalException):
            self._fatal = True

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction: all of it is there afterwards, or nothing."""
        with self._write_lock:
            cursor = self.cursor()
            try:
                cursor.begin()
                yield cursor
                cursor.commit()
            except BaseException as problem:
                self._note(problem)
                _rolled_back(cursor)
                raise
            finally:
                cursor.close()

    def query(self, sql: str, parameters: Parameters = None) -> list[Row]:
        """Rows as dictionaries. Blocks: in a coroutine use ``fetch``."""
        cursor = self.cursor()
        try:
            cursor.execute(sql, dict(parameters) if parameters else None)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.Error as problem:
            self._note(problem)
            raise
        finally:
            cursor.close()

    async def fetch(self, sql: str, parameters: Parameters = None, *, fresh_s: float = 0.0) -> list[Row]:
        """``query`` off the event loop. An answer at most ``fresh_s`` old is given again: do not change it."""
        key = (sql, repr(sorted(parameters.items())) if parameters else "")
        if fresh_s:
            known = self._cache.get(key)
            if known is not None and time.monotonic() - known[0] <= fresh_s:
                return known[1]
        if self._readers is None:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.")
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        rows = await loop.run_in_executor(self._readers, lambda: context.run(self.query, sql, parameters))
        if fresh_s:
            if len(self._cache) >= CACHE_ENTRIES:
                self._cache.clear()
            self._cache[key] = (time.monotonic(), rows)
        return rows


def _rolled_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.Error as problem:
        log.debug("nothing to roll back: %s", problem)
