"""The audit of a running site: what leaves a line, who reads it, and what a look too many costs."""

import asyncio

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from core.db.tables import AuditRow
from core.people.users import Role, User
from core.web import attempts, lookups
from core.web.audit_lines import AuditLines
from core.web.lookups import Lookups, delay_s
from tests.core.web.conftest import PASSWORD, until


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
        await site.web.audit.record("li", "sessions_ended", f"s{n}")
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
    await site.web.audit.record("li", "sessions_ended", "y")
    whole = (await admin.post("/api/v1/audit/verify", json={})).json()
    assert (whole["whole"], whole["broken_at"]) == (True, None)
    again = (await admin.post("/api/v1/audit/verify", json={"head": whole["head"]})).json()
    assert again["whole"]
    (line,) = await lines(site, action="sessions_ended")
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
    assert (found["who"], found["subject"]) == ("agent8001", "138****5678")


async def test_looks_beyond_the_number_are_slowed_and_told(site):
    waited = []

    async def no_time(seconds):
        waited.append(seconds)

    looks = Lookups(site.web.audit, 3, sleep=no_time)
    user = User(7, "li", "", Role.AGENT, None)
    for _ in range(3):
        await looks.look_up(user, "138", "interface")
    assert (waited, looks.beyond()) == ([], [])
    for _ in range(2):
        await looks.look_up(user, "138", "interface")
    assert waited == [delay_s(1), delay_s(2)] == [0.5, 1.0]
    assert looks.beyond() == ["li"]
    assert delay_s(10_000) == lookups.LONGEST_DELAY_S
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

    monkeypatch.setattr("core.web.audit_lines.MOST_WAITING", 3)
    audit = AuditLines(run)
    for n in range(5):
        audit.seen("li", "calls_listed", str(n))
    await audit.record_or_queue("li", "call_read", "c1")
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


async def test_looks_at_once_wait_one_after_the_other_and_not_in_any_number(site):
    resting, most = 0, 0
    go_on = asyncio.Event()

    async def no_time(_seconds):
        nonlocal resting, most
        resting += 1
        most = max(most, resting)
        await go_on.wait()
        resting -= 1

    looks = Lookups(site.web.audit, 0, sleep=no_time)
    user = User(7, "li", "", Role.AGENT, None)
    tasks = [asyncio.create_task(looks.look_up(user, f"138{n}", "interface")) for n in range(lookups.MOST_WAITING + 3)]
    # Those that find no room are refused while all others wait.
    await until(lambda: sum(one.done() for one in tasks) == 3)
    go_on.set()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [lookups.TooManyLookups] * 3
    assert most == 1


async def test_a_list_asked_for_by_a_number_that_is_masked_counts_as_a_look_up(site):
    looks = Lookups(site.web.audit, 1)
    agent = User(7, "li", "", Role.AGENT, None)
    director = User(8, "wang", "", Role.DIRECTOR, None)
    for _ in range(3):
        await looks.searched(agent, "13812345678", "orders")
        await looks.searched(agent, "", "orders")
        await looks.searched(director, "13812345678", "orders")
    assert looks.beyond() == []
    found = await lines(site, action="customer_looked_up")
    assert [(one["who"], one["subject"], one["detail"]) for one in found] == [
        ("li", "138****5678", {"where": "orders"})
    ]
    await looks.searched(agent, "13812345679", "orders")
    assert looks.beyond() == ["li"]


async def test_orders_that_were_read_are_lines_with_whether_the_number_was_whole(site):
    agent = await site.browser("agent8001")
    made = await agent.post(
        "/api/v1/work-orders",
        json={"category": "repair.leak_visible", "summary": "x", "address": "1 Road", "caller": "13900000001"},
    )
    assert made.status_code == 201, made.text
    order = made.json()["id"]
    for name in ("agent8001", "qa"):
        client = await site.browser(name)
        for _ in range(2):
            assert (await client.get(f"/api/v1/work-orders/{order}")).status_code == 200
            assert (await client.get("/api/v1/work-orders", params={"caller": "13900000001"})).status_code == 200
    await site.web.audit.write()
    found = await lines(site, subject=order, action="order_read")
    assert {one["who"]: one["detail"] for one in found} == {
        "agent8001": {"numbers": "whole"},
        "qa": {"numbers": "masked"},
    }
    listed = await lines(site, action="orders_listed", who="qa")
    assert [one["detail"] for one in listed] == [{"numbers": "masked", "caller": "139****0001"}]
    assert len(await lines(site, action="customer_looked_up", who="qa")) == 1
    near = {"category": "repair.leak_visible", "address": "1 Road"}
    assert (await client.get("/api/v1/work-orders/duplicates", params=near)).json()["items"]
    await site.web.audit.write()
    (seen,) = await lines(site, action="orders_listed", who="qa", subject="duplicates")
    assert seen["detail"] == {"numbers": "masked"}


async def test_a_flood_of_names_is_not_a_flood_of_lines(site):
    client = site.anonymous(timeout=60)

    async def knock(name, password, **more):
        return (await client.post("/login", data={"username": name, "password": password}, **more)).status_code

    for n in range(attempts.OF_TOLD + 5):
        # From elsewhere by its name: everybody knows this password.
        assert await knock(f"n{n}", f"demo-n{n}", headers={"Host": "hotline.example.com"}) == 403
        assert await knock("n0", "demo-n0", headers={"Host": "hotline.example.com"}) == 403
    for _ in range(3):
        assert await knock("", "") == 401
    found = await lines(site, action="sign_in_refused")
    assert len(found) == attempts.OF_TOLD + 1
    assert found[0]["detail"] == {"address": "127.0.0.1", "why": "many_names"}
    assert len({one["who"] for one in found}) == len(found)


async def test_json_that_is_deeper_than_any_log_in_is_refused_in_words(site):
    headers = {"Content-Type": "application/json"}
    answer = await site.anonymous().post("/login", content=b"[" * 8000, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
