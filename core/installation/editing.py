"""One way to change the definition: who comes second waits, the whole is checked, its version raised; or nothing.

What can be changed is a ``Editable``: queues, agents, numbers, calendars, flows each say how they are checked and kept
(``core.installation.queues`` and its brothers). Every change commits together with its line of the audit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import iso
from core.db import request_keys
from core.db.audit_log import note
from core.db.tables import DefinitionEditRow
from core.errors import BadInput, ConfigError, Conflict, NotFound
from core.i18n import N_, _
from core.installation import steering
from core.installation.definition import Agent, Calendar, Did, Flow, Installation, Queue
from core.installation.references import Use
from core.installation.service import as_lists, load_installation, plain
from core.records import record

# Of what uses a thing; the answer to a program has them all.
MOST_NAMED = 8

R = TypeVar("R", Queue, Agent, Did, Calendar, Flow)


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, when (UTC epoch seconds), and under which ``Idempotency-Key`` something is made."""

    user: str
    at: float
    key: str = ""


@dataclass(frozen=True, slots=True)
class Editable(Generic[R]):
    """What the shell must know of queues, agents … to change one.

    ``part`` is their place in the definition, ``word`` what their audit lines begin with, ``key`` the field that names
    one; ``labels`` are what people call the fields. ``unseen`` fields are others' to change. ``check`` is
    pure. ``kept``: what is retired stays in its table, so that its id is not given out again.
    """

    part: str
    word: str
    key: str
    kind: type[R]
    missing: str
    labels: Mapping[str, str]
    check: Callable[[R, Installation], None]
    put: Callable[[Session, R], object]
    drop: Callable[[Session, str], object]
    uses: Callable[[Session, Installation, str], tuple[Use, ...]] = lambda _session, _site, _id: ()
    unseen: frozenset[str] = field(default=frozenset())
    kept: bool = False


class Stale(Conflict):
    """Somebody was quicker; ``current`` is what stands now, with its version."""

    def __init__(self, current: Mapping[str, Any], who: object, now: object) -> None:
        super().__init__(
            "{who} has changed this meanwhile. Now it says: {now}",
            field="version",
            remedy="Look at it as it stands now, and make your change again.",
            who=who,
            now=now,
        )
        self.current = current


class InUse(Conflict):
    """It cannot be retired: ``uses`` say why not."""

    def __init__(self, name: str, uses: tuple[Use, ...]) -> None:
        super().__init__(
            "{name} is in use: {uses}.",
            remedy="Lead callers elsewhere first: change what uses it.",
            name=name,
            uses=_Listed(uses),
        )
        self.uses = uses


# --- the shell -------------------------------------------------------------------------------------------------


def edit(session: Session, work: Callable[[Installation], object]) -> Installation:
    """``work`` is given the definition as it stands and changes tables; the whole is checked afterwards. Commits."""
    try:
        # First of all: whoever changes something at the same time waits here, and then sees this one's end.
        steering.raise_version(session)
        before = load_installation(session)
        work(before)
        session.flush()
        after = load_installation(session)
    except BaseException:
        session.rollback()
        raise
    session.commit()
    return after


def create(session: Session, editable: Editable[R], given: Mapping[str, Any], by: By) -> R:
    """One more. The very same once again, or under the same key, changes nothing; ``Conflict`` when the name is taken
    by another, or the key by another request."""
    name = str(given[editable.key])

    def work(installation: Installation) -> None:
        once(session, by, {"part": editable.part, **given}, name)
        made = candidate(editable, installation, name, given, {})
        standing = getattr(installation, editable.part).get(name)
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

    return _done(session, editable, name, work)


def change(
    session: Session, editable: Editable[R], name: str, given: Mapping[str, Any], by: By, version: str | None = None
) -> R:
    """Sets the fields that are given, the others stay. ``version`` is the one that was looked at: ``Stale`` when
    another stands by now and says something else; None takes what stands."""

    def work(installation: Installation) -> None:
        standing = _standing(editable, installation, name)
        if version is not None and version != version_of(editable, standing):
            if all(plain(standing).get(key) == as_lists(value) for key, value in given.items()):
                raise Unchanged
            raise _stale(session, editable, installation, name, given)
        changed = candidate(editable, installation, name, given, plain(standing))
        if _seen(editable, changed) == _seen(editable, standing):
            raise Unchanged
        _write(session, editable, standing, changed, by)

    return _done(session, editable, name, work)


def candidate(
    editable: Editable[R], installation: Installation, name: str, given: Mapping[str, Any], before: Mapping[str, Any]
) -> R:
    """What becomes of ``before`` with these fields: it is checked, and the whole with it. Pure; faults name fields as
    they were sent."""
    if unknown := editable.unseen & set(given):
        raise BadInput(
            "Unknown key {key}.", field=min(unknown), remedy="Remove it or correct its name.", key=min(unknown)
        )
    with _as_it_was_sent(editable, name):
        made = record(editable.kind, {**before, **given, editable.key: name}, f"{editable.part}.{name}")
        _check(editable, installation, made)
    return made


def _check(editable: Editable[R], installation: Installation, wanted: R) -> None:
    editable.check(wanted, installation)
    there = {**getattr(installation, editable.part), getattr(wanted, editable.key): wanted}
    parts: dict[str, Any] = {editable.part: there}
    replace(installation, **parts).check()


def put(session: Session, editable: Editable[R], wanted: R, by: By) -> R:
    """Whatever stood there before."""
    name = getattr(wanted, editable.key)

    def work(installation: Installation) -> None:
        _check(editable, installation, wanted)
        _write(session, editable, getattr(installation, editable.part).get(name), wanted, by)

    return _done(session, editable, name, work)


