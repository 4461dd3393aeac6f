"""Scoring schemes, the periods that were judged by them, appeals, and what people write down for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


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


class KpiPeriodRow(Base):
    """A period judged by a scheme. ``head`` is canonical JSON (scheme, watermark …), ``sha256`` that of head and scores
    of the ``edition`` in force. ``turn`` rises with every change: writers take turns on it. ``settled`` is scheme and
    period once it is published: no other one is then."""

    __tablename__ = "kpi_periods"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(40), index=True)
    scheme_version: Mapped[int]
    from_at: Mapped[float]
    until: Mapped[float]
    state: Mapped[str] = mapped_column(String(12))
    turn: Mapped[int]
    edition: Mapped[int]
    head: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[float]
    computed_by: Mapped[str] = mapped_column(String(64))
    computed_at: Mapped[float]
    published_by: Mapped[str] = mapped_column(String(64), default="")
    published_at: Mapped[float | None]
    appeals_until: Mapped[float | None]
    frozen_by: Mapped[str] = mapped_column(String(64), default="")
    frozen_at: Mapped[float | None]
    settled: Mapped[str | None] = mapped_column(String(100), unique=True)


class KpiPeriodScoreRow(Base):
    """One person's inputs and score as canonical JSON. An edition has rows of those alone whom it changed; the edition
    before stays as it was."""

    __tablename__ = "kpi_period_scores"

    period: Mapped[str] = mapped_column(ForeignKey("kpi_periods.id"), primary_key=True)
    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_kpi_period_scores_who", "who"),)


class KpiAppealRow(Base):
    """``line`` is its place in the scheme. ``correction`` is what was decided instead; ``edition`` the one it made."""

    __tablename__ = "kpi_appeals"

    period: Mapped[str] = mapped_column(ForeignKey("kpi_periods.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    who: Mapped[str] = mapped_column(String(64))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(12))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[float]
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[float | None]
    words: Mapped[str] = mapped_column(String(1000), default="")
    correction: Mapped[dict[str, Any] | None]
    edition: Mapped[int | None]

    __table_args__ = (UniqueConstraint("period", "who", "line"),)


class KpiEvidenceRow(Base):
    """A file that lies under the home by its ``sha256``; ``kind`` is its media type, ``size`` in bytes."""

    __tablename__ = "kpi_evidence"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[float]


class KpiInputRow(Base):
    """What somebody wrote down of a person (or unit) over days, both included; never deleted, withdrawn at most.
    ``kind`` says what ``who`` is: an agent's extension, a user, a site, a department. ``batch``: the file it was in."""

    __tablename__ = "kpi_inputs"
    __table_args__ = (
        Index("ix_kpi_inputs_last_day", "last_day"),
        # Frozen periods name them: an id is never used twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    indicator: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    who: Mapped[str] = mapped_column(String(64))
    first_day: Mapped[str] = mapped_column(String(10))
    last_day: Mapped[str] = mapped_column(String(10))
    numerator: Mapped[float]
    denominator: Mapped[float]
    note: Mapped[str] = mapped_column(String(1000))
    link: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str | None] = mapped_column(ForeignKey("kpi_evidence.id"))
    entered_by: Mapped[str] = mapped_column(String(64))
    entered_at: Mapped[float]
    consent_by: Mapped[str] = mapped_column(String(64), default="")
    consent_at: Mapped[float | None]
    withdrawn_by: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[float | None]
    withdrawn_why: Mapped[str] = mapped_column(String(1000), default="")
    batch: Mapped[str] = mapped_column(String(40), default="", index=True)
