"""Indicators over HTTP: the worked example through facts and marts, the rows behind, periods, groups and rights."""

import asyncio
import random
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import connect, event_log, migrate
from core.demo import installation
from core.installation.service import save_installation
from core.people.users import Role, User, create_user
from core.web import app as app_module
from core.web.app import build
from dashboards.pages.calls.filters import CallFilter
from dashboards.pages.calls.queries import page as list_page
from etl.feed import Feeder
from kpi.measures.catalogue import MEASURES, NOT_MEASURED
from tests.clock import ZONE
from tests.core.web.conftest import PASSWORD, Running, core, serving, until  # noqa: F401 - fixtures
from tests.kpi.asking import TODAY, ask
from tests.kpi.asking import day_as_begun as day
from tests.kpi.conftest import ENTRIES
from tests.kpi.floor_facts import Planned, facts_of

START = datetime.combine(TODAY - timedelta(days=1), datetime.min.time(), ZONE) + timedelta(hours=10)
PERIOD = f"from={day(-1)}&to={day(0)}"
WORKED = {
    "service_level.abandons_in_time_count": 83.02,
    "service_level.answered_only": 86.00,
    "service_level.strict": 81.13,
    "service_level.early_abandons_ignored": 82.69,
    "service_level.short_abandons_count": 82.08,
    "service_level.short_abandons_removed": 81.90,
}


def worked_example():
    """A = 1000, B = 60, A_20 = 860, B_20 = 20, B_5 = 10, over two hours in an order by chance."""
    kinds = [("answered", 8)] * 860 + [("answered", 35)] * 140
    kinds += [("abandoned", 4)] * 10 + [("abandoned", 14)] * 10 + [("abandoned", 50)] * 40
    random.Random(20).shuffle(kinds)
    return [
        Planned(6 * n, "general" if n % 3 else "repair", outcome, wait, agent="8001" if n % 2 else "8002")
        for n, (outcome, wait) in enumerate(kinds)
    ]


@pytest.fixture(scope="module")
def example_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("example")
    (home / "run").mkdir()
    engine = connect(f"sqlite:///{home / 'hotline.db'}")
    migrate(engine)
    with Session(engine) as session:
        for name, role, extension in (
            ("supervisor", "supervisor", None),
            ("admin", "admin", None),
            ("agent8001", "agent", "8001"),
            ("worker", "worker", None),
            ("wall", "wallboard", None),
        ):
            create_user(session, name, PASSWORD, role, extension=extension, commit=False)
        event_log.append(session, facts_of(worked_example(), START.timestamp()))
        save_installation(session, installation.demo_installation())
        session.commit()
    engine.dispose()
    return home


@pytest.fixture
async def example(example_home, core, monkeypatch):  # noqa: F811
    monkeypatch.setattr(app_module, "entry_points", lambda group: ENTRIES)
    app = build(example_home)
    async with serving(app) as port:
        made = Running(app, port)
        feeder: Feeder = made.web.parts["feeder"]
        await until(lambda: feeder.status()["state"] == "up" and feeder.status()["lag_s"] == 0, 60)
        yield made
        for client in made.clients:
            await client.aclose()


async def test_the_worked_example_gives_the_published_figures_from_facts_to_answer(example):
    client = await example.program("supervisor")
    for name, percent in WORKED.items():
        whole = await ask(client, "GET", f"/api/v1/indicators/{name}?{PERIOD}")
        (value,) = whole["values"]
        assert round(100 * value["value"], 2) == percent, name
        assert value["numerator"] / value["denominator"] == pytest.approx(value["value"], abs=1e-6)
        assert (whole["expression"], whole["demo"]) == (MEASURES[name].expression, False)
        for by in ("interval", "queue", "interval,queue"):
            split = await ask(client, "GET", f"/api/v1/indicators/{name}?{PERIOD}&by={by}")
            assert len(split["values"]) > 1
            for part in ("numerator", "denominator", "sample"):
                assert sum(one[part] for one in split["values"]) == value[part], (name, by)


async def test_the_list_of_each_figure_holds_exactly_the_entries_counted(example):
    client = await example.program("supervisor")
    user, now = User(1, "supervisor", "supervisor", Role.SUPERVISOR, None), datetime.fromtimestamp(utc_now(), ZONE)
    looked = 0
    for name in [one.id for one in MEASURES.values() if one.source == "visits"]:
        for by in ("", "queue", "interval,queue"):
            found = await ask(client, "GET", f"/api/v1/indicators/{name}?{PERIOD}&by={by}")
            for value in found["values"][:6]:
                if value["list"] is None:
                    continue
                parts = urlsplit(value["list"])
                listed = await list_page(example.web, user, CallFilter.of(dict(parse_qsl(parts.query)), now))
                counted = value["sample"] if value["list_shows"] == "denominator" else value["numerator"]
                assert (parts.path, listed.totals.all_entries) == ("/calls", counted), (name, value)
                if name == "asa" and counted <= 500:
                    waited = sum(call["wait_seconds"] for call in listed.calls)
                    assert waited == pytest.approx(value["numerator"]), value
                looked += 1
    assert looked > 60


async def test_another_threshold_than_the_queues_own_may_be_asked(example):
    client = await example.program("admin")
    strict = f"/api/v1/indicators/service_level.strict?{PERIOD}"
    (own,), (wide,) = [
        (await ask(client, "GET", f"{strict}{more}"))["values"] for more in ("&threshold=20", "&threshold=35")
    ]
    assert (own["numerator"], wide["numerator"]) == (860, 1000)
    assert wide["list"].endswith("&threshold=35")
    refused = await ask(client, "GET", f"/api/v1/indicators/asa?{PERIOD}&threshold=5", 422)
    assert refused["field"] == "threshold"


