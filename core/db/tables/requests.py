"""Requests that make something, by their keys."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base


class RequestKeyRow(Base):
    """``request`` is the SHA-256 of who asked and the key, ``asked`` that of what was asked for; ``made`` is the id of
    what came of it, ``answer`` the sealed answer to it where that is kept instead: null while nobody has answered yet.
    Orders keep their keys themselves."""

    __tablename__ = "request_keys"

    request: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))
    made: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(Text)
    at: Mapped[float]
