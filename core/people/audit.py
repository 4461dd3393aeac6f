"""The audit's lines, as services write and read them; what makes them tamper-evident is ``core.db.audit_log``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.audit_log import note
from core.db.tables import AuditRow

__all__ = ["AuditEntry", "note", "page", "record"]


def record(session: Session, user_name: str, action: str, subject: str, detail: dict[str, Any], at: float) -> None:
    """Writes one row and commits. ``action`` is a word such as ``recording_heard``, ``subject`` what it was done to."""
    note(session, user_name, action, subject, detail, at)
    session.commit()


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Filters; empty ones let everything through. UTC epoch seconds; ``before_id``: where the page before ended."""

    since: float | None = None
    until: float | None = None
    who: str = ""
    action: str = ""
    subject: str = ""
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    id: int
    at: float
    who: str
    action: str
    subject: str
    detail: dict[str, Any]
    hash: str


def page(session: Session, wanted: AuditQuery, limit: int) -> tuple[list[AuditEntry], int | None]:
    """The newest lines first, and the id to go on before, when there are more."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit + 1)
    for given, condition in (
        (wanted.since, AuditRow.at >= (wanted.since or 0.0)),
        (wanted.until, AuditRow.at < (wanted.until or 0.0)),
        (wanted.who or None, AuditRow.user_name == wanted.who),
        (wanted.action or None, AuditRow.action == wanted.action),
        (wanted.subject or None, AuditRow.subject == wanted.subject),
        (wanted.before_id, AuditRow.id < (wanted.before_id or 0)),
    ):
        if given is not None:
            query = query.where(condition)
    rows = list(session.scalars(query))
    shown = [AuditEntry(r.id, r.at, r.user_name, r.action, r.subject, r.detail, r.hash) for r in rows[:limit]]
    return shown, shown[-1].id if len(rows) > limit else None


def actions(session: Session) -> list[str]:
    """Those that occur, for a list to choose from."""
    return list(session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)))
