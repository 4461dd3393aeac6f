"""Schemes in the operational database, and the shipped examples beside them. One function for each use case; each
commits, or changes nothing. Nothing that was kept is changed: another content is another version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db.tables import KpiSchemeRow
from core.errors import BadInput, Conflict, NotFound
from core.i18n import N_
from core.json_file import parsed
from core.people import audit
from kpi.scoring.check import checked
from kpi.scoring.file import from_file
from kpi.scoring.scheme import Scheme, scheme_json, scheme_of

EXAMPLES = Path(__file__).parent / "examples"
# The address of what is not kept yet.
NEW = "new"


@dataclass(frozen=True, slots=True)
class SchemeRecord:
    """One version. ``example``: shipped with the program, labelled so, and not to be changed."""

    scheme: Scheme
    version: int
    replaced_by: int | None = None
    changed_by: str = ""
    changed_at: float | None = None
    example: bool = False


@cache
def examples() -> dict[str, SchemeRecord]:
    found = [checked(from_file(parsed(path.read_text("utf-8")))) for path in sorted(EXAMPLES.glob("*.json"))]
    return {one.id: SchemeRecord(one, 1, example=True) for one in found}


def newest(session: Session) -> list[SchemeRecord]:
    """The newest version of each, the office's own first."""
    rows = session.scalars(select(KpiSchemeRow).order_by(KpiSchemeRow.id, KpiSchemeRow.version))
    found = {row.id: _kept(row) for row in rows}
    return [*found.values(), *examples().values()]


def versions(session: Session, scheme_id: str) -> list[SchemeRecord]:
    """All that was ever kept, the oldest first; ``NotFound``."""
    if scheme_id in examples():
        return [examples()[scheme_id]]
    rows = session.scalars(
        select(KpiSchemeRow).where(KpiSchemeRow.id == scheme_id).order_by(KpiSchemeRow.version)
    ).all()
    if not rows:
        raise NotFound(
            "There is no scheme {id}.", field="scheme", remedy="Choose one from the list.", id=scheme_id[:40]
        )
    return [_kept(row) for row in rows]


def version(session: Session, scheme_id: str, number: int | None = None) -> SchemeRecord:
    """The newest one unless a number is given."""
    found = versions(session, scheme_id)
    if number is None:
        return found[-1]
    for one in found:
        if one.version == number:
            return one
    raise NotFound(
        "The scheme has no version {version}.",
        field="version",
        remedy="Use one of: {known}.",
        version=number,
        known=", ".join(str(one.version) for one in found),
    )


def holding(session: Session, scheme_id: str, first_day: str, last_day: str) -> SchemeRecord:
    """The version by which a period is judged: the one that holds on all of its days."""
    standing = _standing(versions(session, scheme_id))
    for one, until in zip(standing, _last_days(standing), strict=True):
        if one.scheme.begins <= first_day and (until is None or first_day <= until):
            if until is not None and last_day > until:
                raise BadInput(
                    "Version {version} of the scheme ends on {day}, inside the period.",
                    field="to",
                    remedy="Score the days up to then and those after it apart.",
                    version=one.version,
                    day=until,
                )
            return one
    raise BadInput(
        "No version of the scheme holds on {day}.",
        field="from",
        remedy="Choose another period, or name a version.",
        day=first_day,
    )


def add(session: Session, wanted: Scheme, by: str, at: float, *, key: str = "") -> SchemeRecord:
    """A scheme of its own, version 1. ``key``: the same person's same key and content give the same scheme again."""
    wanted = checked(wanted)
    if not wanted.id:
        made = hashlib.sha256(f"{by}\n{key}".encode() if key else f"{by}\n{at!r}\n{wanted!r}".encode()).hexdigest()
        wanted = replace(wanted, id=f"s-{made[:12]}")
    if wanted.id in (*examples(), NEW):
        raise _of_example() if wanted.id != NEW else _taken(NEW)
    there = session.get(KpiSchemeRow, (wanted.id, 1))
    if there is not None:
        if scheme_of(there.body) == wanted:
            return _kept(there)
        raise _taken(wanted.id)
    return _keep(session, wanted, 1, by, at)


