"""Entries in the operational database: made, agreed to by a second person, withdrawn. Each function commits, or changes
nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db import request_keys
from core.db.tables import KpiInputRow
from core.errors import Conflict, NotAllowed
from core.people import audit
from core.people.users import User
from kpi.manual.checks import check, check_other
from kpi.manual.entries import EntryRequest, ManualEntry, SubjectKind, parts
from kpi.manual.reading import EntryQuery, entries, entry, entry_of, no_entry
from kpi.manual.sheet import MOST_ROWS

# PostgreSQL's advisory lock ("kpin"): whoever writes down takes it, so that no two say something of the same days.
LOCK = 0x6B70696E


def enter(session: Session, wanted: EntryRequest, user: User, at: float, *, key: str = "") -> tuple[ManualEntry, bool]:
    """One entry, and whether it is new."""
    asked = {"input": asdict(wanted)}
    try:
        _take_turn(session)
        if (made := request_keys.made_before(session, user.name, key, asked)) is not None:
            before = entry(session, int(made))
            session.rollback()
            return before, False
        check(session, [wanted], user, lambda _n, field: field)
        row = _row(wanted, user.name, at)
        session.add(row)
        session.flush()
        request_keys.remember(session, user.name, key, asked, str(row.id), at)
        audit.note(session, user.name, "kpi_input_entered", wanted.who, _about(row), at)
        session.flush()
        found = entry_of(row)
        session.commit()
    except IntegrityError:
        session.rollback()
        request_keys.made_before(session, user.name, key, asked)
        raise
    except BaseException:
        session.rollback()
        raise
    return found, True


def take_in(
    session: Session,
    wanted: Sequence[EntryRequest],
    user: User,
    at: float,
    batch: str,
    proof: str = "",
    keep: Callable[[Session], object] | None = None,
) -> tuple[list[ManualEntry], bool]:
    """All rows of a file or none; whether they are new: a file some of whose rows stand was taken in before. ``keep``
    takes the file itself in as the evidence ``proof``, once its rows are found right."""
    try:
        _take_turn(session)
        standing = entries(session, EntryQuery(batch=batch, state="standing", limit=MOST_ROWS))[0]
        if standing:
            session.rollback()
            return sorted(standing, key=lambda one: one.id), False
        check(session, wanted, user, lambda n, field: f"rows.{n + 1}.{field}", proof)
        if keep is not None:
            keep(session)
        rows = [_row(one, user.name, at, batch) for one in wanted]
        session.add_all(rows)
        session.flush()
        detail = {"rows": len(rows), "first": rows[0].id, "last": rows[-1].id}
        audit.note(session, user.name, "kpi_inputs_imported", batch, detail, at)
        found = [entry_of(row) for row in rows]
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return found, True


def agree(session: Session, entry_id: int, user: User, at: float) -> ManualEntry:
    """The second person's consent: another's than whoever entered it, and of whom it is about."""

    def work(row: KpiInputRow) -> None:
        if row.consent_at is not None:
            raise Conflict(
                "{by} has agreed to this entry already.", field="id", remedy="Read it again.", by=row.consent_by
            )
        if user.name == row.entered_by:
            raise NotAllowed(
                "Whoever wrote it down does not agree to it.", field="id", remedy="Ask a second person who may."
            )
        check_other(user, cast(SubjectKind, row.kind), row.who)
        row.consent_by, row.consent_at = user.name, at
        audit.note(session, user.name, "kpi_input_agreed", row.who, {"id": row.id, "indicator": row.indicator}, at)

    return _change(session, entry_id, work)


def withdraw(session: Session, entry_id: int, user: User, why: str, at: float) -> ManualEntry:
    """It stays on record, and counts no longer."""

    def work(row: KpiInputRow) -> None:
        check_other(user, cast(SubjectKind, row.kind), row.who)
        row.withdrawn_by, row.withdrawn_at, row.withdrawn_why = user.name, at, why
        detail = {"id": row.id, "indicator": row.indicator, "why": why}
        audit.note(session, user.name, "kpi_input_withdrawn", row.who, detail, at)

    return _change(session, entry_id, work)


def _change(session: Session, entry_id: int, work: Callable[[KpiInputRow], None]) -> ManualEntry:
    try:
        _take_turn(session)
        row = session.get(KpiInputRow, entry_id, populate_existing=True)
        if row is None:
            raise no_entry(entry_id)
        if row.withdrawn_at is not None:
            raise Conflict(
                "{by} has withdrawn this entry already.", field="id", remedy="Read it again.", by=row.withdrawn_by
            )
        work(row)
        session.flush()
        found = entry_of(row)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return found


def _take_turn(session: Session) -> None:
    """SQLite has one writer at a time, from its first statement that writes on."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    else:
        session.execute(text("update kpi_inputs set batch = batch where id = 0"))


def _about(row: KpiInputRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "indicator": row.indicator,
        "kind": row.kind,
        "days": [row.first_day, row.last_day],
        "numerator": row.numerator,
        "denominator": row.denominator,
        "evidence": row.evidence or row.link,
    }


def _row(wanted: EntryRequest, by: str, at: float, batch: str = "") -> KpiInputRow:
    numerator, denominator = parts(wanted)
    return KpiInputRow(
        indicator=wanted.indicator,
        kind=wanted.kind,
        who=wanted.who,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
        numerator=numerator,
        denominator=denominator,
        note=wanted.note,
        link=wanted.link,
        evidence=wanted.evidence or None,
        entered_by=by,
        entered_at=at,
        consent_by="",
        withdrawn_by="",
        withdrawn_why="",
        batch=batch,
    )
