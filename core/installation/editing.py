"""One way to change the definition: who comes second waits, the whole is checked, its version raised; or nothing.

What can be changed is an ``Editable``: queues, agents, numbers, calendars, flows, break reasons and categories each say
how they are checked and kept (``core.installation.queues`` and its brothers). Every change commits together with its
line of the audit.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import iso
from core.db import request_keys
from core.db.audit_log import note
from core.db.tables import DefinitionEditRow
from core.errors import BadInput, ConfigError, Conflict, NotFound
from core.i18n import N_
from core.installation import steering
from core.installation.definition import Flow, Installation
from core.installation.edit_refusals import CALLERS, FieldsNamed, InUse, Stale, Translated
from core.installation.references import Use
from core.installation.service import as_lists, load_installation, plain
from core.records import record

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# One thing, and the whole that it is checked in.
R = TypeVar("R", bound="DataclassInstance")
W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, when (UTC epoch seconds), and under which ``Idempotency-Key`` something is made."""

    user: str
    at: float
    key: str = ""


@dataclass(frozen=True, slots=True)
class Place(Generic[R, W]):
    """Where things of a kind stand: ``part`` is its name, ``load`` reads the whole, ``standing`` are those of it that
    are in use, ``retired`` those that can be brought back, as they would stand again. ``check`` is of the whole with a
    thing in it."""

    part: str
    load: Callable[[Session], W]
    standing: Callable[[W], Mapping[str, R]]
    check: Callable[[W, str, R], None]
    retired: Callable[[W], Mapping[str, R]] = lambda _whole: {}


def in_installation(part: str) -> Place[Any, Installation]:
    """One of the mappings of the definition."""

    def check(installation: Installation, name: str, one: object) -> None:
        parts: dict[str, Any] = {part: {**getattr(installation, part), name: one}}
        replace(installation, **parts).check()

    return Place(part, load_installation, lambda installation: getattr(installation, part), check)


@dataclass(frozen=True, slots=True)
class Editable(Generic[R, W]):
    """What the shell must know of queues, agents … to change one.

    ``word`` is what their audit lines begin with, ``key`` the field that names one; ``labels`` are what people call the
    fields. ``unseen`` fields are others' to change. ``check`` is pure. ``kept``: what is retired stays in its table, so
    that its id is not given out again. ``free_id`` gives one to what comes without; ``release`` says how to free what
    is in use.
    """

    place: Place[R, W]
    word: str
    key: str
    kind: type[R]
    missing: str
    labels: Mapping[str, str]
    check: Callable[[R, W], None]
    put: Callable[[Session, R], object]
    drop: Callable[[Session, str], object]
    uses: Callable[[Session, W, str], tuple[Use, ...]] = lambda _session, _whole, _id: ()
    unseen: frozenset[str] = field(default=frozenset())
    kept: bool = False
    free_id: Callable[[W, Mapping[str, Any]], str] | None = None
    release: str = CALLERS

    @property
    def part(self) -> str:
        return self.place.part


# --- the shell -------------------------------------------------------------------------------------------------


def edit(session: Session, work: Callable[[Installation], object]) -> Installation:
    """``work`` is given the definition as it stands and changes tables; the whole is checked afterwards. Commits."""
    return _in_turn(session, load_installation, work)


def _in_turn(session: Session, load: Callable[[Session], W], work: Callable[[W], object]) -> W:
    try:
        # First of all: whoever changes something at the same time waits here, and then sees this one's end.
        steering.raise_version(session)
        work(load(session))
        session.flush()
        after = load(session)
    except BaseException:
        session.rollback()
        raise
    session.commit()
    return after


def create(session: Session, editable: Editable[R, W], given: Mapping[str, Any], by: By) -> R:
    """One more. The very same once again, or under the same key, changes nothing; ``Conflict`` when the name is taken
    by another, or the key by another request."""
    name = str(given.get(editable.key) or "")

    def work(whole: W) -> None:
        nonlocal name
        asked = {"part": editable.part, **given}
        if (before := request_keys.made_before(session, by.user, by.key, asked)) is not None:
            name = before
            raise Unchanged
        if not name and editable.free_id is not None:
            name = editable.free_id(whole, given)
        request_keys.remember(session, by.user, by.key, asked, name, by.at)
        made = candidate(editable, whole, name, given, {})
        standing = editable.place.standing(whole).get(name)
        if standing is not None and _seen(editable, standing) == _seen(editable, made):
            raise Unchanged
        if standing is not None or (editable.kept and _was_retired(session, editable, name)):
            raise Conflict(
                "{name} is taken.",
                field=editable.key,
                remedy="Choose another one, or change the one that stands; the names of retired ones stay taken.",
                name=name,
            )
        _write(session, editable, None, made, by)

    with _as_it_was_sent(editable, name):
        try:
            whole = _in_turn(session, editable.place.load, work)
        except Unchanged:
            whole = editable.place.load(session)
    return _standing(editable, whole, name)


