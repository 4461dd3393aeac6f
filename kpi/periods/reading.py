"""Judged periods out of the operational database: lists, one, everybody's scores, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core.db.tables import KpiAppealRow, KpiPeriodRow, KpiPeriodScoreRow
from core.errors import NotFound
from core.people.users import User
from kpi.periods import life, record
from kpi.periods.appellants import appellants, own_key
from kpi.periods.life import Act, PeriodStanding, State
from kpi.periods.record import PeriodHead, PeriodRecord, PersonRecord
from kpi.scoring.scheme import AGENT, SchemeScope

# A post that is no agent's, and a site: by what else somebody may be judged.
OTHER_KINDS = (SchemeScope(post="-"), SchemeScope(site="*"))


@dataclass(frozen=True, slots=True)
class StoredPeriod:
    """A period without its scores. Times are epoch seconds; ``edition`` is 1 until an appeal is upheld."""

    id: str
    head: PeriodHead
    state: State
    edition: int
    sha256: str
    made_by: str
    made_at: float
    computed_by: str
    computed_at: float
    published_by: str = ""
    published_at: float | None = None
    appeals_until: float | None = None
    frozen_by: str = ""
    frozen_at: float | None = None


@dataclass(frozen=True, slots=True)
class PeriodQuery:
    """``cursor``: where the page before ended. ``keys``: those alone that judge one of them, no drafts among them."""

    scheme: str = ""
    state: str = ""
    cursor: str = ""
    limit: int = 50
    keys: tuple[str, ...] | None = None


def period(session: Session, period_id: str) -> StoredPeriod:
    row = session.get(KpiPeriodRow, period_id, populate_existing=True)
    if row is None:
        raise no_period(period_id)
    return stored(row)


def periods(session: Session, wanted: PeriodQuery) -> tuple[list[StoredPeriod], str | None]:
    """The latest period first, and where the next page begins."""
    query = select(KpiPeriodRow).order_by(KpiPeriodRow.until.desc(), KpiPeriodRow.made_at.desc(), KpiPeriodRow.id)
    if wanted.scheme:
        query = query.where(KpiPeriodRow.scheme == wanted.scheme)
    if wanted.state:
        query = query.where(KpiPeriodRow.state == wanted.state)
    if wanted.keys is not None:
        one = KpiPeriodScoreRow
        query = query.where(
            KpiPeriodRow.state != "draft", exists().where(one.period == KpiPeriodRow.id, one.who.in_(wanted.keys))
        )
    skip = int(wanted.cursor) if wanted.cursor.isdecimal() and len(wanted.cursor) < 9 else 0
    rows = list(session.scalars(query.offset(skip).limit(wanted.limit + 1)))
    following = str(skip + wanted.limit) if len(rows) > wanted.limit else None
    return [stored(row) for row in rows[: wanted.limit]], following


def own(session: Session, user: User, wanted: PeriodQuery) -> PeriodQuery:
    """Of those that judge this person, or the site that the person leads. A key may be somebody else's in another kind
    of scheme: whoever shows them looks at each once more (``own_key``)."""
    known = {own_key(session, user, subject) for subject in (SchemeScope(post=AGENT), *OTHER_KINDS)}
    return replace(wanted, keys=tuple(sorted(one for one in known if one)))


def people(
    session: Session, period_id: str, *, edition: int | None = None, who: str | None = None
) -> dict[str, PersonRecord]:
    """Everybody as of an edition (the newest without one), or one alone."""
    return {key: person_of(text) for key, text in texts(session, period_id, edition=edition, who=who).items()}


def texts(session: Session, period_id: str, *, edition: int | None = None, who: str | None = None) -> dict[str, str]:
    """As they are kept, to the byte."""
    one = KpiPeriodScoreRow
    query = select(one.who, one.body).where(one.period == period_id).order_by(one.edition)
    if edition is not None:
        query = query.where(one.edition <= edition)
    if who is not None:
        query = query.where(one.who == who)
    found = {row.who: row.body for row in session.execute(query)}
    return {key: found[key] for key in sorted(found)}


def head_text_of(session: Session, period_id: str) -> str:
    """As it is kept, to the byte."""
    return session.scalars(select(KpiPeriodRow.head).where(KpiPeriodRow.id == period_id)).one()


def whole(session: Session, period_id: str, edition: int | None = None) -> PeriodRecord:
    row = session.get(KpiPeriodRow, period_id)
    if row is None:
        raise no_period(period_id)
    return PeriodRecord(row.head, texts(session, period_id, edition=edition))


def standing(session: Session, row: KpiPeriodRow) -> PeriodStanding:
    changed = {
        "draft": (row.computed_by, row.computed_at),
        "published": (row.published_by, row.published_at),
        "frozen": (row.frozen_by, row.frozen_at),
    }[row.state]
    one = KpiAppealRow
    undecided = select(func.count()).where(one.period == row.id, one.state == "open")
    state = cast(State, row.state)
    return PeriodStanding(
        state,
        row.until,
        row.computed_at,
        changed[0],
        changed[1] or 0.0,
        row.appeals_until,
        session.scalar(undecided) or 0,
        bool(state == "published" and may_appeal(session, row)),
    )


def may_appeal(session: Session, row: KpiPeriodRow) -> set[str]:
    """Who could still appeal, leaving the deadline aside: by their keys."""
    one, head = KpiAppealRow, head_of(row.head)
    judged = set(session.scalars(select(KpiPeriodScoreRow.who).where(KpiPeriodScoreRow.period == row.id)))
    made = select(one.who, func.count()).where(one.period == row.id).group_by(one.who)
    used = {who for who, n in session.execute(made) if n >= len(head.scheme.lines)}
    return appellants(session, head.scheme.subject, judged) - used


def allowed(session: Session, stored: StoredPeriod, now: float) -> list[Act]:
    """What may be done with it now, by those who have the right."""
    return life.allowed(standing(session, session.get_one(KpiPeriodRow, stored.id)), now)


def no_period(period_id: str) -> NotFound:
    return NotFound("There is no period {id}.", field="period", remedy="Choose one from the list.", id=period_id[:40])


def stored(row: KpiPeriodRow) -> StoredPeriod:
    return StoredPeriod(
        row.id,
        head_of(row.head),
        cast(State, row.state),
        row.edition,
        row.sha256,
        row.made_by,
        row.made_at,
        row.computed_by,
        row.computed_at,
        row.published_by,
        row.published_at,
        row.appeals_until,
        row.frozen_by,
        row.frozen_at,
    )


# What was kept never changes, so that it is read once.
head_of = lru_cache(256)(record.head_of)
person_of = lru_cache(4096)(record.person_of)
