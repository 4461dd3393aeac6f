"""Appeals over HTTP: by those who are judged, decided by somebody else."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Response
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import BadInput
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.routes.telephony import Body
from core.web.shapes import Page
from kpi.api.appeal_rows import appeal_row
from kpi.api.common import Rooms
from kpi.api.periods import PATH, PeriodId, stored_for
from kpi.api.schemes import Key, Reader
from kpi.api.shapes import kpi as shape
from kpi.periods import appeals
from kpi.periods.correction import effect_of, figure_of
from kpi.scoring.scheme import WORDS

Decider = Annotated[User, Depends(holding(Right.KPI_APPEALS))]
Number = Annotated[int, Path(ge=1, le=1_000_000)]


class AppealRequest(Body):
    """``line`` is its place in the scheme, from 0."""

    line: int = Field(ge=0, le=1000)
    reason: str = Field(min_length=1, max_length=1000, pattern=WORDS)


class CorrectedFigure(Body):
    numerator: float
    denominator: float
    sample: int = Field(ge=0, le=1_000_000_000)


class Decision(Body):
    """Upheld with a corrected ``figure`` of the line, or with an ``effect`` in points on the total."""

    decision: Literal["upheld", "rejected"]
    words: str = Field(min_length=1, max_length=1000, pattern=WORDS)
    figure: CorrectedFigure | None = None
    effect: float | None = None


def add_routes(rooms: Rooms) -> None:
    web = rooms.web

    @web.app.get(f"{PATH}/{{period_id}}/appeals", response_model=Page[shape.Appeal], tags=["kpi"])
    async def listed(period_id: PeriodId, user: Reader) -> dict[str, Any]:
        """In the order in which they were made; one's own only, unless one may see everybody's."""
        view, stored = await stored_for(rooms, user, period_id)

        def work(session: Session) -> list[dict[str, Any]]:
            return [appeal_row(session, view, stored, one) for one in appeals.appeals(session, period_id, view.only)]

        return {"items": await web.in_session(work), "next": None}

    @web.app.post(f"{PATH}/{{period_id}}/appeals", response_model=shape.Appeal, status_code=201, tags=["kpi"])
    async def appeal(
        period_id: PeriodId, said: AppealRequest, user: Reader, response: Response, key: Key = ""
    ) -> dict[str, Any]:
        """Against one line of the own score, with the reason, until ``appeals_until``."""
        view, stored = await stored_for(rooms, user, period_id)
        _check_words(said.reason, "reason")

        def work(session: Session) -> tuple[dict[str, Any], bool]:
            made, new = appeals.appeal(session, period_id, user, said.line, said.reason, utc_now(), key=key)
            return appeal_row(session, view, stored, made), new

        made, new = await web.in_session(work)
        response.status_code = 201 if new else 200
        return made

    @web.app.post(f"{PATH}/{{period_id}}/appeals/{{n}}/decide", response_model=shape.Appeal, tags=["kpi"])
    async def decide(period_id: PeriodId, n: Number, said: Decision, user: Decider) -> dict[str, Any]:
        """By another person than the one who published, and by nobody who is judged. 409 says who was faster."""
        view, stored = await stored_for(rooms, user, period_id)
        correction = _correction(said)
        _check_words(said.words, "words")

        def work(session: Session) -> dict[str, Any]:
            if correction is None:
                made = appeals.reject(session, period_id, n, user, said.words, utc_now())
            else:
                made = appeals.uphold(session, period_id, n, user, said.words, utc_now(), correction)
            return appeal_row(session, view, stored, made)

        return await web.in_session(work)


def _check_words(text: str, field: str) -> None:
    if not text.strip():
        raise BadInput("{field} is too short.", field=field, remedy="Use at least {limit} characters.", limit=1)


def _correction(said: Decision) -> dict[str, Any] | None:
    """What an upheld appeal changes; ``BadInput`` where both or neither is said."""
    figure, effect = said.figure, said.effect
    if said.decision == "rejected":
        if figure is not None or effect is not None:
            raise BadInput(
                "An appeal that is rejected changes nothing.", field="decision", remedy="Leave figure and effect out."
            )
        return None
    if (figure is None) == (effect is None):
        raise BadInput(
            "An appeal is upheld with a corrected figure or with points on the total.",
            field="figure",
            remedy="Send exactly one of figure and effect.",
        )
    if figure is not None:
        figure_of(figure.numerator, figure.denominator, figure.sample)
        return {"figure": figure.model_dump()}
    return {"effect": effect_of(effect or 0.0)}
