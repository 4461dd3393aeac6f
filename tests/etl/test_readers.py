"""Lanes of the warehouse: long questions keep nobody waiting, have an end, and end when nobody waits for them."""

import asyncio
import threading

import pytest

from core.asker import Asker, set_asker
from core.errors import AskerLeft, TooLong, Unavailable
from core.i18n import set_language, translate_error
from etl import readers
from etl.warehouse import Warehouse

# Minutes of work, if nobody stops it.
ENDLESS = "select sum(a.range * b.range % 7) from range(10_000_000) a, range(10_000_000) b"


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    yield made
    made.close()


@pytest.fixture
def brief(monkeypatch):
    """Lanes with short limits."""
    monkeypatch.setattr(readers, "LIGHT_S", 0.2)


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def all_free(warehouse):
    about = warehouse.status()
    return not any(about[lane][what] for lane in ("light", "heavy") for what in ("busy", "waiting"))


async def test_a_long_question_ends_at_its_limit_and_its_thread_is_free_again(warehouse, brief):
    with pytest.raises(TooLong) as told:
        await warehouse.ask(ENDLESS, None, list, limit_s=0.6)
    await until(lambda: all_free(warehouse))
    assert await warehouse.fetch("select 1 as one") == [{"one": 1}]
    for language, remedy in (
        ("en", "Choose a shorter period, or more conditions."),
        ("zh_CN", "请选择较短的时段，或增加条件。"),
    ):
        set_language(language)
        assert translate_error(told.value)[1] == remedy


async def test_a_long_question_is_moved_once(warehouse, brief):
    # The limit leaves it its share of the light lane on a busy machine, too.
    one = asyncio.create_task(warehouse.ask(ENDLESS, None, list, limit_s=10.0))
    await until(lambda: warehouse.status()["heavy"]["busy"] == 1)
    assert warehouse.status()["moved"] == 1
    one.cancel()
    await asyncio.gather(one, return_exceptions=True)
    await until(lambda: all_free(warehouse))


async def test_long_questions_keep_light_ones_waiting_only_until_they_are_known(warehouse, brief):
    long_ones = [asyncio.create_task(warehouse.ask(ENDLESS, None, list)) for _ in range(6)]
    await until(lambda: warehouse.status()["moved"] == len(long_ones))
    await until(lambda: warehouse.status()["light"]["busy"] == 0)
    heavy = warehouse.status()["heavy"]
    assert (heavy["busy"], heavy["waiting"]) == (readers.HEAVY_THREADS, len(long_ones) - readers.HEAVY_THREADS)
    for _ in range(20):
        assert await warehouse.fetch("select 1 as one") == [{"one": 1}]
    for one in long_ones:
        one.cancel()
    await asyncio.gather(*long_ones, return_exceptions=True)
    await until(lambda: all_free(warehouse))


async def test_who_knows_that_it_is_long_does_not_use_the_light_lane(warehouse):
    one = asyncio.create_task(warehouse.ask(ENDLESS, None, list, is_long=True))
    await until(lambda: warehouse.status()["heavy"]["busy"] == 1)
    assert warehouse.status()["light"]["busy"] == 0
    one.cancel()
    await asyncio.gather(one, return_exceptions=True)
    await until(lambda: all_free(warehouse))


async def test_the_heavy_lane_is_no_endless_queue(warehouse):
    most = readers.HEAVY_THREADS + readers.MOST_WAITING_HEAVY
    long_ones = [asyncio.create_task(warehouse.ask(ENDLESS, None, list, is_long=True)) for _ in range(most)]
    await until(lambda: warehouse.status()["heavy"]["waiting"] == readers.MOST_WAITING_HEAVY)
    assert warehouse.status()["status"] == "degraded"
    with pytest.raises(Unavailable, match="long questions"):
        await warehouse.ask(ENDLESS, None, list, is_long=True)
    for one in long_ones:
        one.cancel()
    await asyncio.gather(*long_ones, return_exceptions=True)
    await until(lambda: all_free(warehouse))
    assert warehouse.status()["status"] == "ok"


async def test_a_question_is_stopped_when_its_asker_leaves(warehouse):
    leaves = asyncio.Event()

    async def receive():
        await leaves.wait()
        return {"type": "http.disconnect"}

    set_asker(Asker(receive))
    one = asyncio.create_task(warehouse.ask(ENDLESS, None, list, is_long=True))
    await until(lambda: warehouse.status()["heavy"]["busy"] == 1)
    leaves.set()
    with pytest.raises(AskerLeft):
        await one
    await until(lambda: all_free(warehouse))
    assert warehouse.status()["given_up"] == 1


async def test_one_that_waits_for_its_turn_never_begins_once_nobody_waits_for_it(warehouse):
    first = [
        asyncio.create_task(warehouse.ask(ENDLESS, None, list, is_long=True)) for _ in range(readers.HEAVY_THREADS)
    ]
    await until(lambda: warehouse.status()["heavy"]["busy"] == len(first))
    begun = threading.Event()
    one = asyncio.create_task(warehouse.ask("select 1", None, lambda _rows: begun.set(), is_long=True))
    await until(lambda: warehouse.status()["heavy"]["waiting"] == 1)
    for task in (one, *first):
        task.cancel()
    await asyncio.gather(one, *first, return_exceptions=True)
    await until(lambda: all_free(warehouse))
    assert not begun.is_set()


async def test_closing_does_not_wait_for_a_long_question(tmp_path):
    warehouse = Warehouse(tmp_path / "warehouse.duckdb").open()
    one = asyncio.create_task(warehouse.ask(ENDLESS, None, list, is_long=True))
    await until(lambda: warehouse.status()["heavy"]["busy"] == 1)
    async with asyncio.timeout(20):
        await asyncio.to_thread(warehouse.close)
        with pytest.raises(Unavailable):
            await one