async def test_a_period_is_of_whole_quarters_and_local_times_are_the_site_s(example):
    client = await example.program("supervisor")
    local = f"from={day(-1)}T10:07&to={day(-1)}T10:20"
    found = await ask(client, "GET", f"/api/v1/indicators/answer_rate?{local}")
    begin, end = (datetime.fromisoformat(found[name]).astimezone(ZONE) for name in ("from", "to"))
    assert (begin, end) == (START, START + timedelta(minutes=30))
    # One call every six seconds.
    assert found["values"][0]["denominator"] == 300
    offset = await ask(client, "GET", f"/api/v1/indicators/answer_rate?from={day(-1)}T02:00Z&to={day(-1)}T02:30Z")
    assert offset["values"] == found["values"]


REFUSED = {
    f"from={day(0)}&to={day(-1)}": "to",
    f"from={day(-1)}&to={day(-1)}": "to",
    f"from={day(-400)}&to={day(0)}": "from",
    f"from={day(-40)}&to={day(0)}&by=interval": "from",
    "from=soon": "from",
    "by=weather": "by",
    "by=queue,agent": "by",
}


async def test_what_cannot_be_asked_names_the_field_and_the_remedy(example):
    client = await example.program("supervisor")
    for query, field in REFUSED.items():
        refused = await ask(client, "GET", f"/api/v1/indicators/service_level.strict?{query}", 422)
        assert refused["field"] == field, query
        assert refused["remedy"], query


async def test_an_unknown_indicator_and_one_without_facts_say_so(example):
    client = await example.program("supervisor")
    unknown = await ask(client, "GET", "/api/v1/indicators/happiness", 404)
    lacking = await ask(client, "GET", "/api/v1/indicators/csat", 409)
    for refused in (unknown, lacking):
        assert refused["field"] == "id"
        assert refused["remedy"]


async def test_a_period_without_calls_has_no_value_rather_than_nought(example):
    client = await example.program("supervisor")
    for one in MEASURES:
        found = await ask(client, "GET", f"/api/v1/indicators/{one}?from={day(-9)}&to={day(-8)}")
        assert [(v["value"], v["denominator"], v["sample"], v["enough"]) for v in found["values"]] == [
            (None, 0, 0, False)
        ], one
        for by in MEASURES[one].by:
            split = await ask(client, "GET", f"/api/v1/indicators/{one}?from={day(-9)}&to={day(-8)}&by={by}")
            assert split["values"] == []


async def test_an_agent_sees_the_own_figures_only_and_workers_and_walls_none(example):
    agent = await example.program("agent8001")
    own = await ask(agent, "GET", f"/api/v1/indicators/aht?{PERIOD}&by=agent")
    everybody = await ask(await example.program("supervisor"), "GET", f"/api/v1/indicators/aht?{PERIOD}&by=agent")
    assert [one["agent"] for one in everybody["values"]] == ["8001", "8002"]
    assert own["values"] == everybody["values"][:1]
    for query in (f"aht?{PERIOD}", f"aht?{PERIOD}&by=group", f"answer_rate?{PERIOD}"):
        refused = await ask(agent, "GET", f"/api/v1/indicators/{query}", 403)
        assert refused["field"] == "by"
    for name in ("worker", "wall"):
        client = await example.program(name)
        for path in ("/api/v1/indicators", f"/api/v1/indicators/aht?{PERIOD}&by=agent"):
            await ask(client, "GET", path, 403)
    assert (await example.anonymous().get("/api/v1/indicators")).status_code == 401


async def test_the_catalogue_names_everything_in_both_languages(example):
    client = await example.program("supervisor")
    found = await ask(client, "GET", "/api/v1/indicators")
    assert [one["id"] for one in found["items"]] == list(MEASURES)
    assert {one["id"] for one in found["not_measured"]} == set(NOT_MEASURED)
    for one in found["items"]:
        assert one["by"]
        assert one["names"]["en"] == MEASURES[one["id"]].name
        assert one["names"]["zh"] not in ("", one["names"]["en"])


async def test_figures_of_a_demo_site_are_labelled_and_agree_with_adherence_and_with_calls(office):
    client = await office.program("supervisor")
    since, ago = day(-6), f"from={day(-6)}&to={day(0)}"
    (adherence,) = (await ask(client, "GET", f"/api/v1/indicators/adherence?{ago}"))["values"]
    rosters = await ask(client, "GET", f"/api/v1/rosters/adherence?from={since}&days=6")
    assert adherence["value"] == pytest.approx(rosters["whole"]["adherence"], abs=1e-3)
    assert adherence["sample"] == rosters["whole"]["shifts"]
    by_group = await ask(client, "GET", f"/api/v1/indicators/adherence?{ago}&by=group")
    assert sum(one["denominator"] for one in by_group["values"]) == pytest.approx(adherence["denominator"], abs=1)
    answered = await ask(client, "GET", f"/api/v1/indicators/answer_rate?{ago}&by=queue")
    assert answered["demo"] is True
    assert {one["queue"] for one in answered["values"]} == {"general", "repair", "billing", "complaint"}


async def test_many_may_ask_at_once(example):
    client = await example.program("supervisor")
    paths = [f"/api/v1/indicators/{one}?{PERIOD}" for one in MEASURES]
    answers = await asyncio.gather(*(client.get(path, timeout=60) for path in paths))
    assert {answer.status_code for answer in answers} == {200}
