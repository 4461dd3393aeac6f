"""Sampling plans, and what is drawn by them. A draw is kept with frame, rules and seed, so that it comes out again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.request_keys import made_before, remember
from core.db.tables import QaDrawRow, QaPlanRow, QaScoreRow, QaTaskRow
from core.errors import BadInput, Conflict, NotFound
from core.events import new_uid
from core.i18n import _
from core.people import audit
from core.people.users import User, list_users
from core.rights import Right
from core.workorders import office
from core.workorders.calendars import working_days_end
from core.workorders.categories import WORKDAYS
from qa.facts import CallsDrawn, event_of
from qa.sampling.assignment import CallToScore, QaScorer, assign
from qa.sampling.draw import SampleDraw, draw
from qa.sampling.frame import FrameCall, frame_json, frame_of
from qa.sampling.plan import RULES, SamplingPlan, checked, plan_json, plan_of
from qa.sampling.rules import EXCLUSION_WORDS
from qa.service import forms
from qa.service.scores import place_of


@dataclass(frozen=True, slots=True)
class PlanRecord:
    plan: SamplingPlan
    made_by: str
    made_at: float


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """``sample`` is drawn anew from the stored frame whenever it is read."""

    id: str
    plan: str
    seed: int
    from_at: float
    until: float
    made_by: str
    made_at: float
    frame_sha256: str
    frame_size: int
    sample: SampleDraw


def plans(session: Session) -> list[PlanRecord]:
    """The newest first."""
    return [_plan(row) for row in session.scalars(select(QaPlanRow).order_by(QaPlanRow.made_at.desc()))]


def plan(session: Session, plan_id: str) -> PlanRecord:
    row = session.get(QaPlanRow, plan_id)
    if row is None:
        raise NotFound("There is no plan {id}.", field="plan", remedy="Choose one from the list.", id=plan_id[:40])
    return _plan(row)


def add(session: Session, wanted: SamplingPlan, by: str, at: float, *, key: str = "") -> PlanRecord:
    """The same id and content once more, or the same key, give the plan again."""
    wanted = checked(wanted)
    asked = plan_json(wanted)
    if (made := made_before(session, by, key, asked)) is not None:
        return plan(session, made)
    forms.version(session, wanted.form)
    _check_scorers(session, wanted)
    wanted = wanted if wanted.id else replace(wanted, id=f"p-{new_uid(at)}")
    there = session.get(QaPlanRow, wanted.id)
    if there is not None:
        if plan_of(there.body) == wanted:
            return _plan(there)
        raise _taken(wanted.id)
    try:
        session.add(QaPlanRow(id=wanted.id, body=plan_json(wanted), made_by=by, made_at=at, ended_at=None))
        session.flush()
        remember(session, by, key, asked, wanted.id, at)
        audit.record(session, by, "qa_plan_saved", wanted.id, plan_json(wanted), at)
    except IntegrityError:
        session.rollback()
        raise _taken(wanted.id) from None
    except BaseException:
        session.rollback()
        raise
    return plan(session, wanted.id)


def drawn(session: Session, draw_id: str) -> DrawRecord:
    row = session.get(QaDrawRow, draw_id)
    if row is None:
        raise NotFound("There is no draw {id}.", field="draw", remedy="Choose one from the list.", id=draw_id[:40])
    return _draw(row)


def draws(session: Session, plan_id: str) -> list[DrawRecord]:
    """Those of a plan, the newest first."""
    plan(session, plan_id)
    rows = session.scalars(select(QaDrawRow).where(QaDrawRow.plan == plan_id).order_by(QaDrawRow.made_at.desc()))
    return [_draw(row) for row in rows]


def draw_calls(
    session: Session,
    plan_id: str,
    seed: int,
    frame: Sequence[FrameCall],
    period: tuple[float, float],
    by: str,
    at: float,
) -> tuple[DrawRecord, bool]:
    """The calls on their scorers' lists; the same seed and frame give the draw that there is. And whether it is new."""
    found = plan(session, plan_id).plan
    if not frame:
        raise BadInput(
            "There are no calls to draw from.", field="frame", remedy="Choose another period, or a form of more calls."
        )
    digest = _digest(frame)
    try:
        if (before := _same(session, plan_id, seed, digest)) is not None:
            return _draw(before), False
        taken = set(session.scalars(select(QaTaskRow.call_id).where(QaTaskRow.plan == plan_id)))
        marked = [replace(one, drawn_before=one.call_id in taken) for one in frame]
        sample = draw(marked, found.rules, seed)
        if not sample.calls:
            raise _nothing(sample)
        row = QaDrawRow(
            id=new_uid(at),
            plan=plan_id,
            seed=seed,
            rules=RULES.dump_python(found.rules, mode="json"),
            frame=frame_json(marked),
            frame_sha256=digest,
            from_at=period[0],
            until=period[1],
            eligible=sample.eligible,
            made_by=by,
            made_at=at,
        )
        session.add(row)
        session.flush()
        session.add_all(_tasks(session, found, row.id, sample, at))
        parts = Counter(one.part for one in sample.calls)
        fact = CallsDrawn(
            row.id, plan_id, seed, *period, sample.eligible, len(sample.excluded), parts["random"], parts["risk"], by
        )
        event_log.append(session, [event_of(fact, at)])
        audit.record(session, by, "qa_drawn", plan_id, {"draw": row.id, "seed": seed, "calls": len(sample.calls)}, at)
    except IntegrityError:
        # Somebody drew the same at this moment.
        session.rollback()
        if (before := _same(session, plan_id, seed, digest)) is None:
            raise
        return _draw(before), False
    except BaseException:
        session.rollback()
        raise
    return _draw(row), True


