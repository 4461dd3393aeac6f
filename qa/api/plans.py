"""Sampling plans and draws over HTTP, and what each scorer has to do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import epoch_or_none, iso, utc_now
from core.errors import BadInput
from core.i18n import _
from core.rights import Right
from core.web.routes.telephony import Body
from core.web.shapes import Page
from qa import reading
from qa.api.common import PATH, Id, IdempotencyKey, Planner, QaOffice, Scorer
from qa.api.shapes import qa as shape
from qa.sampling.plan import SamplingPlan, plan_json
from qa.sampling.rules import EXCLUSION_WORDS, RISK_WORDS
from qa.service import forms, plans, worklist
from qa.service.plans import DrawRecord, PlanRecord
from qa.service.worklist import ScoringTask

DEFAULT_DAYS, MOST_DAYS = 7, 92
DAY_S = 86_400.0
LARGEST_SEED = 2**53 - 1


class DrawRequest(Body):
    """Without ``from`` the seven days before ``to``; without ``to`` it is now. Times without offset are the site's."""

    seed: int = Field(ge=0, le=LARGEST_SEED)
    from_at: datetime | None = Field(None, alias="from")
    until: datetime | None = Field(None, alias="to")


def add_routes(office: QaOffice) -> None:
    web = office.web

    @web.app.get(f"{PATH}/plans", response_model=Page[shape.QaPlan], tags=["qa"])
    async def listed(_user: Planner) -> dict[str, Any]:
        """The newest first."""
        return {"items": [plan_row(one) for one in await web.in_session(plans.plans)], "next": None}

    @web.app.post(f"{PATH}/plans", response_model=shape.QaPlan, status_code=201, tags=["qa"])
    async def add(plan: SamplingPlan, user: Planner, key: IdempotencyKey = "") -> dict[str, Any]:
        """A plan is not changed afterwards: what was drawn by it stays what it was."""
        return plan_row(await web.in_session(lambda session: plans.add(session, plan, user.name, utc_now(), key=key)))

    @web.app.get(f"{PATH}/plans/{{plan_id}}", response_model=shape.QaPlan, tags=["qa"])
    async def one(plan_id: Id, _user: Planner) -> dict[str, Any]:
        return plan_row(await web.in_session(lambda session: plans.plan(session, plan_id)))

    @web.app.post(f"{PATH}/plans/{{plan_id}}/draw", response_model=shape.QaDraw, status_code=201, tags=["qa"])
    async def draw(plan_id: Id, said: DrawRequest, user: Planner, response: Response) -> dict[str, Any]:
        """Calls onto the scorers' lists; the same seed over the same calls gives the draw that there is (200)."""
        period = _period(office, said)

        def known(session: Session) -> tuple[str, ...]:
            plan = plans.plan(session, plan_id).plan
            return forms.version(session, plan.form).form.categories

        categories = await web.in_session(known)
        frame = await reading.frame(office.warehouse, period, office.zone, categories)
        record, is_new = await web.in_session(
            lambda session: plans.draw_calls(session, plan_id, said.seed, frame, period, user.name, utc_now())
        )
        response.status_code = 201 if is_new else 200
        return draw_row(record)

    @web.app.get(f"{PATH}/plans/{{plan_id}}/draws", response_model=Page[shape.QaDrawHead], tags=["qa"])
    async def draws(plan_id: Id, _user: Planner) -> dict[str, Any]:
        """The newest first."""
        found = await web.in_session(lambda session: plans.draws(session, plan_id))
        return {"items": [_head(one) for one in found], "next": None}

    @web.app.get(f"{PATH}/draws/{{draw_id}}", response_model=shape.QaDraw, tags=["qa"])
    async def drawn(draw_id: Id, _user: Planner) -> dict[str, Any]:
        """Drawn anew from the stored frame, with what was left out and why."""
        return draw_row(await web.in_session(lambda session: plans.drawn(session, draw_id)))

    @web.app.get(f"{PATH}/worklist", response_model=Page[shape.QaTask], tags=["qa"])
    async def tasks(
        user: Scorer,
        scorer: Annotated[str, Query(max_length=64, description="One's own list without; * for everybody's.")] = "",
        state: Annotated[Literal["open", "scored", "set_aside", "all"], Query()] = "open",
        limit: Annotated[int, Query(ge=1, le=500)] = 200,
        cursor: Annotated[int, Query(ge=0)] = 0,
    ) -> dict[str, Any]:
        """In the order in which they were drawn."""
        who = None if scorer == "*" and user.may(Right.QA_PLANS) else scorer.strip("*") or user.name
        only = None if state == "all" else state
        found = await web.in_session(lambda session: worklist.tasks(session, who, only, cursor, limit + 1))
        shown, now = found[:limit], utc_now()
        return {
            "items": [task_row(one, now) for one in shown],
            "next": shown[-1].id if len(found) > limit else None,
        }

    @web.app.post(f"{PATH}/worklist/reassign", response_model=shape.QaReassigned, tags=["qa"])
    async def reassign(user: Planner) -> dict[str, Any]:
        """What was not scored by its deadline goes to another scorer."""
        moved = await web.in_session(lambda session: worklist.reassign_overdue(session, user.name, utc_now()))
        return {"calls": moved}


def _period(office: QaOffice, said: DrawRequest) -> tuple[float, float]:
    until = epoch_or_none(said.until, office.zone) or utc_now()
    begins = epoch_or_none(said.from_at, office.zone)
    from_at = until - DEFAULT_DAYS * DAY_S if begins is None else begins
    if from_at >= until:
        raise BadInput("The end of the period is not after its start.", field="to", remedy="Choose a later end.")
    if until - from_at > MOST_DAYS * DAY_S:
        raise BadInput("The period is too long.", field="from", remedy="Choose at most {n} days.", n=MOST_DAYS)
    return from_at, until


def plan_row(record: PlanRecord) -> dict[str, Any]:
    return {**plan_json(record.plan), "made_by": record.made_by, "made_at": iso(record.made_at)}


def _head(record: DrawRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "plan": record.plan,
        "seed": record.seed,
        "from": iso(record.from_at),
        "to": iso(record.until),
        "frame": record.frame_size,
        "frame_sha256": record.frame_sha256,
        "eligible": record.sample.eligible,
        "made_by": record.made_by,
        "made_at": iso(record.made_at),
    }


def draw_row(record: DrawRecord) -> dict[str, Any]:
    return {
        **_head(record),
        "calls": [
            {**asdict(one), "words": [_(RISK_WORDS[name]) for name in one.reasons]} for one in record.sample.calls
        ],
        "excluded": [{**asdict(one), "words": _(EXCLUSION_WORDS[one.reason])} for one in record.sample.excluded],
    }


def task_row(task: ScoringTask, now: float) -> dict[str, Any]:
    return {
        **asdict(task),
        "words": [_(words) for name, words in RISK_WORDS.items() if name in task.reasons],
        "due_at": iso(task.due_at),
        "overdue": task.state == "open" and task.due_at <= now,
    }
