"""A snapshot answers for one batch of the feed, whatever is fed meanwhile."""

import asyncio

import pytest

from core import events as ev
from core.errors import HotlineError
from etl.feed import load, prepare

MARK = "select id from raw.watermark"


def batch(first, n):
    return [
        (
            number,
            ev.Event.of(ev.CallArrived(f"c-{number}", "inbound", "13900000000", "96001"), 1_795_000_000.0 + number),
        )
        for number in range(first, first + n)
    ]


async def test_all_questions_of_a_snapshot_see_the_same_batch(warehouse):
    prepare(warehouse)
    load(warehouse, batch(1, 3), "Asia/Shanghai")
    async with warehouse.snapshot() as seen:
        before = await seen.fetch(MARK)
        await asyncio.to_thread(load, warehouse, batch(4, 2), "Asia/Shanghai")
        assert await warehouse.fetch(MARK) == [{"id": 5}]
        assert await asyncio.gather(*(seen.fetch(MARK) for _ in range(3))) == [before] * 3
        assert before == [{"id": 3}]
    async with warehouse.snapshot() as later:
        assert await later.fetch(MARK) == [{"id": 5}]


async def test_a_snapshot_of_a_warehouse_that_is_closed_says_so(warehouse):
    warehouse.close()
    with pytest.raises(HotlineError) as caught:
        async with warehouse.snapshot():
            pass
    assert caught.value.remedy
