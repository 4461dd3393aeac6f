"""Shifts, leave, swaps, drafts and the links to read them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class RosterSettingsRow(Base):
    """Exactly one row. ``version`` rises with every change of any roster: writers take turns on this row."""

    __tablename__ = "roster_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    least_rest_s: Mapped[float]
    most_week_s: Mapped[float]
    due_week_s: Mapped[float]
    most_days_in_row: Mapped[int]
    service_target: Mapped[float]
    most_occupancy: Mapped[float]
    shrinkage: Mapped[float]
    least_present: Mapped[int] = mapped_column(default=1, server_default="1")
    changed_at: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))


class ShiftTemplateRow(Base):
    """Minutes from the local midnight; ``breaks`` is a list of ``[start, end]`` in the same minutes, or of
    ``[start, end, earliest, latest]`` for one that may be moved in a window."""

    __tablename__ = "shift_templates"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(64), default="", server_default="")
    rank: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    breaks: Mapped[list[Any]]
    skills: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    example: Mapped[bool] = mapped_column(default=False)


class RosterShiftRow(Base):
    """One shift of one agent; ``breaks`` in epoch seconds. Kept when the agent is gone, so no foreign key."""

    __tablename__ = "roster_shifts"
    __table_args__ = (
        Index("ix_roster_shifts_extension_day", "extension", "day"),
        # Swaps and links name a shift: its id is never used twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    extension: Mapped[str] = mapped_column(String(20))
    day: Mapped[str] = mapped_column(String(10), index=True)
    template_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(64), default="", server_default="")
    starts_at: Mapped[float] = mapped_column(index=True)
    ends_at: Mapped[float]
    breaks: Mapped[list[Any]]
    skills: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))


class RosterLeaveRow(Base):
    """``state``: asked, approved, refused, withdrawn."""

    __tablename__ = "roster_leaves"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    extension: Mapped[str] = mapped_column(String(20), index=True)
    starts_at: Mapped[float] = mapped_column(index=True)
    ends_at: Mapped[float]
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[float]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[float | None]
    decided_words: Mapped[str] = mapped_column(String(200), default="")


class RosterSwapRow(Base):
    """A shift that changes hands; ``other_shift_id`` is what comes back for it, if anything does.

    ``state``: asked, accepted, approved, declined, refused, withdrawn, lapsed. ``open_key`` is the shift while the
    swap is open: the database itself refuses a second one.
    """

    __tablename__ = "roster_swaps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    open_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    shift_id: Mapped[int] = mapped_column(BigId, index=True)
    other_shift_id: Mapped[int | None] = mapped_column(BigId)
    extension: Mapped[str] = mapped_column(String(20), index=True)
    other_extension: Mapped[str] = mapped_column(String(20), index=True)
    shift: Mapped[dict[str, Any]]
    other_shift: Mapped[dict[str, Any]]
    words: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[float]
    answered_at: Mapped[float | None]
    decided_at: Mapped[float | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_words: Mapped[str] = mapped_column(String(200), default="")


class RosterDraftRow(Base):
    """A proposed roster; ``state``: running, done, failed, cancelled, taken. Times of its shifts are wall clock."""

    __tablename__ = "roster_drafts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[str] = mapped_column(String(10))
    days: Mapped[int]
    wanted: Mapped[dict[str, Any]]
    progress: Mapped[dict[str, Any]]
    shifts: Mapped[list[Any]]
    report: Mapped[dict[str, Any]]
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[float] = mapped_column(index=True)
    ended_at: Mapped[float | None]


class RosterLinkRow(Base):
    """A calendar's subscription to one roster. ``id`` is the SHA-256 of its token, which only reads."""

    __tablename__ = "roster_links"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    extension: Mapped[str] = mapped_column(String(20), index=True)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[float]
    revoked_at: Mapped[float | None]


class ExpectedCallsRow(Base):
    """What the office expects of a queue on a local day (ISO): it counts instead of the forecast."""

    __tablename__ = "expected_calls"

    queue_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    calls: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]
