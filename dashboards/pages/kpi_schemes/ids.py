"""Component ids of the list and of the editor."""

from __future__ import annotations

from typing import Any

PAGE = "kpi-schemes"
# The list, which is read anew after a file was taken in; where the two that were chosen are compared.
TABLE, LIST, COMPARED = "kpi-schemes-table", "kpi-schemes-list", "kpi-schemes-compared"
# What is typed now, what it was drawn from, and which scheme it is of.
WORKING, SERVED, ABOUT = "kpi-draft", "kpi-draft-served", "kpi-draft-about"
HEAD, PART, LINES, GRADES = "kpi-draft-head", "kpi-draft-part", "kpi-draft-lines", "kpi-draft-grades"
CHECK, SAVE, SAID, MODE, GO = "kpi-draft-check", "kpi-draft-save", "kpi-draft-said", "kpi-draft-mode", "kpi-draft-go"
NOTE, ANEW, RESTORE = "kpi-draft-note", "kpi-draft-anew", "kpi-draft-restore"
# Everybody's figures behind the curves, of which days, and what was tried on them.
NEEDS, FIGURES, DRAWN = "kpi-draft-needs", "kpi-draft-figures", "kpi-draft-drawn"
PERIOD, TRY, TRIED = "kpi-draft-period", "kpi-draft-try", "kpi-draft-tried"


def stored(person: Any, scheme: Any) -> dict[str, Any]:
    """What the browser keeps of a draft, for the person who typed it."""
    return {"type": "kpi-draft-stored", "person": person, "scheme": scheme}


def field(at: Any) -> dict[str, Any]:
    """``at`` as ``draft.with_values`` names it."""
    return {"type": "kpi-draft-field", "at": at}


def choice(at: Any) -> dict[str, Any]:
    """A field of which one chooses; named as ``field`` is."""
    return {"type": "kpi-draft-choice", "at": at}


def wrong(at: Any) -> dict[str, Any]:
    """What is wrong with a field, in words."""
    return {"type": "kpi-draft-wrong", "at": at}


def line(key: Any) -> dict[str, Any]:
    return {"type": "kpi-draft-line", "key": key}


def act(name: Any, key: Any = -1, row: Any = -1) -> dict[str, Any]:
    """A button of the editor."""
    return {"type": "kpi-draft-act", "act": name, "key": key, "row": row}


def curve(key: Any) -> str:
    """The name of a line's picture."""
    return f"curve-{key}"
