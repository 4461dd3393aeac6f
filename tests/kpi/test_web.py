"""Rosters over HTTP from a running web process before a warehouse of a week's calls: rights, figures, proposals."""

import asyncio
import shutil
from datetime import date, datetime, timedelta
from importlib.metadata import EntryPoint
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import app as app_module
from core.api.app import build
from core.clock import utc_now
from core.db import connect, event_log, migrate
from core.db.tables import AuditRow
from core.demo import history, roster, site
from core.people.site_service import save_site
from core.people.users import create_user
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from tests.core.api.conftest import PASSWORD, Running, core, serving, until  # noqa: F401 - fixtures

ZONE = ZoneInfo("Asia/Shanghai")
ENTRIES = [
    EntryPoint("10_etl", "etl.web:mount", "hotline.web"),
    EntryPoint("15_kpi", "kpi.web:mount", "hotline.web"),
]
TODAY = datetime.now(ZONE).date()


def day(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A home with nine days of demo calls in both databases, made once."""
    home = tmp_path_factory.mktemp("kpi")
    engine, now = connect(f"sqlite:///{home / 'hotline.db'}"), utc_now()
    migrate(engine)
    with Session(engine) as session:
        for name, role, extension in (
            ("supervisor", "supervisor", None),
            ("director", "director", None),
            ("qa", "qa", None),
            ("agent8001", "agent", "8001"),
            ("agent8002", "agent", "8002"),
        ):
            create_user(session, name, PASSWORD, role, extension=extension, commit=False)
        event_log.append(session, history.events(9, 5, now))
        roster.fill(session, now, "Asia/Shanghai")
        save_site(session, site.demo_site())
    warehouse = Warehouse(home / "warehouse.duckdb").open()
    prepare(warehouse)
    with engine.connect() as connection:
        last = 0
        while batch := event_log.read_after(connection, last, 20_000):
            load(warehouse, batch, "Asia/Shanghai")
            last = batch[-1][0]
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    warehouse.close()
    engine.dispose()
    return home


@pytest.fixture
def home(tmp_path, filled):
    for name in ("hotline.db", "warehouse.duckdb"):
        shutil.copy(filled / name, tmp_path / name)
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
async def office(home, core, monkeypatch):  # noqa: F811
    monkeypatch.setattr(app_module, "entry_points", lambda group: ENTRIES)
    app = build(home)
    async with serving(app) as port:
        made = Running(app, port)
        await until(lambda: made.web.parts["feeder"].status()["state"] == "up", 20)
        yield made
        for client in made.clients:
            await client.aclose()


async def ask(client, method, path, status=200, **more):
    answer = await client.request(method, path, **more)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content and "json" in answer.headers["content-type"] else answer


def free_day(found, extension, first=20):
    """A day ahead on which the agent has neither shift nor leave, with free days around it."""
    for n in range(first, 60):
        near = {day(n + k) for k in (-1, 0, 1)}
        if not any(s["extension"] == extension and s["day"] in near for s in found["shifts"]):
            return day(n)
    raise AssertionError(extension)


# --- who may what ----------------------------------------------------------------------------------------------


async def test_a_supervisor_sees_everybody_and_an_agent_only_the_own_roster(office):
    everybody = await ask(await office.program("supervisor"), "GET", f"/api/v1/rosters?from={day(-7)}")
    own = await ask(await office.program("agent8001"), "GET", f"/api/v1/rosters?from={day(-7)}")
    assert len(everybody["agents"]) == 12
    assert {shift["extension"] for shift in everybody["shifts"]} > {"8001"}
    assert [agent["extension"] for agent in own["agents"]] == ["8001"]
    assert {shift["extension"] for shift in own["shifts"]} == {"8001"}
    assert {shift["id"] for shift in own["shifts"]} < {shift["id"] for shift in everybody["shifts"]}


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("agent8001", "POST", "/api/v1/rosters/shifts", 403),
        ("director", "POST", "/api/v1/rosters/shifts", 403),
        ("director", "GET", "/api/v1/rosters/settings", 200),
        ("agent8001", "GET", "/api/v1/rosters/coverage?from=2026-11-23", 403),
        ("agent8001", "GET", "/api/v1/rosters/forecast?queue=general&from=2026-11-23", 403),
        ("agent8001", "POST", "/api/v1/rosters/proposals", 403),
        ("agent8001", "PUT", "/api/v1/rosters/settings", 403),
        ("agent8001", "GET", "/api/v1/rosters/8002.ics", 404),
        ("agent8001", "POST", "/api/v1/rosters/8002/link", 404),
        ("agent8001", "GET", "/api/v1/rosters/adherence?from=2026-11-23&agent=8002", 404),
        ("director", "POST", "/api/v1/rosters/8002/link", 403),
        ("director", "DELETE", "/api/v1/rosters/leaves/1", 403),
        ("supervisor", "POST", "/api/v1/rosters/swaps", 403),
        ("qa", "GET", "/api/v1/rosters?from=2026-11-23", 403),
        ("", "GET", "/api/v1/rosters?from=2026-11-23", 401),
    ],
)
async def test_each_role_gets_no_further_than_its_work(office, who, method, path, status):
    client = await office.program(who) if who else office.anonymous()
    answer = await client.request(method, path, json={} if method in ("POST", "PUT") else None)
    assert answer.status_code == status, answer.text


# --- shifts, leave, swaps --------------------------------------------------------------------------------------


async def test_a_shift_is_put_moved_and_removed_and_open_pages_are_told(office):
    client = await office.program("supervisor")
    told = []
    office.web.live.say = lambda message, _to: told.append(message["type"])
    found = await ask(client, "GET", f"/api/v1/rosters?from={day(0)}&days=35")
    free, template = free_day(found, "8001"), found["templates"][0]
    body = {"extension": "8001", "day": free, "template": template["id"], "note": "帮忙"}
    shift = await ask(client, "POST", "/api/v1/rosters/shifts", 201, json=body)
    assert (shift["start"], shift["end"], shift["note"]) == (template["start"], template["end"], "帮忙")
    own = {"extension": "8001", "day": free, "start": "22:00", "end": "6:30", "breaks": [["1:00", "1:30"]]}
    moved = await ask(client, "PUT", f"/api/v1/rosters/shifts/{shift['id']}", json=own)
    assert (moved["id"], moved["end"], moved["next_day"], moved["paid_h"]) == (shift["id"], "06:30", True, 8.0)
    assert moved["breaks"] == [["01:00", "01:30"]]
    await ask(client, "DELETE", f"/api/v1/rosters/shifts/{shift['id']}")
    assert told == ["roster"] * 3
    with Session(office.web.database) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject == "8001").order_by(AuditRow.id)).all()
    assert [(row.user_name, row.action) for row in rows] == [
        ("supervisor", "roster_shift_put"),
        ("supervisor", "roster_shift_moved"),
        ("supervisor", "roster_shift_removed"),
    ]


async def test_a_broken_rule_is_told_in_chinese_with_field_and_remedy(office):
    client = await office.program("supervisor")
    found = await ask(client, "GET", f"/api/v1/rosters?from={day(1)}")
    taken = found["shifts"][0]
    body = {"extension": taken["extension"], "day": taken["day"], "start": taken["start"], "end": taken["end"]}
    said = await ask(client, "POST", "/api/v1/rosters/shifts", 409, json=body, headers={"Accept-Language": "zh"})
    assert said["field"] == "day"
    assert "此时段已有班次" in said["detail"]
    assert said["remedy"] == "请先移动或去掉那一班。"
    again = await ask(client, "GET", f"/api/v1/rosters?from={day(1)}")
    assert again["shifts"] == found["shifts"]
    assert again["version"] == found["version"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start": "25:00", "end": "9:00"}, "start"),
        ({"start": "8:00", "end": "soon"}, "end"),
        ({"start": "8:00", "end": "16:00", "breaks": [["12:00", "x"]]}, "breaks"),
        ({"start": "8:00", "end": "8:30"}, "end"),
        ({"template": 4711}, "template"),
        ({"day": "2026-02-30", "start": "8:00", "end": "16:00"}, "day"),
        ({"extension": "9999", "start": "8:00", "end": "16:00"}, "extension"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_field(office, body, field):
    client = await office.program("supervisor")
    answer = await client.post("/api/v1/rosters/shifts", json={"extension": "8001", "day": day(50), **body})
    assert answer.status_code in (404, 409, 422)
    assert answer.json()["field"] == field
    assert answer.json()["detail"]


async def test_an_agent_asks_for_leave_and_the_supervisor_decides(office):
    agent, chief = await office.program("agent8001"), await office.program("supervisor")
    body = {"first_day": day(40), "last_day": day(41), "reason": "年假"}
    asked = await ask(agent, "POST", "/api/v1/rosters/leaves/own", 201, json=body)
    assert asked["state"] == "asked"
    waiting = await ask(chief, "GET", f"/api/v1/rosters?from={day(0)}")
    assert asked["id"] in [leave["id"] for leave in waiting["asked_leave"]]
    path = f"/api/v1/rosters/leaves/{asked['id']}"
    done = await ask(chief, "POST", f"{path}/decision", json={"approve": True, "words": "好"})
    assert (done["state"], done["decided_by"], done["first_day"], done["last_day"]) == (
        "approved",
        "supervisor",
        day(40),
        day(41),
    )
    assert (await agent.delete(path)).status_code == 409
    assert (await ask(chief, "DELETE", path))["state"] == "withdrawn"


async def test_a_swap_goes_from_hand_to_hand(office):
    chief = await office.program("supervisor")
    asker, colleague = await office.program("agent8001"), await office.program("agent8002")
    shifts = []
    for extension, offset in (("8001", 45), ("8002", 47)):
        body = {"extension": extension, "day": day(offset), "start": "8:00", "end": "16:00"}
        shifts.append(await ask(chief, "POST", "/api/v1/rosters/shifts", 201, json=body))
    found = await ask(asker, "GET", f"/api/v1/rosters/swaps/candidates?shift={shifts[0]['id']}")
    assert {"8002"} <= {one["extension"] for one in found["candidates"]}
    body = {"shift_id": shifts[0]["id"], "other_extension": "8002", "other_shift_id": shifts[1]["id"]}
    swap = await ask(asker, "POST", "/api/v1/rosters/swaps", 201, json=body)
    path = f"/api/v1/rosters/swaps/{swap['id']}"
    assert (await chief.post(f"{path}/decision", json={"approve": True})).status_code == 409
    assert (await asker.post(f"{path}/answer", json={"accept": True})).status_code == 403
    await ask(colleague, "POST", f"{path}/answer", json={"accept": True})
    await ask(chief, "POST", f"{path}/decision", json={"approve": True})
    after = await ask(chief, "GET", f"/api/v1/rosters?from={day(45)}&days=3")
    hands = {shift["id"]: shift["extension"] for shift in after["shifts"]}
    assert (hands[shifts[0]["id"]], hands[shifts[1]["id"]]) == ("8002", "8001")


# --- forecast and coverage -------------------------------------------------------------------------------------


def offered(office, queue, when, first, last):
    """From the visits themselves: what a list of calls would show."""
    rows = office.web.parts["warehouse"].query(
        """select count(*) as n from marts.fct_queue_visits
        where ($queue::varchar is null or queue = $queue) and outcome <> 'waiting'
        and timezone('Asia/Shanghai', timezone('UTC', entered_at)) >= $first::timestamp
        and timezone('Asia/Shanghai', timezone('UTC', entered_at)) < $last::timestamp""",
        {"queue": queue, "first": f"{when} {first}", "last": f"{when} {last}"},
    )
    return rows[0]["n"]


async def test_actual_and_baseline_are_the_calls_behind_them(office):
    client = await office.program("supervisor")
    past = await ask(client, "GET", f"/api/v1/rosters/day?day={day(-2)}&pool=general")
    assert past["past"] is True
    for slot in (0, 36, 40, 60, 95):
        end = f"{(slot + 1) // 4:02d}:{(slot + 1) % 4 * 15:02d}" if slot < 95 else "23:59:59.999999"
        line = past["lines"][slot]
        assert line["actual"] == offered(office, "general", day(-2), line["at"], end)
        assert line["forecast"] is None
    tomorrow = await ask(client, "GET", f"/api/v1/rosters/day?day={day(1)}")
    line = tomorrow["lines"][40]
    assert line["baseline"] == offered(office, None, day(1 - 7 * int(line["baseline_weeks"])), "10:00", "10:15")
    assert line["actual"] is None
    assert line["needed"] >= line["agents"] > line["load"]
    assert tomorrow["patience_s"] > 20
    assert all(0 <= one["abandoned"] <= 1 for one in tomorrow["lines"])


async def test_the_forecast_stands_beside_its_baseline_with_both_errors(office):
    client = await office.program("director")
    found = await ask(client, "GET", f"/api/v1/rosters/forecast?queue=general&from={day(1)}&minutes=30")
    assert len(found["forecast"]) == len(found["baseline"]) == 14
    assert all(len(row) == 48 for row in found["forecast"])
    assert found["measured"]["ours"]["wape"] > 0
    assert found["measured"]["naive"]["wape"] > 0
    assert found["handling"]["answered"] > 100
    seconds = found["handling"]["talk_s"] + found["handling"]["hold_s"] + found["handling"]["wrap_up_s"]
    assert found["handling"]["aht_s"] == pytest.approx(seconds / found["handling"]["answered"], abs=0.1)
    same = (date.fromisoformat(day(1)) - timedelta(days=7)).isoformat()
    assert sum(found["baseline"][0]) == offered(office, "general", same, "00:00", "23:59:59.999999")
    bad = await client.get(f"/api/v1/rosters/forecast?queue=general&from={day(1)}&minutes=20")
    assert (bad.status_code, bad.json()["field"]) == (422, "minutes")
    gone = await client.get(f"/api/v1/rosters/forecast?queue=nowhere&from={day(1)}")
    assert (gone.status_code, gone.json()["field"]) == (404, "queue")


async def test_every_forecast_figure_opens_the_days_it_rests_on(office):
    client = await office.program("supervisor")
    path = f"/api/v1/rosters/forecast/witnesses?queue=repair&day={day(3)}&from=09:00&to=10:00"
    found = await ask(client, "GET", path)
    assert found["witnesses"]
    assert sum(one["weight"] for one in found["witnesses"]) == pytest.approx(1, abs=1e-3)
    for one in found["witnesses"]:
        assert one["calls"] == offered(office, "repair", one["day"], "09:00", "10:00")


async def test_coverage_adds_up_and_its_marks_agree_with_its_figures(office):
    client = await office.program("supervisor")
    found = await ask(client, "GET", f"/api/v1/rosters/coverage?from={day(-2)}&days=6")
    assert found["past"] == 2
    assert [pool["id"] for pool in found["pools"]] == ["all", "general", "repair", "billing", "complaint"]
    for needed, there, marks, short in zip(
        found["needed"], found["rostered"], found["marks"], found["short_h"], strict=True
    ):
        assert short == pytest.approx(sum(max(0, n - t) for n, t in zip(needed, there, strict=True)) / 4, abs=0.01)
        for need, people, mark in zip(needed, there, marks, strict=True):
            assert (mark == ".") == (people >= need)
    repair = await ask(client, "GET", f"/api/v1/rosters/coverage?from={day(-2)}&days=6&pool=repair")
    assert all(
        a <= b for x, y in zip(repair["rostered"], found["rostered"], strict=True) for a, b in zip(x, y, strict=True)
    )
    assert (await client.get(f"/api/v1/rosters/coverage?from={day(0)}&pool=nowhere")).status_code == 404


async def test_a_shift_put_in_shows_at_once_in_the_coverage(office):
    client = await office.program("supervisor")
    when = day(50)
    before = await ask(client, "GET", f"/api/v1/rosters/coverage?from={when}&days=1")
    body = {"extension": "8001", "day": when, "start": "8:00", "end": "16:00", "breaks": [["12:00", "12:30"]]}
    await ask(client, "POST", "/api/v1/rosters/shifts", 201, json=body)
    after = await ask(client, "GET", f"/api/v1/rosters/coverage?from={when}&days=1")
    gained = [b - a for a, b in zip(before["rostered"][0], after["rostered"][0], strict=True)]
    assert [n for n, one in enumerate(gained) if one] == [*range(32, 48), *range(50, 64)]


async def test_the_office_s_figures_change_the_need_and_impossible_ones_are_refused(office):
    client = await office.program("supervisor")
    settings = await ask(client, "GET", "/api/v1/rosters/settings")
    path = f"/api/v1/rosters/coverage?from={day(1)}&days=7"
    before = await ask(client, "GET", path)
    await ask(client, "PUT", "/api/v1/rosters/settings", json={**settings, "shrinkage": 0.4})
    after = await ask(client, "GET", path)
    assert sum(map(sum, after["needed"])) > 1.2 * sum(map(sum, before["needed"]))
    bad = await client.put("/api/v1/rosters/settings", json={**settings, "least_rest_h": 30})
    assert (bad.status_code, bad.json()["field"]) == (422, "least_rest_h")


# --- proposals -------------------------------------------------------------------------------------------------


async def finished(client, draft_id):
    async with asyncio.timeout(100):
        while True:
            found = await ask(client, "GET", f"/api/v1/rosters/proposals/{draft_id}")
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.2)


async def test_a_proposal_is_worked_out_beside_the_pages_compared_and_taken_over_once(office):
    client = await office.program("supervisor")
    assert (await client.get("/api/v1/rosters/proposals/newest")).status_code == 404
    body = {"from": day(1), "days": 7, "limit_s": 5}
    asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json=body)
    # The pages go on being served meanwhile, and a second one has to wait.
    assert (await client.post("/api/v1/rosters/proposals", json=body)).status_code == 409
    assert (await client.get("/api/v1/me")).status_code == 200
    done = await finished(client, asked["id"])
    assert done["state"] == "done", done["report"]
    report = done["report"]
    assert sum(report["after"]["short_h"].values()) <= sum(report["before"]["short_h"].values())
    assert report["after"]["shifts"] == len(done["shifts"]) == report["added"] + report["kept"]
    counts = await ask(client, "POST", f"/api/v1/rosters/proposals/{asked['id']}/take-over")
    assert counts == {name: report[name] for name in ("added", "removed", "kept")}
    found = await ask(client, "GET", f"/api/v1/rosters?from={day(1)}&days=7")
    place = ("extension", "starts_at", "ends_at", "name", "template")
    standing = sorted(tuple(shift[name] for name in place) for shift in found["shifts"])
    assert standing == sorted(tuple(shift[name] for name in place) for shift in done["shifts"])
    assert (await client.post(f"/api/v1/rosters/proposals/{asked['id']}/take-over")).status_code == 409
    coverage = await ask(client, "GET", f"/api/v1/rosters/coverage?from={day(1)}&days=7")
    assert sum(coverage["short_h"]) == pytest.approx(report["after"]["short_h"]["all"], abs=0.3)


async def test_a_proposal_can_be_cancelled_and_its_process_is_gone(office):
    client = await office.program("supervisor")
    body = {"from": day(1), "days": 14, "limit_s": 120}
    asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json=body)
    proposals = office.web.parts["proposals"]
    await until(lambda: asked["id"] in proposals.processes, 20)
    process = proposals.processes[asked["id"]]
    done = await ask(client, "POST", f"/api/v1/rosters/proposals/{asked['id']}/cancel")
    assert done["state"] == "cancelled"
    assert process.returncode is not None
    body["limit_s"] = 5
    again = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json={**body, "days": 2})
    assert (await finished(client, again["id"]))["state"] == "done"


async def test_days_that_have_begun_are_not_proposed_for(office):
    client = await office.program("supervisor")
    said = await client.post("/api/v1/rosters/proposals", json={"from": day(0)})
    assert (said.status_code, said.json()["field"]) == (422, "from")


async def test_a_killed_solver_is_told_in_words_and_the_next_one_works(office):
    client = await office.program("supervisor")
    asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json={"from": day(1), "limit_s": 120})
    proposals = office.web.parts["proposals"]
    await until(lambda: asked["id"] in proposals.processes, 20)
    proposals.processes[asked["id"]].kill()
    done = await finished(client, asked["id"])
    assert done["state"] == "failed"
    assert done["report"]["error"]["remedy"]


async def test_a_house_that_ends_meanwhile_leaves_no_solver_and_no_running_draft(home, core):  # noqa: F811
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_module, "entry_points", lambda group: ENTRIES)
        app = build(home)
        async with serving(app) as port:
            made = Running(app, port)
            client = await made.program("supervisor")
            asked = await ask(client, "POST", "/api/v1/rosters/proposals", 202, json={"from": day(1), "limit_s": 120})
            proposals = made.web.parts["proposals"]
            await until(lambda: asked["id"] in proposals.processes, 20)
            process = proposals.processes[asked["id"]]
            await client.aclose()
        assert process.returncode is not None
        app = build(home)
        async with serving(app) as port:
            client = await Running(app, port).program("supervisor")
            found = await ask(client, "GET", f"/api/v1/rosters/proposals/{asked['id']}")
            assert found["state"] == "failed"
            await client.aclose()


# --- adherence -------------------------------------------------------------------------------------------------


async def test_the_past_adds_up_and_each_shift_opens_to_its_stretches(office):
    client = await office.program("supervisor")
    found = await ask(client, "GET", f"/api/v1/rosters/adherence?from={day(-8)}&days=9")
    whole = found["whole"]
    assert 0.5 < whole["adherence"] < 1
    assert whole["scheduled_s"] == pytest.approx(sum(one["scheduled_s"] for one in found["agents"]), abs=20)
    looked = 0
    for agent in found["agents"][:4]:
        assert agent["adherent_s"] == pytest.approx(sum(one["adherent_s"] for one in agent["by_shift"]), abs=10)
        for one in agent["by_shift"][:3]:
            opened = await ask(client, "GET", f"/api/v1/rosters/adherence/shifts/{one['shift']['id']}")
            # A shift that goes on is a moment longer by now.
            for name in ("scheduled_s", "adherent_s", "worked_s", "late_s"):
                assert opened["sums"][name] == pytest.approx(one[name], abs=30)
            pieces = opened["pieces"]
            adherent = sum(piece["seconds"] for piece in pieces if piece["adherent"])
            assert adherent == pytest.approx(opened["sums"]["adherent_s"], abs=len(pieces) + 1)
            looked += len(pieces)
    assert looked > 100


async def test_an_agent_sees_the_own_adherence_only(office):
    client, other = await office.program("agent8001"), await office.program("agent8002")
    found = await ask(client, "GET", f"/api/v1/rosters/adherence?from={day(-8)}&days=9")
    assert [one["extension"] for one in found["agents"]] == ["8001"]
    shift = found["agents"][0]["by_shift"][0]["shift"]["id"]
    assert (await other.get(f"/api/v1/rosters/adherence/shifts/{shift}")).status_code == 404
    now = await ask(client, "GET", "/api/v1/rosters/adherence/now")
    assert [one["extension"] for one in now["agents"]] == ["8001"]


async def test_now_compares_the_roster_with_the_live_floor(office, core):  # noqa: F811
    client = await office.program("supervisor")
    now = datetime.now(ZONE)
    around = await ask(client, "GET", f"/api/v1/rosters?from={day(-2)}&days=5")
    for shift in around["shifts"]:
        if shift["extension"] == "8001":
            await ask(client, "DELETE", f"/api/v1/rosters/shifts/{shift['id']}")
    begin, end = now - timedelta(hours=1), now + timedelta(hours=2)
    body = {"extension": "8001", "day": begin.date().isoformat(), "start": f"{begin:%H:%M}", "end": f"{end:%H:%M}"}
    await ask(client, "POST", "/api/v1/rosters/shifts", 201, json=body)

    async def here(state, **more):
        seat = {"extension": "8001", "name": "王芳", "state": state, "call_id": None, **more}
        core.push(agents=[seat])
        await until(lambda: (office.web.live.agent("8001") or {}).get("state") == state)
        found = await ask(client, "GET", "/api/v1/rosters/adherence/now")
        return next(one for one in found["agents"] if one["extension"] == "8001")

    since = (now - timedelta(minutes=20)).astimezone(ZoneInfo("UTC")).isoformat().replace("+00:00", "Z")
    ready = await here("ready", since=since)
    assert (ready["plan"], ready["adherent"], ready["off_since"]) == ("work", True, None)
    rests = await here("break", since=since, reason="小休")
    assert (rests["adherent"], rests["reason"]) == (False, "小休")
    assert datetime.fromisoformat(rests["off_since"]) == pytest.approx(
        now - timedelta(minutes=20), abs=timedelta(seconds=2)
    )


# --- calendars -------------------------------------------------------------------------------------------------


async def test_a_calendar_is_read_with_a_token_that_opens_nothing_else(office):
    client = await office.program("agent8001")
    answer = await ask(client, "GET", "/api/v1/rosters/8001.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
    shown = await ask(client, "GET", f"/api/v1/rosters?from={day(0)}&days=14")
    starts = {
        event["DTSTART"].dt
        for event in events
        if not isinstance(event["DTSTART"].dt, date) or "TZID" in event["DTSTART"].params
    }
    assert {datetime.fromisoformat(shift["starts_at"]) for shift in shown["shifts"]} <= starts
    link = await ask(client, "POST", "/api/v1/rosters/8001/link", 201)
    stranger = office.anonymous()
    assert (await stranger.get(link["path"])).status_code == 200
    token = link["path"].partition("token=")[2]
    for path in (f"/api/v1/rosters/8001.ics?token={token}", f"/api/v1/rosters?from={day(0)}&token={token}"):
        assert (await stranger.get(path)).status_code == 401
    refused = await stranger.get("/api/v1/rosters/8001.ics", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert (await client.delete("/api/v1/rosters/8001/link")).status_code == 204
    assert (await stranger.get(link["path"])).status_code == 404
