"""From where people sign in: the addresses and browsers of good log-ins, so that a guesser elsewhere locks nobody out.

Remembered for half a year after the last one. Functions do not commit.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.tables import LoginPlaceRow

REMEMBERED_S = 180 * 86_400.0
MOST_OF_ONE = 50


def familiar_places(session: Session, now: float) -> set[tuple[str, str]]:
    """Every pair of place and name that is still remembered."""
    query = select(LoginPlaceRow.place, LoginPlaceRow.name).where(LoginPlaceRow.last_at > now - REMEMBERED_S)
    return {(place, name) for place, name in session.execute(query)}


def remember_place(session: Session, name: str, place: str, at: float) -> None:
    """A good log-in of ``name``; of one person the newest places are kept."""
    session.merge(LoginPlaceRow(name=name[:64], place=place[:64], last_at=at))
    session.flush()
    oldest = select(LoginPlaceRow.place).where(LoginPlaceRow.name == name).order_by(LoginPlaceRow.last_at.desc())
    for old in session.scalars(oldest.offset(MOST_OF_ONE)).all():
        session.execute(delete(LoginPlaceRow).where(LoginPlaceRow.name == name, LoginPlaceRow.place == old))
