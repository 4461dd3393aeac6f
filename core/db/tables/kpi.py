"""Scoring schemes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base


class KpiSchemeRow(Base):
    """One version of a scheme, never changed. ``begins`` and ``ends`` are local days (ISO), both included; without an
    end it holds until another begins. ``replaced_by``: the version that stands in its place, as if it had not been."""

    __tablename__ = "kpi_schemes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begins: Mapped[str] = mapped_column(String(10))
    ends: Mapped[str | None] = mapped_column(String(10))
    body: Mapped[dict[str, Any]]
    replaced_by: Mapped[int | None]
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]
