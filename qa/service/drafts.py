"""What somebody has filled in and not yet given: one's own, by call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.db.tables import QaDraftRow
from core.errors import BadInput

LARGEST = 100_000


def find(session: Session, user_name: str, call_id: str) -> QaDraftRow | None:
    return session.get(QaDraftRow, (user_name, call_id))


def store(session: Session, user_name: str, call_id: str, body: Mapping[str, Any], at: float) -> QaDraftRow:
    """In the place of what was there; ``at`` in UTC epoch seconds."""
    if len(str(body)) > LARGEST:
        raise BadInput("The draft is too long.", field="body", remedy="Shorten the comments.")
    row = session.merge(QaDraftRow(user_name=user_name, call_id=call_id, body=dict(body), at=at))
    session.commit()
    return row
