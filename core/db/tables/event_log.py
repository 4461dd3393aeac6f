"""The event log's one table."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class EventRow(Base):
    """Append only; ``core.db.event_log`` is the only writer."""

    __tablename__ = "event_log"
    __table_args__ = (Index("ix_event_log_kind_at", "kind", "at_us"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    at_us: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(64), index=True)
    payload: Mapped[str] = mapped_column(Text)
