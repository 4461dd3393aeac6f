"""Calibration rounds: the same calls, scored blind by three or more; nobody sees the others' scores before its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.request_keys import made_before, remember
from core.db.tables import QaRoundRow, QaScoreRow
from core.errors import BadInput, Conflict, NotFound
from core.events import new_uid
from core.people import audit
from core.people.users import list_users
from core.rights import Right
from qa.calibration import RoundAgreement, agreement
from qa.forms.form import ItemAnswer
from qa.service import forms

FEWEST = 2


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """``done``: how many of the scores that are due there are, masters left aside."""

    id: str
    name: str
    form: str
    form_version: int
    calls: tuple[str, ...]
    scorers: tuple[str, ...]
    made_by: str
    made_at: float
    closed_at: float | None
    done: int

    @property
    def is_whole(self) -> bool:
        return self.done == len(self.calls) * len(self.scorers)


def rounds(session: Session) -> list[RoundRecord]:
    """The newest first."""
    return [_record(session, row) for row in session.scalars(select(QaRoundRow).order_by(QaRoundRow.made_at.desc()))]


def one(session: Session, round_id: str) -> RoundRecord:
    row = session.get(QaRoundRow, round_id)
    if row is None:
        raise NotFound("There is no round {id}.", field="round", remedy="Choose one from the list.", id=round_id[:40])
    return _record(session, row)


def open_round(
    session: Session,
    name: str,
    form: str,
    calls: Sequence[str],
    scorers: Sequence[str],
    by: str,
    at: float,
    *,
    key: str = "",
) -> RoundRecord:
    """By the newest version of the form."""
    asked = {"name": name, "form": form, "calls": list(calls), "scorers": list(scorers)}
    if (made := made_before(session, by, key, asked)) is not None:
        return one(session, made)
    version = forms.version(session, form).version
    for said, field in ((calls, "calls"), (scorers, "scorers")):
        if len(set(said)) < len(said):
            raise BadInput("A word stands here twice.", field=field, remedy="Name each once.")
    known = {person.name for person in list_users(session) if person.may(Right.QA_SCORING)}
    for person in scorers:
        if person not in known:
            raise BadInput(
                "{name} may not score calls.", field="scorers", remedy="Choose people who hold that right.", name=person
            )
    row = QaRoundRow(
        id=new_uid(at),
        name=name,
        form=form,
        form_version=version,
        calls=list(calls),
        scorers=list(scorers),
        made_by=by,
        made_at=at,
        closed_at=None,
    )
    try:
        session.add(row)
        session.flush()
        remember(session, by, key, asked, row.id, at)
        audit.record(session, by, "qa_round_opened", row.id, asked, at)
    except BaseException:
        session.rollback()
        raise
    return _record(session, row)


def close(session: Session, round_id: str, by: str, at: float) -> RoundRecord:
    one(session, round_id)
    done = session.execute(
        update(QaRoundRow).where(QaRoundRow.id == round_id, QaRoundRow.closed_at.is_(None)).values(closed_at=at)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        session.rollback()
        raise Conflict("The round is closed.", field="round", remedy="Look at its result.")
    audit.record(session, by, "qa_round_closed", round_id, {}, at)
    return one(session, round_id)


def result(session: Session, round_id: str) -> RoundAgreement:
    """``Conflict`` while it goes on: whoever saw it could no longer score blind."""
    record = one(session, round_id)
    if record.closed_at is None and not record.is_whole:
        raise Conflict(
            "The round goes on: {done} of {due} scores are there.",
            field="round",
            remedy="Wait for the others, or close it.",
            done=record.done,
            due=len(record.calls) * len(record.scorers),
        )
    form = forms.version(session, record.form, record.form_version).form
    ratings: dict[str, dict[str, dict[str, ItemAnswer]]] = {}
    masters: dict[str, dict[str, ItemAnswer]] = {}
    for row in session.scalars(select(QaScoreRow).where(QaScoreRow.round == round_id)):
        if row.master:
            masters[row.call_id] = row.answers
        else:
            ratings.setdefault(row.scorer, {})[row.call_id] = row.answers
    return agreement(form, record.calls, ratings, masters)


def _record(session: Session, row: QaRoundRow) -> RoundRecord:
    there = session.execute(
        select(QaScoreRow.call_id).where(QaScoreRow.round == row.id, QaScoreRow.master.is_(False))
    ).all()
    return RoundRecord(
        row.id,
        row.name,
        row.form,
        row.form_version,
        tuple(row.calls),
        tuple(row.scorers),
        row.made_by,
        row.made_at,
        row.closed_at,
        len(there),
    )
