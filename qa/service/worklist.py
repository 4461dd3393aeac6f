"""What each scorer has to do, and what becomes of calls whose deadline passed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import QaTaskRow
from core.people import audit
from qa.sampling.assignment import CallToScore, assign
from qa.service import plans


@dataclass(frozen=True, slots=True)
class ScoringTask:
    """``scorer`` is ``None`` where nobody may score it."""

    id: int
    draw: str
    plan: str
    call_id: str
    agent: str
    week: str
    part: str
    reasons: tuple[str, ...]
    form: str
    scorer: str | None
    due_at: float
    state: str
    score: str | None


def tasks(
    session: Session,
    scorer: str | None = None,
    state: str | None = "open",
    after_id: int = 0,
    limit: int = 200,
) -> list[ScoringTask]:
    """In the order in which they were drawn; ``scorer`` and ``state`` limit to theirs."""
    query = select(QaTaskRow).where(QaTaskRow.id > after_id).order_by(QaTaskRow.id).limit(limit)
    if scorer is not None:
        query = query.where(QaTaskRow.scorer == scorer)
    if state is not None:
        query = query.where(QaTaskRow.state == state)
    return [_task(row) for row in session.scalars(query)]


def reassign_overdue(session: Session, by: str, at: float) -> int:
    """Open calls whose deadline has passed go to another scorer, with a new deadline; how many."""
    try:
        late = list(
            session.scalars(
                select(QaTaskRow).where(QaTaskRow.state == "open", QaTaskRow.due_at <= at).with_for_update()
            )
        )
        by_plan: dict[str, list[QaTaskRow]] = defaultdict(list)
        for row in late:
            by_plan[row.plan].append(row)
        moved = sum(_reassign(session, plan_id, rows, at) for plan_id, rows in sorted(by_plan.items()))
        if moved:
            audit.note(session, by, "qa_reassigned", "worklist", {"calls": moved}, at)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return moved


def _reassign(session: Session, plan_id: str, rows: list[QaTaskRow], at: float) -> int:
    of = plans.plan(session, plan_id).plan
    weeks = {row.week for row in rows}
    ids = {row.id for row in rows}
    there = session.execute(
        select(QaTaskRow.id, QaTaskRow.scorer, QaTaskRow.agent).where(
            QaTaskRow.plan == plan_id, QaTaskRow.week.in_(weeks)
        )
    )
    before = Counter((name, agent) for number, name, agent in there if name and number not in ids)
    calls = [
        CallToScore(row.call_id, row.agent, frozenset(row.not_by) | ({row.scorer} if row.scorer else set()))
        for row in rows
    ]
    who = assign(calls, plans.scorers_of(session, of), of.most_of_agent, before)
    due, moved = plans.deadline(session, at, of.deadline_days), 0
    for row, call in zip(rows, calls, strict=True):
        other = who[row.call_id]
        # With nobody else there it stays where it is, overdue and in sight.
        if other is not None:
            row.not_by, row.scorer, row.due_at = sorted(call.not_by), other, due
            moved += 1
    return moved


def _task(row: QaTaskRow) -> ScoringTask:
    return ScoringTask(
        row.id,
        row.draw,
        row.plan,
        row.call_id,
        row.agent,
        row.week,
        row.part,
        tuple(row.reasons),
        row.form,
        row.scorer,
        row.due_at,
        row.state,
        row.score,
    )
