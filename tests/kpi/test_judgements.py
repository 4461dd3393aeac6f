"""A judgement is made once for all who look, and again beside them when facts came in."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.errors import BadInput
from kpi.judgements import FRESH_S, MOST, OLD_S, OLDEST_S, Judgements
from kpi.judging import JudgedPeriod
from kpi.schemes.service import examples
from kpi.schemes.values import Watermark

SCHEME = examples()["example-agents"].scheme


class House:
    """Judges at once, or when it is let."""

    def __init__(self) -> None:
        self.now, self.mark, self.made = 0.0, 1, 0
        self.free = asyncio.Event()
        self.free.set()
        self.problem: Exception | None = None
        self.judgements = Judgements(self.judge, self.marked, lambda: self.now)

    async def marked(self) -> int:
        return self.mark

    async def judge(self, scheme, from_at, until) -> JudgedPeriod:
        self.made += 1
        mark = self.mark
        await self.free.wait()
        if self.problem is not None:
            raise self.problem
        return JudgedPeriod(scheme, from_at, until, [], [], {}, [], Watermark(mark, None), demo=False, judged_at=until)

    async def seen(self, scheme=SCHEME, until=2.0) -> int:
        """The watermark of what is shown."""
        found = (await self.judgements.of(scheme, 1.0, until)).watermark.id
        # What was begun beside it.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return found


async def test_it_is_made_once_for_all_who_come_at_the_same_time() -> None:
    house = House()
    house.free.clear()
    waiting = [asyncio.create_task(house.seen()) for _n in range(5)]
    await asyncio.sleep(0)
    house.free.set()
    assert await asyncio.gather(*waiting) == [1] * 5
    assert house.made == 1


async def test_who_leaves_while_it_is_made_takes_it_from_nobody() -> None:
    house = House()
    house.free.clear()
    first, second = (asyncio.create_task(house.seen()) for _n in range(2))
    await asyncio.sleep(0)
    first.cancel()
    house.free.set()
    assert await second == 1


async def test_another_period_or_another_scheme_is_another_one() -> None:
    house = House()
    await house.seen()
    await house.seen(until=3.0)
    await house.seen(replace(SCHEME, name="other"))
    assert house.made == 3


async def test_an_older_one_is_shown_while_a_newer_one_is_made() -> None:
    house = House()
    await house.seen()
    house.mark = 2
    assert (await house.seen(), house.made) == (1, 1)
    house.now += FRESH_S + 1
    assert (await house.seen(), house.made) == (1, 2)
    assert (await house.seen(), house.made) == (2, 2)


async def test_without_new_facts_it_stands_until_people_may_have_changed() -> None:
    house = House()
    await house.seen()
    house.now += OLD_S - 1
    assert (await house.seen(), house.made) == (1, 1)
    house.now += 2
    assert (await house.seen(), house.made) == (1, 2)


async def test_nobody_is_shown_a_very_old_one() -> None:
    house = House()
    await house.seen()
    house.now, house.mark = OLDEST_S + 1, 2
    assert await house.seen() == 2


async def test_what_was_refused_is_tried_anew() -> None:
    house = House()
    house.problem = BadInput("x")
    with pytest.raises(BadInput):
        await house.seen()
    house.problem = None
    assert await house.seen() == 1


async def test_no_more_than_so_many_are_remembered() -> None:
    house = House()
    for n in range(MOST + 1):
        await house.seen(until=float(n))
    await house.seen(until=float(MOST))
    assert house.made == MOST + 1
    await house.seen(until=0.0)
    assert house.made == MOST + 2
