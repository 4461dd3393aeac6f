"""Recording QA: forms, plans and what was drawn by them, scores, calibration, and what was measured in the sound."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.tables.base import Base, BigId


class QaFormRow(Base):
    """One version of a form, never changed."""

    __tablename__ = "qa_forms"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[float]


class QaPlanRow(Base):
    """How calls are drawn and who scores them. Never changed; one that is not used any more is ``ended_at``."""

    __tablename__ = "qa_plans"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[dict[str, Any]]
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[float]
    ended_at: Mapped[float | None]


class QaDrawRow(Base):
    """A draw with all that it came of: rules, seed, and the frame as it was. The SHA-256 leaves out what earlier draws
    took."""

    __tablename__ = "qa_draws"
    __table_args__ = (UniqueConstraint("plan", "seed", "frame_sha256"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    plan: Mapped[str] = mapped_column(ForeignKey("qa_plans.id"), index=True)
    seed: Mapped[int] = mapped_column(BigId)
    rules: Mapped[dict[str, Any]]
    frame: Mapped[list[Any]]
    frame_sha256: Mapped[str] = mapped_column(String(64))
    from_at: Mapped[float]
    until: Mapped[float]
    eligible: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[float]


class QaTaskRow(Base):
    """A drawn call on its scorer's list. ``not_by``: who let its deadline pass. ``state``: open, scored, set_aside."""

    __tablename__ = "qa_tasks"
    __table_args__ = (UniqueConstraint("draw", "call_id"), Index(None, "scorer", "state"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    draw: Mapped[str] = mapped_column(ForeignKey("qa_draws.id"))
    plan: Mapped[str] = mapped_column(String(40), index=True)
    call_id: Mapped[str] = mapped_column(String(64), index=True)
    agent: Mapped[str] = mapped_column(String(20))
    week: Mapped[str] = mapped_column(String(10))
    part: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[Any]]
    form: Mapped[str] = mapped_column(String(40))
    scorer: Mapped[str | None] = mapped_column(String(64))
    not_by: Mapped[list[Any]]
    due_at: Mapped[float]
    state: Mapped[str] = mapped_column(String(12))
    score: Mapped[str | None] = mapped_column(String(40))


class QaScoreRow(Base):
    """A score, by its form's version. ``place`` is what there is one score of: a call and form, or a call of a round by
    one scorer. ``first``: score and answers as they were before an appeal changed them."""

    __tablename__ = "qa_scores"
    __table_args__ = (Index(None, "agent", "scored_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), unique=True)
    call_id: Mapped[str] = mapped_column(String(64), index=True)
    called_at: Mapped[float]
    agent: Mapped[str] = mapped_column(String(20))
    form: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[int]
    answers: Mapped[dict[str, Any]]
    spans: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(String(2000), default="")
    score: Mapped[float]
    score_without_fatal: Mapped[float | None]
    passed: Mapped[bool]
    fatal: Mapped[list[Any]]
    part: Mapped[str] = mapped_column(String(10))
    round: Mapped[str | None] = mapped_column(String(40), index=True)
    master: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    scorer: Mapped[str] = mapped_column(String(64), index=True)
    scored_at: Mapped[float] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(12))
    appeal_until: Mapped[float | None]
    answered_by: Mapped[str] = mapped_column(String(64), default="")
    answered_at: Mapped[float | None]
    appeal_reason: Mapped[str] = mapped_column(String(1000), default="")
    decided_by: Mapped[str] = mapped_column(String(64), default="")
    decided_at: Mapped[float | None]
    decision_words: Mapped[str] = mapped_column(String(1000), default="")
    first: Mapped[dict[str, Any] | None]


class QaDraftRow(Base):
    """What somebody has filled in and not yet saved as a score."""

    __tablename__ = "qa_drafts"

    user_name: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[dict[str, Any]]
    at: Mapped[float]


class QaRoundRow(Base):
    """A calibration round: the same calls, scored blind by several."""

    __tablename__ = "qa_rounds"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[int]
    calls: Mapped[list[Any]]
    scorers: Mapped[list[Any]]
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[float]
    closed_at: Mapped[float | None]


class CallAudioRow(Base):
    """What was measured in a call's recording, by which version of the measuring; or why it could not be."""

    __tablename__ = "call_audio"
    __table_args__ = (Index(None, "version"),)

    call_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    measured_at: Mapped[float]
    body: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]
