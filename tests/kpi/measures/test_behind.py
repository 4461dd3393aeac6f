"""The rows behind every figure add up to it: numerator, denominator, whatever group and whatever period."""

import asyncio
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from core.clock import utc_now
from core.installation.definition import Installation
from core.people.audit import AuditQuery, page
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.measures import behind
from kpi.measures.catalogue import MEASURES, measure
from kpi.measures.counting import MeasureQuery, Measuring
from tests.clock import ZONE
from tests.etl.conftest import NOON, day_of_calls
from tests.etl.order_facts import day_of_orders
from tests.kpi.asking import ask, day
from tests.kpi.test_indicators_api import PERIOD, example, example_home  # noqa: F401 - fixtures

DAY = 86_400
MART_SOURCES = tuple(one for one in MEASURES.values() if one.source != "rosters")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    made = Warehouse(tmp_path_factory.mktemp("behind") / "warehouse.duckdb").open()
    prepare(made)
    calls = day_of_calls()
    load(made, calls, "Asia/Shanghai")
    orders = [(number + calls[-1][0], event) for number, event in day_of_orders()]
    load(made, orders, "Asia/Shanghai")
    yield made
    made.close()


def summed(found):
    return sum(one.numerator for one in found), sum(one.denominator for one in found)


@pytest.mark.parametrize("one", MART_SOURCES, ids=lambda one: one.id)
def test_rows_add_up_to_the_figure_of_every_group(warehouse, one):
    measuring = Measuring(None, warehouse, ZONE, Installation(1, "example"))
    now = NOON + 40 * DAY

    def ask_for(*by, **more):
        return MeasureQuery(one, NOON - DAY, NOON + DAY, by, now, **more)

    levels = [{}] if one.source != "visits" else [{"level": "entry"}, {"level": "caller"}]
    for more in levels:
        ((_, row),) = asyncio.run(measuring.answer(ask_for(**more)))
        rows = asyncio.run(behind.items(measuring, ask_for(**more), {}))
        assert summed(rows) == pytest.approx((one.of.numerator(row), one.of.denominator(row))), more
        assert all(item.numerator or item.denominator for item in rows)
    for name in one.by:
        if name == "interval":
            continue
        for group, row in asyncio.run(measuring.answer(ask_for(name))):
            chosen = {name: group[name] or "none"}
            rows = asyncio.run(behind.items(measuring, ask_for(name), chosen))
            assert summed(rows) == pytest.approx((one.of.numerator(row), one.of.denominator(row))), chosen


def test_most_figures_of_the_example_count_something(warehouse):
    measuring = Measuring(None, warehouse, ZONE, Installation(1, "example"))
    # Calls of the example are scored by nobody.
    asked = [
        MeasureQuery(one, NOON - DAY, NOON + DAY, (), NOON + 40 * DAY)
        for one in MART_SOURCES
        if not one.id.startswith("qa_")
    ]
    busy = [question for question in asked if asyncio.run(behind.items(measuring, question, {}))]
    assert len(busy) > len(asked) - 7


async def test_every_figure_has_a_list_and_rows_that_add_up_over_http(example):  # noqa: F811
    client = await example.program("supervisor")
    for name in MEASURES:
        for by in ("", *(word for word in MEASURES[name].by if word != "interval"))[:3]:
            found = await ask(client, "GET", f"/api/v1/indicators/{name}?{PERIOD}&by={by}")
            for value in found["values"][:3]:
                assert value["list"].startswith(("/calls?", "/orders?", "/figures?")), name
                rows = await ask(client, "GET", value["rows"])
                assert rows["sum_numerator"] == pytest.approx(value["numerator"], abs=0.01), (name, by)
                assert rows["sum_denominator"] == pytest.approx(value["denominator"], abs=0.01), (name, by)
                assert len(rows["items"]) == min(rows["count"], 500)


