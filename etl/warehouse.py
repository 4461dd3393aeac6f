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

from core.errors import Unavailable

log = logging.getLogger(__name__)

Row = dict[str, Any]
Parameters = Mapping[str, Any] | None

READERS = 2
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
            if "lock" in str(problem).lower():
                raise Unavailable(
                    "The analytics file is in use by another process.",
                    remedy="Ask the running site, or stop it first.",
                ) from problem
            unreadable = str(problem)
        except (duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException) as problem:
            unreadable = str(problem)
        aside = self.path.with_suffix(f".broken-{int(time.time())}")
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
        if self._connection is None:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.")
        return self._connection.cursor()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction: all of it is there afterwards, or nothing."""
        with self._write_lock:
            cursor = self.cursor()
            try:
                cursor.begin()
                yield cursor
                cursor.commit()
            except BaseException:
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
