"""Scores over HTTP: given by scorers, seen by those who are scored, accepted or appealed, decided on by others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from core.clock import iso, iso_or_none, utc_now
from core.db.tables import QaDraftRow, QaRoundRow, QaScoreRow
from core.errors import BadInput, NotFound
from core.people.users import User
from core.rights import Right, Scope
from core.web.auth import NoRight
from core.web.routes.telephony import Body
from core.web.shapes import Page
from qa import reading
from qa.api.common import PATH, Id, IdempotencyKey, QaOffice, Reader, Reviewer, Scorer
from qa.api.shapes import qa as shape
from qa.forms.form import WORDS, ItemAnswer, QaForm
from qa.scoring.score import CallScore, score
from qa.service import drafts, forms, scores
from qa.service.scores import MarkedSpan, ScoredCall, ScoreInput

Words = Annotated[str, Field(max_length=1000, pattern=WORDS)]
AnswersByItem = Annotated[dict[str, ItemAnswer], Field(max_length=1200)]


class SpanRequest(Body):
    from_s: float = Field(ge=0, le=1e6)
    to_s: float = Field(ge=0, le=1e6)
    item: str | None = Field(None, max_length=40)
    comment: Words = ""


class ScoreRequest(Body):
    """``answers`` by item: yes, partial, no, not_applicable, or a number of the scale. ``round``: of calibration;
    ``master``: its measure."""

    call_id: str = Field(min_length=1, max_length=64)
    form: str = Field(min_length=1, max_length=40)
    version: int | None = Field(None, ge=1)
    answers: AnswersByItem
    spans: list[SpanRequest] = Field(default=[], max_length=500)
    note: str = Field("", max_length=2000, pattern=WORDS)
    round: str | None = Field(None, max_length=40)
    master: bool = False


class PreviewRequest(Body):
    form: str = Field(min_length=1, max_length=40)
    version: int | None = Field(None, ge=1)
    answers: AnswersByItem


class AppealReason(Body):
    reason: Words = Field(min_length=1)


class AppealDecision(Body):
    """``answers``: all of them as they are now, with ``changed`` alone."""

    decision: Literal["upheld", "changed"]
    words: Words = Field(min_length=1)
    answers: AnswersByItem | None = None


class DraftBodyRequest(Body):
    """What the page has filled in, in its own form."""

    body: dict[str, Any]


def add_routes(office: QaOffice) -> None:
    web = office.web

    @web.app.post(f"{PATH}/scores", response_model=shape.QaScore, status_code=201, tags=["qa"])
    async def save(said: ScoreRequest, user: Scorer, response: Response, key: IdempotencyKey = "") -> dict[str, Any]:
        """Once for a call and form: of two who save at once one wins, and what the other filled in stays a draft."""
        if said.master and not user.may(Right.QA_PLANS):
            raise NoRight("Your role does not permit this.", remedy="Ask whoever opened the round.")
        heard = await reading.call(office.warehouse, said.call_id)
        call = ScoredCall(heard.call_id, heard.agent, heard.called_at, heard.demo, heard.seconds)
        spans = tuple(MarkedSpan(one.from_s, one.to_s, one.item, one.comment) for one in said.spans)
        given = ScoreInput(said.form, said.answers, said.version, spans, said.note, said.round, said.master)

        def work(session: Session) -> tuple[dict[str, Any], bool]:
            row, is_new = scores.save(session, call, given, user, utc_now(), key=key)
            return score_row(session, row), is_new

        found, is_new = await web.in_session(work)
        response.status_code = 201 if is_new else 200
        return found

    @web.app.post(f"{PATH}/scores/preview", response_model=shape.QaPreview, tags=["qa"])
    async def preview(said: PreviewRequest, _user: Scorer) -> dict[str, Any]:
        """The score of what is filled in so far; nothing is saved."""
        record = await web.in_session(lambda session: forms.version(session, said.form, said.version))
        try:
            found = score(record.form, said.answers)
        except (KeyError, ValueError):
            raise BadInput(
                "An answer is none of this form's.", field="answers", remedy="Read the form again."
            ) from None
        return {
            "score": found.score,
            "score_without_fatal": found.score_without_fatal,
            "passed": found.passed,
            "fatal": list(found.fatal),
        }

    @web.app.get(f"{PATH}/scores", response_model=Page[shape.QaScoreHead], tags=["qa"])
    async def listed(
        user: Reader,
        agent: Annotated[str, Query(max_length=20)] = "",
        scorer: Annotated[str, Query(max_length=64)] = "",
        call_id: Annotated[str, Query(max_length=64)] = "",
        state: Annotated[Literal["scored", "accepted", "appealed", "upheld", "changed", ""], Query()] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[str, Query(max_length=100)] = "",
    ) -> dict[str, Any]:
        """The newest first; those of calibration rounds are shown by their round alone."""
        where: list[ColumnElement[bool]] = [QaScoreRow.round.is_(None)]
        for said, column in (
            (agent, QaScoreRow.agent),
            (scorer, QaScoreRow.scorer),
            (call_id, QaScoreRow.call_id),
            (state, QaScoreRow.state),
        ):
            if said:
                where.append(column == said)
        own = _own(user)
        if own is not None:
            where.append(QaScoreRow.agent == own)
        found = await web.in_session(lambda session: scores.listed(session, where, _position(cursor), limit + 1))
        shown = found[:limit]
        web.audit.seen(user.name, "qa_scores_listed", "qa", agent=agent or own or "")
        more = f"{shown[-1].scored_at!r} {shown[-1].id}" if len(found) > limit else None
        return {"items": [head_row(one) for one in shown], "next": more}

    @web.app.get(f"{PATH}/scores/{{score_id}}", response_model=shape.QaScore, tags=["qa"])
    async def one(score_id: Id, user: Reader) -> dict[str, Any]:
        """With its items; another agent's score is not found."""
        found = await web.in_session(lambda session: score_row(session, _visible(session, score_id, user)))
        await web.audit.record_once(user.name, "qa_score_read", score_id)
        return found

    @web.app.post(f"{PATH}/scores/{{score_id}}/accept", response_model=shape.QaScore, tags=["qa"])
    async def accept(score_id: Id, user: Reader) -> dict[str, Any]:
        """By the agent whose call it is."""

        def work(session: Session) -> dict[str, Any]:
            _visible(session, score_id, user)
            return score_row(session, scores.answer(session, score_id, user, "accepted", "", utc_now()))

        return await web.in_session(work)

    @web.app.post(f"{PATH}/scores/{{score_id}}/appeal", response_model=shape.QaScore, tags=["qa"])
    async def appeal(score_id: Id, said: AppealReason, user: Reader) -> dict[str, Any]:
        """By the agent whose call it is, until ``appeal_until``."""

        def work(session: Session) -> dict[str, Any]:
            _visible(session, score_id, user)
            return score_row(session, scores.answer(session, score_id, user, "appealed", said.reason, utc_now()))

        return await web.in_session(work)

    @web.app.post(f"{PATH}/scores/{{score_id}}/decide", response_model=shape.QaScore, tags=["qa"])
    async def decide(score_id: Id, said: AppealDecision, user: Reviewer) -> dict[str, Any]:
        """By a reviewer who did not give the score; the first one is kept."""
        return await web.in_session(
            lambda session: score_row(
                session, scores.decide(session, score_id, user, said.decision, said.words, said.answers, utc_now())
            )
        )

    @web.app.get(f"{PATH}/drafts/{{call_id}}", response_model=shape.QaDraft, tags=["qa"])
    async def draft(call_id: Id, user: Scorer) -> dict[str, Any]:
        """One's own of this call."""
        return await web.in_session(lambda session: _draft(session, user.name, call_id))

    @web.app.put(f"{PATH}/drafts/{{call_id}}", response_model=shape.QaDraft, tags=["qa"])
    async def keep_draft(call_id: Id, said: DraftBodyRequest, user: Scorer) -> dict[str, Any]:
        """Kept until the call is scored."""

        def work(session: Session) -> dict[str, Any]:
            return _draft_row(drafts.store(session, user.name, call_id, said.body, utc_now()))

        return await web.in_session(work)


