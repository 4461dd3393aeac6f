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

from core.clock import utc_now
from core.process import Key
from core.web.context import Web
from etl.warehouse import Warehouse
from kpi.judging import FiguresQuery, figures_of
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
        head, people = stored.head, [one.judged for one in first.values()]
        # What was measured as of then; what people have written down, withdrawn or agreed to as it stands.
        asked = FiguresQuery(head.scheme, head.from_at, head.until, people, questions_of(head), utc_now())
        now = await figures_of(self.web, self.warehouse, self.zone, asked)
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
    """Also in what the same cases make, where it is compared with them."""
    if one.sample != other.sample or (one.value is None) != (other.value is None):
        return False
    pairs = ((one.numerator, other.numerator), (one.denominator, other.denominator), (one.value, other.value))
    return all(math.isclose(a or 0.0, b or 0.0, rel_tol=NEARLY, abs_tol=NEARLY) for a, b in pairs)
