"""Who did what to whose data: one row each, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.db.tables import AuditRow


def record(session: Session, user_name: str, action: str, subject: str, detail: dict[str, Any], at: float) -> None:
    """Writes one row and commits. ``action`` is a word such as ``recording_heard``, ``subject`` what it was done to."""
    session.add(AuditRow(user_name=user_name[:64], action=action[:64], subject=subject[:200], detail=detail, at=at))
    session.commit()
