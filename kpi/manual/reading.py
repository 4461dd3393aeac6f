"""Entries out of the operational database: one, lists, and all that lie in the days of a period."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import KpiInputRow
from core.errors import NotFound
from kpi.manual.entries import ManualEntry, SubjectKind


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """``first_day`` and ``last_day``: entries all of whose days lie between, both included. ``as_of`` (epoch seconds):
    those that counted at that moment, with ``consent`` only those agreed to. ``keys``: of these subjects alone."""

    indicator: str = ""
    kind: str = ""
    who: str = ""
    first_day: str = ""
    last_day: str = ""
    state: str = ""
    batch: str = ""
    ids: tuple[int, ...] = ()
    as_of: float | None = None
    consent: bool = False
    before: int | None = None
    limit: int = 100
    keys: tuple[tuple[SubjectKind, str], ...] | None = None


def entry(session: Session, entry_id: int) -> ManualEntry:
    row = session.get(KpiInputRow, entry_id, populate_existing=True)
    if row is None:
        raise no_entry(entry_id)
    return entry_of(row)


def entries(session: Session, wanted: EntryQuery) -> tuple[list[ManualEntry], int | None]:
    """The newest first, and the id to go on before, when there are more."""
    one = KpiInputRow
    query = select(one).order_by(one.id.desc())
    for given, condition in (
        (wanted.indicator, one.indicator == wanted.indicator),
        (wanted.kind, one.kind == wanted.kind),
        (wanted.who, one.who == wanted.who),
        (wanted.first_day, one.first_day >= wanted.first_day),
        (wanted.last_day, one.last_day <= wanted.last_day),
        (wanted.batch, one.batch == wanted.batch),
        (wanted.ids, one.id.in_(wanted.ids)),
        (wanted.before, one.id < (wanted.before or 0)),
        (wanted.state == "standing", one.withdrawn_at.is_(None)),
        (wanted.state == "withdrawn", one.withdrawn_at.is_not(None)),
        (wanted.state == "waiting", one.withdrawn_at.is_(None) & one.consent_at.is_(None)),
        (wanted.keys is not None, one.who.in_([who for _kind, who in wanted.keys or ()])),
    ):
        if given:
            query = query.where(condition)
    keys = None if wanted.keys is None else set(wanted.keys)
    found: list[ManualEntry] = []
    for row in session.scalars(query.execution_options(yield_per=500)):
        made = entry_of(row)
        if keys is not None and (made.kind, made.who) not in keys:
            continue
        if wanted.as_of is not None and not made.counts_at(wanted.as_of, consent=wanted.consent):
            continue
        if len(found) == wanted.limit:
            return found, found[-1].id
        found.append(made)
    return found, None


def of_days(
    session: Session, kind: SubjectKind, indicators: Collection[str], first_day: str, last_day: str
) -> dict[tuple[str, str], list[ManualEntry]]:
    """By indicator and who, the oldest first: all that lie in these days as a whole, also what was withdrawn."""
    one = KpiInputRow
    query = select(one).where(
        one.kind == kind, one.indicator.in_(indicators), one.first_day >= first_day, one.last_day <= last_day
    )
    found: dict[tuple[str, str], list[ManualEntry]] = {}
    for row in session.scalars(query.order_by(one.id)):
        found.setdefault((row.indicator, row.who), []).append(entry_of(row))
    return found


def no_entry(entry_id: int) -> NotFound:
    return NotFound("There is no entry {id}.", field="id", remedy="Choose one from the list.", id=entry_id)


def entry_of(row: KpiInputRow) -> ManualEntry:
    return ManualEntry(
        row.id,
        row.indicator,
        cast(SubjectKind, row.kind),
        row.who,
        row.first_day,
        row.last_day,
        row.numerator,
        row.denominator,
        row.note,
        row.link,
        row.evidence or "",
        row.entered_by,
        row.entered_at,
        row.consent_by,
        row.consent_at,
        row.withdrawn_by,
        row.withdrawn_at,
        row.withdrawn_why,
        row.batch,
    )
