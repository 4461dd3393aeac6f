"""Forms in versions, and the shipped examples beside them. Nothing that was kept is changed: another content is another
version, and a score keeps the one by which it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db.request_keys import made_before, remember
from core.db.tables import QaFormRow
from core.errors import BadInput, Conflict, NotFound
from core.events import new_uid
from core.people import audit
from core.workorders import office
from qa.forms.check import checked
from qa.forms.file import examples
from qa.forms.form import QaForm, form_json, form_of


@dataclass(frozen=True, slots=True)
class FormRecord:
    """One version. ``example``: shipped with the program, labelled so, and not to be changed."""

    form: QaForm
    version: int
    changed_by: str = ""
    changed_at: float | None = None
    example: bool = False


def shipped() -> dict[str, FormRecord]:
    return {name: FormRecord(form, 1, example=True) for name, form in examples().items()}


def newest(session: Session) -> list[FormRecord]:
    """The newest version of each, the office's own first."""
    rows = session.scalars(select(QaFormRow).order_by(QaFormRow.id, QaFormRow.version))
    return [*{row.id: _record(row) for row in rows}.values(), *shipped().values()]


def versions(session: Session, form_id: str) -> list[FormRecord]:
    """All that was ever kept, the oldest first; ``NotFound``."""
    if form_id in shipped():
        return [shipped()[form_id]]
    rows = session.scalars(select(QaFormRow).where(QaFormRow.id == form_id).order_by(QaFormRow.version)).all()
    if not rows:
        raise NotFound("There is no form {id}.", field="form", remedy="Choose one from the list.", id=form_id[:40])
    return [_record(row) for row in rows]


def version(session: Session, form_id: str, number: int | None = None) -> FormRecord:
    """The newest one unless a number is given."""
    found = versions(session, form_id)
    if number is None:
        return found[-1]
    for one in found:
        if one.version == number:
            return one
    raise NotFound(
        "The form has no version {version}.",
        field="version",
        remedy="Use one of: {known}.",
        version=number,
        known=", ".join(str(one.version) for one in found),
    )


def add(session: Session, wanted: QaForm, by: str, at: float, *, key: str = "") -> FormRecord:
    """A form of its own, version 1; the same id and content once more, or the same key, give it again."""
    wanted = checked(wanted)
    asked = form_json(wanted)
    if (made := made_before(session, by, key, asked)) is not None:
        return version(session, made, 1)
    wanted = wanted if wanted.id else replace(wanted, id=f"f-{new_uid(at)}")
    _check_own(wanted)
    _check_categories(session, wanted)
    there = session.get(QaFormRow, (wanted.id, 1))
    if there is not None:
        if form_of(there.body) == wanted:
            return _record(there)
        raise _taken(wanted.id)
    return _keep(session, wanted, 1, by, at, key=key, asked=asked)


def add_version(session: Session, form_id: str, wanted: QaForm, by: str, at: float) -> FormRecord:
    """What the form is from now on; the same content as the newest changes nothing."""
    wanted = replace(checked(wanted), id=form_id)
    _check_own(wanted)
    _check_categories(session, wanted)
    last = versions(session, form_id)[-1]
    return last if last.form == wanted else _keep(session, wanted, last.version + 1, by, at)


def _check_own(wanted: QaForm) -> None:
    if wanted.id in examples():
        raise Conflict(
            "A shipped example is not changed.", field="id", remedy="Copy it under another id, and change the copy."
        )


def _check_categories(session: Session, wanted: QaForm) -> None:
    known = office.tree(session)
    for one in wanted.categories:
        if one not in known:
            raise BadInput(
                "There is no category {id}.", field="categories", remedy="Choose one from the list.", id=one[:40]
            )


def _keep(
    session: Session,
    form: QaForm,
    number: int,
    by: str,
    at: float,
    *,
    key: str = "",
    asked: Mapping[str, Any] | None = None,
) -> FormRecord:
    row = QaFormRow(id=form.id, version=number, body=form_json(form), changed_by=by, changed_at=at)
    try:
        session.add(row)
        session.flush()
        remember(session, by, key, asked or {}, form.id, at)
        audit.record(session, by, "qa_form_saved", form.id, {"version": number, "form": form_json(form)}, at)
    except IntegrityError:
        session.rollback()
        raise _taken(form.id) from None
    except BaseException:
        session.rollback()
        raise
    return _record(row)


def _record(row: QaFormRow) -> FormRecord:
    return FormRecord(form_of(row.body), row.version, row.changed_by, row.changed_at)


def _taken(form_id: str) -> Conflict:
    return Conflict(
        "Somebody has kept form {id} meanwhile, with another content.",
        field="id",
        remedy="Read it again, and then decide.",
        id=form_id,
    )
