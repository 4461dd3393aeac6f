"""What a review shows: the call, its sound, the form, and the score or the draft of it. Nothing here draws."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import QaScoreRow, QaTaskRow
from core.errors import HotlineError, NotAllowed
from core.installation import steering
from core.installation.service import load_installation
from core.people.users import User
from core.rights import Right, Scope
from core.telephony import recordings
from core.web.context import Web
from dashboards.components.names import Names
from dashboards.session import user, web
from etl.warehouse import WAREHOUSE
from kpi.lists import calls
from qa import reading
from qa.api.scores import score_row
from qa.measuring import MEASURING
from qa.reading import CallToHear
from qa.service import drafts, forms, rounds, worklist
from qa.service.audio import AudioRecord
from qa.service.forms import FormRecord
from qa.service.scores import place_of

# What may be done: give a score, decide on an appeal, answer to one's own, or read it.
Mode = Literal["score", "decide", "answer", "read", "none"]
POINTS = 1500


@dataclass(frozen=True, slots=True)
class RecordedSound:
    """``peaks`` by channel, caller first, from 0 to 1; without a recording there are none and ``problem`` says why."""

    seconds: float
    peaks: Sequence[Sequence[float]]
    measured: AudioRecord | None
    problem: HotlineError | None = None


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """As the address has it; ``form`` empty: the one that the call was drawn for, or was scored by."""

    call_id: str
    form: str = ""
    round: str = ""


@dataclass(frozen=True, slots=True)
class CallReview:
    """``score`` as the interface answers it; ``given`` are the answers to begin with, ``marks`` the spans. ``choices``:
    the forms that the call may be scored by. ``next_call``: of the next open task."""

    request: ReviewRequest
    call: Mapping[str, Any]
    to_hear: CallToHear
    sound: RecordedSound
    names: Names
    mode: Mode
    form: FormRecord
    score: Mapping[str, Any] | None
    given: Mapping[str, Any]
    marks: Sequence[Mapping[str, Any]]
    note: str
    choices: Sequence[FormRecord]
    task: worklist.ScoringTask | None
    next_call: tuple[str, str] | None


def own_extension(who: User) -> str | None:
    """``None`` for those who see the scores of all."""
    return None if who.scope(Right.QA) is Scope.ALL else who.extension or ""


async def there(parts: Web, who: User, call_id: str) -> Any:
    return await reading.call(parts.parts[WAREHOUSE], call_id, own_extension(who))


async def review(request: ReviewRequest) -> CallReview:
    parts, who = web(), user()
    to_hear = await there(parts, who, request.call_id)
    call = await calls.whole(parts.parts[WAREHOUSE], who, request.call_id)
    sound = await recorded_sound(parts, who, to_hear)
    await calls.read(parts, who, request.call_id)

    def work(session: Session) -> CallReview:
        names = Names(load_installation(session), people=steering.display_names(session))
        row, task = score_of(session, request, who), task_of(session, request, who)
        draft = None if row is not None else drafts.find(session, who.name, request.call_id)
        body = draft.body if draft is not None and draft.body.get("round", "") == request.round else {}
        form = form_of_review(session, request, row, task, body)
        begun = body if body.get("form") == form.form.id else {}
        mode = _mode(session, request, row, to_hear, who)
        given = row.answers if row is not None else begun.get("answers", {})
        return CallReview(
            request,
            call,
            to_hear,
            sound,
            names,
            mode,
            form,
            score_row(session, row) if row is not None else None,
            {item: answer for item, answer in given.items() if answer is not None},
            row.spans if row is not None else begun.get("spans", []),
            row.note if row is not None else str(begun.get("note", "")),
            forms.newest(session) if mode == "score" and not request.round else [form],
            task,
            _next_call(session, who, request.call_id),
        )

    found = await parts.in_session(work)
    if found.score is not None:
        await parts.audit.record_once(who.name, "qa_score_read", found.score["id"])
    return found


async def recorded_sound(parts: Web, who: User, of: CallToHear) -> RecordedSound:
    if not who.may(Right.RECORDINGS):
        refusal = NotAllowed("Your role does not permit this.", remedy="Ask an administrator.")
        return RecordedSound(0.0, [], None, refusal)
    try:
        measured = await parts.parts[MEASURING].of(of)
        file = await asyncio.to_thread(recordings.scan, parts.settings.recordings_dir, of.path or "")
        peaks = await asyncio.to_thread(recordings.peaks, file, POINTS)
    except HotlineError as away:
        return RecordedSound(of.seconds or 0.0, [], None, away)
    await parts.audit.record_once(who.name, "recording_seen", of.call_id)
    return RecordedSound(file.seconds, peaks, measured)


def score_of(session: Session, request: ReviewRequest, who: User) -> QaScoreRow | None:
    """Of a round one's own; else the one by the form that was asked for, or the newest."""
    query = select(QaScoreRow).where(QaScoreRow.call_id == request.call_id).order_by(QaScoreRow.scored_at.desc())
    if request.round:
        query = query.where(QaScoreRow.round == request.round, QaScoreRow.scorer == who.name, ~QaScoreRow.master)
    else:
        query = query.where(QaScoreRow.round.is_(None))
        if request.form:
            query = query.where(QaScoreRow.place == place_of(request.call_id, request.form))
    if (own := own_extension(who)) is not None:
        query = query.where(QaScoreRow.agent == own)
    return session.scalars(query).first()


def task_of(session: Session, request: ReviewRequest, who: User) -> worklist.ScoringTask | None:
    if request.round or not who.may(Right.QA_SCORING):
        return None
    query = select(QaTaskRow.id).where(QaTaskRow.call_id == request.call_id, QaTaskRow.scorer == who.name)
    if request.form:
        query = query.where(QaTaskRow.form == request.form)
    number = session.scalars(query.order_by(QaTaskRow.id)).first()
    return None if number is None else worklist.tasks(session, None, None, number - 1, 1)[0]


def form_of_review(
    session: Session,
    request: ReviewRequest,
    row: QaScoreRow | None,
    task: worklist.ScoringTask | None,
    draft: Mapping[str, Any],
) -> FormRecord:
    if row is not None:
        return forms.version(session, row.form, row.form_version)
    if request.round:
        of = rounds.one(session, request.round)
        return forms.version(session, of.form, of.form_version)
    chosen = request.form or (task.form if task is not None else "") or str(draft.get("form", ""))
    return forms.version(session, chosen) if chosen else forms.newest(session)[0]


def _mode(session: Session, request: ReviewRequest, row: QaScoreRow | None, call: CallToHear, who: User) -> Mode:
    is_own = bool(who.extension) and who.extension == call.agent
    if row is None:
        if request.round:
            of = rounds.one(session, request.round)
            return "score" if of.closed_at is None and who.name in of.scorers else "none"
        return "score" if who.may(Right.QA_SCORING) and not is_own else "none"
    if row.state == "appealed" and who.may(Right.QA_APPEALS) and who.name != row.scorer and not is_own:
        return "decide"
    return "answer" if row.state == "scored" and is_own and row.round is None else "read"


def _next_call(session: Session, who: User, but: str) -> tuple[str, str] | None:
    if not who.may(Right.QA_SCORING):
        return None
    found = next((one for one in worklist.tasks(session, who.name, limit=50) if one.call_id != but), None)
    return None if found is None else (found.call_id, found.form)
