"""The rows of a backup: written as the database has them, put back with the tables of today.

A site is backed up before the first start of a newer program, too, and nothing of it is changed by that: so the rows
are those of the tables as they stand, and the file says which migration made these. Rows of older tables become today's
in a database of their own that takes every migration, as the site's would have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, MetaData, Table, delete, insert, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from core.db import audit_log, connect, migrate
from core.db.migrate import REVISIONS, newest, revision_of
from core.db.tables import Base
from core.durable import remove
from core.errors import Unavailable

BATCH = 2000
Turn = Callable[[str, dict[str, Any]], dict[str, Any]]


def tables() -> list[Table]:
    return Base.metadata.sorted_tables


def rows_of(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row with its table's name, in an order in which they can be put back."""
    for table in _tables_there(connection):
        order = list(table.primary_key.columns)
        # Names that were read from the database are a kind of str that no JSON takes for a key.
        name, columns = str(table.name), [str(column.name) for column in table.columns]
        for row in connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*order)):
            yield name, dict(zip(columns, row, strict=True))


def of_today(rows: Iterable[Any], revision: str, scratch: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """``rows`` of the tables that ``revision`` made; ``scratch`` is a file that is there for so long only."""
    engine = connect(f"sqlite:///{scratch}")
    try:
        migrate(engine, revision)
        with engine.begin() as connection:
            _fill(connection, _tables_there(connection), rows)
        migrate(engine)
        with engine.connect() as connection:
            yield from rows_of(connection)
    finally:
        engine.dispose()
        for end in ("", "-wal", "-shm"):
            remove(Path(f"{scratch}{end}"))


def load(url: str, rows: Iterable[Any], turned: Turn | None = None) -> int:
    """All rows at once or none, in the place of those that are there; how many. ``turned`` changes one on its way.

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` for what is no row, and the database's own errors.
    """
    engine = connect(url)
    try:
        migrate(engine)
        with engine.begin() as connection:
            count = _fill(connection, tables(), rows, turned)
            if engine.dialect.name == "postgresql":
                for table in tables():
                    _continue_numbers(connection, table)
            # A file from before there was a chain holds none.
            audit_log.begin_chain(connection)
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    finally:
        engine.dispose()
    return count


def database_in_words(problem: SQLAlchemyError) -> Unavailable | None:
    """For a database that is away or has no room; ``None`` for one that was given what it does not take."""
    if not isinstance(problem, DBAPIError) or type(problem).__name__ not in ("OperationalError", "InterfaceError"):
        return None
    return Unavailable(
        "The operational database cannot be written: {problem}.",
        remedy="Start the database or make room; nothing was put back.",
        problem=str(problem.orig).strip().partition("\n")[0].rstrip("."),
    )


def write_rows(path: Path, rows: Iterable[Any], turned: Turn) -> int:
    """Ready for ``load``."""
    count = 0
    with path.open("wb") as file:
        for name, row in rows:
            file.write(orjson.dumps([name, turned(name, row)]) + b"\n")
            count += 1
    return count


def _tables_there(connection: Connection) -> list[Table]:
    """Today's, or, in a database that a newer or older program made, those that it has."""
    revision = revision_of(connection)
    if revision is None or revision == newest():
        return tables()
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != REVISIONS]


def _fill(connection: Connection, places: list[Table], rows: Iterable[Any], turned: Turn | None = None) -> int:
    known: Mapping[str, Table] = {table.name: table for table in places}
    # A migration may have put rows of its own there.
    for table in reversed(places):
        connection.execute(delete(table))
    count = 0
    batch: list[dict[str, Any]] = []
    at = ""
    for name, row in rows:
        if name != at or len(batch) >= BATCH:
            _insert(connection, known.get(at), batch)
            at, batch = name, []
        batch.append(row if turned is None else turned(name, row))
        count += 1
    _insert(connection, known.get(at), batch)
    return count


def _insert(connection: Connection, table: Table | None, batch: list[dict[str, Any]]) -> None:
    if table is not None and batch:
        connection.execute(insert(table), batch)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Rows came with their ids: the sequence goes on behind the highest."""
    if table.autoincrement_column is None or table.name in ("site", "audit_head"):
        return
    connection.execute(
        text(
            f"select setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608 - names of our own tables
            f"(select coalesce(max(id), 0) + 1 from {table.name}), false)",
        ),
    )
