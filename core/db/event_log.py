"""The append-only log of facts: the only contract between the live core and all that analyses it.

Order of ids is order of commits, so a reader that remembers the last id it saw misses nothing. SQLite has one
writer anyway. On PostgreSQL an id is drawn long before its transaction commits; whoever appends therefore holds
an advisory lock from before the first id is drawn until the commit, and nobody draws a later id meanwhile.
(``pg_snapshot_xmin`` alone does not do: a transaction with the larger xid may hold the smaller id.)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Insert, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.db.tables import EventRow
from core.events import Event

APPEND_LOCK = 0x6576656E  # "even"
BATCH = 5000

_table = EventRow.__table__
_columns = (_table.c.uid, _table.c.at_us, _table.c.kind, _table.c.version, _table.c.subject, _table.c.payload)


def append(at: Session | Connection, events: Iterable[Event]) -> int:
    """Adds the events that are not there yet (by ``uid``) and returns how many were new. The caller commits.

    On PostgreSQL the transaction must be READ COMMITTED (the default) and end soon: other appenders wait.
    """
    connection = at.connection() if isinstance(at, Session) else at
    rows = [_row(event) for event in events]
    if not rows:
        return 0
    statement = _insert(connection.dialect.name)
    new = 0
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": APPEND_LOCK})
    for start in range(0, len(rows), BATCH):
        result = connection.execute(
            statement,
            rows[start : start + BATCH],
            execution_options={"preserve_rowcount": True},
        )
        new += max(result.rowcount, 0)
    return new


def read_after(connection: Connection, watermark_id: int, limit: int = BATCH) -> list[tuple[int, Event]]:
    """The next events after ``watermark_id`` in order of id; later reads never bring an id below the last one."""
    query = select(_table.c.id, *_columns).where(_table.c.id > watermark_id).order_by(_table.c.id).limit(limit)
    return [(row[0], _event(row[1:])) for row in connection.execute(query)]


def for_subject(connection: Connection, subject: str) -> list[Event]:
    """Everything about one call or one agent, in order of time."""
    query = select(*_columns).where(_table.c.subject == subject).order_by(_table.c.at_us, _table.c.id)
    return [_event(tuple(row)) for row in connection.execute(query)]


def contains(connection: Connection, uid: str) -> bool:
    return connection.execute(select(_table.c.id).where(_table.c.uid == uid)).first() is not None


def last_id(connection: Connection) -> int:
    """The newest id, 0 for an empty log: what a feed compares its watermark with."""
    return int(connection.execute(select(func.coalesce(func.max(_table.c.id), 0))).scalar_one())


def _insert(dialect: str) -> Insert:
    if dialect == "postgresql":
        return postgresql.insert(EventRow).on_conflict_do_nothing(index_elements=["uid"])
    return sqlite.insert(EventRow).on_conflict_do_nothing(index_elements=["uid"])


def _row(event: Event) -> dict[str, Any]:
    return {
        "uid": event.uid,
        "at_us": event.at_us,
        "kind": event.kind,
        "version": event.version,
        # PostgreSQL's text takes no NUL, and a caller's number may hold anything.
        "subject": event.subject.replace("\0", "")[:64],
        "payload": orjson.dumps(event.payload).decode(),
    }


def _event(row: Any) -> Event:
    return Event(row[0], row[1], row[2], row[3], row[4], orjson.loads(row[5]))
