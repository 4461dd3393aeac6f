"""What was made under an ``Idempotency-Key``: who sends the same once more gets that, and nothing is made twice.

A key is its sender's own and bound to what was asked for. It goes in with the change itself, or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.db.tables import RequestKeyRow
from core.errors import Conflict

# Who repeats a request does so within minutes; a page that lay open over the holidays is the longest that counts.
REMEMBERED_S = 30 * 86_400.0


def made_before(session: Session, user: str, key: str, asked: Mapping[str, Any]) -> str | None:
    """The id of what this very request has made; ``Conflict`` when the key was used for something else."""
    row = session.get(RequestKeyRow, _request(user, key)) if key else None
    if row is None:
        return None
    if row.asked != _digest(asked):
        raise Conflict(
            "This key was used for something else: {id}.",
            field="Idempotency-Key",
            remedy="Use a new key for everything that is made.",
            id=row.made,
        )
    return row.made


def remember(session: Session, user: str, key: str, asked: Mapping[str, Any], made: str, at: float) -> None:
    """Does not commit. Keys that nobody repeats any more go."""
    if key:
        session.execute(delete(RequestKeyRow).where(RequestKeyRow.at < at - REMEMBERED_S))
        session.add(RequestKeyRow(request=_request(user, key), asked=_digest(asked), made=made, at=at))


def _request(user: str, key: str) -> str:
    return hashlib.sha256(f"{user}\0{key}".encode()).hexdigest()


def _digest(asked: Mapping[str, Any]) -> str:
    said = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()
