"""Flat frozen records from JSON, each value of the kind that its field says. Knows no record of the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from core.errors import BadInput, HotlineError
from core.wrong_input import as_error

T = TypeVar("T")


def record(kind: type[T], raw: Mapping[str, Any], where: str, refusal: type[HotlineError] = BadInput) -> T:
    """Lists become tuples, a whole number may stand for one with a fraction; nothing else is made fit.

    ``refusal`` names the field below ``where``: for keys that are unknown or missing, and for values of another kind.
    """
    if not isinstance(raw, Mapping):
        raise refusal("{field} must be a JSON object.", field=where, remedy="Send it in curly brackets.")
    known = _adapters(kind)  # type: ignore[arg-type]
    for key in raw:
        if key not in known:
            raise refusal(
                "Unknown key {key}.", field=f"{where}.{key}", remedy="Remove it or correct its name.", key=key
            )
    for name in _needed(kind):
        if name not in raw:
            raise refusal("{field} is missing.", field=f"{where}.{name}", remedy="Add it to the request.")
    return kind(**{key: _checked(known[key], value, f"{where}.{key}", refusal) for key, value in raw.items()})


def _checked(adapter: TypeAdapter[Any], value: Any, where: str, refusal: type[HotlineError]) -> Any:
    try:
        return adapter.validate_python(_frozen(value), strict=True)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = ".".join(map(str, (where, *first["loc"])))
        found = as_error(first)
        raise refusal(found.message, field=place, remedy=found.remedy, limit=found.values["limit"]) from wrong


# Made once for each kind: it takes milliseconds.
@cache
def _adapters(kind: Any) -> Mapping[str, TypeAdapter[Any]]:
    hints = get_type_hints(kind)
    return {one.name: TypeAdapter(hints[one.name]) for one in fields(kind)}


def _needed(kind: Any) -> Iterator[str]:
    return (one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
