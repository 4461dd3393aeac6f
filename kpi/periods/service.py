"""Judged periods in the operational database. One function for each use case; each commits, or changes nothing.

Whoever changes a period takes its turn first (its row is locked until the commit), and then looks at the state: of two
who publish at once one wins, and the other is told who it was. What was published is never changed: an appeal that was
upheld makes another edition beside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import request_keys
from core.db.tables import KpiPeriodRow, KpiPeriodScoreRow
from core.errors import Conflict, NotFound
from core.people import audit
from core.workorders import office
from core.workorders.categories import WORKDAYS
from kpi.periods import life, record
from kpi.periods.life import APPEAL_DAYS, Act, State
from kpi.periods.reading import StoredPeriod, head_of, no_period, period, standing, texts
from kpi.periods.record import PeriodHead, PeriodRecord, PersonRecord

FIRST = 1


def make(
    session: Session,
    judged: PeriodRecord,
    by: str,
    at: float,
    *,
    key: str = "",
    asked: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[StoredPeriod, bool]:
    """A draft, and whether it is new. ``key``: the same person's same key and ``asked`` give the same draft again."""
    if (before := made_before(session, by, key, asked)) is not None:
        return before, False
    head = head_of(judged.head)
    period_id = f"p-{hashlib.sha256(f'{by} {key} {at!r} {judged.sha256}'.encode()).hexdigest()[:12]}"
    try:
        session.add(
            KpiPeriodRow(
                id=period_id,
                scheme=head.scheme.id,
                scheme_version=head.version,
                from_at=head.from_at,
                until=head.until,
                state="draft",
                turn=1,
                edition=FIRST,
                head=judged.head,
                sha256=judged.sha256,
                made_by=by,
                made_at=at,
                computed_by=by,
                computed_at=at,
            )
        )
        request_keys.remember(session, by, key, asked, period_id, at)
        session.flush()
        _insert(session, period_id, FIRST, judged.scores)
        audit.note(session, by, "kpi_period_made", period_id, _about(head, judged), at)
        session.commit()
    except IntegrityError:
        # Somebody was faster with the same key.
        session.rollback()
        if (before := made_before(session, by, key, asked)) is None:
            raise
        return before, False
    except BaseException:
        session.rollback()
        raise
    return period(session, period_id), True


def made_before(session: Session, by: str, key: str, asked: Mapping[str, Any]) -> StoredPeriod | None:
    """What this very request has made; ``Conflict`` where the key was used for something else."""
    made = request_keys.made_before(session, by, key, asked)
    return None if made is None else period(session, made)


def recompute(session: Session, period_id: str, judged: PeriodRecord, by: str, at: float) -> StoredPeriod:
    """The draft as it is judged now, in the place of what it was."""
    try:
        row = taken(session, period_id)
        after(session, row, "recompute", at)
        row.head, row.sha256, row.computed_by, row.computed_at = judged.head, judged.sha256, by, at
        session.execute(delete(KpiPeriodScoreRow).where(KpiPeriodScoreRow.period == period_id))
        _insert(session, period_id, FIRST, judged.scores)
        audit.note(session, by, "kpi_period_computed", period_id, _about(head_of(judged.head), judged), at)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return period(session, period_id)


def publish(
    session: Session, period_id: str, by: str, at: float, *, days: int = APPEAL_DAYS, calendar: str = "", seen: str = ""
) -> StoredPeriod:
    """Those who are judged see it from now on, and may appeal for so many working days of the calendar (unsaid, the one
    by which orders count working days). ``seen``: the hash of what the publisher has looked at."""
    try:
        row = taken(session, period_id)
        row.state = after(session, row, "publish", at)
        if seen and seen != row.sha256:
            raise Conflict(
                "{by} has computed the draft anew meanwhile.",
                field="sha256",
                remedy="Look at it again, and then publish it.",
                by=row.computed_by,
            )
        settled = f"{row.scheme} {row.from_at:.0f} {row.until:.0f}"
        other = session.scalar(select(KpiPeriodRow).where(KpiPeriodRow.settled == settled))
        if other is not None:
            raise _published_before(other)
        known = office.load(session)
        if calendar and calendar not in known.calendars:
            raise NotFound(
                "There is no calendar {id}.", field="calendar", remedy="Choose one from the list.", id=calendar[:40]
            )
        row.settled, row.published_by, row.published_at = settled, by, at
        row.appeals_until = life.appeals_end(known.calendars.get(calendar or WORKDAYS), at, days, known.zone)
        session.flush()
        audit.note(session, by, "kpi_period_published", period_id, {"sha256": row.sha256, "appeal_days": days}, at)
        session.commit()
    except IntegrityError:
        session.rollback()
        other = session.scalar(select(KpiPeriodRow).where(KpiPeriodRow.settled == settled))
        if other is None:
            raise
        raise _published_before(other) from None
    except BaseException:
        session.rollback()
        raise
    return period(session, period_id)


def freeze(session: Session, period_id: str, by: str, at: float) -> StoredPeriod:
    """For ever."""
    try:
        row = taken(session, period_id)
        row.state = after(session, row, "freeze", at)
        row.frozen_by, row.frozen_at = by, at
        audit.note(session, by, "kpi_period_frozen", period_id, {"sha256": row.sha256, "edition": row.edition}, at)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return period(session, period_id)


def add_edition(session: Session, row: KpiPeriodRow, persons: Iterable[PersonRecord]) -> int:
    """Rows of those alone whose text differs. Does not commit."""
    before = texts(session, row.id)
    changed = {one.judged.key: text for one in persons if (text := record.person_text(one)) != before[one.judged.key]}
    row.edition += 1
    _insert(session, row.id, row.edition, changed)
    row.sha256 = PeriodRecord(row.head, {**before, **changed}).sha256
    return row.edition


def taken(session: Session, period_id: str) -> KpiPeriodRow:
    """The period's turn: nobody else changes it until the commit. ``NotFound``."""
    mine = update(KpiPeriodRow).where(KpiPeriodRow.id == period_id).values(turn=KpiPeriodRow.turn + 1)
    if session.execute(mine.returning(KpiPeriodRow.id)).first() is None:
        raise no_period(period_id)
    return session.get_one(KpiPeriodRow, period_id, populate_existing=True)


def after(session: Session, row: KpiPeriodRow, act: Act, at: float) -> State:
    return life.after(standing(session, row), act, at, office.zone(session))


def _insert(session: Session, period_id: str, edition: int, bodies: Mapping[str, str]) -> None:
    rows = [{"period": period_id, "who": who, "edition": edition, "body": body} for who, body in bodies.items()]
    if rows:
        session.execute(insert(KpiPeriodScoreRow), rows)


def _published_before(other: KpiPeriodRow) -> Conflict:
    return Conflict(
        "{by} has published these days by this scheme already, as {id}.",
        field="state",
        remedy="Read that one.",
        by=other.published_by,
        id=other.id,
    )


def _about(head: PeriodHead, judged: PeriodRecord) -> dict[str, Any]:
    return {
        "scheme": head.scheme.id,
        "version": head.version,
        "from": head.from_at,
        "until": head.until,
        "watermark": head.watermark.id,
        "people": len(judged.scores),
        "sha256": judged.sha256,
    }
