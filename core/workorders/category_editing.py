"""The tree of categories as the office sets it: names in both languages, where a category stands, how urgent it is.

A rename changes no history: facts and orders carry ids, and what a category was called is still understood. What is
retired can no longer be chosen, and still names what was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.tables import CategoryNameRow, CategoryRow, WorkOrderRow
from core.errors import BadInput
from core.events import Urgency
from core.i18n import N_, called, language
from core.installation.editing import Editable, Place, free_number, items
from core.installation.field_checks import check_name
from core.installation.references import Use
from core.workorders.categories import URGENCIES, Category, Tree, path, written_names
from core.workorders.office import load, tree

# Like the shipped ones: ``repair.burst``.
ID = re.compile(r"[a-z0-9_-]{1,40}(\.[a-z0-9_-]{1,22})?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """What the office sets of a category; its limits and fields are the process's. ``parent`` is empty at the top."""

    id: str
    name: str
    name_en: str = ""
    parent: str = ""
    urgency: Urgency = "normal"
    immediate: bool = False


def entry_of(one: Category) -> CategoryEntry:
    return CategoryEntry(one.id, one.name_zh, one.name_en, one.parent, one.urgency, one.immediate)


def check(entry: CategoryEntry, whole: Tree) -> None:
    """By itself, and where it stands: two levels, and no two of one name side by side."""
    if entry.id not in whole and not ID.fullmatch(entry.id):
        raise BadInput(
            "{value} is no name for programs.",
            field="id",
            remedy="Use small letters, digits, - and _, at most 40; one point where it stands below another.",
            value=entry.id,
        )
    check_name(entry.name)
    if entry.name_en:
        check_name(entry.name_en, "name_en")
    if "/" in entry.name + entry.name_en:
        raise BadInput(
            "A name cannot have a slash.", field="name", remedy="It stands between a category and its group."
        )
    if entry.parent:
        _check_parent(entry, whole)
    for other in _standing(whole).values():
        for field in ("name", "name_en"):
            beside = other.id != entry.id and other.parent == entry.parent
            if beside and (said := getattr(entry, field)) and getattr(other, field) == said:
                raise BadInput("{name} is taken.", field=field, remedy="Choose another name.", name=said)


def _check_parent(entry: CategoryEntry, whole: Tree) -> None:
    above = whole.get(entry.parent)
    if above is None or not above.active or above.parent or above.id == entry.id:
        raise BadInput(
            "{id} is no group of categories.",
            field="parent",
            remedy="Choose one of the top, or leave it empty.",
            id=entry.parent,
        )
    if any(one.parent == entry.id for one in whole.values()):
        raise BadInput(
            "{name} has categories below it.",
            field="parent",
            remedy="Leave it at the top: the tree has two levels.",
            name=entry.name,
        )


def _standing(whole: Tree) -> Mapping[str, CategoryEntry]:
    return {one.id: entry_of(one) for one in whole.values() if one.active}


def _retired(whole: Tree) -> Mapping[str, CategoryEntry]:
    return {one.id: entry_of(one) for one in whole.values() if not one.active}


def _uses(_session: Session, whole: Tree, category: str) -> tuple[Use, ...]:
    """A group is not retired before what stands in it; orders that are open go on."""
    return tuple(Use("category", one.id, "parent") for one in whole.values() if one.active and one.parent == category)


def _put(session: Session, entry: CategoryEntry) -> None:
    row = session.get(CategoryRow, entry.id)
    if row is None:
        last = session.scalar(select(func.max(CategoryRow.rank)))
        row = CategoryRow(id=entry.id, rank=(last if last is not None else -1) + 1, asks={}, limits=[], sites={})
        session.add(row)
    else:
        _remember_names(session, entry.id)
    row.name_zh, row.name_en, row.parent = entry.name, entry.name_en, entry.parent
    row.urgency, row.immediate, row.active = entry.urgency, entry.immediate, True


def _remember_names(session: Session, category: str) -> None:
    """As it is written before the change, and what stands below it: ``父/子``. Who was called so first keeps the
    name."""
    whole = tree(session)
    known = set(session.scalars(select(CategoryNameRow.name)))
    session.add_all(
        CategoryNameRow(name=name, category=one)
        for name, one in written_names(whole).items()
        if (one == category or whole[one].parent == category) and name not in known
    )


def _drop(session: Session, category: str) -> None:
    session.get_one(CategoryRow, category).active = False


CATEGORIES = Editable(
    # A site that never ran begins with the shipped ones.
    place=Place(
        "categories", lambda session: load(session).tree, _standing, lambda _whole, _id, _entry: None, retired=_retired
    ),
    word="category",
    key="id",
    kind=CategoryEntry,
    missing=N_("There is no category {id}."),
    labels={
        "name": N_("Name"),
        "name_en": N_("Name in English"),
        "parent": N_("Belongs to"),
        "urgency": N_("Urgency"),
        "immediate": N_("Usually answered on the spot"),
    },
    check=check,
    put=_put,
    drop=_drop,
    uses=_uses,
    kept=True,
    free_id=lambda whole, given: free_number(whole, f"{given['parent']}." if given.get("parent") else ""),
    release=N_("Retire what stands below it first, or put it elsewhere."),
)


def listed(session: Session) -> dict[str, Any]:
    """The tree in its order: each with what may still become of it, and how many open orders are about it."""
    whole = tree(session)
    counted = (
        select(WorkOrderRow.category, func.count().label("number"))
        .where(WorkOrderRow.open)
        .group_by(WorkOrderRow.category)
    )
    is_open: dict[str, int] = {row.category: row.number for row in session.execute(counted)}
    groups = {one.parent for one in whole.values() if one.active}
    return {
        "items": [
            {
                **one,
                "path": path(whole, one["id"], language()),
                "chosen": one["id"] not in groups,
                "open_orders": is_open.get(one["id"], 0),
            }
            for one in items(session, CATEGORIES, whole)
        ],
        "retired": [
            {**asdict(one), "path": path(whole, one.id, language()), "open_orders": is_open.get(one.id, 0)}
            for one in _retired(whole).values()
        ],
        "choices": {
            "parents": [{"id": one.id, "name": called(one)} for one in _standing(whole).values() if not one.parent],
            "urgencies": list(URGENCIES),
        },
    }