def add_version(
    session: Session, scheme_id: str, wanted: Scheme, by: str, at: float, *, replaces: int | None = None
) -> SchemeRecord:
    """What the scheme is from ``begins`` on. ``replaces``: a version in whose place it stands from now on; what was
    frozen by that one keeps its own copy."""
    wanted = replace(checked(wanted), id=scheme_id)
    if scheme_id in examples():
        raise _of_example()
    known = versions(session, scheme_id)
    if replaces is not None:
        before = version(session, scheme_id, replaces)
        if before.replaced_by is not None:
            raise Conflict(
                "Version {version} was replaced already.",
                field="replaces",
                remedy="Read the scheme again.",
                version=replaces,
            )
    check_days(wanted, known, replaces)
    return _keep(session, wanted, known[-1].version + 1, by, at, replaces=replaces)


def check_days(wanted: Scheme, known: Sequence[SchemeRecord], replaces: int | None = None) -> None:
    """``BadInput`` where the days of another version of the ``known`` ones are among those of the new one."""
    for one in _standing(known):
        if one.version == replaces:
            continue
        other = one.scheme
        if other.begins == wanted.begins:
            raise BadInput(
                "Version {version} begins on the same day.",
                field="from",
                remedy="Choose another day, or say that it replaces version {version}.",
                version=one.version,
            )
        earlier, later = sorted((other, wanted), key=lambda scheme: scheme.begins)
        if earlier.ends is not None and earlier.ends >= later.begins:
            mine = earlier is wanted
            raise BadInput(
                "The days overlap with those of version {version}, from {begins} to {ends}.",
                field="to" if mine else "from",
                remedy=N_("Choose an earlier last day.") if mine else N_("Choose a later first day."),
                version=one.version,
                begins=other.begins,
                ends=other.ends or "…",
            )


def _standing(found: Sequence[SchemeRecord]) -> list[SchemeRecord]:
    return sorted((one for one in found if one.replaced_by is None), key=lambda one: one.scheme.begins)


def _last_days(standing: Sequence[SchemeRecord]) -> list[str | None]:
    """Of each, in order: its own end, or the day before the next begins."""
    following = [_day_before(one.scheme.begins) for one in standing[1:]]
    return [one.scheme.ends or after for one, after in zip(standing, [*following, None], strict=True)]


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _keep(
    session: Session, scheme: Scheme, number: int, by: str, at: float, *, replaces: int | None = None
) -> SchemeRecord:
    row = KpiSchemeRow(
        id=scheme.id,
        version=number,
        begins=scheme.begins,
        ends=scheme.ends,
        body=scheme_json(scheme),
        replaced_by=None,
        changed_by=by,
        changed_at=at,
    )
    try:
        session.add(row)
        if replaces is not None:
            session.get_one(KpiSchemeRow, (scheme.id, replaces)).replaced_by = number
        session.flush()
        detail = {"version": number, "replaces": replaces, "scheme": scheme_json(scheme)}
        audit.record(session, by, "kpi_scheme_saved", scheme.id, detail, at)
    except IntegrityError:
        session.rollback()
        raise _taken(scheme.id) from None
    except BaseException:
        session.rollback()
        raise
    return _kept(row)


def _kept(row: KpiSchemeRow) -> SchemeRecord:
    return SchemeRecord(scheme_of(row.body), row.version, row.replaced_by, row.changed_by, row.changed_at)


def _taken(scheme_id: str) -> Conflict:
    return Conflict(
        "Somebody has kept scheme {id} meanwhile, with another content.",
        field="id",
        remedy="Read it again, and then decide.",
        id=scheme_id,
    )


def _of_example() -> Conflict:
    return Conflict(
        "A shipped example is not changed.", field="id", remedy="Copy it under another id, and change the copy."
    )
