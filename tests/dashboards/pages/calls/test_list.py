"""The list against the wall: for every figure of the day the list holds exactly the calls that it counts."""

import asyncio
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from core.people.users import Role, User
from dashboards.pages.calls import queries as calls
from dashboards.pages.calls.filters import Filter
from dashboards.pages.wallboard import queries as wall
from dashboards.pages.wallboard.links import PARAMETERS
from tests.etl.conftest import NOON, day_of_calls, feed, warehouse  # noqa: F401 - a fixture

ZONE = "Asia/Shanghai"
NOW = datetime.fromtimestamp(NOON, ZoneInfo(ZONE))
SUPERVISOR = User(1, "supervisor", "班长", Role.SUPERVISOR, None)
AGENT = User(2, "agent8001", "王芳", Role.AGENT, "8001")


@pytest.fixture
def web(warehouse):  # noqa: F811
    feed(warehouse, day_of_calls())
    floor = {"calls": [], "agents": []}
    return SimpleNamespace(parts={"warehouse": warehouse}, live=SimpleNamespace(state=lambda: floor))


def listed(web, user=SUPERVISOR, **parameters):
    return asyncio.run(calls.page(web, user, Filter.of(parameters, NOW)))


def test_the_days_figures_and_their_lists_agree(web):
    day = asyncio.run(wall.today(web.parts["warehouse"], NOON, ZONE))
    total = day["total"]
    assert total["answered"] > 0
    for figure in ("offered", "answered", "abandoned", "redirected"):
        assert listed(web, **PARAMETERS[figure]).totals.all_entries == total[figure], figure
    counted = listed(web, **PARAMETERS["service"]).totals
    assert counted.all_entries == total["answered"] + total["abandoned"] - total["short_abandons"]
    assert counted.entries_in_time == total["answered_in_t"]
    assert counted.entries_answered + counted.entries_abandoned == counted.all_entries
    not_short = listed(web, **PARAMETERS["abandon"]).totals
    assert not_short.all_entries == total["offered"] - total["short_abandons"]
    assert not_short.entries_abandoned == total["abandoned"] - total["short_abandons"]
    assert listed(web, **PARAMETERS["arrivals"]).totals.all_calls == sum(day["arrivals"])
    assert listed(web, **PARAMETERS["ivr_only"]).totals.all_calls == day["outcomes"].get("ivr_only", 0)


def test_a_queues_own_service_level_and_its_list_agree(web):
    day = asyncio.run(wall.today(web.parts["warehouse"], NOON, ZONE))
    assert day["queues"]
    for queue, total in day["queues"].items():
        found = listed(web, day="today", visit="counted", queue=queue).totals
        assert found.entries_in_time == total["answered_in_t"], queue
        assert found.all_entries == total["answered"] + total["abandoned"] - total["short_abandons"], queue


def test_in_time_and_late_are_all_that_is_counted(web):
    counted, in_time, late = (
        listed(web, day="today", visit=visit).totals.all_entries for visit in ("counted", "in_time", "late")
    )
    assert counted == in_time + late
    assert in_time > 0


def test_every_quarter_hour_opens_its_own_calls(web):
    day = asyncio.run(wall.today(web.parts["warehouse"], NOON, ZONE))
    for quarter, count in enumerate(day["arrivals"]):
        if count:
            begin, end = (f"{day['day']} {n // 4:02d}:{n % 4 * 15:02d}" for n in (quarter, quarter + 1))
            assert listed(web, **{"from": begin, "to": end, "direction": "inbound"}).totals.all_calls == count


def test_an_agent_is_shown_own_calls_only_whatever_is_asked_for(web):
    everything = listed(web, **{"from": "2026-01-01"}).totals.all_calls
    own = listed(web, AGENT, **{"from": "2026-01-01"})
    assert 0 < own.totals.all_calls < everything
    assert all("****" in call["caller"] for call in own.calls)
    others = listed(web, AGENT, **{"from": "2026-01-01"}, agent="8002", outcome="abandoned")
    assert others.calls == []


def test_who_may_not_see_numbers_cannot_search_by_part_of_one(web):
    assert listed(web, **{"from": "2026-01-01"}, caller="139000").totals.all_calls > 0
    assert listed(web, AGENT, **{"from": "2026-01-01"}, caller="139000").totals.all_calls == 0


def test_pages_follow_one_another_without_gap_and_repetition(web, monkeypatch):
    monkeypatch.setattr(calls, "A_PAGE", 7)
    all_ids = [call["id"] for page in (1, 2, 3) for call in listed(web, day="today", page=page).calls]
    assert len(set(all_ids)) == 21
