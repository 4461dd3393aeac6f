"""Who did what to whose data: one row each, never changed, each sealed to the one before by a hash.

A row is kept with what it tells of, in the same transaction. ``note`` only remembers it: the rows are written as the
last thing before the commit, behind the lock of the chain's head, so that all writers of all processes hang theirs in
one behind the other, and nobody who holds that lock waits for another one.
A transaction that never commits (``kill -9``, a rollback) leaves neither its rows nor a gap in the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event, insert, select, text, update
from sqlalchemy.orm import Session

from core.db.audit_words import has_words
from core.db.tables import AuditHeadRow, AuditRow

KEY = "audit_lines"
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """``action`` is one of ``core.db.audit_words`` such as ``recording_heard``, ``subject`` what it was done to; ``at``
    UTC epoch seconds. An action that nobody could read is no line."""

    user_name: str
    action: str
    subject: str
    detail: dict[str, Any]
    at: float

    def __post_init__(self) -> None:
        if not has_words(self.action):
            raise ValueError(f"{self.action} has no words in core/db/audit_words.py")


@dataclass(frozen=True, slots=True)
class Head:
    """How many rows the chain has, and the hash of the last."""

    n: int
    hash: str

    def __str__(self) -> str:
        return f"{self.n}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``broken_at`` is the id of the first row that does not follow from those before, ``why`` a message id."""

    head: Head
    broken_at: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        return not self.why


def note(session: Session, user_name: str, action: str, subject: str, detail: dict[str, Any], at: float) -> None:
    """Goes in with the session's next commit, or not at all when that is rolled back."""
    if not session.in_transaction():
        # So that a rollback is one, also when nothing else was done.
        session.begin()
    session.info.setdefault(KEY, []).append(Line(user_name, action, subject, detail, at))


def append(connection: Connection, lines: Sequence[Line]) -> None:
    """Hangs the lines behind the last one; holds the chain until the caller commits, which must be soon."""
    if not lines:
        return
    # The write comes first: it takes the lock, and only then the hash is read.
    connection.execute(update(AuditHeadRow).values(n=AuditHeadRow.n + len(lines)))
    last = connection.execute(select(AuditHeadRow.hash)).scalar_one()
    rows = []
    for line in lines:
        row = _columns(line)
        last = link(last, row)
        rows.append({**row, "hash": last})
    connection.execute(insert(AuditRow), rows)
    connection.execute(update(AuditHeadRow).values(hash=last))


def link(before: str, row: dict[str, Any]) -> str:
    """The hash of a row: of the hash before and of everything that the row says."""
    said = [before, row["at"], row["user_name"], row["action"], row["subject"], row["detail"]]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def begin_chain(connection: Connection) -> Head:
    """For a database from before there was a chain: all rows that it has are hung in, in their order."""
    known = connection.execute(select(AuditHeadRow.n, AuditHeadRow.hash)).one_or_none()
    if known is not None:
        return Head(*known)
    last, n = "", 0
    rows = connection.execute(_QUERY).all()
    for row in rows:
        last = link(last, dict(row._mapping))
        connection.execute(update(AuditRow).where(AuditRow.id == row.id).values(hash=last))
        n += 1
    connection.execute(insert(AuditHeadRow).values(id=1, n=n, hash=last))
    return Head(n, last)


def head(connection: Connection) -> Head:
    found = connection.execute(select(AuditHeadRow.n, AuditHeadRow.hash)).one_or_none()
    return Head(*found) if found is not None else Head(0, "")


def verify(connection: Connection, noted: Iterable[Head] = ()) -> Verdict:
    """Reads the whole chain in one view of the database. ``noted`` are heads that were written down elsewhere: whoever
    can change the database can make a chain anew, but not one that holds the old heads."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("set transaction isolation level repeatable read read only"))
    else:
        connection.exec_driver_sql("begin")
    told = head(connection)
    wanted = {one.n: one.hash for one in noted if one.n > 0}
    last, n = "", 0
    for row in connection.execution_options(yield_per=BATCH).execute(_QUERY):
        n += 1
        last = link(last, dict(row._mapping))
        if last != row.hash:
            return Verdict(told, row.id, "was changed, or one before it is missing")
        if wanted.pop(n, last) != last:
            return Verdict(told, row.id, "is not the one whose hash was noted")
    if (n, last) != (told.n, told.hash):
        return Verdict(told, None, "lines are missing at the end")
    if wanted:
        return Verdict(told, None, "a line whose hash was noted is missing")
    return Verdict(told)


_QUERY = select(
    AuditRow.id,
    AuditRow.at,
    AuditRow.user_name,
    AuditRow.action,
    AuditRow.subject,
    AuditRow.detail,
    AuditRow.hash,
).order_by(AuditRow.id)


def _columns(line: Line) -> dict[str, Any]:
    """As the database gives it back: the hash is of what can be read again."""
    return {
        "user_name": _plain(line.user_name)[:64],
        "action": line.action[:64],
        "subject": _plain(line.subject)[:200],
        "detail": _cleaned(json.loads(json.dumps(line.detail, default=str))),
        "at": float(line.at),
    }


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return _plain(value)
        case list():
            return [_cleaned(one) for one in value]
        case dict():
            return {_plain(key): _cleaned(one) for key, one in value.items()}
    return value


def _plain(words: str) -> str:
    """PostgreSQL's text takes neither NUL nor halves of characters."""
    return words.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    lines = session.info.pop(KEY, None)
    if lines:
        # All other locks of the transaction are taken by now.
        session.flush()
        append(session.connection(), lines)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(KEY, None)
