"""What happens in QA, as facts of the event log, from which the warehouse can be filled anew.

They stand in this folder, since nothing below it knows of QA; ``qa.family`` has them fed. A fact's shape never changes:
what is new has another ``VERSION``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from core.clock import to_micros
from core.events import Event, new_uid

ItemAnswers = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class CallsDrawn:
    """``random`` and ``risk`` calls out of ``eligible``; ``excluded`` were left out."""

    KIND: ClassVar[str] = "qa_calls_drawn"
    VERSION: ClassVar[int] = 1
    draw: str
    plan: str
    seed: int
    from_at: float
    until: float
    eligible: int
    excluded: int
    random: int
    risk: int
    by: str

    @property
    def subject(self) -> str:
        return self.draw


@dataclass(frozen=True, slots=True)
class CallScored:
    """``part``: random, risk, or chosen by hand. In a ``round`` it is for calibration, and ``master`` the measure."""

    KIND: ClassVar[str] = "qa_call_scored"
    VERSION: ClassVar[int] = 1
    score_id: str
    scored_call: str
    called_at: float
    agent: str
    form: str
    form_version: int
    answers: ItemAnswers
    score: float
    score_without_fatal: float | None
    passed: bool
    fatal: Sequence[str]
    part: Literal["random", "risk", "chosen"]
    round: str | None
    master: bool
    scorer: str
    demo: bool

    @property
    def subject(self) -> str:
        return self.score_id


@dataclass(frozen=True, slots=True)
class ScoreAnswered:
    """By the agent whose call it is."""

    KIND: ClassVar[str] = "qa_score_answered"
    VERSION: ClassVar[int] = 1
    score_id: str
    answer: Literal["accepted", "appealed"]
    by: str
    reason: str

    @property
    def subject(self) -> str:
        return self.score_id


@dataclass(frozen=True, slots=True)
class AppealDecided:
    """``upheld``: the score stays; ``changed``: it is this one now."""

    KIND: ClassVar[str] = "qa_appeal_decided"
    VERSION: ClassVar[int] = 1
    score_id: str
    decision: Literal["upheld", "changed"]
    by: str
    words: str
    answers: ItemAnswers
    score: float
    score_without_fatal: float | None
    passed: bool
    fatal: Sequence[str]

    @property
    def subject(self) -> str:
        return self.score_id


@dataclass(frozen=True, slots=True)
class CallMeasured:
    """``measures`` are those of ``qa.signals.measures`` without their spans; null where the sound cannot be measured,
    and ``problem`` then says why, as the id of a message."""

    KIND: ClassVar[str] = "qa_call_measured"
    VERSION: ClassVar[int] = 1
    measured_call: str
    measuring: int
    measures: Mapping[str, Any] | None
    problem: str

    @property
    def subject(self) -> str:
        return self.measured_call


QaFact = CallsDrawn | CallScored | ScoreAnswered | AppealDecided | CallMeasured


def event_of(fact: QaFact, at: float) -> Event:
    """For the log; ``at`` in UTC epoch seconds."""
    return Event(new_uid(at), to_micros(at), fact.KIND, fact.VERSION, fact.subject, asdict(fact))
