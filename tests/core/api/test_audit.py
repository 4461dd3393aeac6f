"""The audit of a running site: what leaves a line, who reads it, and what a look too many costs."""

import asyncio

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from core.api import lookups
from core.api.audit_lines import AuditLines
from core.api.lookups import Lookups, delay_s
from core.db.tables import AuditRow
from core.people.users import Role, User
from tests.core.api.conftest import PASSWORD, until


async def lines(site, **wanted):
    admin = await site.browser("admin")
    answer = await admin.get("/api/v1/audit", params={"limit": 500, **wanted})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_log_ins_good_and_bad_are_there_with_their_address(site):
    client = site.anonymous()
    for path in ("/login", "/api/v1/token"):
        await client.post(path, data={"username": "qa", "password": "wrong-password"})
    await client.post("/api/v1/token", data={"username": "qa", "password": PASSWORD})
    bad = await lines(site, action="sign_in_refused")
    assert [(one["who"], one["detail"]["address"]) for one in bad] == [("qa", "127.0.0.1")] * 2
    (good,) = await lines(site, action="signed_in", who="qa")
    assert good["detail"]["role"] == "qa"
    assert "wrong-password" not in str(bad)


async def test_what_was_refused_for_want_of_a_right_is_one_line(site):
    worker = await site.browser("worker")
    for _ in range(3):
        assert (await worker.get("/api/v1/audit")).status_code == 403
        assert (await worker.get("/api/v1/users")).status_code == 403
    found = await lines(site, action="refused", who="worker")
    assert sorted(one["subject"] for one in found) == ["/api/v1/audit", "/api/v1/users"]


async def test_changes_of_accounts_are_there(site):
    admin = await site.browser("admin")
    await admin.post("/api/v1/users", json={"name": "li", "password": PASSWORD, "role": "qa"})
    await admin.post("/api/v1/users/li/password", json={"password": "another-password"})
    await admin.post("/api/v1/users/li/end", json={"reason": "left"})
    found = await lines(site, subject="li")
    assert [one["action"] for one in found] == ["user_ended", "password_changed", "user_added"]
    assert found[0]["detail"]["reason"] == "left"
    assert "another-password" not in str(found)


async def test_pages_of_the_list_hold_each_line_once_and_filters_hold(site):
    admin = await site.browser("admin")
    for n in range(7):
        await site.web.audit.kept("li", "x", f"s{n}")
    seen, cursor = [], ""
    while cursor is not None:
        page = (await admin.get("/api/v1/audit", params={"limit": 3, "who": "li", "cursor": cursor})).json()
        seen += [one["subject"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [f"s{n}" for n in reversed(range(7))]
    assert await lines(site, **{"from": "2036-01-01T00:00:00"}) == []
    assert len(await lines(site, who="li", to="2036-01-01T00:00:00")) == 7
    for wrong in ({"cursor": "x"}, {"from": "2026-11-02T00:00:00", "to": "2026-11-01T00:00:00"}, {"limit": 0}):
        answer = await admin.get("/api/v1/audit", params=wrong)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert answer.json()["field"]


async def test_a_tampered_line_is_named_by_the_interface(site):
    admin = await site.browser("admin")
    await site.web.audit.kept("li", "x", "y")
    whole = (await admin.post("/api/v1/audit/verify", json={})).json()
    assert (whole["whole"], whole["broken_at"]) == (True, None)
    again = (await admin.post("/api/v1/audit/verify", json={"head": whole["head"]})).json()
    assert again["whole"]
    (line,) = await lines(site, action="x")
    with site.web.database.begin() as connection:
        connection.execute(text("update audit_log set subject = 'z' where id = :id"), {"id": line["id"]})
    broken = (await admin.post("/api/v1/audit/verify", json={})).json()
    assert (broken["whole"], broken["broken_at"]) == (False, line["id"])
    assert (await admin.post("/api/v1/audit/verify", json={"head": "nonsense"})).status_code == 422
    assert (await (await site.browser("supervisor")).post("/api/v1/audit/verify", json={})).status_code == 403


async def test_a_customer_looked_up_is_a_line_before_anything_is_shown(site):
    desk = await site.browser("agent8001")
    assert (await desk.get("/api/v1/customers", params={"phone": "13812345678"})).status_code == 404
    (found,) = await lines(site, action="customer_looked_up")
    assert (found["who"], found["subject"]) == ("agent8001", "13812345678")


async def test_looks_beyond_the_number_are_slowed_and_told(site, monkeypatch):
    waited = []

    async def no_time(seconds):
        waited.append(seconds)

    monkeypatch.setattr(lookups.asyncio, "sleep", no_time)
    looks = Lookups(site.web.audit, 3)
    user = User(7, "li", "", Role.AGENT, None)
    for _ in range(3):
        await looks.look_up(user, "138", "interface")
    assert (waited, looks.beyond()) == ([], [])
    for _ in range(2):
        await looks.look_up(user, "138", "interface")
    assert waited == [delay_s(1), delay_s(2)] == [0.5, 1.0]
    assert looks.beyond() == ["li"]
    assert delay_s(10_000) == lookups.LONGEST_DELAY_S
    monkeypatch.undo()
    assert [one["subject"] for one in await lines(site, action="lookups_beyond_limit")] == ["li"]
    assert len(await lines(site, action="customer_looked_up")) == 5


async def test_looks_of_the_hour_before_do_not_count(site):
    now = [0.0]
    looks = Lookups(site.web.audit, 1, lambda: now[0])
    user = User(7, "li", "", Role.AGENT, None)
    await looks.look_up(user, "138", "interface")
    now[0] = lookups.WINDOW_S + 1
    await looks.look_up(user, "138", "interface")
    assert looks.beyond() == []


async def test_a_list_costs_nothing_and_is_written_a_moment_later(site):
    for _ in range(50):
        site.web.audit.seen("li", "calls_listed", "calls", queue="general")
    site.web.audit.seen("li", "calls_listed", "calls", queue="repair")

    def there():
        with site.web.database.connect() as connection:
            return len(connection.execute(select(AuditRow.id).where(AuditRow.action == "calls_listed")).all()) == 2

    await until(there)


async def test_lines_wait_for_a_database_that_is_away_and_what_found_no_room_is_counted(monkeypatch):
    kept, away = [], True

    class Fake:
        info: dict = {}  # noqa: RUF012

        def in_transaction(self):
            return True

        def commit(self):
            kept.extend(self.info.pop("audit_lines"))

    async def run(work):
        if away:
            raise OperationalError("x", {}, Exception("away"))
        return work(Fake())

    monkeypatch.setattr("core.api.audit_lines.MOST_WAITING", 3)
    audit = AuditLines(run)
    for n in range(5):
        audit.seen("li", "calls_listed", str(n))
    await audit.kept_or_later("li", "call_read", "c1")
    for _twice in range(2):  # a second try is no hearing without a line either
        with pytest.raises(OperationalError):
            await audit.once("li", "recording_heard", "c1", purpose="")
    assert not await audit.write()
    away = False
    assert await audit.write()
    assert [one.subject for one in kept] == ["0", "1", "2", "looks"]
    assert kept[-1].detail == {"lines": 3}
    assert await audit.write()
    assert len(kept) == 4
    await asyncio.sleep(0)
