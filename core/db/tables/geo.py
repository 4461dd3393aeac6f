"""Incidents: bursts of reports that chance does not explain, and what became of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class IncidentRow(Base):
    """``state``: suspected, accepted, dismissed, closed, merged (into ``merged_into``). ``orders`` are the reports that
    are part of it, in the order in which they came; figures are those of the moment of its raising."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    began_at: Mapped[float]
    raised_at: Mapped[float] = mapped_column(index=True)
    last_report_at: Mapped[float]
    longitude: Mapped[float]
    latitude: Mapped[float]
    radius_m: Mapped[float]
    district: Mapped[str] = mapped_column(String(64))
    observed: Mapped[int]
    expected: Mapped[float]
    p: Mapped[float]
    recurrence_days: Mapped[float]
    orders: Mapped[list[Any]]
    words: Mapped[str] = mapped_column(String(500), default="")
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[float | None]
    merged_into: Mapped[int | None]
