"""Scoring schemes, and scores by them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.web.shapes import At, Day
from kpi.manual.entries import SubjectKind
from kpi.periods.appeals import AppealState
from kpi.periods.life import Act
from kpi.periods.life import State as PeriodState
from kpi.scoring.grades import Grades
from kpi.scoring.scheme import Adjust, Missing, SchemeLine, SchemeScope, Whose
from kpi.scoring.score import State


class SchemeVersion(BaseModel):
    """``example``: shipped, labelled so, not to be changed. ``replaced_by``: the version in whose favour it is void."""

    model_config = ConfigDict(populate_by_name=True)
    id: str
    version: int
    name: str
    name_en: str
    note: str
    subject: SchemeScope = Field(alias="for")
    lines: list[SchemeLine]
    grades: Grades = Field(discriminator="kind")
    begins: Day = Field(alias="from")
    ends: Day | None = Field(alias="to")
    example: bool
    replaced_by: int | None
    changed_by: str
    changed_at: At | None


class VersionOf(BaseModel):
    version: int
    begins: Day = Field(alias="from")
    ends: Day | None = Field(alias="to")
    replaced_by: int | None
    changed_by: str
    changed_at: At | None


class SchemeWithVersions(SchemeVersion):
    versions: list[VersionOf]


class FieldProblem(BaseModel):
    field: str
    problem: str
    remedy: str


class Checked(BaseModel):
    """``weight`` is the sum of the weights, ``lacking`` what it lacks of 100 (below nought: what is too much).
    ``knots`` of each line's curve, for its picture; null for a veto, and where the curve is not right yet."""

    weight: float
    lacking: float
    problems: list[FieldProblem]
    knots: list[list[tuple[float, float]] | None]


class SchemeDifference(BaseModel):
    field: str
    before: Any
    after: Any


class Comparison(BaseModel):
    id: str
    version: int
    other_id: str
    other_version: int
    differences: list[SchemeDifference]


class SchemeFile(BaseModel):
    format: str
    format_version: int
    scheme: dict[str, Any]


class ScoreLine(BaseModel):
    """``low`` and ``high``: the value lies between them with 95 % (docs/scoring.md), null where chance has no part or
    is not known. Where ``adjust`` is ``case_mix``, the value is numerator / ``expected`` × ``reference``: what the same
    cases would have made for everybody, and the value of all together. ``score`` of the curve, null where the line is
    left out; ``weight`` as the scheme says and ``counted_weight`` of 100 after what others left was spread; ``points``
    is what it brings to the total. ``list`` is the page with exactly the rows counted, ``rows`` the same for
    programs."""

    indicator: str
    name: str
    unit: str
    of: Whose
    value: float | None
    low: float | None
    high: float | None
    numerator: float
    denominator: float
    sample: int
    adjust: Adjust
    expected: float | None
    reference: float | None
    minimum: int
    state: State
    missing: Missing
    score: float | None
    weight: float
    counted_weight: float
    points: float
    vetoed: bool
    sentence: str
    list: str | None
    list_shows: str | None
    rows: str | None


class AppealPoints(BaseModel):
    """What upheld appeal ``n``, made against ``line`` (its place in the scheme), gives to the total or takes."""

    n: int
    line: int
    points: float
    words: str


class Score(BaseModel):
    """``rank`` within ``group``; ``rank_low`` and ``rank_high`` are the best and the worst that the data allow: of two
    people whose ranges meet, neither is proven better. ``total_low`` and ``total_high`` hold the total with 95 %, null
    where nothing is known of chance. ``appeals`` are those that moved the total."""

    who: str
    name: str
    group: str
    total: float | None
    grade: str | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    total_low: float | None
    total_high: float | None
    appeals: list[AppealPoints]
    lines: list[ScoreLine]


class Scores(BaseModel):
    """``watermark`` is the last fact of the event log that every figure knows, taken in at ``fed_at``."""

    scheme: str
    version: int | None
    name: str
    state: str
    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    watermark: int
    fed_at: At | None
    example: bool
    demo: bool
    scores: list[Score]


