"""Links by which a calendar reads one roster: their token opens nothing else, and only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.tables import RosterLinkRow
from core.people import audit
from core.rosters.service import agent_row


def make_link(session: Session, extension: str, by: str, at: float) -> str:
    """A token that reads this one roster and nothing else; earlier links of it end. Only its hash is kept."""
    agent_row(session, extension)
    token = secrets.token_urlsafe(24)
    _end_links(session, extension, at)
    session.add(RosterLinkRow(id=_hash(token), extension=extension, created_by=by, created_at=at))
    audit.record(session, by, "roster_link_made", extension, {}, at)
    return token


def end_links(session: Session, extension: str, by: str, at: float) -> None:
    _end_links(session, extension, at)
    audit.record(session, by, "roster_link_ended", extension, {}, at)


def extension_of_link(session: Session, token: str) -> str | None:
    row = session.get(RosterLinkRow, _hash(token))
    return row.extension if row is not None and row.revoked_at is None else None


def has_link(session: Session, extension: str) -> bool:
    query = select(RosterLinkRow.id).where(RosterLinkRow.extension == extension, RosterLinkRow.revoked_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def _end_links(session: Session, extension: str, at: float) -> None:
    session.execute(
        update(RosterLinkRow)
        .where(RosterLinkRow.extension == extension, RosterLinkRow.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