async def test_the_rows_of_one_quarter_and_of_another_threshold_are_those(example):  # noqa: F811
    client = await example.program("supervisor")
    path = f"/api/v1/indicators/service_level.strict?{PERIOD}&by=interval&threshold=10"
    for value in (await ask(client, "GET", path))["values"]:
        assert dict(parse_qsl(urlsplit(value["list"]).query))["threshold"] == "10"
        rows = await ask(client, "GET", value["rows"])
        assert (rows["sum_numerator"], rows["sum_denominator"]) == (value["numerator"], value["denominator"])


async def test_pages_of_rows_follow_each_other_and_asa_s_waits_add_up(example):  # noqa: F811
    client = await example.program("supervisor")
    (value,) = (await ask(client, "GET", f"/api/v1/indicators/asa?{PERIOD}"))["values"]
    seen, cursor = [], 0
    while cursor is not None:
        page = await ask(client, "GET", f"{value['rows']}&limit=300&cursor={cursor}")
        seen += page["items"]
        cursor = page["next"]
    assert len(seen) == len({row["id"] for row in seen}) == 1000
    assert sum(row["wait_seconds"] for row in seen) == pytest.approx(value["numerator"])


async def test_an_agent_sees_rows_of_the_own_figures_only(example):  # noqa: F811
    agent = await example.program("agent8001")
    rows = await ask(agent, "GET", f"/api/v1/indicators/aht/rows?{PERIOD}")
    whole = await ask(await example.program("supervisor"), "GET", f"/api/v1/indicators/aht/rows?{PERIOD}")
    assert {row["agent"] for row in rows["items"]} == {"8001"}
    assert 0 < rows["count"] < whole["count"]
    refused = await ask(agent, "GET", f"/api/v1/indicators/asa/rows?{PERIOD}", 403)
    assert refused["remedy"]
    assert (await ask(agent, "GET", f"/api/v1/indicators/aht/rows?{PERIOD}&district=x", 422))["field"] == "district"


async def test_no_number_stands_in_a_row_s_address_and_who_read_the_rows_is_in_the_audit(office):
    path = f"/api/v1/indicators/callback_rate(60)/rows?from={day(-6)}&to={day(0)}"
    for name, shown in (("supervisor", "whole"), ("qa", "masked")):
        found = await ask(await office.program(name), "GET", path)
        assert found["items"], name
        for row in found["items"]:
            assert ("*" in row["id"], row["link"] is None) == (shown == "masked",) * 2
        await office.web.audit.write()
        lines = await office.web.in_session(lambda session, who=name: page(session, AuditQuery(who=who), 1)[0])
        assert (lines[0].action, lines[0].detail["numbers"]) == ("figure_opened", shown)
    found = await ask(await office.program("supervisor"), "GET", path)
    for row in found["items"]:
        asked = dict(parse_qsl(urlsplit(row["link"]).query))
        assert row["id"] not in row["link"]
        assert office.web.sessions.seal.open(asked["caller"]) == row["id"]
        # The site's day, also where Greenwich has the day before.
        assert asked["from"] == datetime.fromisoformat(row["at"]).astimezone(ZONE).date().isoformat()


async def test_shifts_behind_adherence_add_up(office):
    client = await office.program("supervisor")
    first = day(-6)
    (value,) = (await ask(client, "GET", f"/api/v1/indicators/adherence?from={first}&to={day(0)}"))["values"]
    rows = await ask(client, "GET", value["rows"])
    assert (rows["count"], rows["items"][0]["kind"]) == (value["sample"], "shift")
    assert rows["sum_numerator"] == pytest.approx(value["numerator"], abs=0.01)
    assert datetime.fromisoformat(rows["items"][0]["at"]).timestamp() < utc_now()
    # A night shift of the day before reaches into it.
    began = datetime.fromisoformat(rows["items"][-1]["at"]).astimezone(ZONE).date()
    assert began >= date.fromisoformat(first) - timedelta(days=1)


def test_an_id_with_n_has_rows_too(warehouse):
    measuring = Measuring(None, warehouse, ZONE, Installation(1, "example"))
    question = MeasureQuery(measure("fcr.no_repeat(1)"), NOON - DAY, NOON + DAY, (), NOON + 40 * DAY)
    assert asyncio.run(behind.items(measuring, question, {}))
