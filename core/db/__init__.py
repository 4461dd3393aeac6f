"""The operational database: SQLite by default, PostgreSQL by URL, the same tables and tests for both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

__all__ = ["connect", "migrate"]


def connect(url: str) -> sa.Engine:
    """An engine; SQLite in WAL mode, so that the sip process's writer and the web process do not block readers."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, pool_size=5, connect_args={"connect_timeout": 3})
    engine = sa.create_engine(url, connect_args={"timeout": 5.0})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        # NORMAL: a power cut may lose the last moments, a killed process loses nothing.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"pragma {pragma}")
        cursor.close()

    return engine


def migrate(engine: sa.Engine) -> None:
    """Brings the schema to the newest version; safe to repeat."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
