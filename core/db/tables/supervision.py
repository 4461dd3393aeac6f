"""What supervisors put down: marks, announcements, messages, words over the calendar."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class CallMarkRow(Base):
    """A call put aside for later; ``kind``: qa or training."""

    __tablename__ = "call_marks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(500), default="")
    user_name: Mapped[str] = mapped_column(String(64))
    at: Mapped[float]


class AnnouncementRow(Base):
    """What callers hear first while it stands; ``area`` null is everybody."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    text: Mapped[str] = mapped_column(String(1000))
    area: Mapped[str | None] = mapped_column(String(100))
    active_from: Mapped[float]
    active_until: Mapped[float | None]
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float]
    ended_by: Mapped[str | None] = mapped_column(String(64))


class StaffMessageRow(Base):
    """A line from a supervisor to one desk, or to all when ``to_extension`` is null."""

    __tablename__ = "staff_messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(index=True)
    from_user: Mapped[str] = mapped_column(String(64))
    to_extension: Mapped[str | None] = mapped_column(String(20), index=True)
    text: Mapped[str] = mapped_column(String(1000))


class QueueOverrideRow(Base):
    """A supervisor's word over the calendar; ``state``: open or closed."""

    __tablename__ = "queue_overrides"

    queue_id: Mapped[str] = mapped_column(ForeignKey("queues.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    by_user: Mapped[str] = mapped_column(String(64))
    at: Mapped[float]


class FloorLimitRow(Base):
    """From when a tile or ratio turns amber and red, where the office has set its own: ``core.installation.limits``."""

    __tablename__ = "floor_limits"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    warn: Mapped[float]
    bad: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]
