"""Calibration rounds and agreement over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import iso, iso_or_none, utc_now
from core.errors import NotFound
from core.web.routes.telephony import Body
from core.web.shapes import Page
from qa import reading
from qa.agreement.leniency import Leniency
from qa.api.common import PATH, Id, IdempotencyKey, Planner, QaOffice, ScorerOrPlanner
from qa.api.shapes import qa as shape
from qa.calibration import RoundAgreement
from qa.forms.form import WORDS
from qa.service import rounds
from qa.service.rounds import RoundRecord

Name = Annotated[str, Field(min_length=1, max_length=64)]


class RoundRequest(Body):
    """The same ``calls`` for all ``scorers``, by the newest version of the form."""

    name: str = Field(min_length=1, max_length=64, pattern=WORDS)
    form: str = Field(min_length=1, max_length=40)
    calls: list[Name] = Field(min_length=1, max_length=50)
    scorers: list[Name] = Field(min_length=rounds.FEWEST, max_length=50)


def add_routes(office: QaOffice) -> None:
    web = office.web

    @web.app.get(f"{PATH}/rounds", response_model=Page[shape.QaRound], tags=["qa"])
    async def listed(_user: ScorerOrPlanner) -> dict[str, Any]:
        """The newest first."""
        return {"items": [round_row(one) for one in await web.in_session(rounds.rounds)], "next": None}

    @web.app.post(f"{PATH}/rounds", response_model=shape.QaRound, status_code=201, tags=["qa"])
    async def add(said: RoundRequest, user: Planner, key: IdempotencyKey = "") -> dict[str, Any]:
        for call_id in said.calls:
            await reading.call(office.warehouse, call_id)
        return round_row(
            await web.in_session(
                lambda session: rounds.open_round(
                    session, said.name, said.form, said.calls, said.scorers, user.name, utc_now(), key=key
                )
            )
        )

    @web.app.post(f"{PATH}/rounds/{{round_id}}/close", response_model=shape.QaRound, tags=["qa"])
    async def close(round_id: Id, user: Planner) -> dict[str, Any]:
        """No more scores; those that are there are shown."""
        return round_row(await web.in_session(lambda session: rounds.close(session, round_id, user.name, utc_now())))

    @web.app.get(f"{PATH}/agreement", response_model=shape.QaAgreement, tags=["qa"])
    async def agreement(
        _user: ScorerOrPlanner,
        round_id: Annotated[str, Query(alias="round", max_length=40, description="The newest without one.")] = "",
    ) -> dict[str, Any]:
        """Kappa, alpha and leniency, null where undefined; once all have scored, or the round is closed."""

        def work(session: Session) -> tuple[RoundRecord, RoundAgreement]:
            known = rounds.one(session, round_id) if round_id else next(iter(rounds.rounds(session)), None)
            if known is None:
                raise NotFound("There is no calibration round yet.", field="round", remedy="Open one.")
            return known, rounds.result(session, known.id)

        record, found = await web.in_session(work)
        return {
            "round": record.id,
            "form": record.form,
            "version": record.form_version,
            "calls": found.calls,
            "scorers": found.scorers,
            "alpha": found.alpha,
            "by_item": [asdict(one) for one in found.items],
            "pairs": [asdict(one) for one in found.pairs],
            "leniency": [_leniency(one) for one in found.leniency],
        }


def _leniency(one: Leniency) -> dict[str, Any]:
    low, high = one.interval or (None, None)
    return {"scorer": one.scorer, "points": round(one.points, 2), "low": low, "high": high, "calls": one.calls}


def round_row(record: RoundRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "form": record.form,
        "version": record.form_version,
        "calls": list(record.calls),
        "scorers": list(record.scorers),
        "done": record.done,
        "due": len(record.calls) * len(record.scorers),
        "made_by": record.made_by,
        "made_at": iso(record.made_at),
        "closed_at": iso_or_none(record.closed_at),
    }
