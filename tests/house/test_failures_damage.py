"""Bytes turn over or are gone under a running house: it goes on, says so, and mends itself."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.house.front import Front
from tests.house.line import desk, ready_again, soon
from tests.house.running import House, until

pytestmark = [pytest.mark.deep, pytest.mark.slow, pytest.mark.xdist_group("damage"), pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("damage") / "site")
    house.start()
    yield house
    assert house.stop() == 0


@pytest.fixture(scope="module")
def front(house):
    return Front(house)


def feed_of(house: House) -> dict[str, Any]:
    return house.health()["parts"].get("feed", {})


def listed(house: House, front: Front, caller: str) -> bool:
    """Whether the page's list knows this caller; a refusal must be one in words."""
    try:
        rows = house.ask("GET", f"/api/v1/calls?caller={caller}", token=front.token)["items"]
    except urllib.error.HTTPError as refused:
        told = json.load(refused)
        return refused_in_words(told)
    except OSError:
        return False
    return [row["caller"] for row in rows] == [caller]


def refused_in_words(told: dict[str, Any]) -> bool:
    assert told["status"] == 503, told
    assert told["detail"]
    assert told["remedy"]
    return False


def flip(path: Path, seed: int, count: int) -> None:
    """One bit each of ``count`` bytes all over the file."""
    chance = random.Random(seed)
    with path.open("r+b") as file:
        size = path.stat().st_size
        for at in (chance.randrange(size) for _ in range(count)):
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << chance.randrange(8))]))


def restarts(house: House) -> int:
    return json.loads((house.home / "run" / "site.json").read_text())["processes"]["web"]["restarts"]


async def test_a_file_cut_to_half_under_the_running_pages_is_filled_anew_while_calls_go_on(house, front):
    await soon(lambda: feed_of(house).get("state") == "up")
    file = house.home / "warehouse.duckdb"
    before = restarts(house)
    async with desk(house, front) as agent:
        async with agent.talk() as first:
            await first.goes_on()
        await soon(lambda: listed(house, front, first.caller))
        await ready_again(front)
        os.truncate(file, file.stat().st_size // 2)
        async with agent.talk() as second:
            await second.goes_on()
        # What is read of the half that is gone, and what is written over it.
        front.house.ask("GET", "/api/v1/live", token=front.token)
        await soon(lambda: listed(house, front, second.caller), 60)
        await ready_again(front)
    await asyncio.to_thread(kill_web, house)
    await soon(lambda: listed(house, front, first.caller) and listed(house, front, second.caller), 90)
    await soon(lambda: feed_of(house).get("state") == "up", 60)
    assert feed_of(house)["aside"].startswith("warehouse.broken-")
    assert restarts(house) == before + 1


def kill_web(house: House) -> None:
    before = house.pid("web")
    os.kill(before, signal.SIGKILL)
    until(lambda: house.pid("web") not in (None, before), 30)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in (1, 2))])
async def test_flipped_bytes_of_the_analytics_file_do_not_take_the_pages_down(house, front, seed):
    await soon(lambda: feed_of(house).get("state") == "up", 60)
    async with desk(house, front) as agent:
        async with agent.talk() as talk:
            await talk.goes_on()
        await soon(lambda: listed(house, front, talk.caller), 60)
        before = restarts(house)
        flip(house.home / "warehouse.duckdb", seed, 40)
        log = house.home / "warehouse.duckdb.wal"
        if seed and log.exists() and log.stat().st_size:
            flip(log, seed, 3)
        await asyncio.to_thread(kill_web, house)
        page = urllib.request.Request(f"{house.pages}/login")
        await soon(lambda: opened(page), 90)
        await ready_again(front)
        async with agent.talk() as meanwhile:
            await meanwhile.goes_on()
    for one in (talk, meanwhile):
        await soon(lambda one=one: listed(house, front, one.caller), 90)
    await soon(lambda: feed_of(house).get("state") == "up", 60)
    assert house.health()["parts"]["figures"]["status"] == "ok"
    assert restarts(house) == before + 1
    assert len(list(house.home.glob("warehouse.broken-*[0-9]"))) <= 1


def opened(page: urllib.request.Request) -> bool:
    try:
        return urllib.request.urlopen(page, timeout=5).status == 200
    except OSError:
        return False
