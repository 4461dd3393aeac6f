"""Two versions of a scheme side by side: only what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kpi.scoring.scheme import Scheme, scheme_json


@dataclass(frozen=True, slots=True)
class Difference:
    """``field`` as errors name it, lines by their indicator; ``None`` where one of the two has no such line."""

    field: str
    before: Any
    after: Any


def differences(before: Scheme, after: Scheme) -> list[Difference]:
    mine, theirs = scheme_json(before), scheme_json(after)
    found = [
        Difference(name, mine[name], theirs[name])
        for name in mine
        if name not in ("id", "lines") and mine[name] != theirs[name]
    ]
    left, right = dict(_lines(mine)), dict(_lines(theirs))
    for key in dict.fromkeys([*left, *right]):
        found += _of_line(f"lines.{key}", left.get(key), right.get(key))
    return found


def _lines(scheme: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """An indicator's second line is another one."""
    seen: dict[str, int] = {}
    for line in scheme["lines"]:
        name = line["indicator"]
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}#{seen[name]}"), line


def _of_line(where: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> Iterator[Difference]:
    if before is None or after is None:
        yield Difference(where, before, after)
        return
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Difference(f"{where}.{name}", before.get(name), after.get(name))