def change(
    session: Session, editable: Editable[R, W], name: str, given: Mapping[str, Any], by: By, version: str | None = None
) -> R:
    """Sets the fields that are given, the others stay. ``version`` is the one that was looked at: ``Stale`` when
    another stands by now and says something else; None takes what stands."""

    def work(whole: W) -> None:
        standing = _standing(editable, whole, name)
        if version is not None and version != version_of(editable, standing):
            if all(plain(standing).get(key) == as_lists(value) for key, value in given.items()):
                raise Unchanged
            raise _stale(session, editable, whole, name, given)
        changed = candidate(editable, whole, name, given, plain(standing))
        if _seen(editable, changed) == _seen(editable, standing):
            raise Unchanged
        _write(session, editable, standing, changed, by)

    return _done(session, editable, name, work)


def candidate(editable: Editable[R, W], whole: W, name: str, given: Mapping[str, Any], before: Mapping[str, Any]) -> R:
    """What becomes of ``before`` with these fields: it is checked, and the whole with it. Pure; faults name fields as
    they were sent."""
    if unknown := editable.unseen & set(given):
        raise BadInput(
            "Unknown key {key}.", field=min(unknown), remedy="Remove it or correct its name.", key=min(unknown)
        )
    with _as_it_was_sent(editable, name):
        made = record(editable.kind, {**before, **given, editable.key: name}, f"{editable.part}.{name}")
        _check(editable, whole, made)
    return made


def _check(editable: Editable[R, W], whole: W, wanted: R) -> None:
    editable.check(wanted, whole)
    editable.place.check(whole, getattr(wanted, editable.key), wanted)


def put(session: Session, editable: Editable[R, W], wanted: R, by: By) -> R:
    """Whatever stood there before."""
    name = getattr(wanted, editable.key)

    def work(whole: W) -> None:
        _check(editable, whole, wanted)
        _write(session, editable, editable.place.standing(whole).get(name), wanted, by)

    return _done(session, editable, name, work)


def retire(session: Session, editable: Editable[R, W], name: str, by: By, version: str | None = None) -> None:
    """Nothing new goes there from now on; what was is still told. ``InUse`` names what leads to it."""

    def work(whole: W) -> None:
        standing = _standing(editable, whole, name)
        if version is not None and version != version_of(editable, standing):
            raise _stale(session, editable, whole, name, {})
        if uses := editable.uses(session, whole, name):
            raise InUse(getattr(standing, "name", "") or name, uses, editable.release)
        editable.drop(session, name)
        mark(session, editable.part, name, by, retired=True)
        note(session, by.user, f"{editable.word}_retired", name, _seen(editable, standing), by.at)

    with _as_it_was_sent(editable, name):
        _in_turn(session, editable.place.load, work)


def restore(session: Session, editable: Editable[R, W], name: str, by: By) -> R:
    """What was retired stands again as it was; what stands already stays."""

    def work(whole: W) -> None:
        if name in editable.place.standing(whole):
            raise Unchanged
        again = editable.place.retired(whole).get(name)
        if again is None:
            raise NotFound(editable.missing, field=editable.key, id=name)
        _check(editable, whole, again)
        editable.put(session, again)
        mark(session, editable.part, name, by)
        note(session, by.user, f"{editable.word}_restored", name, _seen(editable, again), by.at)

    return _done(session, editable, name, work)


def mark(session: Session, part: str, name: str, by: By, *, retired: bool = False) -> None:
    """Who touched it last, and whether it is still there. Does not commit."""
    session.merge(DefinitionEditRow(part=part, id=name, changed_by=by.user, changed_at=by.at, retired=retired))


class Unchanged(Exception):
    """What is wanted stands there already."""


