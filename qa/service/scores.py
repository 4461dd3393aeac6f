"""Scores: saved once for a call and form, seen by the agent, accepted or appealed, decided on by another reviewer.

Of two who save at once one wins; what the other filled in stays as a draft. The first score is kept when an appeal
changes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.request_keys import made_before, remember
from core.db.tables import QaDraftRow, QaRoundRow, QaScoreRow, QaTaskRow
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.events import new_uid
from core.i18n import N_
from core.people import audit
from core.people.users import User
from core.workorders import office
from core.workorders.calendars import working_days_end
from core.workorders.categories import WORKDAYS
from qa.facts import AppealDecided, CallScored, ScoreAnswered, event_of
from qa.forms.form import ItemAnswer, QaForm
from qa.scoring.answers import checked
from qa.scoring.score import CallScore, score
from qa.service import forms

APPEAL_DAYS = 3
ScoreState = Literal["scored", "accepted", "appealed", "upheld", "changed"]
Part = Literal["random", "risk", "chosen"]
# Why what was asked for is no longer possible, or not yet.
NOW: Mapping[ScoreState, str] = {
    "scored": N_("Nobody has appealed against the score."),
    "accepted": N_("The score was accepted by {by}."),
    "appealed": N_("{by} has appealed against the score already."),
    "upheld": N_("{by} has decided on the appeal already."),
    "changed": N_("{by} has decided on the appeal already."),
}


@dataclass(frozen=True, slots=True)
class ScoredCall:
    """What is known of the call. ``seconds`` of its recording, ``None`` where that is not known."""

    call_id: str
    agent: str
    called_at: float
    demo: bool = False
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A stretch of the recording, in seconds, pinned to an item of the form or to none."""

    from_s: float
    to_s: float
    item: str | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ScoreInput:
    """``version``: the newest without one. In a ``round`` it is for calibration."""

    form: str
    answers: Mapping[str, ItemAnswer]
    version: int | None = None
    spans: tuple[MarkedSpan, ...] = ()
    note: str = ""
    round: str | None = None
    master: bool = False


def place_of(call_id: str, form: str) -> str:
    """What there is one score of, outside of rounds."""
    return f"{call_id} {form}"


def save(
    session: Session, call: ScoredCall, said: ScoreInput, user: User, at: float, *, key: str = ""
) -> tuple[QaScoreRow, bool]:
    """And whether it is new. ``Conflict`` where somebody has scored the call by this form."""
    asked = {"call": call.call_id, **asdict(said)}
    if (made := made_before(session, user.name, key, asked)) is not None:
        return one(session, made), False
    record = forms.version(session, said.form, said.version)
    answers = checked(record.form, said.answers)
    _check_spans(record.form, call, said.spans)
    if user.extension is not None and user.extension == call.agent:
        raise NotAllowed("Nobody scores the own calls.", remedy="Leave this call to somebody else.")
    if said.round is not None:
        _check_round(session, said, record.version, call, user)
    found = score(record.form, answers)
    row = _row(session, call, said, record.version, answers, found, user, at)
    try:
        session.add(row)
        session.flush()
        _settle_task(session, row)
        event_log.append(session, [event_of(_scored(row), at)])
        session.query(QaDraftRow).filter_by(user_name=user.name, call_id=call.call_id).delete()
        remember(session, user.name, key, asked, row.id, at)
        detail = {"call": call.call_id, "form": said.form, "version": record.version, "score": row.score}
        audit.record(session, user.name, "qa_scored", row.id, detail, at)
    except IntegrityError:
        session.rollback()
        raise _lost(session, call, said, user, at) from None
    except BaseException:
        session.rollback()
        raise
    return row, True


def one(session: Session, score_id: str) -> QaScoreRow:
    row = session.get(QaScoreRow, score_id)
    if row is None:
        raise _no_score(score_id)
    return row


def listed(
    session: Session, where: Sequence[ColumnElement[bool]], before: tuple[float, str] | None, limit: int
) -> list[QaScoreRow]:
    """The newest first; ``before``: where the page before ended."""
    query = select(QaScoreRow).where(*where).order_by(QaScoreRow.scored_at.desc(), QaScoreRow.id.desc()).limit(limit)
    if before is not None:
        at, last = before
        query = query.where((QaScoreRow.scored_at < at) | ((QaScoreRow.scored_at == at) & (QaScoreRow.id < last)))
    return list(session.scalars(query))


