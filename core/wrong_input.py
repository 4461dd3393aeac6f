"""What pydantic finds wrong with a request or a record, as sentences of ours that have a translation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from core.errors import BadInput, Several
from core.i18n import N_

# Pydantic's kinds of error (https://docs.pydantic.dev/latest/errors/validation_errors/); a kind ends where the next
# word would only say how it was given.
SENTENCES: tuple[tuple[str, str, str], ...] = (
    ("json_invalid", N_("The request's JSON cannot be read."), N_("Send a whole JSON object, text in double quotes.")),
    ("missing", N_("{field} is missing."), N_("Add it to the request.")),
    ("extra_forbidden", N_("{field} is not known here."), N_("Remove it or correct its name; /docs shows all.")),
    ("int", N_("{field} must be a whole number."), N_("Send digits without a unit.")),
    ("float", N_("{field} must be a number."), N_("Send digits without a unit.")),
    ("finite_number", N_("{field} must be a number."), N_("Send digits without a unit.")),
    ("bool", N_("{field} must be true or false."), N_("Send true or false, without quotes.")),
    ("date", N_("{field} is no date."), N_("Write 2026-10-01.")),
    ("datetime", N_("{field} is no time."), N_("Write 2026-10-01T08:00:00+08:00.")),
    ("time", N_("{field} is no time."), N_("Write 08:00.")),
    ("string_too_long", N_("{field} is too long."), N_("Use at most {limit} characters.")),
    ("string_too_short", N_("{field} is too short."), N_("Use at least {limit} characters.")),
    ("string_pattern", N_("{field} has a form that is not possible here."), N_("Look at /docs for what is expected.")),
    ("string", N_("{field} must be text."), N_("Send it in double quotes.")),
    ("greater_than_equal", N_("{field} is too small."), N_("It must be at least {limit}.")),
    ("greater_than", N_("{field} is too small."), N_("It must be more than {limit}.")),
    ("less_than_equal", N_("{field} is too large."), N_("It must be at most {limit}.")),
    ("less_than", N_("{field} is too large."), N_("It must be less than {limit}.")),
    ("too_long", N_("{field} has too many entries."), N_("Send at most {limit}.")),
    ("too_short", N_("{field} has too few entries."), N_("Send at least {limit}.")),
    ("literal_error", N_("{field} is not one of the words that are possible."), N_("Use one of: {limit}.")),
    ("enum", N_("{field} is not one of the words that are possible."), N_("Use one of: {limit}.")),
    ("list", N_("{field} must be a list."), N_("Send it in square brackets.")),
    ("tuple", N_("{field} must be a list."), N_("Send it in square brackets.")),
    ("set", N_("{field} must be a list."), N_("Send it in square brackets.")),
    ("dict", N_("{field} must be a JSON object."), N_("Send it in curly brackets.")),
    ("model", N_("{field} must be a JSON object."), N_("Send it in curly brackets.")),
)
# What the patterns of our requests mean, in words.
FORMS: Mapping[str, str] = {
    r"^[0-9*#+]+$": N_("Use digits, *, # and + only."),
    r"^[a-z0-9_-]{1,40}$": N_("Use small letters, digits, - and _, at most 40."),
    r"^\d{4}-\d\d-\d\d$": N_("Write 2026-10-01."),
    r"^[\d,]*$": N_("Write numbers with commas between them."),
}
OTHERWISE = (N_("{field} is not right."), N_("Look at /docs for what is expected."))
# Where pydantic keeps the limit of a kind that has one.
LIMITS = ("max_length", "min_length", "ge", "gt", "le", "lt", "expected")
PLACES = ("body", "query", "path", "form", "header")

T = TypeVar("T")


def validated(adapter: TypeAdapter[T], raw: Any) -> T:
    """The record, or ``BadInput`` that names the field and what it must be; ``Several`` where more is wrong."""
    try:
        return adapter.validate_python(raw)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False)
        # A list whose entries are wrong is told once more as too short.
        places = [one["loc"] for one in errors]
        inner = [one for one in errors if sum(place[: len(one["loc"])] == one["loc"] for place in places) == 1]
        parts = [as_error(one) for one in inner]
        raise (parts[0] if len(parts) == 1 else Several(parts)) from wrong


def as_error(found: Mapping[str, Any]) -> BadInput:
    """One of ``ValidationError.errors()``."""
    kind = str(found["type"])
    message, remedy = next(
        ((said, what) for name, said, what in SENTENCES if kind == name or kind.startswith(f"{name}_")), OTHERWISE
    )
    about = found.get("ctx") or {}
    if kind.startswith("string_pattern"):
        # A pattern is no word for people.
        remedy = FORMS.get(str(about.get("pattern")), remedy)
    limit = str(next((about[name] for name in LIMITS if name in about), ""))
    if "expected" in about:
        limit = limit.replace("'", "").replace(" or ", ", ")
    return BadInput(
        message,
        field="body" if kind == "json_invalid" else field_of(found["loc"]),
        remedy=remedy,
        limit=limit,
    )


def field_of(where: Sequence[object]) -> str:
    """``("body", "shifts", 3, "name")`` is ``shifts.3.name``; the body itself is ``body``."""
    return ".".join(str(part) for part in where if part not in PLACES) or "body"
