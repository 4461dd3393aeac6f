"""The facts of one call in their order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, NewType
from zoneinfo import ZoneInfo

# Microseconds of UTC since 1970.
Micros = NewType("Micros", int)

QUARTER_US = 900_000_000


class CallFact(NamedTuple):
    """``number`` is its place in the log, until the call is in order; then it is its place in the call."""

    at: Micros
    number: int
    kind: str
    about: Mapping[str, Any]


class CallFacts:
    """Of a call or one of its segments, in order."""

    def __init__(self, in_order: list[CallFact]) -> None:
        self.all = in_order
        self._by_kind: dict[str, list[CallFact]] = {}
        for fact in in_order:
            self._by_kind.setdefault(fact.kind, []).append(fact)

    def of(self, *kinds: str) -> list[CallFact]:
        if len(kinds) == 1:
            return self._by_kind.get(kinds[0], [])
        return [fact for fact in self.all if fact.kind in kinds]

    def first(self, kind: str, name: str) -> Any:
        """The first one's word that says it."""
        for fact in self._by_kind.get(kind, ()):
            if (said := fact.about.get(name)) is not None:
                return said
        return None

    def last(self, name: str, *kinds: str) -> Any:
        for fact in reversed(self.of(*kinds)):
            if (said := fact.about.get(name)) is not None:
                return said
        return None

    @cached_property
    def is_demo(self) -> bool:
        return any(fact.about.get("demo") for fact in self.all)

    def at(self, kind: str) -> Micros | None:
        """The earliest: order need not be time where a clock was set back."""
        found = self._by_kind.get(kind)
        if not found:
            return None
        return found[0].at if len(found) == 1 else min(fact.at for fact in found)


def in_order(facts: Iterable[CallFact]) -> list[CallFact]:
    """In order of time, of the same moment in order of the log. Where that leaves a queue that was not entered yet, a
    clock was set back: then the order of the log holds."""
    # By time and number, which is no other fact's.
    ordered = sorted(facts)
    inside = 0
    for fact in ordered:
        if fact.kind == "call_queued":
            inside += 1
        elif fact.kind == "queue_left":
            inside -= 1
            if inside < 0:
                ordered.sort(key=lambda fact: fact.number)
                break
    return [CallFact(at, place, kind, about) for place, (at, _number, kind, about) in enumerate(ordered)]


def seconds_between(since: Micros | None, until: Micros | None) -> float | None:
    """Never negative (a clock may have been set back); nothing while one end is open."""
    return None if since is None or until is None else max(0, until - since) / 1e6


def total(seconds: Iterable[float | None]) -> float | None:
    """Of what is known; nothing where nothing is."""
    known = [one for one in seconds if one is not None]
    return sum(known) if known else None


def quarter_hour(at: Micros) -> Micros:
    return Micros(at - at % QUARTER_US)


def local_day(at: Micros, zone: ZoneInfo) -> date:
    # A day begins with a quarter hour in every zone.
    return _day_of_quarter(at // QUARTER_US, zone)


@lru_cache(maxsize=4096)
def _day_of_quarter(quarter: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(quarter * (QUARTER_US // 1_000_000), UTC).astimezone(zone).date()
