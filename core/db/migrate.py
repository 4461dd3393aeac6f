"""Brings a database's tables to this version of the program; harmless to repeat, also at the same time."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from core.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATION_LOCK = 0x686F746C  # "hotl": PostgreSQL advisory lock, so that two starts do not migrate at once


# Alembic's table of the one that was run last.
REVISIONS = "alembic_version"


def migrate(engine: Engine, upto: str = "head") -> None:
    """Runs every migration that is still owed, up to the revision ``upto``."""
    # Loaded here: processes that only read and write stay smaller by its weight.
    from alembic import command

    # Alembic announces each run; only its warnings matter here.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = alembic_config()
    with engine.connect() as connection:
        _see_that_we_know_it(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()
        try:
            config.attributes["connection"] = connection
            command.upgrade(config, upto)
            connection.commit()
        finally:
            if engine.dialect.name == "postgresql":
                connection.rollback()
                connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
                connection.commit()


def revision_of(connection: Connection) -> str | None:
    """The migration that the database has come to; ``None`` before the first."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this version of the program works with."""
    return _scripts().get_current_head() or ""


def knows(revision: str) -> bool:
    return any(script.revision == revision for script in _scripts().walk_revisions())


def _see_that_we_know_it(connection: Connection) -> None:
    """A newer program's tables are none of ours, and there is no way back by ourselves."""
    there = revision_of(connection)
    connection.rollback()
    if there is not None and not knows(there):
        raise Conflict(
            "The database was made by a newer version of this program ({revision}).",
            field="database_url",
            remedy="Install that version again, or bring a backup of this version back with hotline restore.",
            revision=there,
        )


def alembic_config() -> Config:
    """For Alembic's own commands; they want ``attributes["connection"]``."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config())
