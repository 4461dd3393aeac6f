"""One walk through the interface of a filled house: what is answered has the shape that docs/openapi.json promises."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import dash
import pytest

from core.web.app import build
from tests.core.web.conftest import FakeCore, Running, core, serving, until  # noqa: F401 - fixtures
from tests.kpi.asking import day
from tests.kpi.conftest import filled, home  # noqa: F401 - fixtures

# Whole lists of the day's interface; what other tests ask for by the way is not asked for again.
LISTS = (
    "alerts",
    "alerts/now",
    "alert-figures",
    "alert-rules",
    "announcements",
    "call-marks",
    "calls?limit=500",
    "dialling",
    "dialling/check?number=13800001111&extension=8001",
    "floor",
    "indicators",
    "indicators/service_level.strict?by=queue,interval",
    "indicators/aht?by=agent",
    "indicators/answer_rate/rows?limit=200",
    "indicators/aht/rows?limit=200",
    "indicators/adherence/rows?limit=200",
    "indicators/occupancy/rows?limit=200",
    "limits",
    "live",
    "me",
    "messages",
    "rosters?from={ago}&days=28",
    "rosters/adherence?from={ago}&days=9",
    "rosters/adherence/now",
    "rosters/coverage?from={ago}&days=14",
    "rosters/day?day={today}",
    "rosters/forecast?queue=general&from={today}",
    "rosters/forecast/witnesses?queue=general&day={today}",
    "rosters/settings",
    "rosters/templates",
    "wall",
    "wall/districts",
    "work-orders",
    "work-orders/definition",
    "work-orders/overdue",
    "work-orders/places?q=路",
)
PLACE = re.compile(r"\{(\w+)\}")


@pytest.fixture
async def house(home: Any, core: FakeCore) -> AsyncIterator[Running]:  # noqa: F811
    dash.page_registry.clear()
    app = build(home)
    async with serving(app) as port:
        made = Running(app, port)
        await until(lambda: made.web.parts["feeder"].status()["state"] == "up", 60)
        yield made
        for client in made.clients:
            await client.aclose()


async def test_the_interface_answers_in_the_shapes_it_describes(house: Running) -> None:
    """``tests.answers`` looks at each, and fails the test."""
    chief, agent = await house.program("supervisor"), await house.program("agent8001")
    days = {"ago": day(-9), "today": day(0)}
    for path in LISTS:
        asked = PLACE.sub(lambda name: days[name[1]], path)
        answer = await chief.get(f"/api/v1/{asked}", timeout=60)
        assert answer.status_code == 200, (asked, answer.text)
    calls = (await chief.get("/api/v1/calls?limit=30")).json()["items"]
    for client in (chief, agent):
        for one in calls:
            assert (await client.get(f"/api/v1/calls/{one['id']}")).status_code in (200, 404)
    shifts = (await agent.get(f"/api/v1/rosters?from={days['ago']}&days=28")).json()["shifts"]
    assert (await agent.get(f"/api/v1/rosters/adherence/shifts/{shifts[0]['id']}")).status_code == 200
    assert (await agent.get(f"/api/v1/rosters/swaps/candidates?shift={shifts[-1]['id']}")).status_code == 200
    order = {
        "category": "repair.leak_visible",
        "address": "解放路1号",
        "district": "",
        "summary": "路面冒水",
        "caller": "13812345678",
    }
    made = await agent.post("/api/v1/work-orders", json=order)
    assert made.status_code == 201, made.text
    step = {"event": "urge", "fields": {}}
    assert (await chief.post(f"/api/v1/work-orders/{made.json()['id']}/events", json=step)).status_code in (
        200,
        409,
        422,
    )
    assert (await chief.get("/api/v1/work-orders")).json()["items"]
    assert (await agent.get("/api/v1/desk/today")).status_code == 200
    note = {"text": "今夜检修"}
    assert (await chief.post("/api/v1/messages", json=note)).status_code == 201
    assert (await chief.post("/api/v1/announcements", json=note)).status_code == 201
    assert (await chief.post("/api/v1/alert-rules/examples")).status_code == 200
    for path in ("messages", "announcements", "alert-rules", "alert-figures"):
        assert (await chief.get(f"/api/v1/{path}")).json()["items"], path