def _own(user: User) -> str | None:
    """``None`` for those who see all scores."""
    return None if user.scope(Right.QA) is Scope.ALL else user.extension or ""


def _visible(session: Session, score_id: str, user: User) -> QaScoreRow:
    """Blind rounds are seen by nobody but the scorer and those who lead them until they are closed."""
    row = scores.one(session, score_id)
    own = _own(user)
    hidden = own is not None and (row.agent != own or row.round is not None)
    if row.round is not None and row.scorer != user.name and not user.may(Right.QA_PLANS):
        hidden = hidden or session.get_one(QaRoundRow, row.round).closed_at is None
    if hidden:
        raise NotFound("There is no score {id}.", field="score", remedy="Choose one from the list.", id=score_id[:40])
    return row


def _position(cursor: str) -> tuple[float, str] | None:
    if not cursor:
        return None
    at, _space, last = cursor.partition(" ")
    try:
        return float(at), last
    except ValueError:
        raise BadInput("The cursor is none of ours.", field="cursor", remedy="Leave it out.") from None


def _draft(session: Session, user_name: str, call_id: str) -> dict[str, Any]:
    row = drafts.find(session, user_name, call_id)
    if row is None:
        raise NotFound("There is no draft of call {call}.", field="call_id", call=call_id[:64])
    return _draft_row(row)


def _draft_row(row: QaDraftRow) -> dict[str, Any]:
    return {"call_id": row.call_id, "body": row.body, "at": iso(row.at)}


def head_row(row: QaScoreRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "call_id": row.call_id,
        "called_at": iso(row.called_at),
        "agent": row.agent,
        "form": row.form,
        "version": row.form_version,
        "score": row.score,
        "score_without_fatal": row.score_without_fatal,
        "passed": row.passed,
        "fatal": row.fatal,
        "part": row.part,
        "round": row.round,
        "master": row.master,
        "demo": row.demo,
        "scorer": row.scorer,
        "scored_at": iso(row.scored_at),
        "state": row.state,
        "appeal_until": iso_or_none(row.appeal_until),
    }


def score_row(session: Session, row: QaScoreRow) -> dict[str, Any]:
    form = forms.version(session, row.form, row.form_version).form
    return {
        **head_row(row),
        "answers": row.answers,
        "by_item": _by_item(form, score(form, row.answers), row.answers),
        "spans": row.spans,
        "note": row.note,
        "answered_by": row.answered_by,
        "answered_at": iso_or_none(row.answered_at),
        "appeal_reason": row.appeal_reason,
        "decided_by": row.decided_by,
        "decided_at": iso_or_none(row.decided_at),
        "decision_words": row.decision_words,
        "first": row.first,
    }


def _by_item(form: QaForm, found: CallScore, answers: dict[str, Any]) -> list[dict[str, Any]]:
    texts = {item.id: item.text for item in form.items}
    return [
        {
            "item": one.item,
            "text": texts[one.item],
            "answer": answers[one.item],
            "worth": one.worth,
            "points": round(one.points, 4),
            "possible": round(one.possible, 4),
            "failed": one.failed,
        }
        for one in found.items
    ]