def retire(session: Session, editable: Editable[R], name: str, by: By, version: str | None = None) -> None:
    """Nothing new goes there from now on; what was is still told. ``InUse`` names what leads to it."""

    def work(installation: Installation) -> None:
        standing = _standing(editable, installation, name)
        if version is not None and version != version_of(editable, standing):
            raise _stale(session, editable, installation, name, {})
        if uses := editable.uses(session, installation, name):
            raise InUse(getattr(standing, "name", "") or name, uses)
        editable.drop(session, name)
        mark(session, editable.part, name, by, retired=True)
        note(session, by.user, f"{editable.word}_retired", name, _seen(editable, standing), by.at)

    with _as_it_was_sent(editable, name):
        edit(session, work)


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


def _done(session: Session, editable: Editable[R], name: str, work: Callable[[Installation], None]) -> R:
    with _as_it_was_sent(editable, name):
        try:
            installation = edit(session, work)
        except Unchanged:
            installation = load_installation(session)
    return _standing(editable, installation, name)


def _write(session: Session, editable: Editable[R], before: R | None, after: R, by: By) -> None:
    editable.put(session, after)
    mark(session, editable.part, getattr(after, editable.key), by)
    was, is_now = _seen(editable, before) if before is not None else {}, _seen(editable, after)
    detail = {key: {"from": was.get(key), "to": value} for key, value in is_now.items() if was.get(key) != value}
    word = f"{editable.word}_{'changed' if before is not None else 'created'}"
    note(session, by.user, word, getattr(after, editable.key), detail if before is not None else is_now, by.at)


def _standing(editable: Editable[R], installation: Installation, name: str) -> R:
    found: R | None = getattr(installation, editable.part).get(name)
    if found is None:
        raise NotFound(editable.missing, field=editable.key, id=name)
    return found


@contextmanager
def _as_it_was_sent(editable: Editable[Any], name: str) -> Iterator[None]:
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


def version_of(editable: Editable[R], one: R) -> str:
    """What it says as it stands: the same content is the same version, however it came to be. Flows are numbered."""
    if isinstance(one, Flow):
        return str(one.version)
    return digest(_seen(editable, one))


def digest(content: Mapping[str, Any]) -> str:
    said = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def items(session: Session, editable: Editable[R], installation: Installation) -> list[dict[str, Any]]:
    """All of them with version, who uses them, who changed them last and when; for lists and pages."""
    last = edits(session, editable.part)
    return [
        _item(session, editable, installation, one, last.get(name))
        for name, one in getattr(installation, editable.part).items()
    ]


def item(session: Session, editable: Editable[R], installation: Installation, name: str) -> dict[str, Any]:
    return _item(
        session,
        editable,
        installation,
        _standing(editable, installation, name),
        edits(session, editable.part).get(name),
    )


def edits(session: Session, part: str) -> dict[str, DefinitionEditRow]:
    return {row.id: row for row in session.scalars(select(DefinitionEditRow).where(DefinitionEditRow.part == part))}


def _item(
    session: Session, editable: Editable[R], installation: Installation, one: R, last: DefinitionEditRow | None
) -> dict[str, Any]:
    return {
        **_seen(editable, one),
        "version": version_of(editable, one),
        "used_by": [asdict(use) for use in editable.uses(session, installation, getattr(one, editable.key))],
        "changed_by": last.changed_by if last is not None else "",
        "changed_at": iso(last.changed_at) if last is not None else None,
    }


def _seen(editable: Editable[R], one: R) -> dict[str, Any]:
    return {key: value for key, value in plain(one).items() if key not in editable.unseen}


def _was_retired(session: Session, editable: Editable[R], name: str) -> bool:
    row = session.get(DefinitionEditRow, (editable.part, name))
    return row is not None and row.retired


def _stale(
    session: Session, editable: Editable[R], installation: Installation, name: str, given: Mapping[str, Any]
) -> Stale:
    current = item(session, editable, installation, name)
    return Stale(current, current["changed_by"] or Translated(N_("Somebody")), _Said(editable.labels, current, given))


# --- words, in the language of whoever reads them --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Translated:
    """A message id among the values of an error: it becomes words where the error does."""

    message: str

    def __str__(self) -> str:
        return _(self.message)


@dataclass(frozen=True, slots=True)
class _Listed:
    uses: tuple[Use, ...]

    def __str__(self) -> str:
        words = list(dict.fromkeys(str(one) for one in self.uses))
        return _(", ").join(words[:MOST_NAMED]) + (" …" if len(words) > MOST_NAMED else "")


@dataclass(frozen=True, slots=True)
class _Said:
    """The fields that somebody wanted to change, as they stand; all of them where none was named."""

    labels: Mapping[str, str]
    current: Mapping[str, Any]
    wanted: Mapping[str, Any]

    def __str__(self) -> str:
        shown = [key for key in self.labels if key in self.wanted] or list(self.labels)
        return _("; ").join(f"{_(self.labels[key])} {said(self.current[key])}" for key in shown)


def said(value: object) -> str:
    match value:
        case None | "" | []:
            return _("none")
        case bool():
            return _("yes") if value else _("no")
        case float():
            return f"{value:g}"
        case list() | tuple():
            return _(", ").join(map(said, value))
        case dict():
            return _(", ").join(f"{key} {said(one)}" for key, one in value.items())
    return str(value)
