"""A form as a file. Pure but for the shipped examples."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from core.i18n import N_
from core.json_file import JsonFile, parsed
from qa.forms.check import checked
from qa.forms.form import QaForm, form_json, form_of

FILE = JsonFile(
    "hotline-qa-form",
    1,
    "form",
    no_such=N_("This is no file with a scoring form."),
    export_anew=N_("Export the form anew with a program of this version."),
)
EXAMPLES = Path(__file__).parent / "examples"


def as_file(form: QaForm) -> dict[str, Any]:
    return FILE.around(form_json(form))


def from_file(raw: Any) -> QaForm:
    """``BadInput`` for what is no such file, and for what ``form_of`` refuses."""
    return form_of(FILE.content(raw))


@cache
def examples() -> dict[str, QaForm]:
    """The shipped ones by id."""
    forms = [checked(from_file(parsed(path.read_text("utf-8")))) for path in sorted(EXAMPLES.glob("*.json"))]
    return {one.id: one for one in forms}