def answer(
    session: Session, score_id: str, user: User, what: Literal["accepted", "appealed"], reason: str, at: float
) -> QaScoreRow:
    """By the agent whose call it is, once; an appeal within its days."""
    row = one(session, score_id)
    if row.round is not None or user.extension is None or user.extension != row.agent:
        raise NotAllowed("Only whose call it is can answer to a score.", remedy="Ask the agent.")
    if what == "appealed" and (row.appeal_until is None or at >= row.appeal_until):
        raise Conflict(
            "The days in which an appeal was possible are over.",
            field="state",
            remedy="Speak with whoever leads you.",
        )
    _move(session, row, ("scored",), state=what, answered_by=user.name, answered_at=at, appeal_reason=reason)
    try:
        event_log.append(session, [event_of(ScoreAnswered(score_id, what, user.name, reason), at)])
        audit.record(session, user.name, f"qa_score_{what}", score_id, {"reason": reason} if reason else {}, at)
    except BaseException:
        session.rollback()
        raise
    return one(session, score_id)


def decide(
    session: Session,
    score_id: str,
    user: User,
    decision: Literal["upheld", "changed"],
    words: str,
    answers: Mapping[str, ItemAnswer] | None,
    at: float,
) -> QaScoreRow:
    """By somebody who neither scored the call nor took it; ``changed`` comes with the answers as they are now."""
    row = one(session, score_id)
    if user.name == row.scorer or (user.extension is not None and user.extension == row.agent):
        raise NotAllowed(
            "An appeal is decided on by another reviewer.", remedy="Leave it to somebody who did not score the call."
        )
    if (decision == "changed") != (answers is not None):
        raise BadInput(
            "A score is changed by answers, and stays without them.",
            field="answers",
            remedy="Send all answers with the decision changed, and none with upheld.",
        )
    form = forms.version(session, row.form, row.form_version).form
    kept = cast(Mapping[str, ItemAnswer], row.answers) if answers is None else checked(form, answers)
    found = score(form, kept)
    first = {
        "answers": row.answers,
        "score": row.score,
        "score_without_fatal": row.score_without_fatal,
        "passed": row.passed,
        "fatal": row.fatal,
    }
    _move(
        session,
        row,
        ("appealed",),
        state=decision,
        decided_by=user.name,
        decided_at=at,
        decision_words=words,
        first=first,
        answers=dict(kept),
        **_result(found),
    )
    try:
        fact = AppealDecided(score_id, decision, user.name, words, dict(kept), **_result(found))
        event_log.append(session, [event_of(fact, at)])
        detail = {"decision": decision, "words": words, "before": first["score"], "score": found.score}
        audit.record(session, user.name, "qa_appeal_decided", score_id, detail, at)
    except BaseException:
        session.rollback()
        raise
    return one(session, score_id)


