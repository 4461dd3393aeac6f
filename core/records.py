"""Flat frozen records from JSON, checked key by key. Knows no record of the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from core.errors import BadInput, HotlineError

T = TypeVar("T")


def record(kind: type[T], raw: Mapping[str, Any], where: str, refusal: type[HotlineError] = BadInput) -> T:
    """Lists become tuples. ``refusal`` is raised for keys that are unknown or missing."""
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    for key in raw:
        if key not in known:
            raise refusal(
                "Unknown key {key}.", field=f"{where}.{key}", remedy="Remove it or correct its name.", key=key
            )
    try:
        return kind(**{key: _frozen(value) for key, value in raw.items()})
    except TypeError as problem:
        raise refusal("{field} is incomplete: {problem}.", field=where, problem=problem) from problem


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
