"""Judgements of periods that nobody keeps, worked out once for whoever looks at them.

A month's figures are dear, and a busy site learns of a new fact every second. So what was judged is given again, with
its own watermark, while a newer one is worked out beside it: a view waits for one only where there is none yet.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.errors import HotlineError
from core.process import Key
from kpi.judging import JudgedPeriod
from kpi.scoring.scheme import Scheme

log = logging.getLogger(__name__)

# A younger one is not compared with the marts; one that is older than the second is made anew whatever they say, since
# rosters and people have no watermark; nobody is shown one that is older than the last.
FRESH_S, OLD_S, OLDEST_S = 20.0, 300.0, 3600.0
MOST = 64

Period = tuple[Scheme, float, float]
Judge = Callable[[Scheme, float, float], Awaitable[JudgedPeriod]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """``made_at`` is of the monotonic clock."""

    judged: JudgedPeriod
    made_at: float


class Judgements:
    """``mark`` tells the marts' watermark now."""

    def __init__(
        self, judge: Judge, mark: Callable[[], Awaitable[int]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._judge, self._mark, self._clock = judge, mark, clock
        self._made: OrderedDict[Period, Judgement] = OrderedDict()
        self._running: dict[Period, asyncio.Task[Judgement]] = {}

    async def of(self, scheme: Scheme, from_at: float, until: float) -> JudgedPeriod:
        """``BadInput`` where the scheme judges nobody."""
        period = scheme, from_at, until
        one = self._made.get(period)
        if one is None or self._age(one) > OLDEST_S:
            return (await asyncio.shield(self._renewal(period))).judged
        self._made.move_to_end(period)
        if self._age(one) > FRESH_S and (self._age(one) > OLD_S or await self._mark() != one.judged.watermark.id):
            self._renewal(period)
        return one.judged

    async def stop(self) -> None:
        for task in tuple(self._running.values()):
            task.cancel()

    def _age(self, one: Judgement) -> float:
        return self._clock() - one.made_at

    def _renewal(self, period: Period) -> asyncio.Task[Judgement]:
        """One at a time for each period, whoever asks."""
        task = self._running.get(period)
        if task is None:
            task = self._running[period] = asyncio.create_task(self._renew(period))
            task.add_done_callback(lambda done: self._over(period, done))
        return task

    async def _renew(self, period: Period) -> Judgement:
        judged = await self._judge(*period)
        one = self._made[period] = Judgement(judged, self._clock())
        self._made.move_to_end(period)
        while len(self._made) > MOST:
            self._made.popitem(last=False)
        return one

    def _over(self, period: Period, task: asyncio.Task[Judgement]) -> None:
        self._running.pop(period, None)
        if not task.cancelled() and (problem := task.exception()) is not None and not isinstance(problem, HotlineError):
            log.error("a period could not be judged", exc_info=problem)


JUDGEMENTS = Key[Judgements]("kpi_judgements")
