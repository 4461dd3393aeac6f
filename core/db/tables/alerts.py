"""Rules on live figures and what they raised."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class AlertRuleRow(Base):
    """A figure, where it is looked at and from which value on somebody must know; see ``core.notify.rules``.

    ``queue_limits``: the queue's own ``warn_wait_s`` and ``alarm_wait_s`` take the place of ``warn`` and ``alarm``.
    ``recipients`` are role names and user names. ``example`` marks what was shipped.
    """

    __tablename__ = "alert_rules"
    # An id is never used twice: old alerts name the rule they came from.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's form

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100))
    figure: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[str] = mapped_column(String(64), default="")
    comparison: Mapped[str] = mapped_column(String(10))
    warn: Mapped[float | None]
    alarm: Mapped[float | None]
    clear: Mapped[float | None]
    queue_limits: Mapped[bool] = mapped_column(default=False)
    raise_after_s: Mapped[float]
    clear_after_s: Mapped[float]
    least_sample: Mapped[int] = mapped_column(default=0)
    sound: Mapped[bool]
    recipients: Mapped[list[Any]]
    enabled: Mapped[bool] = mapped_column(default=True)
    example: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[float]
    changed_by: Mapped[str] = mapped_column(String(64))


class AlertRow(Base):
    """One alert from its raising to its end, with the rule as it stood then.

    ``open_key`` is rule and subject while the alert is open and null afterwards: the database itself refuses a
    second open alert of the same rule and subject.
    """

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    rule_id: Mapped[int] = mapped_column(index=True)
    open_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    rule: Mapped[dict[str, Any]]
    figure: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    subject_name: Mapped[str] = mapped_column(String(64))
    call_id: Mapped[str | None] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(10))
    threshold: Mapped[float]
    value: Mapped[float]
    worst: Mapped[float]
    raised_at: Mapped[float] = mapped_column(index=True)
    cleared_at: Mapped[float | None]
    cleared_why: Mapped[str] = mapped_column(String(20), default="")
    acknowledged_at: Mapped[float | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))
    acknowledged_words: Mapped[str] = mapped_column(String(500), default="")
    receipts: Mapped[list[Any]]
