"""Appeals against scores that were published: made by those who are judged, decided by somebody else.

One that is upheld corrects a figure or moves the total: everybody's score is worked out anew from what was kept and all
corrections so far, as another edition; the one before stays. Each function commits, or changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import wall_text
from core.db import request_keys
from core.db.tables import KpiAppealRow, KpiPeriodRow
from core.errors import Conflict, NotAllowed, NotFound
from core.people import audit
from core.people.users import User
from core.workorders import office
from kpi.periods import service
from kpi.periods.appellants import own_key
from kpi.periods.correction import Correction, corrected, correction_json, correction_of
from kpi.periods.reading import head_of, people
from kpi.periods.record import PeriodHead

AppealState = Literal["open", "upheld", "rejected"]


@dataclass(frozen=True, slots=True)
class Appeal:
    """``line`` is its place in the scheme. ``edition`` is the one that upholding it made; the one before it has the
    figures as they were."""

    period: str
    n: int
    who: str
    line: int
    reason: str
    state: AppealState
    made_by: str
    made_at: float
    decided_by: str = ""
    decided_at: float | None = None
    words: str = ""
    correction: Mapping[str, Any] | None = None
    edition: int | None = None


def appeals(session: Session, period_id: str, who: str | None = None) -> list[Appeal]:
    query = select(KpiAppealRow).where(KpiAppealRow.period == period_id).order_by(KpiAppealRow.n)
    if who is not None:
        query = query.where(KpiAppealRow.who == who)
    return [_appeal(row) for row in session.scalars(query)]


def open_counts(session: Session) -> dict[str, int]:
    """How many are undecided, by period."""
    one = KpiAppealRow
    query = select(one.period, func.count()).where(one.state == "open").group_by(one.period)
    return {row[0]: row[1] for row in session.execute(query)}


def appeal(
    session: Session, period_id: str, user: User, line: int, reason: str, at: float, *, key: str = ""
) -> tuple[Appeal, bool]:
    """By the person who is judged, within the deadline, once for each line; and whether it is new."""
    asked = {"appeal": period_id, "line": line, "reason": reason}
    try:
        row = service.taken(session, period_id)
        if (before := request_keys.made_before(session, user.name, key, asked)) is not None:
            found = _appeal(session.get_one(KpiAppealRow, (period_id, int(before.rpartition(" ")[2]))))
            session.rollback()
            return found, False
        head = head_of(row.head)
        who = _judged_key(session, user, row, head)
        service.after(session, row, "appeal", at)
        if not 0 <= line < len(head.scheme.lines):
            raise NotFound("The scheme has no line {line}.", field="line", remedy="Lines count from 0.", line=line)
        _check_first(session, row, who, line)
        n = 1 + (session.scalar(select(func.max(KpiAppealRow.n)).where(KpiAppealRow.period == period_id)) or 0)
        made = KpiAppealRow(
            period=period_id,
            n=n,
            who=who,
            line=line,
            reason=reason,
            state="open",
            made_by=user.name,
            made_at=at,
        )
        session.add(made)
        request_keys.remember(session, user.name, key, asked, f"{period_id} {n}", at)
        session.flush()
        detail = {"n": n, "who": who, "indicator": head.scheme.lines[line].indicator, "reason": reason}
        audit.note(session, user.name, "kpi_appeal_made", period_id, detail, at)
        found = _appeal(made)
        session.commit()
    except IntegrityError:
        # The same key for something else, at the same moment.
        session.rollback()
        request_keys.made_before(session, user.name, key, asked)
        raise
    except BaseException:
        session.rollback()
        raise
    return found, True


def uphold(
    session: Session, period_id: str, n: int, user: User, words: str, at: float, correction: Mapping[str, Any]
) -> Appeal:
    """``correction``: ``figure`` (numerator, denominator, sample) or ``effect`` (points on the total)."""
    return _decide(session, period_id, n, user, words, at, correction)


def reject(session: Session, period_id: str, n: int, user: User, words: str, at: float) -> Appeal:
    return _decide(session, period_id, n, user, words, at, None)


def _decide(
    session: Session, period_id: str, n: int, user: User, words: str, at: float, correction: Mapping[str, Any] | None
) -> Appeal:
    try:
        row = service.taken(session, period_id)
        made = session.get(KpiAppealRow, (period_id, n), populate_existing=True)
        if made is None:
            raise NotFound("There is no appeal {n}.", field="n", remedy="Choose one from the list.", n=n)
        if made.state != "open":
            raise _decided_before(made, office.zone(session))
        service.after(session, row, "decide", at)
        _check_decider(session, user, row, made)
        made.decided_by, made.decided_at, made.words = user.name, at, words
        made.state = "rejected" if correction is None else "upheld"
        if correction is not None:
            made.correction = correction_json(correction_of(made.who, made.line, correction))
            session.flush()
            made.edition = _new_edition(session, row)
        detail = {"n": n, "who": made.who, "state": made.state, "correction": made.correction, "words": words}
        session.flush()
        audit.note(session, user.name, "kpi_appeal_decided", period_id, detail, at)
        found = _appeal(made)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return found


def corrections(session: Session, period_id: str) -> list[Correction]:
    """All that were upheld, in the order of the appeals."""
    query = select(KpiAppealRow).where(KpiAppealRow.period == period_id, KpiAppealRow.state == "upheld")
    rows = session.scalars(query.order_by(KpiAppealRow.n))
    return [correction_of(row.who, row.line, row.correction or {}, row.n, row.words) for row in rows]


def _new_edition(session: Session, row: KpiPeriodRow) -> int:
    first = people(session, row.id, edition=service.FIRST)
    found = corrected(head_of(row.head).scheme, list(first.values()), corrections(session, row.id))
    return service.add_edition(session, row, found)


def _judged_key(session: Session, user: User, row: KpiPeriodRow, head: PeriodHead) -> str:
    who = own_key(session, user, head.scheme.subject)
    if row.state == "draft" or who is None or who not in people(session, row.id, who=who):
        raise NotAllowed(
            "Only those who are judged may appeal.", field="period", remedy="Choose a period that judges you."
        )
    return who


def _check_first(session: Session, row: KpiPeriodRow, who: str, line: int) -> None:
    one = KpiAppealRow
    before = session.scalar(select(one).where(one.period == row.id, one.who == who, one.line == line))
    if before is not None:
        raise Conflict(
            "Against this line there is appeal {n} already.",
            field="line",
            remedy="Read what became of it.",
            n=before.n,
        )


def _check_decider(session: Session, user: User, row: KpiPeriodRow, made: KpiAppealRow) -> None:
    if user.name == row.published_by:
        raise NotAllowed(
            "Whoever published the scores does not decide on appeals against them.",
            field="n",
            remedy="Ask somebody else who may.",
        )
    own = own_key(session, user, head_of(row.head).scheme.subject)
    if user.name == made.made_by or (own is not None and people(session, row.id, who=own)):
        raise NotAllowed(
            "Whoever is judged in this period does not decide on its appeals.",
            field="n",
            remedy="Ask somebody else who may.",
        )


def _decided_before(made: KpiAppealRow, zone: ZoneInfo) -> Conflict:
    return Conflict(
        "{by} has decided on this appeal already, on {at}.",
        field="state",
        remedy="Read what was decided.",
        by=made.decided_by,
        at=wall_text(datetime.fromtimestamp(made.decided_at or 0.0, zone)),
    )


def _appeal(row: KpiAppealRow) -> Appeal:
    return Appeal(
        row.period,
        row.n,
        row.who,
        row.line,
        row.reason,
        cast(AppealState, row.state),
        row.made_by,
        row.made_at,
        row.decided_by,
        row.decided_at,
        row.words,
        row.correction,
        row.edition,
    )
