"""Opens the operational database by URL, with what each of the two kinds needs to serve several processes.

Errors come without the values of their statements: they end in logs, and values are people's names and addresses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError

from core.db import replaced
from core.errors import ConfigError

BUSY_TIMEOUT_S = 5.0
WAL_LIMIT_BYTES = 16 << 20
# What was committed outlives a power cut, whatever the server's settings say. And a writer that hangs inside a
# transaction must not stop the event log for good.
POSTGRES_OPTIONS = (
    "-c synchronous_commit=on -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
)

# A server whose network went away says nothing: without these a question waits for it a quarter of an hour.
POSTGRES_NETWORK = {
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def connect(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """An engine; nothing is opened before the first use. ``ConfigError`` when the URL makes no sense."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed, busy_timeout_s)
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 5, "options": POSTGRES_OPTIONS, **POSTGRES_NETWORK},
            )
    except (ArgumentError, NoSuchModuleError):
        pass
    raise ConfigError(
        "The database URL is not understood.",
        field="database_url",
        remedy="Use sqlite:///FILE or postgresql://USER@HOST/NAME.",
    )


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; none in memory, or behind an address of SQLite's own."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith((":", "file:")):
        return None
    return Path(url.database)


def wal_bytes(engine: Engine) -> int:
    """How long SQLite's write-ahead log is. While somebody reads in one long transaction it only grows."""
    file = sqlite_file(engine.url)
    try:
        return Path(f"{file}-wal").stat().st_size if file else 0
    except OSError:
        return 0


def _sqlite(url: URL, busy_timeout_s: float) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": busy_timeout_s})

    path = sqlite_file(url)

    @event.listens_for(engine, "do_connect")
    def look(*_args: object) -> None:
        if path is not None:
            replaced.before_opening(path)

    @event.listens_for(engine, "checkout")
    def is_it_still_there(_connection: object, record: Any, _proxy: object) -> None:
        if path is None or replaced.file_id(path) == record.info["file"]:
            return
        # All connections of the pool have the other file open: a new one says what stands there now.
        raise InvalidatePoolError

    @event.listens_for(engine, "engine_disposed")
    def forget(_engine: object) -> None:
        if path is not None:
            replaced.closed(path, id(engine))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        # WAL: readers never wait for the one writer. FULL: what was committed outlives a power cut, not only kill -9.
        cursor.execute("pragma journal_mode = wal")
        cursor.execute("pragma synchronous = full")
        cursor.execute("pragma foreign_keys = on")
        # What a reader that stayed too long has let it grow to is given back when the log begins anew.
        cursor.execute(f"pragma journal_size_limit = {WAL_LIMIT_BYTES}")
        cursor.close()
        record.info["file"] = replaced.opened(path, id(engine)) if path is not None else None

    return engine