def _move(session: Session, row: QaScoreRow, states: Sequence[ScoreState], **values: Any) -> None:
    """Of two at once one wins: the state decides, in the database."""
    score_id = row.id
    done = session.execute(
        update(QaScoreRow)
        .where(QaScoreRow.id == score_id, QaScoreRow.state.in_(states))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.expire(row)
    if not cast(Any, done).rowcount:
        session.rollback()
        now = one(session, score_id)
        raise Conflict(
            NOW[cast(ScoreState, now.state)],
            field="state",
            remedy="Read it again, and then decide.",
            by=now.decided_by or now.answered_by,
        )


def _result(found: CallScore) -> dict[str, Any]:
    return {
        "score": found.score or 0.0,
        "score_without_fatal": found.score_without_fatal,
        "passed": bool(found.passed),
        "fatal": list(found.fatal),
    }


def _row(
    session: Session,
    call: ScoredCall,
    said: ScoreInput,
    version: int,
    answers: Mapping[str, ItemAnswer],
    found: CallScore,
    user: User,
    at: float,
) -> QaScoreRow:
    in_round = said.round is not None
    task = None if in_round else _task_of(session, call.call_id, said.form)
    who = "master" if said.master else user.name
    return QaScoreRow(
        id=new_uid(at),
        place=f"round {said.round} {call.call_id} {who}" if in_round else place_of(call.call_id, said.form),
        call_id=call.call_id,
        called_at=call.called_at,
        agent=call.agent,
        form=said.form,
        form_version=version,
        answers=dict(answers),
        spans=[asdict(span) for span in said.spans],
        note=said.note,
        part=task.part if task is not None else "chosen",
        round=said.round,
        master=said.master,
        demo=call.demo,
        scorer=user.name,
        scored_at=at,
        state="scored",
        appeal_until=None if in_round else _appeal_until(session, at),
        first=None,
        **_result(found),
    )


def _appeal_until(session: Session, at: float) -> float:
    return working_days_end(office.calendars(session).get(WORKDAYS), at, APPEAL_DAYS, office.zone(session))


def _task_of(session: Session, call_id: str, form: str) -> QaTaskRow | None:
    """The first that was drawn: its part is the score's."""
    query = select(QaTaskRow).where(QaTaskRow.call_id == call_id, QaTaskRow.form == form).order_by(QaTaskRow.id)
    return session.scalars(query).first()


def _settle_task(session: Session, row: QaScoreRow) -> None:
    if row.round is None:
        session.execute(
            update(QaTaskRow)
            .where(QaTaskRow.call_id == row.call_id, QaTaskRow.form == row.form, QaTaskRow.state == "open")
            .values(state="scored", score=row.id)
        )


def _scored(row: QaScoreRow) -> CallScored:
    return CallScored(
        row.id,
        row.call_id,
        row.called_at,
        row.agent,
        row.form,
        row.form_version,
        row.answers,
        row.score,
        row.score_without_fatal,
        row.passed,
        row.fatal,
        cast(Part, row.part),
        row.round,
        row.master,
        row.scorer,
        row.demo,
    )


def _check_spans(form: QaForm, call: ScoredCall, spans: Sequence[MarkedSpan]) -> None:
    items = {item.id for item in form.items}
    for n, span in enumerate(spans):
        # A second more than the file: players round.
        longest = float("inf") if call.seconds is None else call.seconds + 1
        if not 0 <= span.from_s < span.to_s <= longest:
            raise BadInput(
                "A span begins before it ends, within the recording.", field=f"spans.{n}", remedy="Mark it again."
            )
        if span.item is not None and span.item not in items:
            raise BadInput(
                "The form has no item {item}.",
                field=f"spans.{n}.item",
                remedy="Read the form again; it may have a new version.",
                item=span.item[:40],
            )


def _check_round(session: Session, said: ScoreInput, version: int, call: ScoredCall, user: User) -> None:
    row = session.get(QaRoundRow, said.round)
    if row is None or call.call_id not in row.calls or said.form != row.form or version != row.form_version:
        raise BadInput("The call or the form is none of this round's.", field="round", remedy="Read the round again.")
    if row.closed_at is not None:
        raise Conflict("The round is closed.", field="round", remedy="Look at its result.")
    if not said.master and user.name not in row.scorers:
        raise NotAllowed("You are not one of the round's scorers.", remedy="Ask whoever opened it.")


def _lost(session: Session, call: ScoredCall, said: ScoreInput, user: User, at: float) -> Conflict:
    """Somebody was faster: what was filled in stays as a draft."""
    body = {"form": said.form, "version": said.version, "answers": dict(said.answers), "note": said.note}
    session.merge(QaDraftRow(user_name=user.name, call_id=call.call_id, body=body, at=at))
    session.commit()
    there = session.scalar(select(QaScoreRow).where(QaScoreRow.place == place_of(call.call_id, said.form)))
    return Conflict(
        "{by} has scored this call already.",
        field="call_id",
        remedy="Read that score; what you filled in is kept as your draft.",
        by=there.scorer if there is not None else user.name,
    )


def _no_score(score_id: str) -> NotFound:
    return NotFound("There is no score {id}.", field="score", remedy="Choose one from the list.", id=score_id[:40])
