"""A form as a file: JSON that says what it is and in which version of its form. Pure but for the shipped examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import BadInput
from qa.forms.check import checked
from qa.forms.form import QaForm, form_json, form_of

FORMAT = "hotline-qa-form"
VERSION = 1
EXAMPLES = Path(__file__).parent / "examples"


def as_file(form: QaForm) -> dict[str, Any]:
    return {"format": FORMAT, "format_version": VERSION, "form": form_json(form)}


def from_file(raw: Any) -> QaForm:
    """``BadInput`` for another kind of file, for one of another version, and for what ``form_of`` refuses."""
    if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
        raise BadInput(
            "This is no file with a scoring form.", field="format", remedy="Choose one that was exported here."
        )
    if raw.get("format_version") != VERSION:
        raise BadInput(
            "The file is of version {found} of its form; this program reads version {known}.",
            field="format_version",
            remedy="Export the form anew with a program of this version.",
            found=raw.get("format_version"),
            known=VERSION,
        )
    form = raw.get("form")
    if not isinstance(form, Mapping):
        raise BadInput("{field} is missing.", field="form", remedy="Choose a whole file.")
    return form_of(form)


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadInput(
            "The file is no JSON.", field="format", remedy="Choose one that was exported here, unchanged."
        ) from None


@cache
def examples() -> dict[str, QaForm]:
    """The shipped ones by id."""
    forms = [checked(from_file(parsed(path.read_text("utf-8")))) for path in sorted(EXAMPLES.glob("*.json"))]
    return {one.id: one for one in forms}
