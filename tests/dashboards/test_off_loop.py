"""No page, list or figure is built on the event loop, by counting: what the loop's thread calls in one turn is little."""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.db import event_log
from core.demo import history
from core.web import answers
from dashboards import drawing
from dashboards.bench_pages import page_caller
from tests.core.web.conftest import core, home, people_db, until  # noqa: F401 - fixtures
from tests.dashboards.test_rights import house  # noqa: F401 - a fixture

# Calls and returns of Python in one turn of the loop; a list of 500 rows takes a hundred thousand.
MOST_STEPS = 15_000


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """Steps of the busiest turns of this thread's loop, by what was run."""
    found: dict[str, int] = {}
    steps = 0

    def step(_frame, _event, _of) -> None:
        nonlocal steps
        steps += 1

    def run(handle) -> None:
        nonlocal steps
        steps = 0
        sys.setprofile(step)
        try:
            original(handle)
        finally:
            sys.setprofile(None)
            name = repr(handle)[:200]
            found[name] = max(found.get(name, 0), steps)

    original = asyncio.Handle._run
    asyncio.Handle._run = run
    try:
        yield found
    finally:
        asyncio.Handle._run = original


@pytest.fixture
async def filled(house):  # noqa: F811
    """A day of calls and orders."""
    web = house.web
    events = list(history.events(2, 7, 1795406400.0))

    def append() -> None:
        with web.database.begin() as connection:
            event_log.append(connection, events)

    await asyncio.to_thread(append)
    web.parts["feeder"].nudge()
    await until(lambda: web.parts["feeder"].status()["watermark"] >= len(events), 120)
    return house


async def asked(client, ask) -> None:
    answer = await ask(client)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) > 1000


async def test_lists_pages_and_figures_are_built_beside_the_loop(filled):
    client = await filled.browser("director")
    day = {"from": "2026-11-21", "to": "2026-11-24"}
    dependencies = (await client.get("/_dash-dependencies")).json()

    class Known:
        """What ``page_caller`` asks for."""

        def get(self, _path):
            return self

        def json(self):
            return dependencies

    draw = page_caller(Known())
    (call,) = (await client.get("/api/v1/calls?limit=1")).json()["items"]
    asks = {
        "calls": draw("/calls", **day),
        "entries": draw("/calls", **day, visit="offered", level="entry"),
        "call": draw(f"/calls/{call['id']}"),
        "orders": draw("/orders", **day, now="all"),
        "figures": draw("/figures", indicator="aht", **{"from": "2026-11-21", "to": "2026-11-24"}),
        "list": lambda one: one.get("/api/v1/calls?limit=500"),
        "rows": lambda one: one.get(
            "/api/v1/indicators/aht/rows?from=2026-11-21T00:00:00&to=2026-11-24T00:00:00&limit=5000"
        ),
        "figure": lambda one: one.get(
            "/api/v1/indicators/occupancy?from=2026-11-21T00:00:00&to=2026-11-24T00:00:00&by=interval,agent"
        ),
        "csv": lambda one: one.get("/api/v1/calls.csv?from=2026-11-21&to=2026-11-24"),
    }
    for ask in asks.values():
        # Imports and caches of the first time are not meant.
        await asked(client, ask)
    for name, ask in asks.items():
        with counted() as turns:
            await asked(client, ask)
        worst = max(turns, key=turns.get)
        assert turns[worst] < MOST_STEPS, (name, turns[worst], worst)


async def test_what_is_written_as_json_is_written_beside_the_loop(filled, monkeypatch):
    threads = set()

    def noting(write):
        def noted(*arguments):
            threads.add(threading.current_thread().name)
            return write(*arguments)

        return noted

    monkeypatch.setattr(answers, "as_json", noting(answers.as_json))
    monkeypatch.setattr(drawing, "_json", noting(drawing._json))
    client = await filled.browser("director")
    dependencies = await client.get("/_dash-dependencies")
    draw = page_caller(type("Known", (), {"get": lambda self, _path: dependencies})())
    for ask in (draw("/calls"), lambda one: one.get("/api/v1/calls"), lambda one: one.get("/api/v1/indicators")):
        assert (await ask(client)).status_code == 200
    assert threads
    assert all(name.startswith("answer") for name in threads)


def test_long_answers_are_the_same_json_whether_written_in_parts_or_at_once():
    value = {
        "calls": [{"id": f"c{n}", "at": n / 3, "said": "漏水"} for n in range(1234)],
        "next": None,
        "by": {"a": [1, 2], "b": {}, 3: "x"},
        "nothing": [],
        "tuple": (1, 2),
    }
    assert json.loads(answers.as_json(value)) == json.loads(json.dumps(value))
    assert json.loads(answers.as_json([value] * 500)) == json.loads(json.dumps([value] * 500))
    assert answers.as_json(None) == b"null"