def scorers_of(session: Session, wanted: SamplingPlan) -> list[QaScorer]:
    """Those that the plan names and who may still score; without names everybody who may."""
    people = [one for one in list_users(session) if one.may(Right.QA_SCORING)]
    return [
        QaScorer(one.name, one.extension or "") for one in people if not wanted.scorers or one.name in wanted.scorers
    ]


def deadline(session: Session, start: float, days: int) -> float:
    """By the site's calendar of working days."""
    return working_days_end(office.calendars(session).get(WORKDAYS), start, days, office.zone(session))


def _check_scorers(session: Session, wanted: SamplingPlan) -> None:
    known: dict[str, User] = {one.name: one for one in list_users(session)}
    for name in wanted.scorers:
        if name not in known or not known[name].may(Right.QA_SCORING):
            raise BadInput(
                "{name} may not score calls.", field="scorers", remedy="Choose people who hold that right.", name=name
            )


def _tasks(session: Session, of: SamplingPlan, draw_id: str, sample: SampleDraw, at: float) -> Iterable[QaTaskRow]:
    weeks = sorted({one.week for one in sample.calls})
    mine = (QaTaskRow.plan == of.id, QaTaskRow.week.in_(weeks))
    before = Counter(
        (name, agent) for name, agent in session.execute(select(QaTaskRow.scorer, QaTaskRow.agent).where(*mine)) if name
    )
    who = assign(
        [CallToScore(one.call_id, one.agent) for one in sample.calls], scorers_of(session, of), of.most_of_agent, before
    )
    places = {place_of(one.call_id, of.form): one.call_id for one in sample.calls}
    # Scored by hand before: there is nothing left to do.
    done = {
        places[place]: score
        for place, score in session.execute(
            select(QaScoreRow.place, QaScoreRow.id).where(QaScoreRow.place.in_(list(places)))
        )
    }
    due = deadline(session, at, of.deadline_days)
    for one in sample.calls:
        yield QaTaskRow(
            draw=draw_id,
            plan=of.id,
            call_id=one.call_id,
            agent=one.agent,
            week=one.week,
            part=one.part,
            reasons=list(one.reasons),
            form=of.form,
            scorer=who[one.call_id],
            not_by=[],
            due_at=due,
            state="scored" if one.call_id in done else "open",
            score=done.get(one.call_id),
        )


def _digest(frame: Sequence[FrameCall]) -> str:
    said = json.dumps(frame_json(replace(one, drawn_before=False) for one in frame), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _same(session: Session, plan_id: str, seed: int, digest: str) -> QaDrawRow | None:
    query = select(QaDrawRow).where(QaDrawRow.plan == plan_id, QaDrawRow.seed == seed, QaDrawRow.frame_sha256 == digest)
    return session.scalar(query)


def _plan(row: QaPlanRow) -> PlanRecord:
    return PlanRecord(plan_of(row.body), row.made_by, row.made_at)


def _draw(row: QaDrawRow) -> DrawRecord:
    return DrawRecord(
        row.id,
        row.plan,
        row.seed,
        row.from_at,
        row.until,
        row.made_by,
        row.made_at,
        row.frame_sha256,
        len(row.frame),
        draw(frame_of(row.frame), RULES.validate_python(row.rules), row.seed),
    )


def _nothing(sample: SampleDraw) -> BadInput:
    counts = Counter(one.reason for one in sample.excluded)
    return BadInput(
        "None of the calls can be drawn: {reasons}.",
        field="frame",
        remedy="Choose another period, or other rules.",
        reasons=", ".join(f"{_(EXCLUSION_WORDS[reason])} {n}" for reason, n in counts.most_common()) or "—",
    )


def _taken(plan_id: str) -> Conflict:
    return Conflict("There is another plan {id}.", field="id", remedy="Choose another id.", id=plan_id)
