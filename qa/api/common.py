"""What the routes of QA share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Header, Path, Query

from core.errors import HotlineError
from core.i18n import translate_error
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from etl.warehouse import Warehouse
from qa.measuring import AudioMeasuring

Reader = Annotated[User, Depends(holding(Right.QA))]
Scorer = Annotated[User, Depends(holding(Right.QA_SCORING))]
Reviewer = Annotated[User, Depends(holding(Right.QA_APPEALS))]
Planner = Annotated[User, Depends(holding(Right.QA_PLANS))]
# Whoever scores in a round, and whoever opened it.
ScorerOrPlanner = Annotated[User, Depends(holding(Right.QA_SCORING, Right.QA_PLANS))]
# Forms are read by those who score by them, and by those who are scored.
FormReader = Annotated[User, Depends(holding(Right.QA, Right.QA_SCORING, Right.QA_APPEALS, Right.QA_PLANS))]
Id = Annotated[str, Path(max_length=64)]
Number = Annotated[int | None, Query(ge=1, description="The newest without one.")]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
PATH = "/api/v1/qa"


@dataclass(frozen=True, slots=True)
class QaOffice:
    web: Web
    warehouse: Warehouse
    zone: ZoneInfo
    measuring: AudioMeasuring


def problem_row(error: HotlineError) -> dict[str, str]:
    message, remedy = translate_error(error)
    return {"field": error.field or "", "problem": message, "remedy": remedy or ""}
