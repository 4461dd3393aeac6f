"""What the boxes of the two tables say, as rights. Pure: values of components in, what was changed out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.errors import BadInput
from core.numbering import DialRight
from core.rights import LIMITED, SHIPPED, Right, Scope, reach, shipped
from dashboards.pages.rights import ids

Drawn = Mapping[str, Mapping[str, str]]


def irrevocable(role: str, right: Right) -> bool:
    """What cannot be taken from whom it was shipped to: nobody could give it back."""
    return right in (Right.SELF, Right.RIGHTS) and reach(shipped(role), right) != Scope.NONE


def scope_of(right: Right, value: Any) -> str:
    """A box's list or a choice's word."""
    if right in LIMITED:
        return str(value or Scope.NONE)
    return Scope.ALL if value else Scope.NONE


def changed(cells: Iterable[tuple[Mapping[str, Any], Any]], drawn: Drawn) -> dict[str, dict[str, str]]:
    """By role, the rights whose boxes are not as they were drawn; ids that are none of ours are passed over."""
    found: dict[str, dict[str, str]] = {}
    for name, value in cells:
        role, right = str(name.get("role")), str(name.get("right"))
        if role in SHIPPED and right in set(Right):
            scope = scope_of(Right(right), value)
            if scope != drawn.get(role, {}).get(right):
                found.setdefault(role, {})[right] = scope
    return found


def as_drawn(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the rights to dial as its components show it."""
    return {"classes": list(row["classes"]), "hours": row["hours"] or "", "most": row["most_at_once"]}


def dial_rights(rows: Mapping[str, Mapping[str, Any]], drawn: Mapping[str, Any], extension: str) -> list[DialRight]:
    """The rows that were changed, and that of a new extension."""
    found = []
    for subject, row in rows.items():
        classes, hours, most = _classes(row["classes"]), _hours(row["hours"]), _most(row["most"])
        named = f"{ids.NEW}{extension.strip()}" if subject == ids.NEW else subject
        is_new = subject == ids.NEW and bool(extension.strip())
        shown = {"classes": sorted(classes), "hours": hours, "most": row["most"]}
        before = drawn.get(subject)
        same = before is not None and shown == {**before, "classes": sorted(before["classes"])}
        if is_new or (subject != ids.NEW and not same):
            found.append(DialRight(named, classes, hours or None, most))
    return found


def _classes(value: Any) -> tuple[str, ...]:
    if value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return tuple(value or ())
    raise BadInput("This is not among the choices.", field="classes", remedy="Choose one of the list.")


def _hours(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise BadInput("This is not among the choices.", field="hours", remedy="Choose one of the list.")


def _most(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value), re.ASCII):
        raise BadInput("So many calls at once are not possible.", field="most_at_once", remedy="Use 0 to 1000.")
    return int(value)
