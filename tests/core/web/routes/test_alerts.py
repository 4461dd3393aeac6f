"""Alerts over HTTP and on the live socket, in a running web process."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AlertRow, AuditRow
from core.drivers.notify.fake import FakeNotifier
from core.notify import sender
from core.notify import watcher as watcher_module
from core.web.routes.alerts import DIALLING_EVERY_S, Logged
from tests.core.web.conftest import until
from tests.core.web.routes.test_live import listening, message

RULE = {"figure": "waiting", "scope": "queue", "warn": 5, "alarm": 10, "clear": 3, "clear_after_s": 0}


def queue(waiting):
    return {"id": "general", "name": "综合服务", "waiting": waiting, "ready": 1, "staffed": 1}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(watcher_module, "LOOK_EVERY_S", 0.02)


@pytest.fixture
async def raised(site, core):
    """A rule and its alert, open."""
    supervisor = await site.browser("supervisor")
    answer = await supervisor.post("/api/v1/alert-rules", json=RULE)
    assert answer.status_code == 201, answer.text
    core.push(queues=[queue(6)])
    return supervisor, await opened(supervisor)


async def opened(client):
    found = []

    async def ask():
        found[:] = (await client.get("/api/v1/alerts?open=true")).json()["items"]
        return bool(found)

    for _ in range(500):
        if await ask():
            return found[0]
    raise AssertionError("no alert was raised")


def audits(site):
    """What was done to alerts and their rules; log-ins have lines, too."""
    with Session(site.web.database) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action.startswith("alert_")).order_by(AuditRow.id))
        return [(row.action, row.subject, row.user_name) for row in rows]


async def test_an_alert_is_raised_pushed_acknowledged_and_over(site, core):
    supervisor = await site.browser("supervisor")
    await supervisor.post("/api/v1/alert-rules", json=RULE)
    async with listening(site, supervisor) as socket:
        core.push(queues=[queue(6)])
        while not (told := await message(socket, "alerts"))["open"]:
            pass
        (row,) = told["open"]
        assert (row["figure"], row["subject_name"], row["value"], row["severity"]) == ("waiting", "综合服务", 6, "warn")
        assert told["today"] == {"raised": 1, "acknowledged": 0, "over": 0}
        answer = await supervisor.post(f"/api/v1/alerts/{row['id']}/acknowledge", json={"words": "已加派"})
        assert answer.json()["acknowledged_by"] == "supervisor"
        while not (told := await message(socket, "alerts"))["today"]["acknowledged"]:
            pass
        assert told["open"][0]["acknowledged_words"] == "已加派"
        core.push(queues=[queue(1)])
        while (told := await message(socket, "alerts"))["open"]:
            pass
        assert told["settled"][0]["cleared_why"] == "eased"
    assert [action for action, *_ in audits(site)] == ["alert_rule_added", "alert_acknowledged"]


async def test_alerts_are_pushed_to_those_who_may_read_them_only(site, raised):
    for name in ("agent8001", "wallboard", "qa"):
        client = await site.browser(name)
        async with listening(site, client) as socket:
            kinds = {(await message(socket))["type"] for _ in range(1)}
            site.web.live.say({"type": "end"}, lambda _user: True)
            site.web.parts["alerts"]._publish(0.0)
            while (got := await message(socket))["type"] != "end":
                kinds.add(got["type"])
        assert "alerts" not in kinds
    director = await site.browser("director")
    async with listening(site, director) as socket:
        assert (await message(socket, "alerts"))["open"]


@pytest.mark.parametrize(
    ("name", "read", "change"),
    [("supervisor", 200, 201), ("admin", 200, 201), ("director", 200, 403), ("agent8001", 403, 403), ("qa", 403, 403)],
)
async def test_roles(site, raised, name, read, change):
    client = await site.program(name)
    for path in ("alerts", "alerts/now", "alert-rules", "alert-figures", f"alerts/{raised[1]['id']}"):
        assert (await client.get(f"/api/v1/{path}")).status_code == read, path
    assert (await client.post("/api/v1/alert-rules", json=RULE)).status_code == change
    acknowledged = await client.post(f"/api/v1/alerts/{raised[1]['id']}/acknowledge", json={})
    assert acknowledged.status_code == (200 if change == 201 else 403)


async def test_a_second_acknowledgement_says_who_was_faster(site, raised):
    supervisor, row = raised
    assert (await supervisor.post(f"/api/v1/alerts/{row['id']}/acknowledge", json={"words": ""})).status_code == 200
    admin = await site.browser("admin")
    answer = await admin.post(f"/api/v1/alerts/{row['id']}/acknowledge", json={"words": "我来"})
    assert (answer.status_code, answer.json()["detail"]) == (409, "supervisor 已确认此告警。")


async def test_rules_are_kept_changed_removed_and_audited(site, core):
    admin = await site.browser("admin")
    rule = (await admin.post("/api/v1/alert-rules", json={**RULE, "recipients": ["supervisor", "agent8001"]})).json()
    assert (rule["comparison"], rule["recipients"]) == ("above", ["supervisor", "agent8001"])
    path = f"/api/v1/alert-rules/{rule['id']}"
    changed = await admin.put(path, json={**RULE, "warn": 4, "name": "排队太多"})
    assert (changed.status_code, changed.json()["warn"], changed.json()["name"]) == (200, 4, "排队太多")
    assert (await admin.get(path)).json() == changed.json()
    core.push(queues=[queue(6)])
    assert (await opened(admin))["name"] == "排队太多"
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.get(path)).status_code == 404
    assert (await admin.put(path, json=RULE)).status_code == 404
    for _ in range(500):
        if not (await admin.get("/api/v1/alerts?open=true")).json()["items"]:
            break
    assert (await admin.get("/api/v1/alerts")).json()["items"][0]["cleared_why"] == "gone"
    assert [action for action, *_ in audits(site)] == ["alert_rule_added", "alert_rule_changed", "alert_rule_removed"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"figure": "moon_phase"}, 422, "figure"),
        ({"scope": "planet"}, 422, "scope"),
        ({"scope": "agent"}, 422, "scope"),
        ({"scope_id": "nothing"}, 404, "scope_id"),
        ({"alarm": 4}, 422, "alarm"),
        ({"recipients": ["nobody-of-this-name"]}, 422, "recipients"),
        ({"warm": 3}, 422, "warm"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_by_field_and_leaves_nothing(site, change, status, field):
    supervisor = await site.browser("supervisor")
    answer = await supervisor.post("/api/v1/alert-rules", json={**RULE, **change})
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.text
    assert answer.json()["detail"]
    assert (await supervisor.get("/api/v1/alert-rules")).json()["items"] == []
    assert audits(site) == []


async def test_the_shipped_rules_are_loaded_on_request(site):
    supervisor = await site.browser("supervisor")
    assert (await supervisor.post("/api/v1/alert-rules/examples")).json()["added"] > 10
    rules = (await supervisor.get("/api/v1/alert-rules")).json()["items"]
    assert all(rule["example"] for rule in rules)
    assert (await supervisor.post("/api/v1/alert-rules/examples")).json()["added"] == 0


async def test_figures_say_what_they_read_now(site):
    await until(lambda: site.web.parts["alerts"].values(0) or True)
    supervisor = await site.browser("supervisor")
    for _ in range(500):
        figures = {one["id"]: one for one in (await supervisor.get("/api/v1/alert-figures")).json()["items"]}
        if figures["waiting"]["readings"] and figures["overdue_orders"]["readings"]:
            break
    assert figures["waiting"]["name"] == "等待人数"
    assert {one["kind"] for one in figures["waiting"]["readings"]} == {"queue", "site"}
    assert figures["overdue_orders"]["readings"][0]["value"] == 0
    assert figures["disk_free_gb"]["readings"][0]["value"] > 0


async def test_lists_go_page_by_page_and_a_bad_query_is_named(site, raised):
    supervisor, row = raised
    page = (await supervisor.get("/api/v1/alerts?limit=1")).json()
    assert ([one["id"] for one in page["items"]], page["next"]) == ([row["id"]], row["id"])
    after = (await supervisor.get(f"/api/v1/alerts?cursor={page['next']}")).json()
    assert after == {"items": [], "next": None}
    assert (await supervisor.get("/api/v1/alerts?from=2020-01-01T00:00:00&acknowledged=false")).json()["items"]
    assert not (await supervisor.get("/api/v1/alerts?to=2020-01-01T00:00:00")).json()["items"]
    assert (await supervisor.get("/api/v1/alerts?severity=fatal")).json()["field"] == "severity"


async def test_a_core_that_goes_away_is_an_alert_and_leaves_the_floor_s_alone(site, core, raised):
    supervisor, _row = raised
    await supervisor.post("/api/v1/alert-rules", json={"figure": "sip_down", "scope": "site", "alarm": 1})
    await core.stop()
    for _ in range(500):
        found = (await supervisor.get("/api/v1/alerts?open=true")).json()["items"]
        if len(found) == 2:
            break
    assert {one["figure"]: one["value"] for one in found} == {"sip_down": 1, "waiting": None}


@pytest.fixture
def fake_notifier(monkeypatch):
    """Before the web process is built."""
    notifier = FakeNotifier()
    monkeypatch.setenv("HOTLINE_NOTIFY", "fake")
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://hotline.example.com/")
    monkeypatch.setattr(sender, "driver", lambda *_chosen: notifier)
    return notifier


async def test_whoever_must_know_is_told_and_the_receipt_is_kept(fake_notifier, site, core):
    supervisor = await site.browser("supervisor")
    await supervisor.post("/api/v1/alert-rules", json={**RULE, "recipients": ["supervisor"]})
    core.push(queues=[queue(6)])
    alert = await opened(supervisor)
    for _ in range(500):
        if len(told := (await supervisor.get(f"/api/v1/alerts/{alert['id']}")).json()["receipts"]) == 1:
            break
    core.push(queues=[queue(0)])
    for _ in range(500):
        if len(told := (await supervisor.get(f"/api/v1/alerts/{alert['id']}")).json()["receipts"]) == 2:
            break
    assert [(one["event"], one["sent"], one["reference"]) for one in told] == [
        ("raised", True, "fake-1"),
        ("cleared", True, "fake-2"),
    ]
    assert {notice.link for notice in fake_notifier.sent} == {"https://hotline.example.com/alerts"}


async def test_what_is_over_is_acknowledged_all_at_once_and_what_is_open_stays_as_it_is(site, core, raised):
    supervisor, first = raised
    core.push(queues=[queue(1)])
    await until(lambda: _over(site, first["id"]))
    core.push(queues=[queue(6)])
    second = await opened(supervisor)
    director = await site.browser("director")
    assert (await director.post("/api/v1/alerts/acknowledge", json={})).status_code == 403
    answer = await supervisor.post("/api/v1/alerts/acknowledge", json={"words": "一过性"})
    assert answer.json() == {"acknowledged": 1}
    seen = (await supervisor.get(f"/api/v1/alerts/{first['id']}")).json()
    assert (seen["acknowledged_by"], seen["acknowledged_words"]) == ("supervisor", "一过性")
    assert (await supervisor.get(f"/api/v1/alerts/{second['id']}")).json()["acknowledged_at"] is None
    assert ("alert_acknowledged", str(first["id"]), "supervisor") in audits(site)
    assert (await supervisor.post("/api/v1/alerts/acknowledge", json={})).json() == {"acknowledged": 0}


def _over(site, alert_id):
    with Session(site.web.database) as session:
        return session.get(AlertRow, alert_id).cleared_at is not None


async def test_a_clock_set_back_does_not_hold_the_counts_of_dialling():
    asked = []

    class House:
        async def in_session(self, _work):
            asked.append(now)
            return {}

    logged = Logged()
    for now in (5000.0, 5001.0, 1400.0, 1401.0, 1400.0 + DIALLING_EVERY_S):
        await logged.fresh(House(), now)
    assert asked == [5000.0, 1400.0, 1400.0 + DIALLING_EVERY_S]