def once(session: Session, by: By, asked: Mapping[str, Any], made: str) -> None:
    """``Unchanged`` where this request has been done under its key before; else the key goes in with what is made."""
    if request_keys.made_before(session, by.user, by.key, asked) is not None:
        raise Unchanged
    request_keys.remember(session, by.user, by.key, asked, made, by.at)


def _done(session: Session, editable: Editable[R, W], name: str, work: Callable[[W], None]) -> R:
    with _as_it_was_sent(editable, name):
        try:
            whole = _in_turn(session, editable.place.load, work)
        except Unchanged:
            whole = editable.place.load(session)
    return _standing(editable, whole, name)


def _write(session: Session, editable: Editable[R, W], before: R | None, after: R, by: By) -> None:
    editable.put(session, after)
    mark(session, editable.part, getattr(after, editable.key), by)
    was, is_now = _seen(editable, before) if before is not None else {}, _seen(editable, after)
    detail = {key: {"from": was.get(key), "to": value} for key, value in is_now.items() if was.get(key) != value}
    word = f"{editable.word}_{'changed' if before is not None else 'created'}"
    note(session, by.user, word, getattr(after, editable.key), detail if before is not None else is_now, by.at)


def _standing(editable: Editable[R, W], whole: W, name: str) -> R:
    found: R | None = editable.place.standing(whole).get(name)
    if found is None:
        raise NotFound(editable.missing, field=editable.key, id=name)
    return found


@contextmanager
def _as_it_was_sent(editable: Editable[Any, Any], name: str) -> Iterator[None]:
    """A fault of the definition is the asker's: the field is named as in the request."""
    try:
        yield
    except (BadInput, ConfigError) as fault:
        where = (fault.field or "").removeprefix(f"{editable.part}.{name}.")
        if isinstance(fault, BadInput) and where == fault.field:
            raise
        values = {key: value for key, value in fault.values.items() if key != "field"}
        raise BadInput(fault.message, field=where or None, remedy=fault.remedy, **values) from fault


# --- versions and reading --------------------------------------------------------------------------------------


def version_of(editable: Editable[R, W], one: R) -> str:
    """What it says as it stands: the same content is the same version, however it came to be. Flows are numbered."""
    if isinstance(one, Flow):
        return str(one.version)
    return digest(_seen(editable, one))


def free_number(taken: Container[str], below: str = "") -> str:
    """``own_1``, ``own_2`` …: an id for what people know by its names only."""
    return next(name for n in itertools.count(1) if (name := f"{below}own_{n}") not in taken)


def digest(content: Mapping[str, Any]) -> str:
    said = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def items(session: Session, editable: Editable[R, W], whole: W) -> list[dict[str, Any]]:
    """All of them with version, who uses them, who changed them last and when; for lists and pages."""
    last = edits(session, editable.part)
    return [
        _item(session, editable, whole, one, last.get(name)) for name, one in editable.place.standing(whole).items()
    ]


def item(session: Session, editable: Editable[R, W], whole: W, name: str) -> dict[str, Any]:
    return _item(
        session,
        editable,
        whole,
        _standing(editable, whole, name),
        edits(session, editable.part).get(name),
    )


def edits(session: Session, part: str) -> dict[str, DefinitionEditRow]:
    return {row.id: row for row in session.scalars(select(DefinitionEditRow).where(DefinitionEditRow.part == part))}


def _item(
    session: Session, editable: Editable[R, W], whole: W, one: R, last: DefinitionEditRow | None
) -> dict[str, Any]:
    return {
        **_seen(editable, one),
        "version": version_of(editable, one),
        "used_by": [asdict(use) for use in editable.uses(session, whole, getattr(one, editable.key))],
        "changed_by": last.changed_by if last is not None else "",
        "changed_at": iso(last.changed_at) if last is not None else None,
    }


def _seen(editable: Editable[R, W], one: R) -> dict[str, Any]:
    return {key: value for key, value in plain(one).items() if key not in editable.unseen}


def _was_retired(session: Session, editable: Editable[R, W], name: str) -> bool:
    row = session.get(DefinitionEditRow, (editable.part, name))
    return row is not None and row.retired


def _stale(session: Session, editable: Editable[R, W], whole: W, name: str, given: Mapping[str, Any]) -> Stale:
    current = item(session, editable, whole, name)
    return Stale(
        current, current["changed_by"] or Translated(N_("Somebody")), FieldsNamed(editable.labels, current, given)
    )
