"""Scoring schemes, and scores by them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.web.shapes import At, Day
from kpi.scoring.grades import Grades
from kpi.scoring.scheme import Missing, SchemeLine, SchemeScope, Whose
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
    """``score`` of the curve, null where the line is left out; ``weight`` as the scheme says and ``counted_weight`` of
    100 after what others left was spread; ``points`` is what it brings to the total. ``list`` is the page with exactly
    the rows counted, ``rows`` the same for programs."""

    indicator: str
    name: str
    unit: str
    of: Whose
    value: float | None
    numerator: float
    denominator: float
    sample: int
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


class Score(BaseModel):
    """``rank`` within ``group``; ``rank_low`` and ``rank_high`` are the best and the worst that the data allow, null
    while nobody has worked them out."""

    who: str
    name: str
    group: str
    total: float | None
    grade: str | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
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
