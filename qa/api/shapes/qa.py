"""Forms, plans, draws, scores, calibration, and what was measured in the sound."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from core.web.shapes import At
from qa.forms.form import FormSection, ItemAnswer
from qa.sampling.rules import ExclusionReason, RiskReason, SamplingRules
from qa.service.scores import ScoreState
from qa.signals.measures import Side, SpanKind


class QaFormVersionOf(BaseModel):
    version: int
    changed_by: str
    changed_at: At | None


class QaFormVersion(QaFormVersionOf):
    """``weight`` is the sum of the weights. ``example``: shipped, labelled so, not to be changed."""

    id: str
    name: str
    name_en: str
    note: str
    pass_mark: float
    categories: list[str]
    sections: list[FormSection]
    weight: float
    example: bool


class QaFormWithVersions(QaFormVersion):
    versions: list[QaFormVersionOf]


class QaFormFile(BaseModel):
    format: str
    format_version: int
    form: dict[str, Any]


class QaProblem(BaseModel):
    field: str
    problem: str
    remedy: str


class QaFormChecked(BaseModel):
    """``weights`` are what each item counts of 100 when all apply."""

    problems: list[QaProblem]
    weights: dict[str, float]


class QaPlan(BaseModel):
    id: str
    name: str
    form: str
    rules: SamplingRules
    scorers: list[str]
    deadline_days: int
    most_of_agent: int
    note: str
    made_by: str
    made_at: At


class QaDrawnCall(BaseModel):
    """``part``: only random ones may be averaged. ``reasons`` are the risks that it has, ``words`` the same to read."""

    call_id: str
    agent: str
    week: str
    part: Literal["random", "risk"]
    reasons: list[RiskReason]
    words: list[str]


class QaExcludedCall(BaseModel):
    call_id: str
    agent: str
    reason: ExclusionReason
    words: str


class QaDrawHead(BaseModel):
    """``frame`` is how many calls there were, ``eligible`` how many of them could be drawn."""

    id: str
    plan: str
    seed: int
    from_at: At = Field(alias="from")
    until: At = Field(alias="to")
    frame: int
    frame_sha256: str
    eligible: int
    made_by: str
    made_at: At


class QaDraw(QaDrawHead):
    calls: list[QaDrawnCall]
    excluded: list[QaExcludedCall]


class QaTask(BaseModel):
    """``scorer`` is null where nobody may score it: all who could are the agent, or have had it."""

    id: int
    draw: str
    plan: str
    call_id: str
    agent: str
    week: str
    part: Literal["random", "risk"]
    reasons: list[RiskReason]
    words: list[str]
    form: str
    scorer: str | None
    due_at: At
    overdue: bool
    state: Literal["open", "scored", "set_aside"]
    score: str | None


class QaReassigned(BaseModel):
    calls: int


class QaSpan(BaseModel):
    from_s: float
    to_s: float
    item: str | None
    comment: str


class QaFirstScore(BaseModel):
    answers: dict[str, ItemAnswer]
    score: float
    score_without_fatal: float | None
    passed: bool
    fatal: list[str]


class QaItemScore(BaseModel):
    """``worth`` from 0 to 1, null where it does not apply; ``points`` of the ``possible`` ones that it brought."""

    item: str
    text: str
    answer: ItemAnswer
    worth: float | None
    points: float
    possible: float
    failed: bool


class QaScoreHead(BaseModel):
    """``score`` is 0 where a fatal item failed, ``score_without_fatal`` what it would be. ``part``: random, risk, or
    chosen by hand."""

    id: str
    call_id: str
    called_at: At
    agent: str
    form: str
    version: int
    score: float
    score_without_fatal: float | None
    passed: bool
    fatal: list[str]
    part: Literal["random", "risk", "chosen"]
    round: str | None
    master: bool
    demo: bool
    scorer: str
    scored_at: At
    state: ScoreState
    appeal_until: At | None


class QaScore(QaScoreHead):
    answers: dict[str, ItemAnswer]
    by_item: list[QaItemScore]
    spans: list[QaSpan]
    note: str
    answered_by: str
    answered_at: At | None
    appeal_reason: str
    decided_by: str
    decided_at: At | None
    decision_words: str
    first: QaFirstScore | None


class QaPreview(BaseModel):
    """Of a form that is half filled in, null where nothing is answered yet."""

    score: float | None
    score_without_fatal: float | None
    passed: bool | None
    fatal: list[str]


class QaDraft(BaseModel):
    call_id: str
    body: dict[str, Any]
    at: At


class QaRound(BaseModel):
    id: str
    name: str
    form: str
    version: int
    calls: list[str]
    scorers: list[str]
    done: int
    due: int
    made_by: str
    made_at: At
    closed_at: At | None


class QaItemAgreement(BaseModel):
    item: str
    text: str
    level: Literal["nominal", "ordinal", "interval"]
    alpha: float | None
    gap: float | None
    judged: int


class QaPairAgreement(BaseModel):
    first: str
    second: str
    kappa: float | None
    linear: float | None
    quadratic: float | None
    judged: int


class QaLeniency(BaseModel):
    """``points`` above (lenient) or below nought (severe); the interval is of 95 %."""

    scorer: str
    points: float
    low: float | None
    high: float | None
    calls: int


class QaAgreement(BaseModel):
    """Null where undefined: nothing was rated twice, or all ratings are equal."""

    round: str
    form: str
    version: int
    calls: int
    scorers: int
    alpha: float | None
    by_item: list[QaItemAgreement]
    pairs: list[QaPairAgreement]
    leniency: list[QaLeniency]


class QaSoundSpan(BaseModel):
    kind: SpanKind
    begins_s: float
    ends_s: float
    side: Side | None


class CallAudio(BaseModel):
    """Seconds, and shares from 0 to 1; null where it cannot be known, which for all of it ``problem`` explains."""

    call_id: str
    version: int
    measured_at: At
    seconds: float | None
    measured_s: float | None
    hold_s: float | None
    channels: int | None
    talk_ratio: float | None
    caller_talk_s: float | None
    agent_talk_s: float | None
    silence_ratio: float | None
    longest_silence_s: float | None
    dead_air_s: float | None
    overtalk_s: float | None
    overtalk_ratio: float | None
    began_overtalk: Side | None
    response_latency_s: float | None
    responses: int | None
    level_dbfs: dict[str, float | None]
    clipping: dict[str, float]
    one_way: Side | None
    echo_s: float | None
    spans: list[QaSoundSpan]
    problem: str
    remedy: str
