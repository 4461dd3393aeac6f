"""The analytics database: the only place that opens DuckDB. Knows no mart and no event.

One process owns the file (the web process). One writer at a time holds ``writing()``; every query runs on a cursor of
its own and sees the last committed batch. Async callers use ``fetch`` or ``ask``, which keep the event loop free.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
import math
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb

from core.clock import utc_now
from core.errors import Unavailable
from core.process import Key
from etl import damage
from etl.readers import LIMIT_S, Readers

log = logging.getLogger(__name__)

T = TypeVar("T")
Row = dict[str, Any]
# By name; what is missing is masked.
Columns = dict[str, Any]
Parameters = Mapping[str, Any] | None

# Rows made at once: DuckDB lets no other thread run while it makes them.
A_PIECE = 100
# A bug of a query that looks like damage must not have everything read again and again.
PROVED_FOR_S = 3600.0
CACHE_ENTRIES = 256
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Few: the machine also carries voice.
    "threads": 2,
    "memory_limit": "1GB",
    # It must run offline, and queries have no business with other files.
    "autoinstall_known_extensions": "false",
    "enable_external_access": "false",
}


class Trouble(enum.Enum):
    """What is known of the file: nothing bad, not open, may be damaged, is damaged."""

    NONE = enum.auto()
    CLOSED = enum.auto()
    SUSPECT = enum.auto()
    DAMAGED = enum.auto()


class Warehouse:
    """``open`` before use and ``close`` at the end; ``Unavailable`` in between times.

    A file that is found damaged, at its opening or by any query, is put aside, and an empty one takes its place:
    ``generation`` is one more then, and the feed fills it from the event log."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.generation = 0
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._write_lock = threading.Lock()
        self._revive_lock = threading.Lock()
        self._cursors: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()
        self._trouble = Trouble.NONE
        # An empty file has no tables before the feed's first transaction.
        self._empty = False
        self._proved_at = -math.inf
        self._readers: Readers | None = None
        self._cache: dict[tuple[str, str], tuple[float, list[Row]]] = {}

    def open(self) -> Warehouse:
        """Opens or makes the file. After ``Unavailable`` every use tries again."""
        if self._readers is None:
            self._readers = Readers(self.cursor)
            self._trouble = Trouble.CLOSED
            self.mend()
        return self

    def mend(self) -> None:
        """Opens the file anew if something was wrong with it; cheap when nothing was."""
        if self.troubled and self._readers is not None:
            with self._revive_lock:
                self._open_anew()

    def _open_anew(self) -> None:
        if not self.troubled:
            return
        connection, self._connection = self._connection, None
        for asking in tuple(self._cursors):
            with contextlib.suppress(duckdb.Error):
                asking.interrupt()
        if connection is not None:
            with contextlib.suppress(duckdb.Error):
                connection.close()
        self._connection, self._trouble = self._opened(), Trouble.NONE
        log.info("the analytics database is open")

    @property
    def troubled(self) -> bool:
        """The next use opens the file anew."""
        return self._trouble is not Trouble.NONE

    @property
    def damaged(self) -> bool:
        """An empty file takes its place at the next use."""
        return self._trouble is Trouble.DAMAGED

    def aside(self) -> str:
        """The name of the damaged file that lies beside ours, empty when there is none."""
        return max((path.name for path in self.path.parent.glob(f"{self.path.stem}.broken-*[0-9]")), default="")

    def _opened(self) -> duckdb.DuckDBPyConnection:
        trouble, connection = self._trouble, None
        if trouble is not Trouble.DAMAGED:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                connection = self._connect()
                if trouble is Trouble.SUSPECT:
                    self._prove(connection)
                return connection
            except duckdb.Error as problem:
                if connection is not None:
                    connection.close()
                if (refusal := damage.outside(problem)) is not None:
                    raise refusal from problem
                log.error("the analytics file cannot be read: %s", problem)
                self._trouble = Trouble.DAMAGED
        self._put_aside()
        connection = self._connect()
        if not self.path.exists():
            # DuckDB gave us the old one once more: somebody's last query holds it.
            connection.close()
            raise _being_mended()
        self.generation += 1
        self._empty = True
        self._cache.clear()
        return connection

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self.path), config=CONFIG)
        try:
            # Somebody's last cursor may hold a broken one open for another moment.
            connection.execute("select 1")
        except duckdb.Error:
            connection.close()
            raise
        return connection

    def _prove(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Reads everything: a block that is not what was written is an error. Once an hour is enough."""
        if time.monotonic() < self._proved_at + PROVED_FOR_S:
            return
        find = "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
        for schema, table in connection.execute(find).fetchall():
            connection.execute(f'select bit_xor(hash(one)) from "{schema}"."{table}" as one').fetchall()  # noqa: S608
        self._proved_at = time.monotonic()

    def _put_aside(self) -> None:
        """Only the newest is kept: they are as large as the file, and the event log knows better."""
        if not self.path.exists():
            return
        for older in self.path.parent.glob(f"{self.path.stem}.broken-*"):
            older.unlink(missing_ok=True)
        aside = self.path.with_suffix(f".broken-{int(utc_now())}")
        log.error("the analytics file is damaged and kept as %s; a new one is filled from the event log", aside.name)
        for path, name in ((self.path, aside.name), (_wal(self.path), f"{aside.name}.wal")):
            with contextlib.suppress(FileNotFoundError):
                path.replace(path.with_name(name))

    def close(self) -> None:
        readers, connection = self._readers, self._connection
        self._readers = self._connection = None
        if readers is not None:
            readers.close()
        if connection is not None:
            # What cannot be written at the end is found at the next start.
            with self._write_lock, contextlib.suppress(duckdb.Error):
                connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the open file, for one thread; the caller closes it."""
        self.mend()
        if self._connection is None:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.")
        made = self._connection.cursor()
        self._cursors.add(made)
        return made

    def _note(self, problem: BaseException) -> None:
        """What a failed statement says about the file."""
        if damage.certain(problem):
            self._trouble = Trouble.DAMAGED
        elif self._trouble is Trouble.NONE and damage.possible(problem):
            self._trouble = Trouble.SUSPECT
        elif self._trouble is Trouble.NONE and damage.fatal(problem):
            self._trouble = Trouble.CLOSED

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction: all of it is there afterwards, or nothing."""
        with self._write_lock:
            cursor = self.cursor()
            try:
                cursor.begin()
                yield cursor
                cursor.commit()
                self._empty = False
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
            return self._answer(cursor, sql, parameters, list)
        finally:
            cursor.close()

    async def fetch(self, sql: str, parameters: Parameters = None, *, fresh_s: float = 0.0) -> list[Row]:
        """``query`` off the event loop, for answers of a few rows. An answer at most ``fresh_s`` old is given again: do
        not change it."""
        key = (sql, repr(sorted(parameters.items())) if parameters else "")
        if fresh_s:
            known = self._cache.get(key)
            if known is not None and time.monotonic() - known[0] <= fresh_s:
                return known[1]
        rows = await self.ask(sql, parameters, list)
        if fresh_s:
            if len(self._cache) >= CACHE_ENTRIES:
                self._cache.clear()
            self._cache[key] = (time.monotonic(), rows)
        return rows

    async def ask(
        self,
        sql: str,
        parameters: Parameters,
        made: Callable[[Iterator[Row]], T],
        *,
        is_long: bool = False,
        limit_s: float = LIMIT_S,
    ) -> T:
        """What ``made`` makes of the rows, both off the event loop. Lanes, limits and errors: ``etl.readers``."""
        if self._readers is None:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.")
        return await self._readers.ask(
            lambda cursor: self._answer(cursor, sql, parameters, made), is_long=is_long, limit_s=limit_s
        )

    async def columns(self, sql: str, parameters: Parameters = None) -> Columns:
        """Numpy arrays by the names of the columns, for many rows of numbers."""
        if self._readers is None:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.")
        return await self._readers.ask(lambda cursor: self._answer_columns(cursor, sql, parameters))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Questions that all see the same batch of the feed, however long they take."""
        if self._readers is None:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.")
        cursor = await asyncio.to_thread(self.cursor)
        try:
            # The first question of a transaction says which batch it sees.
            cursor.begin()
            yield Snapshot(self._readers, _Kept(cursor), self._answer, self._answer_columns)
        finally:
            _rolled_back(cursor)
            cursor.close()

    def status(self) -> dict[str, Any]:
        """For health: who reads and who waits."""
        return self._readers.about() if self._readers is not None else {"status": "down"}

    def _answer(
        self, cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters, made: Callable[[Iterator[Row]], T]
    ) -> T:
        return self._executed(cursor, sql, parameters, lambda: made(_rows(cursor)))

    def _answer_columns(self, cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters) -> Columns:
        return self._executed(cursor, sql, parameters, cursor.fetchnumpy)

    def _executed(
        self, cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters, read: Callable[[], T]
    ) -> T:
        try:
            cursor.execute(sql, dict(parameters) if parameters else None)
            return read()
        except duckdb.Error as problem:
            self._note(problem)
            if self._trouble is not Trouble.NONE or (self._empty and isinstance(problem, duckdb.CatalogException)):
                raise _being_mended() from problem
            raise


class _Kept:
    """A cursor that outlives the single question."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def close(self) -> None:
        """Whoever opened the snapshot closes it."""


class Snapshot:
    """Asks as ``Warehouse`` does, one question after the other, in one transaction."""

    def __init__(
        self, readers: Readers, cursor: _Kept, answer: Callable[..., Any], answer_columns: Callable[..., Columns]
    ) -> None:
        self._readers, self._cursor = readers, cursor
        self._answer, self._answer_columns = answer, answer_columns
        self._turn = asyncio.Lock()

    async def fetch(self, sql: str, parameters: Parameters = None, *, fresh_s: float = 0.0) -> list[Row]:  # noqa: ARG002 - as Warehouse is asked; nothing older is given again
        return await self.ask(sql, parameters, list)

    async def ask(self, sql: str, parameters: Parameters, made: Callable[[Iterator[Row]], T]) -> T:
        return await self._asked(lambda cursor: self._answer(cursor, sql, parameters, made))

    async def columns(self, sql: str, parameters: Parameters = None) -> Columns:
        return await self._asked(lambda cursor: self._answer_columns(cursor, sql, parameters))

    async def _asked(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        # Moving to another lane would end the transaction.
        async with self._turn:
            return await self._readers.ask(
                work, is_long=True, open_cursor=lambda: cast(duckdb.DuckDBPyConnection, self._cursor)
            )


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    names = [column[0] for column in cursor.description or ()]
    while piece := cursor.fetchmany(A_PIECE):
        for row in piece:
            yield dict(zip(names, row, strict=True))


def _being_mended() -> Unavailable:
    return Unavailable(
        "The analytics file cannot be read now; if it is damaged, it is filled anew from the event log by itself.",
        remedy="Try again in a few minutes; calls, orders and live pages go on.",
    )


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _rolled_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.rollback()
    except duckdb.Error as problem:
        log.debug("nothing to roll back: %s", problem)


WAREHOUSE = Key[Warehouse]("warehouse")