class OwnScore(BaseModel):
    """``of`` is how many are ranked beside."""

    who: str
    total: float | None
    grade: str | None
    rank: int | None
    of: int


class PeriodSummary(BaseModel):
    """Times of what has not happened yet are null. ``edition`` rises with each appeal that is upheld."""

    id: str
    scheme: str
    version: int
    name: str
    state: PeriodState
    begins_at: At = Field(alias="from")
    ends_at: At = Field(alias="to")
    example: bool
    demo: bool
    edition: int
    made_by: str
    made_at: At
    computed_by: str
    computed_at: At
    published_by: str
    published_at: At | None
    appeals_until: At | None
    frozen_by: str
    frozen_at: At | None
    open_appeals: int
    own: OwnScore | None


class AppealFigures(BaseModel):
    """Total, grade and rank, and the line appealed against, in one edition."""

    total: float | None
    grade: str | None
    rank: int | None
    value: float | None
    numerator: float
    denominator: float
    sample: int
    score: float | None


class Correction(BaseModel):
    """Of ``figure`` numerator, denominator and sample; or ``effect``, points on the total."""

    figure: dict[str, float] | None = None
    effect: float | None = None


class Appeal(BaseModel):
    """``line`` is its place in the scheme, from 0. ``after`` is null unless it was upheld."""

    n: int
    who: str
    name: str
    line: int
    indicator: str
    indicator_name: str
    reason: str
    state: AppealState
    made_by: str
    made_at: At
    decided_by: str
    decided_at: At | None
    words: str
    correction: Correction | None
    before: AppealFigures
    after: AppealFigures | None


class JudgedPeriod(PeriodSummary):
    """``watermark`` is the last fact that every figure knows, ``judged_at`` the moment as of which they are.
    ``sha256`` is that of the kept text; ``intact`` is false where the text is not the one that was sealed.
    ``allowed`` are the acts that the asker may do now. ``inputs_changed``: the data of now give other figures; null
    while they cannot be asked."""

    watermark: int
    fed_at: At | None
    judged_at: At
    sha256: str
    intact: bool
    inputs_changed: bool | None
    allowed: list[Act]
    appeals: list[Appeal]
    scores: list[Score]


class LineFigure(BaseModel):
    value: float | None
    numerator: float
    denominator: float
    sample: int


class FigureChange(BaseModel):
    """``before`` is what was kept, ``after`` what the data of now give."""

    who: str
    name: str
    line: int
    indicator: str
    indicator_name: str
    before: LineFigure
    after: LineFigure


class PeriodText(BaseModel):
    """What is kept, to the byte; its SHA-256 is the period's ``sha256``."""

    head: dict[str, Any]
    people: list[dict[str, Any]]


class Evidence(BaseModel):
    """``kind`` is the media type, ``size`` in bytes, ``file`` where it is read."""

    id: str
    name: str
    kind: str
    size: int
    sha256: str
    file: str
    added_by: str
    added_at: At


class ManualEntry(BaseModel):
    """``value`` is that of the entry alone; ``denominator`` is 0 for a number of times. ``allowed``: what the asker may
    do with it."""

    id: int
    indicator: str
    name: str
    kind: SubjectKind
    who: str
    first_day: Day = Field(alias="from")
    last_day: Day = Field(alias="to")
    value: float | None
    numerator: float
    denominator: float
    note: str
    link: str
    evidence: Evidence | None
    state: Literal["standing", "withdrawn"]
    entered_by: str
    entered_at: At
    consent_by: str
    consent_at: At | None
    withdrawn_by: str
    withdrawn_at: At | None
    withdrawn_why: str
    batch: str
    allowed: list[Literal["consent", "withdraw"]]


class ImportedEntries(BaseModel):
    """``batch`` names the file: ``GET /api/v1/kpi/inputs?batch=``. ``new`` is false where it was taken in before."""

    batch: str
    new: bool
    rows: int
