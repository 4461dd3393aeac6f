"""What stands on the page of samples and scores. Nothing here draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db.tables import QaDraftRow, QaScoreRow
from core.installation import steering
from core.installation.service import load_installation
from core.rights import Right
from dashboards.components.names import Names
from dashboards.session import user, web
from etl.warehouse import WAREHOUSE
from qa import reading
from qa.service import forms, plans, scores, worklist
from qa.service.forms import FormRecord
from qa.service.plans import DrawRecord, PlanRecord
from qa.service.worklist import ScoringTask

Whose = Literal["mine", "all"]
STATES = ("open", "scored", "all")
MOST_TASKS, MOST_SCORES = 500, 200


@dataclass(frozen=True, slots=True)
class SampleList:
    """``called_at`` by call, where the marts know it; ``drafts``: the calls that one has begun to score. ``plans`` with
    their last draw; nothing of them for who may not plan."""

    state: str
    whose: Whose
    tasks: Sequence[ScoringTask]
    called_at: Mapping[str, float]
    drafts: frozenset[str]
    plans: Sequence[tuple[PlanRecord, DrawRecord | None]]
    forms: Mapping[str, FormRecord]
    appeals: Sequence[QaScoreRow]
    scores: Sequence[QaScoreRow]
    names: Names
    now: float


async def sample_list(asked: Mapping[str, str]) -> SampleList:
    parts, who = web(), user()
    state = asked["state"] if asked.get("state") in STATES else "open"
    whose: Whose = "all" if who.may(Right.QA_PLANS) and asked.get("whose") == "all" else "mine"

    def work(session: Session) -> SampleList:
        scorer = None if whose == "all" else who.name
        tasks = (
            worklist.tasks(session, scorer, None if state == "all" else state, 0, MOST_TASKS)
            if who.may(Right.QA_SCORING) or whose == "all"
            else []
        )
        known = plans.plans(session) if who.may(Right.QA_PLANS) else []
        last = [next(iter(plans.draws(session, one.plan.id)), None) for one in known]
        outside = QaScoreRow.round.is_(None)
        waiting = scores.listed(session, [outside, QaScoreRow.state == "appealed"], None, MOST_SCORES)
        return SampleList(
            state,
            whose,
            tasks,
            {},
            frozenset(session.scalars(select(QaDraftRow.call_id).where(QaDraftRow.user_name == who.name))),
            list(zip(known, last, strict=True)),
            {one.form.id: one for one in forms.newest(session)},
            waiting,
            scores.listed(session, [outside], None, MOST_SCORES),
            Names(load_installation(session), people=steering.display_names(session)),
            utc_now(),
        )

    found = await parts.in_session(work)
    times = await reading.called_at(parts.parts[WAREHOUSE], [one.call_id for one in found.tasks])
    parts.audit.seen(who.name, "qa_scores_listed", "qa", agent="")
    return SampleList(
        found.state,
        found.whose,
        found.tasks,
        times,
        found.drafts,
        found.plans,
        found.forms,
        found.appeals,
        found.scores,
        found.names,
        found.now,
    )
