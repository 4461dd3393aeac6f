"""The list against the wall: for every figure of the day the list holds exactly the calls that it counts."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from core import events as ev
from core.people.users import Role, User
from dashboards.pages.calls import queries as calls
from dashboards.pages.calls.filters import CallFilter
from dashboards.pages.floor import queries as floor
from dashboards.pages.wallboard import queries as wall
from dashboards.pages.wallboard.links import PARAMETERS
from kpi.alert_figures import readings
from tests.etl.conftest import NOON, day_of_calls, feed, warehouse  # noqa: F401 - a fixture
from tests.etl.test_marts import told

ZONE = "Asia/Shanghai"
NOW = datetime.fromtimestamp(NOON, ZoneInfo(ZONE))
SUPERVISOR = User(1, "supervisor", "班长", Role.SUPERVISOR, None)
AGENT = User(2, "agent8001", "王芳", Role.AGENT, "8001")
AUDIT = SimpleNamespace(seen=lambda *_line, **_detail: None)


async def no_look_up(*_of: object) -> None:
    pass


LOOKUPS = SimpleNamespace(searched=no_look_up)


@pytest.fixture
def web(warehouse):  # noqa: F811
    feed(warehouse, day_of_calls())
    floor = {"calls": [], "agents": []}
    return SimpleNamespace(
        parts={"warehouse": warehouse}, live=SimpleNamespace(state=lambda: floor), audit=AUDIT, lookups=LOOKUPS
    )


def listed(web, user=SUPERVISOR, **parameters):
    return asyncio.run(calls.page(web, user, CallFilter.of(parameters, NOW)))


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
            begin, end = day["quarters"][quarter : quarter + 2]
            assert listed(web, **{"from": begin, "to": end, "direction": "inbound"}).totals.all_calls == count


def test_the_last_quarter_of_an_hour_of_floor_and_alerts_opens_the_very_waits_that_ended_in_it(web):
    marts, seen = web.parts["warehouse"], 0
    with marts.writing() as cursor:
        cursor.execute("insert into marts.dim_queue select distinct queue, queue, 20 from marts.fct_queue_visits")
    for now in range(int(NOON) - 4 * 3600, int(NOON) + 1, 611):
        counts = asyncio.run(floor.figures(marts, now + 0.7, ZONE))["lately"]
        period = {name: local(datetime.fromisoformat(counts[name]).timestamp()) for name in ("from", "to")}
        found = listed(web, visit="ended", **period).totals
        assert found.all_entries == counts["answered"] + counts["abandoned"] - counts["short_abandons"]
        assert found.entries_in_time == counts["answered_in_t"]
        for reading in asyncio.run(readings(marts, now + 0.7, ZONE))["service_level_15min"]:
            of = {"queue": reading.subject.id} if reading.subject.id else {}
            assert listed(web, visit="ended", **period, **of).totals.all_entries == reading.facts["n"]
        seen += found.all_entries
    assert seen > 0


def test_who_waited_in_a_time_is_listed_whenever_the_wait_began_or_ended(web):
    visits = asyncio.run(web.parts["warehouse"].fetch("select * from marts.fct_queue_visits where left_at is not null"))
    one = max(visits, key=lambda visit: visit["wait_seconds"])
    entered, left = (one[name].replace(tzinfo=UTC).timestamp() for name in ("entered_at", "left_at"))
    assert left - entered > 4
    inside = {"from": local(entered + 1), "to": local(left - 1), "queue": one["queue"]}
    assert one["call_id"] in {call["id"] for call in listed(web, visit="waited", **inside).calls}
    for outside in ((entered - 60, entered - 1), (left + 1, left + 60)):
        period = {"from": local(outside[0]), "to": local(outside[1])}
        assert one["call_id"] not in {call["id"] for call in listed(web, visit="waited", **period).calls}


def local(at: float) -> str:
    return datetime.fromtimestamp(int(at), ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")


def test_a_row_is_the_entry_that_the_figure_counts_with_its_own_wait(warehouse):  # noqa: F811
    """One caller through two queues: an entry in each list of a queue, one row in the house's."""
    feed(
        warehouse,
        told(
            (0, ev.CallArrived("c", "inbound", "13900000001", "96001")),
            (0, ev.CallQueued("c", "night", 0, 1)),
            (12, ev.QueueLeft("c", "night", "overflow", "day")),
            (12, ev.CallQueued("c", "day", 0, 1)),
            (19, ev.AgentRang("c", "s", "8001", "day")),
            (19, ev.RingEnded("c", "s", "8001", "answered")),
            (19, ev.QueueLeft("c", "day", "answered", "8001")),
            (19, ev.CallAnswered("c", "s", "8001", "day")),
            (60, ev.SegmentEnded("c", "s", "8001", "caller_hung_up")),
            (60, ev.CallEnded("c", "caller_hung_up", 200)),
        ),
    )
    floor_state = {"calls": [], "agents": []}
    web = SimpleNamespace(
        parts={"warehouse": warehouse}, live=SimpleNamespace(state=lambda: floor_state), audit=AUDIT, lookups=LOOKUPS
    )
    rows = {
        name: [(call["queue"], call["outcome"], call["wait_seconds"]) for call in listed(web, **more).calls]
        for name, more in {
            "day": {"visit": "offered", "queue": "day"},
            "night": {"visit": "offered", "queue": "night"},
            "house": {"visit": "offered"},
            "entries": {"visit": "offered", "level": "entry"},
        }.items()
    }
    assert rows == {
        "day": [("day", "answered", 7.0)],
        "night": [("night", "redirected", 12.0)],
        "house": [("day", "answered", 19.0)],
        "entries": [("day", "answered", 7.0), ("night", "redirected", 12.0)],
    }
    whole = listed(web, visit="offered", level="entry").totals
    assert (whole.all_entries, whole.all_calls, whole.all_rows) == (2, 1, 2)


def test_talking_calls_of_a_queue_are_those_that_are_in_it_now(web):
    calls_up = [{"id": "a", "queue": "general", "state": "talking"}, {"id": "b", "queue": "repair", "state": "talking"}]
    seats = [{"call_id": call["id"], "state": "talking"} for call in calls_up] + [{"call_id": None, "state": "talking"}]
    chosen = CallFilter.of({"state": "talking", "queue": "general"}, NOW)
    assert calls.ids_in({"calls": calls_up, "agents": seats}, chosen) == {"a"}
    assert calls.ids_in({"calls": calls_up, "agents": seats}, CallFilter.of({"state": "talking"}, NOW)) == {"a", "b"}


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
