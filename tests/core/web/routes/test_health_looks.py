"""Health is answered at once, also while a part takes long to answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.web.routes import health
from core.web.routes.health import HealthCache


async def test_who_asks_while_a_look_takes_long_is_given_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_S", -1.0)
    monkeypatch.setattr(health, "PATIENCE_S", 0.0)
    gate, begun = asyncio.Event(), 0

    async def look() -> dict[str, Any]:
        nonlocal begun
        begun += 1
        number = begun
        await gate.wait()
        return {"status": "ok", "number": number}

    looks = HealthCache(look)
    gate.set()
    assert (await looks.newest())["number"] == 1  # the first is waited for
    gate.clear()
    assert [(await looks.newest())["number"] for _ in range(3)] == [1, 1, 1]
    await asyncio.sleep(0)
    assert begun == 2  # one look for all who ask
    gate.set()
    monkeypatch.setattr(health, "PATIENCE_S", 10.0)
    assert (await looks.newest())["number"] == 2


async def test_an_old_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_S", -1.0)
    monkeypatch.setattr(health, "OLD_S", -1.0)
    monkeypatch.setattr(health, "PATIENCE_S", 0.0)
    numbers = iter(range(9))

    async def look() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"number": next(numbers)}

    looks = HealthCache(look)
    assert [(await looks.newest())["number"] for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("gateways", "wanted"),
    [
        ({}, None),
        ({"city": {}}, None),
        ({"city": {"a": "up", "b": "up"}}, {"status": "ok", "gateways": 2, "away": 0}),
        (
            {"city": {"a": "up", "b": "down"}},
            {"status": "degraded", "gateways": 2, "away": 1, "detail": "gateway_away"},
        ),
        (
            {"city": {"a": "up"}, "mobile": {"b": "down"}},
            {"status": "degraded", "gateways": 2, "away": 1, "detail": "no_way_out"},
        ),
    ],
)
def test_a_gateway_that_does_not_answer_is_counted_and_not_named(gateways, wanted) -> None:
    assert health._trunks(gateways).get("trunks") == wanted
