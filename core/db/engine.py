"""Opens the operational database by URL, with what each of the two kinds needs to serve several processes.

Errors come without the values of their statements: they end in logs, and values are people's names and addresses.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from core.errors import ConfigError

BUSY_TIMEOUT_S = 5.0
# A writer that hangs inside a transaction must not stop the event log for good.
POSTGRES_OPTIONS = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"

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


def _sqlite(url: URL, busy_timeout_s: float) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": busy_timeout_s})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        # WAL: readers never wait for the one writer. NORMAL keeps it whole after kill -9.
        cursor.execute("pragma journal_mode = wal")
        cursor.execute("pragma synchronous = normal")
        cursor.execute("pragma foreign_keys = on")
        cursor.close()

    return engine
