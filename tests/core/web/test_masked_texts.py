"""Numbers inside of what people write, wherever it is shown: whole for those who may see numbers, masked for others."""

import json

from core.notify.service import Alert
from core.people.users import Role, User
from core.web.routes.alerts import _say
from tests.core.web.routes.test_audit import lines

PATH = "/api/v1/work-orders"
SAID = "邻居电话13912345678或0571-87654321,表号20231234567"
MASKED = "邻居电话139****5678或057****4321,表号20231234567"


async def test_an_order_hides_them_in_its_words_and_steps_from_whom_it_is_no_business(site):
    agent, qa, supervisor = [await site.program(name) for name in ("agent8001", "qa", "supervisor")]
    body = {
        "category": "repair.leak_visible",
        "summary": SAID,
        "address": "1 Road 13912345678",
        "contact": "87654321",
        "note": SAID,
    }
    made = (await agent.post(PATH, json=body)).json()
    # Whoever took it rings the caller up, and sees what was told.
    assert made["summary"] == SAID
    noted = await agent.post(f"{PATH}/{made['id']}/events", json={"event": "note", "note": SAID})
    assert noted.status_code == 200, noted.text
    for client, said, contact in ((qa, MASKED, "87****21"), (supervisor, SAID, "87654321")):
        (listed,) = (await client.get(PATH)).json()["items"]
        detail = (await client.get(f"{PATH}/{made['id']}")).json()
        for seen in (listed, detail):
            assert (seen["summary"], seen["contact"]) == (said, contact)
        assert [one["note"] for one in detail["events"]] == [said] * 2
        assert ("13912345678" in json.dumps(detail, ensure_ascii=False)) is (client is supervisor)


async def test_looking_for_a_number_among_the_words_is_a_look_up(site):
    qa = await site.program("qa")
    for words in ("路面", "1391234", "261130-0001"):
        assert (await qa.get(PATH, params={"q": words})).status_code == 200
    assert len(await lines(site, action="customer_looked_up", who="qa")) == 1


async def test_the_audit_hides_them_from_those_who_only_keep_the_house(site):
    await site.web.audit.record("li", "call_noted", "c1", note=SAID, n=[{"to": "2026-11-30"}])
    await site.web.audit.record("li", "customer_looked_up", "87654321", where="desk")
    await site.web.audit.record("li", "calls_listed", "calls", caller="87654321")
    await site.web.audit.record("li", "order_changed", "o1", was=[{"phone": "87654321"}], number=["87654321"])
    found = {one["action"]: one for one in await lines(site, who="li")}
    assert found["call_noted"]["detail"] == {"note": MASKED, "n": [{"to": "2026-11-30"}]}
    assert found["customer_looked_up"]["subject"] == "87****21"
    assert found["calls_listed"]["detail"] == {"caller": "87****21"}
    # The chain holds them whole.
    admin = await site.browser("admin")
    (deep,) = await lines(site, action="order_changed")
    assert deep["detail"] == {"was": [{"phone": "87****21"}], "number": ["87****21"]}
    assert (await admin.post("/api/v1/audit/verify", json={})).json()["whole"]


async def test_what_was_said_of_an_alert_comes_in_two_forms(site, monkeypatch):
    told = []
    monkeypatch.setattr(site.web.live, "say", lambda message, to: told.append((message, to)))
    _say(site.web, {"type": "alerts", "open": [{"acknowledged_words": SAID}]})
    admin, supervisor = User(1, "a", "", Role.ADMIN, None), User(2, "s", "", Role.SUPERVISOR, None)
    agent = User(3, "b", "", Role.AGENT, None)
    for user, words in ((admin, [MASKED]), (supervisor, [SAID]), (agent, [])):
        assert [message["open"][0]["acknowledged_words"] for message, to in told if to(user)] == words


def test_an_alert_of_a_list_hides_them():
    from core.web.routes.alerts import seen_by

    alert = Alert.__new__(Alert)
    for name in Alert.__dataclass_fields__:
        object.__setattr__(alert, name, SAID if name == "acknowledged_words" else None)
    assert seen_by(User(1, "a", "", Role.ADMIN, None), alert).acknowledged_words == MASKED


async def test_a_correction_by_whom_it_is_masked_for_keeps_the_numbers(site):
    agent, other, supervisor = [await site.program(name) for name in ("agent8001", "agent8002", "supervisor")]
    body = {"category": "repair.leak_visible", "summary": SAID, "address": "1 Road"}
    number = (await agent.post(PATH, json=body)).json()["id"]
    fields = {"summary": f"{MASKED},急"}
    answer = await other.post(f"{PATH}/{number}/events", json={"event": "correct", "fields": fields})
    assert (answer.status_code, answer.json()["summary"]) == (200, f"{MASKED},急")
    assert (await supervisor.get(f"{PATH}/{number}")).json()["summary"] == f"{SAID},急"
