"""``/api/v1/geo/incidents``: what was raised, and a supervisor's decisions about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query
from sqlalchemy.orm import Session

from core.clock import iso, iso_or_none, utc_now
from core.db.tables import IncidentRow
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.shapes import Json, Page
from geo_analysis.api import shapes as shape
from geo_analysis.api.places import TAG
from geo_analysis.incidents import service
from geo_analysis.incidents.service import Decision

PATH = "/api/v1/geo/incidents"
Reader = Annotated[User, Depends(holding(Right.MAP))]
Decider = Annotated[User, Depends(holding(Right.INCIDENTS))]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=Page[shape.Incident], tags=[TAG])
    async def listed(
        _user: Reader,
        state: Annotated[str, Query(max_length=100, description="One, or several with commas.")] = "",
        limit: Annotated[int, Query(ge=1, le=service.LONGEST_PAGE)] = 50,
        cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    ) -> Json:
        """Incidents, newest first."""
        states = [one for one in state.split(",") if one]

        def read(session: Session) -> Json:
            found = service.incidents(session, states, cursor, limit + 1)
            items = [incident_row(row) for row in found[:limit]]
            return {"items": items, "next": found[limit - 1].id if len(found) > limit else None}

        return await web.in_session(read)

    @web.app.get(f"{PATH}/{{incident_id}}", response_model=shape.Incident, tags=[TAG])
    async def one(_user: Reader, incident_id: Number) -> Json:
        """One incident."""
        return await web.in_session(lambda session: incident_row(service.one(session, incident_id)))

    @web.app.post(f"{PATH}/{{incident_id}}/accept", response_model=shape.Incident, tags=[TAG])
    async def accept(user: Decider, incident_id: Number, asked: shape.DecisionWords) -> Json:
        """It is one: people work on it."""
        return await decided(web, user, incident_id, "accept", asked.words)

    @web.app.post(f"{PATH}/{{incident_id}}/dismiss", response_model=shape.Incident, tags=[TAG])
    async def dismiss(user: Decider, incident_id: Number, asked: shape.DecisionWords) -> Json:
        """It is none: the same reports are not raised again."""
        return await decided(web, user, incident_id, "dismiss", asked.words)

    @web.app.post(f"{PATH}/{{incident_id}}/close", response_model=shape.Incident, tags=[TAG])
    async def close(user: Decider, incident_id: Number, asked: shape.DecisionWords) -> Json:
        """It is over."""
        return await decided(web, user, incident_id, "close", asked.words)

    @web.app.post(f"{PATH}/{{incident_id}}/merge", response_model=shape.Incident, tags=[TAG])
    async def merge(user: Decider, incident_id: Number, asked: shape.MergeInto) -> Json:
        """It is the same as another open one, which takes its orders over."""
        return await decided(web, user, incident_id, "merge", asked.words, asked.into)


async def decided(
    web: Web, user: User, incident_id: int, decision: Decision, words: str, into: int | None = None
) -> Json:
    def work(session: Session) -> Json:
        row = service.decide(session, incident_id, decision, user.name, words, utc_now(), into)
        session.commit()
        return incident_row(row)

    return await web.in_session(work)


def incident_row(row: IncidentRow) -> Json:
    return {
        "id": row.id,
        "state": row.state,
        "began_at": iso(row.began_at),
        "raised_at": iso(row.raised_at),
        "last_report_at": iso(row.last_report_at),
        "centre": [row.longitude, row.latitude],
        "radius_m": row.radius_m,
        "district": row.district,
        "observed": row.observed,
        "expected": row.expected,
        "p": row.p,
        "recurrence_days": row.recurrence_days,
        "orders": list(row.orders),
        "words": row.words,
        "decided_by": row.decided_by,
        "decided_at": iso_or_none(row.decided_at),
        "merged_into": row.merged_into,
    }
