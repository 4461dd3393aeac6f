"""The append-only log of facts: the only contract between the live core and all that analyses it.

Order of ids is order of commits, so a reader that remembers the last id it saw misses nothing. SQLite has one
writer anyway. On PostgreSQL an id is drawn long before its transaction commits; whoever appends therefore holds
an advisory lock from before the first id is drawn until the commit, and nobody draws a later id meanwhile.
(``pg_snapshot_xmin`` alone does not do: a transaction with the larger xid may hold the smaller id.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Insert, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.db.tables import EventRow
from core.events import Event, checked

# What SQLite and PostgreSQL say of a row or a page whose bytes have changed.
UNREADABLE = (
    "Could not decode",
    "malformed",
    "invalid page",
    "could not read block",
    "invalid byte sequence",
    "missing chunk",
    "compressed data is corrupt",
)
APPEND_LOCK = 0x6576656E  # "even"
BATCH = 5000

_table = EventRow.__table__
_columns = (_table.c.uid, _table.c.at_us, _table.c.kind, _table.c.version, _table.c.subject, _table.c.payload)


class DamagedRow(Exception):
    """A row that cannot be read; the message is for programs and logs."""


@dataclass
class Batch:
    """Readable rows with their ids, in order of id, and what is wrong with each of the others."""

    events: list[tuple[int, Event]] = field(default_factory=list)
    unreadable: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.events) + len(self.unreadable)

    @property
    def last(self) -> int:
        return max([self.events[-1][0] if self.events else 0, *self.unreadable])

    @property
    def uid(self) -> str:
        """Of the last one, empty when that cannot be read."""
        return self.events[-1][1].uid if self.events and self.events[-1][0] == self.last else ""


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


def read_some(connection: Connection, watermark_id: int, limit: int = BATCH) -> Batch:
    """As ``read_after``, and past what cannot be read: a row whose bytes have changed must not stop all after it."""
    query = select(_table.c.id, *_columns).where(_table.c.id > watermark_id).order_by(_table.c.id).limit(limit)
    batch = Batch()
    try:
        _take(batch, connection.execute(query))
    except DBAPIError as problem:
        if not _damaged(problem):
            raise
        connection.rollback()
        # Ids have hardly any gaps, and those there are cost nothing.
        newest = last_id(connection)
        batch = Batch()
        _read_between(connection, batch, watermark_id, min(newest, watermark_id + limit))
    return batch


def read_one(connection: Connection, number: int) -> Event | None:
    """The row with this id, ``None`` when there is none; ``DamagedRow`` when it cannot be read."""
    batch = Batch()
    _read_between(connection, batch, number - 1, number)
    if batch.unreadable:
        raise DamagedRow(batch.unreadable[number])
    return batch.events[0][1] if batch.events else None


def _read_between(connection: Connection, batch: Batch, after: int, last: int) -> None:
    """Halves what cannot be read at once, down to the row."""
    if last <= after:
        return
    query = select(_table.c.id, *_columns).where(_table.c.id > after, _table.c.id <= last).order_by(_table.c.id)
    try:
        rows = connection.execute(query).all()
    except DBAPIError as problem:
        if not _damaged(problem):
            raise
        connection.rollback()
        if last == after + 1:
            batch.unreadable[last] = type(problem.orig).__name__
            return
        middle = (after + last) // 2
        _read_between(connection, batch, after, middle)
        _read_between(connection, batch, middle, last)
    else:
        _take(batch, rows)


def _take(batch: Batch, rows: Iterable[Any]) -> None:
    loads, events = orjson.loads, batch.events
    for number, uid, at_us, kind, version, subject, payload in rows:
        try:
            events.append((number, checked(Event(uid, at_us, kind, version, subject, loads(payload)))))
        except (ValueError, TypeError) as problem:
            batch.unreadable[number] = str(problem)[:200]


def _damaged(problem: DBAPIError) -> bool:
    """The database answered, and what it has is no row of ours. Whoever is away, busy or full is so for all rows."""
    return any(words in str(problem.orig) for words in UNREADABLE)


def for_subject(connection: Connection, subject: str) -> list[Event]:
    """Everything about one call or one agent, in order of time."""
    query = select(*_columns).where(_table.c.subject == subject).order_by(_table.c.at_us, _table.c.id)
    return [_event(tuple(row)) for row in connection.execute(query)]


def of_kind(connection: Connection, kind: str, since_us: int) -> list[Event]:
    """All facts of a kind from then on, in order of time."""
    query = select(*_columns).where(_table.c.kind == kind, _table.c.at_us >= since_us)
    return [_event(tuple(row)) for row in connection.execute(query.order_by(_table.c.at_us, _table.c.id))]


def contains(connection: Connection, uid: str) -> bool:
    return connection.execute(select(_table.c.id).where(_table.c.uid == uid)).first() is not None


def uid_of(connection: Connection, number: int) -> str | None:
    """``None`` when there is no such row, or it cannot be read: then it is known by nothing."""
    try:
        return connection.execute(select(_table.c.uid).where(_table.c.id == number)).scalar()
    except DBAPIError as problem:
        if not _damaged(problem):
            raise
        connection.rollback()
        return None


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
