"""What a kept period would be by the data of today: imports and corrections that came later, told beside it.

The kept questions are asked again for the kept people as of the kept moment, so that nothing but the data can differ.
What was kept is never touched.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from core.installation.service import load_installation
from core.process import Key
from core.web.context import Web
from etl.warehouse import Warehouse
from kpi.judging import figures_of
from kpi.periods import reading
from kpi.periods.reading import StoredPeriod
from kpi.periods.record import PersonRecord, questions_of
from kpi.periods.service import FIRST
from kpi.scoring.score import LineValue

# Sums of fractions come out of the marts in whatever order their threads add them up.
NEARLY = 1e-9
# A busy site learns of a new fact every second; a period of the past hardly ever does.
FRESH_S = 60.0
MOST_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class FigureChange:
    """``line`` is its place in the scheme; ``before`` as it was when it was judged, ``after`` by the data of now."""

    who: str
    line: int
    before: LineValue
    after: LineValue


@dataclass
class ChangeWatch:
    """Asks the marts at most once in ``fresh_s`` for each period, one at a time."""

    web: Web
    warehouse: Warehouse
    zone: ZoneInfo
    fresh_s: float = FRESH_S
    _seen: dict[str, tuple[str, float, list[FigureChange]]] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def changes(self, stored: StoredPeriod) -> list[FigureChange]:
        if (before := self._fresh(stored)) is not None:
            return before
        async with self._turn:
            if (before := self._fresh(stored)) is not None:
                return before
            found = await self._ask(stored)
            if len(self._seen) >= MOST_REMEMBERED:
                self._seen.clear()
            self._seen[stored.id] = stored.sha256, time.monotonic(), found
            return found

    def _fresh(self, stored: StoredPeriod) -> list[FigureChange] | None:
        seal, at, found = self._seen.get(stored.id, ("", 0.0, []))
        return found if seal == stored.sha256 and time.monotonic() - at < self.fresh_s else None

    async def _ask(self, stored: StoredPeriod) -> list[FigureChange]:
        first = await self.web.in_session(lambda session: reading.people(session, stored.id, edition=FIRST))
        installation = await self.web.in_session(load_installation)
        people = [one.judged for one in first.values()]
        questions = questions_of(stored.head)
        now = await figures_of(self.web, self.warehouse, self.zone, installation, people, questions)
        return differences(first, now.known)


CHANGES = Key[ChangeWatch]("kpi_changes")


def differences(before: Mapping[str, PersonRecord], now: Mapping[str, Sequence[LineValue]]) -> list[FigureChange]:
    """Line by line, in the order of the people."""
    return [
        FigureChange(who, n, line.figure, after)
        for who, person in before.items()
        for n, (line, after) in enumerate(zip(person.score.lines, now[who], strict=True))
        if not same(line.figure, after)
    ]


def same(one: LineValue, other: LineValue) -> bool:
    return one.sample == other.sample and all(
        math.isclose(a, b, rel_tol=NEARLY, abs_tol=NEARLY)
        for a, b in (
            (one.numerator, other.numerator),
            (one.denominator, other.denominator),
            # What the same cases make for everybody.
            (one.expected or 0.0, other.expected or 0.0),
            (one.reference or 0.0, other.reference or 0.0),
        )
    )
