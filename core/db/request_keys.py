"""What was made under an ``Idempotency-Key``: who sends the same once more gets that, and nothing is made twice.

A key is its sender's own and bound to what was asked for. It goes in with the change itself, or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db.tables import RequestKeyRow
from core.errors import Conflict

# Who repeats a request does so within minutes; a page that lay open over the holidays is the longest that counts.
REMEMBERED_S = 30 * 86_400.0
FIELD = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants something made under which key, and what."""

    user: str
    key: str
    asked: Mapping[str, Any]

    @property
    def request(self) -> str:
        return _request(self.user, self.key)


def made_before(session: Session, user: str, key: str, asked: Mapping[str, Any]) -> str | None:
    """The id of what this very request has made; ``Conflict`` when the key was used for something else."""
    row = session.get(RequestKeyRow, _request(user, key)) if key else None
    if row is None:
        return None
    if row.asked != _digest(asked):
        raise _of_something_else(row)
    return row.made


def _of_something_else(row: RequestKeyRow) -> Conflict:
    remedy = "Use a new key for everything that is made."
    if not row.made:
        return Conflict("This key was used for something else.", field=FIELD, remedy=remedy)
    return Conflict("This key was used for something else: {id}.", field=FIELD, remedy=remedy, id=row.made)


def remember(session: Session, user: str, key: str, asked: Mapping[str, Any], made: str, at: float) -> None:
    """Does not commit. Keys that nobody repeats any more go."""
    if key:
        session.execute(delete(RequestKeyRow).where(RequestKeyRow.at < at - REMEMBERED_S))
        session.add(RequestKeyRow(request=_request(user, key), asked=_digest(asked), made=made, at=at))


def claim(session: Session, wanted: Claim, at: float) -> str | None:
    """The key is the asker's from now on (None), or what the first who had it was answered. ``Conflict`` when that
    was something else, or has no answer. Commits."""
    row = session.get(RequestKeyRow, wanted.request)
    if row is None:
        remember(session, wanted.user, wanted.key, wanted.asked, "", at)
        try:
            session.commit()
        except IntegrityError:
            # Somebody was quicker.
            session.rollback()
            row = session.get(RequestKeyRow, wanted.request)
        else:
            return None
    if row is None or row.asked == _digest(wanted.asked):
        if row is not None and row.answer is not None:
            return row.answer
        raise Conflict(
            "A request with this key has been begun and is not answered.",
            field=FIELD,
            remedy="Look whether what you asked for is there before you send it with a new key.",
        )
    raise _of_something_else(row)


def answered(session: Session, wanted: Claim, sealed: str) -> None:
    """Commits."""
    row = RequestKeyRow
    session.execute(update(row).where(row.request == wanted.request).values(answer=sealed))
    session.commit()


def forget(session: Session, wanted: Claim) -> None:
    """Nothing was made. Commits."""
    session.execute(delete(RequestKeyRow).where(RequestKeyRow.request == wanted.request))
    session.commit()


def _request(user: str, key: str) -> str:
    return hashlib.sha256(f"{user}\0{key}".encode()).hexdigest()


def _digest(asked: Mapping[str, Any]) -> str:
    said = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()
