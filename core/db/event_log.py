"""Writing and reading the event log: append once by uid, read in order without stepping over open transactions.

On PostgreSQL ids are given at insert and appear at commit, so a later id can be seen before an earlier one.
Every row keeps the id of its transaction, and a reader stops short of the oldest transaction still running
(``pg_snapshot_xmin``, PostgreSQL manual 9.27, "Transaction ID and Snapshot Information Functions").
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.db.tables import EventRow
from core.events import Event

_LOG = EventRow.__table__
_COLUMNS = (_LOG.c.id, _LOG.c.uid, _LOG.c.at_us, _LOG.c.kind, _LOG.c.version, _LOG.c.subject, _LOG.c.payload)


def append(connection: sa.Connection, events: Iterable[Event]) -> int:
    """Adds what is not there yet; the number added. Commit is the caller's."""
    on_postgres = connection.dialect.name == "postgresql"
    rows = [
        {
            "uid": event.uid,
            "at_us": event.at_us,
            "kind": event.kind,
            "version": event.version,
            "subject": event.subject,
            "payload": orjson.dumps(event.payload).decode(),
            "xid": 0,
        }
        for event in events
    ]
    if not rows:
        return 0
    before = connection.scalar(
        sa.select(sa.func.count()).select_from(_LOG).where(_LOG.c.uid.in_([r["uid"] for r in rows]))
    )
    if on_postgres:
        xid = connection.scalar(sa.text("select pg_current_xact_id()::text::bigint"))
        statement: sa.Insert = postgresql.insert(EventRow).on_conflict_do_nothing(index_elements=["uid"])
        rows = [{**row, "xid": xid} for row in rows]
    else:
        statement = sqlite.insert(EventRow).on_conflict_do_nothing(index_elements=["uid"])
    connection.execute(statement, rows)
    return len(rows) - (before or 0)


def read_after(connection: sa.Connection, watermark: int, limit: int) -> list[tuple[int, Event]]:
    """Up to ``limit`` events after id ``watermark``, in id order, none of which can be preceded by a later commit."""
    query = sa.select(*_COLUMNS).where(_LOG.c.id > watermark).order_by(_LOG.c.id).limit(limit)
    if connection.dialect.name == "postgresql":
        query = query.where(sa.literal_column("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    return [
        (row[0], Event(row[1], row[2], row[3], row[4], row[5], orjson.loads(row[6])))
        for row in connection.execute(query)
    ]


def for_subject(connection: sa.Connection, subject: str) -> list[Event]:
    """Everything about one call or one agent, oldest first."""
    query = sa.select(*_COLUMNS).where(_LOG.c.subject == subject).order_by(_LOG.c.at_us, _LOG.c.id)
    return [Event(r[1], r[2], r[3], r[4], r[5], orjson.loads(r[6])) for r in connection.execute(query)]
