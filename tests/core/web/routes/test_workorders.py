"""Work orders over HTTP: who may do what, what is answered, what is hidden."""

import asyncio

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db import event_log
from core.db.tables import CustomerRow, OrderSiteMemberRow, OrderSiteRow, WorkOrderRow
from core.drivers.notify.fake import FakeNotifier
from core.events import AgentRang, CallArrived, Event
from core.notify.sender import Sender
from core.web.routes.workorders_watch import OrderWatch
from core.workorders import notices
from tests.core.web.routes.test_live import row

PATH = "/api/v1/work-orders"
LEAK = {
    "category": "repair.leak_visible",
    "summary": "路面冒水",
    "address": "城东区清泉路12号",
    "customer_id": 7,
    "caller": "+86 139 0000 0001",
}


@pytest.fixture
async def office(site):
    """Two sites; the site manager and the worker of the house belong to the first."""
    with Session(site.web.database) as session:
        session.add(OrderSiteRow(id="east", rank=0, name="城东所", districts=["城东区"], active=True))
        session.add(OrderSiteRow(id="west", rank=1, name="城西所", districts=["城西区"], active=True))
        session.add(OrderSiteMemberRow(user_name="site_manager", site="east"))
        session.add(OrderSiteMemberRow(user_name="worker", site="east"))
        at = {"longitude": 120.01, "latitude": 30.01}
        session.add(
            CustomerRow(
                id=7,
                account_no="D7",
                name="朱秀兰",
                kind="residential",
                district="城东区",
                address="城东区清泉路12号",
                note="",
                synthetic=True,
                **at,
            )
        )
        session.commit()
    return site


async def opened(client, key=None, **change):
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post(PATH, json={**LEAK, **change}, headers=headers)


async def step(client, order_id, event, **body):
    return await client.post(f"{PATH}/{order_id}/events", json={"event": event, **body})


async def test_an_order_is_opened_stepped_by_each_in_turn_and_closed(office):
    agent, manager, worker = [await office.program(name) for name in ("agent8001", "site_manager", "worker")]
    answer = await opened(agent, then="dispatch")
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert (order["state"], order["site"], order["category"]) == (
        *("dispatched", "east"),
        {"id": "repair.leak_visible", "name": "报修/明漏"},
    )
    assert answer.headers["Location"] == f"{PATH}/{order['id']}"
    number = order["id"]
    for client, event, body in (
        (manager, "take", {"fields": {"assignee": "worker"}}),
        (
            worker,
            "arrive",
            {"position": {"longitude": 120.01, "latitude": 30.01}, "device_time": "2026-11-25T10:00:00+08:00"},
        ),
        (worker, "work", {}),
        (worker, "submit", {"fields": {"result": "换了阀门"}, "note": "已恢复"}),
        (manager, "close_out", {}),
        (agent, "visit", {"fields": {"satisfied": "very", "no_call": "当面回访"}}),
    ):
        answer = await step(client, number, event, **body)
        assert answer.status_code == 200, answer.text
    order = (await agent.get(f"{PATH}/{number}")).json()
    assert (order["state"], order["open"], order["flags"]["urged"]) == ("closed", False, 0)
    assert [one["event"] for one in order["events"]] == [
        *("accept", "dispatch", "take", "arrive", "work", "submit", "close_out", "visit")
    ]
    arrive = order["events"][3]
    assert (arrive["distance_m"], arrive["device_time"]) == (0.0, "2026-11-25T02:00:00.000Z")
    assert order["events"][5]["note"] == "已恢复"
    assert {one["clock"]: one["state"] for one in order["clocks"]}["total"] == "met"
    assert [one["event"] for one in order["allowed"]] == ["note"]


async def test_a_repeat_answers_with_the_same_order_and_another_use_of_the_key_with_409(office):
    agent = await office.program("agent8001")
    first, again = await opened(agent, "k1"), await opened(agent, "k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = await opened(agent, "k1", summary="别的事")
    assert (other.status_code, other.json()["field"]) == (409, "Idempotency-Key")
    assert len((await agent.get(PATH)).json()["items"]) == 1


async def test_what_is_not_possible_now_says_what_is(office):
    agent = await office.program("agent8001")
    number = (await opened(agent)).json()["id"]
    answer = await step(agent, number, "visit")
    assert answer.status_code == 409
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["allowed"] == [one["event"] for one in (await agent.get(f"{PATH}/{number}")).json()["allowed"]]
    assert "派工" in body["remedy"]
    assert "待派" in body["detail"]


async def test_a_stale_version_is_refused(office):
    agent, chief = await office.program("agent8001"), await office.program("supervisor")
    order = (await opened(agent)).json()
    assert (await step(chief, order["id"], "urge", version=order["version"])).status_code == 200
    answer = await step(agent, order["id"], "dispatch", version=order["version"], fields={"site": "east"})
    assert (answer.status_code, "supervisor" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": ""}, "category"),
        ({"category": "repair"}, "category"),
        ({"summary": "", "note": ""}, "summary"),
        ({"address": ""}, "address"),
        ({"urgency": "soon"}, "urgency"),
        ({"longitude": 120.0}, "latitude"),
        ({"customer_id": 99}, "customer_id"),
        ({"caller": "x"}, "caller"),
        ({"colour": "red"}, "colour"),
        ({"then": "dispatch", "assignee": "nobody"}, "fields.assignee"),
        ({"due_at": "2020-01-01T00:00:00Z"}, "given_due_at"),
        ({"summary": "a\0b"}, "summary"),
    ],
)
async def test_wrong_input_names_its_field_and_the_remedy(office, change, field):
    agent = await office.program("agent8001")
    answer = await opened(agent, **change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert answer.json()["remedy"]
    assert (await agent.get(PATH)).json()["items"] == []


async def test_fields_that_no_database_keeps_are_refused(office):
    agent = await office.program("agent8001")
    number = (await opened(agent)).json()["id"]
    answer = await step(agent, number, "urge", fields={"note": "a\0b"})
    assert answer.status_code == 422
    answer = await step(agent, number, "urge", fields={"note": {"deep": "x"}})
    assert (answer.status_code, answer.json()["field"]) == (422, "fields.note")


async def test_roles_see_and_do_what_is_theirs(office):
    clients = {
        name: await office.program(name)
        for name in ("agent8001", "site_manager", "worker", "supervisor", "director", "qa", "wallboard")
    }
    eastern = (await opened(clients["agent8001"], then="dispatch")).json()["id"]
    western = (
        await opened(clients["agent8001"], then="dispatch", site="west", address="净水街1号", customer_id=None)
    ).json()["id"]

    async def seen(name):
        answer = await clients[name].get(PATH)
        return answer.status_code if answer.status_code != 200 else [one["id"] for one in answer.json()["items"]]

    both = [western, eastern]
    for name in ("agent8001", "supervisor", "director", "qa"):
        assert await seen(name) == both
    assert await seen("site_manager") == [eastern]
    assert await seen("worker") == [eastern]
    assert await seen("wallboard") == 403
    for answer in (
        await clients["site_manager"].get(f"{PATH}/{western}"),
        await step(clients["site_manager"], western, "take"),
        await clients["worker"].get(f"{PATH}/{western}"),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (403, f"工单 {western} 未指派给您。")
    assert (await clients["worker"].get(f"{PATH}/991231-0001")).status_code == 404
    # What nobody has yet a worker may take, and nothing else; whom to ring is for who has it.
    free = (await clients["worker"].get(f"{PATH}/{eastern}")).json()
    assert ([one["event"] for one in free["allowed"]], "*" in free["caller"]) == (["take", "note"], True)
    assert (await step(clients["director"], eastern, "take")).status_code == 403
    assert (await step(clients["qa"], eastern, "urge")).status_code == 403
    assert (await opened(clients["qa"])).status_code == 403
    assert (await clients["worker"].get(f"{PATH}/overdue")).status_code == 403
    # What is given away to another site is answered all the same.
    moved = await step(clients["site_manager"], eastern, "reassign", fields={"site": "west"})
    assert (moved.status_code, moved.json()["site"]) == (200, "west")
    assert await seen("site_manager") == []


async def test_the_callers_number_is_masked_for_those_who_need_not_ring(office):
    agent = await office.program("agent8001")
    number = (await opened(agent, then="dispatch")).json()["id"]

    async def caller(name):
        answer = await (await office.program(name)).get(f"{PATH}/{number}")
        return answer.json()["caller"]

    hidden, whole = "139****0001", "13900000001"
    assert {
        name: await caller(name)
        for name in ("agent8001", "agent8002", "supervisor", "director", "qa", "admin", "site_manager")
    } == {
        "agent8001": whole,
        "agent8002": hidden,
        "supervisor": whole,
        "director": whole,
        "qa": hidden,
        "admin": hidden,
        "site_manager": whole,
    }
    await step(await office.program("supervisor"), number, "void", note="误报")
    assert await caller("site_manager") == hidden


async def test_the_list_is_filtered_and_paged(office):
    agent = await office.program("agent8001")
    numbers = [(await opened(agent)).json()["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = (await agent.get(PATH, params={"limit": 2, "cursor": cursor})).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == numbers[::-1]
    for params, count in (
        ({"caller": "013900000001"}, 5),
        ({"category": "repair", "open": "1"}, 5),
        ({"state": "closed,void"}, 0),
        ({"overdue": "1"}, 0),
        ({"q": numbers[2]}, 1),
        ({"from": "2000-01-01T00:00:00", "to": "2001-01-01T00:00:00"}, 0),
    ):
        assert len((await agent.get(PATH, params=params)).json()["items"]) == count, params
    assert (await agent.get(PATH, params={"cursor": "x"})).json()["field"] == "cursor"


async def test_duplicates_are_found_by_the_customers_place(office):
    agent = await office.program("agent8001")
    number = (await opened(agent)).json()["id"]
    params = {"category": "repair.leak_visible", "address": LEAK["address"], "customer": 7}
    found = (await agent.get(f"{PATH}/duplicates", params=params)).json()["items"]
    assert [(one["id"], one["distance_m"]) for one in found] == [(number, 0.0)]
    params["category"] = "repair.meter"
    assert (await agent.get(f"{PATH}/duplicates", params=params)).json()["items"] == []


async def test_the_definition_has_all_that_a_form_needs(office):
    agent = await office.program("agent8001")
    found = (await agent.get(f"{PATH}/definition")).json()
    leaf = next(one for one in found["categories"] if one["id"] == "repair.burst")
    assert (leaf["path"], leaf["name_en"], leaf["urgency"]) == ("报修/爆管", "Burst main", "emergency")
    assert {one["id"]: [p["name"] for p in one["people"]] for one in found["sites"]} == {
        "east": ["site_manager", "worker"],
        "west": [],
    }
    names = {one["id"]: one["name"] for one in found["states"]}
    assert (names["accepted"], names["closed"]) == ("待派", "办结")
    english = (await agent.get(f"{PATH}/definition", headers={"Accept-Language": "en"})).json()
    assert {one["id"]: one["name"] for one in english["states"]}["accepted"] == "To be dispatched"


async def test_the_caller_is_taken_from_the_call_in_hand(office, core):
    core.push(calls=[row("c9", caller="13900000077", queue="general", parties=[], supervision=[])])
    agent = await office.program("agent8001")
    while office.web.live.call("c9") is None:
        await asyncio.sleep(0.01)
    order = (await opened(agent, caller="", from_call="c9")).json()
    assert (order["caller"], order["from_call"]) == ("13900000077", "c9")


async def test_a_repeat_after_the_call_has_ended_gives_the_same_order(office, core):
    core.push(calls=[row("c8", caller="13900000077", queue="general", parties=[], supervision=[], demo=True)])
    agent = await office.program("agent8001")
    while office.web.live.call("c8") is None:
        await asyncio.sleep(0.01)
    first = await opened(agent, "k8", caller="", from_call="c8")
    assert first.json()["demo"]
    core.push(gone=["c8"])
    while office.web.live.call("c8") is not None:
        await asyncio.sleep(0.01)
    again = await opened(agent, "k8", caller="", from_call="c8")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


async def test_the_number_of_an_ended_call_is_known_from_the_log(office):
    with Session(office.web.database) as session:
        arrived = CallArrived("c7", "inbound", "013900000066", "96000", demo=False)
        rang = AgentRang("c7", "c7-1", "8001")
        event_log.append(session, [Event.of(arrived, utc_now()), Event.of(rang, utc_now())])
        session.commit()
    agent = await office.program("agent8001")
    # Nobody learns by an order who called a colleague.
    other = await opened(await office.program("agent8002"), caller="", from_call="c7")
    assert (other.status_code, other.json()["field"]) == (403, "from_call")
    order = (await opened(agent, caller="", from_call="c7")).json()
    assert (order["caller"], order["demo"]) == ("13900000066", False)


async def test_while_the_log_lags_behind_a_call_that_ended_the_agent_s_own_seat_says_whose_it_was(office, core):
    with Session(office.web.database) as session:
        event_log.append(session, [Event.of(CallArrived("c6", "inbound", "013900000055", "96000"), utc_now())])
        session.commit()
    agent = await office.program("agent8001")
    assert (await opened(agent, caller="", from_call="c6")).status_code == 403
    core.push(agents=[{**core.agents["8001"], "state": "wrap_up", "call_id": "c6"}])
    while office.web.live.agent("8001")["state"] != "wrap_up":
        await asyncio.sleep(0.01)
    order = await opened(agent, caller="", from_call="c6")
    assert (order.status_code, order.json()["caller"]) == (201, "13900000055")


async def test_a_worker_reports_from_the_field_and_sees_what_became_of_it(office):
    worker = await office.program("worker")
    answer = await opened(worker, channel="field")
    assert answer.status_code == 201, answer.text
    assert answer.json()["events"][0]["role"] == "worker"
    assert (await worker.get(f"{PATH}/{answer.json()['id']}")).status_code == 200


@pytest.mark.any_time
async def test_levels_and_dispatches_go_out_once_and_in_the_houses_words(office):
    """Also after a restart: what was settled stays so."""
    notifier = FakeNotifier()
    watch = office.web.parts["order_watch"]
    await watch.stop()

    async def looked(now):
        sender = Sender(
            notifier,
            lambda number, receipt: office.web.in_session(lambda session: notices.settle(session, number, receipt)),
        )
        sender.start()
        fresh = OrderWatch(office.web, sender)
        await fresh.check(now)
        async with asyncio.timeout(10):
            while await office.web.in_session(notices.owed):
                await asyncio.sleep(0.01)
        await sender.stop()

    agent = await office.program("agent8001")
    number = (await opened(agent, then="dispatch")).json()["id"]
    await looked(utc_now())
    assert [(one.title, one.recipients) for one in notifier.sent] == [(f"工单 {number}：派工", ("site_manager",))]
    assert "报修/明漏 · 紧急 · 城东区清泉路12号 · 城东所 · 期限" in notifier.sent[0].text
    later = utc_now() + 8 * 60
    for _ in range(2):
        await looked(later)
    assert [one.title for one in notifier.sent[1:]] == [f"工单 {number}：接单时限已用 50 %"]
    await looked(utc_now() + 16 * 60)
    assert notifier.sent[-1].title == f"工单 {number}：接单已超时"
    assert notifier.sent[-1].recipients == ("supervisor",)


async def test_overdue_orders_are_a_figure_that_alerts_watch(office):
    agent, chief = await office.program("agent8001"), await office.program("supervisor")
    number = (await opened(agent, then="dispatch")).json()["id"]
    with Session(office.web.database) as session:
        session.get_one(WorkOrderRow, number).due_at = utc_now() - 60
        session.commit()
    groups = (await chief.get(f"{PATH}/overdue")).json()
    assert (groups["count"], groups["items"]) == (
        1,
        [{"district": "城东区", "site": "east", "count": 1, "ids": [number]}],
    )
    async with asyncio.timeout(20):
        while True:
            figures = {one["id"]: one for one in (await chief.get("/api/v1/alert-figures")).json()["items"]}
            readings = figures["overdue_orders"]["readings"]
            if readings and readings[0]["value"] == 1:
                break
            await asyncio.sleep(0.1)


async def test_a_unit_is_set_up_with_its_people_and_takes_the_orders_of_its_districts(office):
    keeper, agent = await office.program("admin"), await office.program("agent8001")
    wanted = {"name": "滨江所", "districts": ["滨江区"], "people": ["worker", "site_manager"]}
    answer = await keeper.put(f"{PATH}/sites/river", json=wanted)
    assert answer.status_code == 200, answer.text
    assert {one["name"]: one["role"] for one in answer.json()["people"]} == {
        "worker": "worker",
        "site_manager": "site_manager",
    }
    order = (await opened(agent, district="滨江区", then="dispatch", assignee="worker")).json()
    assert (order["site"], order["site_name"]) == ("river", "滨江所")
    # They have left the unit that they were in.
    sites = {one["id"]: one["people"] for one in (await agent.get(f"{PATH}/definition")).json()["sites"]}
    assert sites["east"] == []


async def test_a_unit_of_unknown_people_is_refused_whole(office):
    keeper = await office.program("admin")
    for people in (["nobody"], ["agent8001"]):
        answer = await keeper.put(f"{PATH}/sites/river", json={"name": "滨江所", "people": ["worker", *people]})
        assert (answer.status_code, answer.json()["field"]) == (422, "people")
    sites = {one["id"]: one["people"] for one in (await keeper.get(f"{PATH}/definition")).json()["sites"]}
    assert "river" not in sites
    assert len(sites["east"]) == 2
    assert (await (await office.program("agent8001")).put(f"{PATH}/sites/river", json={"name": "x"})).status_code == 403
    assert (await keeper.put(f"{PATH}/sites/Bad Id", json={"name": "x"})).status_code == 422


async def to_visit(office):
    agent, manager, worker = [await office.program(name) for name in ("agent8001", "site_manager", "worker")]
    number = (await opened(agent, then="dispatch")).json()["id"]
    for client, event, body in (
        (manager, "take", {"fields": {"assignee": "worker"}}),
        (worker, "work", {}),
        (worker, "submit", {"fields": {"result": "换了阀门"}}),
        (manager, "close_out", {}),
    ):
        assert (await step(client, number, event, **body)).status_code == 200
    return number


async def test_a_return_visit_is_rung_up_from_the_order_whoever_may_see_its_number(office, core):
    number = await to_visit(office)
    other = await office.program("agent8002")
    seen = (await other.get(f"{PATH}/{number}")).json()
    assert (seen["caller"], "ring" in [one["event"] for one in seen["allowed"]]) == ("139****0001", True)
    refused = await step(other, number, "visit", fields={"satisfied": "yes"})
    assert (refused.status_code, refused.json()["field"]) == (422, "fields.no_call")
    refused = await step(other, number, "visit", fields={"call": "c-of-another"})
    assert (refused.status_code, refused.json()["field"]) == (422, "fields.call")
    core.answers["originate"] = {"ok": True, "result": {"call_id": "c77"}}
    answer = await other.post(f"{PATH}/{number}/call")
    assert (answer.status_code, answer.json()["call_id"]) == (201, "c77")
    asked = next(one for one in core.asked if one["do"] == "originate")
    assert (asked["to"], asked["order_id"], asked["from_extension"]) == ("13900000001", number, "8002")
    order = answer.json()["order"]
    assert (order["called"], order["events"][-1]["event"], order["caller"]) == ("c77", "ring", "139****0001")
    closed = await step(other, number, "visit", fields={"satisfied": "yes"})
    assert (closed.json()["state"], closed.json()["events"][-1]["fields"]["call"]) == ("closed", "c77")
    # Over and done: nobody rings any more, and the core is not asked.
    core.asked.clear()
    assert (await other.post(f"{PATH}/{number}/call")).status_code == 409
    assert [one for one in core.asked if one["do"] == "originate"] == []


async def test_an_order_is_opened_in_a_district_that_there_is(office):
    agent = await office.program("agent8001")
    answer = await opened(agent, key="k", district="火星区")
    assert (answer.status_code, answer.json()["field"]) == (422, "district")
    assert "城东区, 城西区" in answer.json()["remedy"]
    assert (await agent.get(PATH)).json()["items"] == []
    assert (await opened(agent, key="k", district="城西区")).json()["district"] == "城西区"
    # Not said, it is that of the address.
    assert (await opened(agent)).json()["district"] == "城东区"


async def test_a_key_that_opened_an_order_opens_no_other_and_takes_no_step(office):
    agent = await office.program("agent8001")
    first = await opened(agent, key="k1")
    again = await opened(agent, key="k1")
    assert [first.status_code, again.status_code, again.json()["id"]] == [201, 200, first.json()["id"]]
    for answer in (
        await opened(agent, key="k1", summary="别的事"),
        await agent.post(
            f"{PATH}/{first.json()['id']}/events",
            json={"event": "urge", "note": "快点"},
            headers={"Idempotency-Key": "k1"},
        ),
    ):
        assert (answer.status_code, answer.json()["field"]) == (409, "Idempotency-Key")
    assert len((await agent.get(PATH)).json()["items"]) == 1


async def test_a_district_is_chosen_from_those_there_are(office):
    agent = await office.program("agent8001")
    order = (await opened(agent)).json()
    (field,) = (
        one
        for event in order["allowed"]
        if event["event"] == "correct"
        for one in event["fields"]
        if one["id"] == "district"
    )
    assert (field["kind"], [one["id"] for one in field["choices"]]) == ("choice", ["城东区", "城西区"])
    answer = await step(agent, order["id"], "correct", fields={"district": "火星区"})
    assert (answer.status_code, answer.json()["field"]) == (422, "fields.district")
    answer = await step(agent, order["id"], "correct", fields={"district": "城西区"})
    last = answer.json()["events"][-1]
    assert (last["fields"], last["was"]) == ({"district": "城西区"}, {"district": "城东区"})


async def test_nowhere_is_asked_about_once(office):
    agent = await office.program("agent8001")
    number = (await opened(agent)).json()["id"]
    place = {"longitude": 0, "latitude": 0}
    answer = await step(agent, number, "correct", fields=place)
    assert (answer.status_code, answer.json()["code"]) == (422, "confirm")
    assert (await step(agent, number, "correct", fields=place, confirmed=True)).json()["longitude"] == 0


async def test_likely_duplicates_are_shown_to_those_who_may_see_them_anyway(office):
    agent, east = await office.program("agent8001"), await office.program("site_manager")
    eastern = (await opened(agent)).json()
    western = (await opened(agent, district="城西区", site="west")).json()
    asked = {"category": eastern["category"]["id"], "longitude": 120.01, "latitude": 30.01, "address": LEAK["address"]}

    async def seen(client):
        found = (await client.get(f"{PATH}/duplicates", params=asked)).json()["items"]
        return {one["id"] for one in found}

    assert await seen(agent) == {eastern["id"], western["id"]}
    assert await seen(east) == {eastern["id"]}
    # What nobody has yet is everybody's of the site.
    assert await seen(await office.program("worker")) == {eastern["id"]}


async def test_what_was_merged_into_an_order_is_shown_to_those_who_may_see_it_anyway(office):
    agent, east = await office.program("agent8001"), await office.program("site_manager")
    master = (await opened(agent)).json()["id"]
    western = (await opened(agent, district="城西区", site="west")).json()["id"]
    assert (await step(agent, western, "merge", fields={"into": master})).status_code == 200
    assert [one["id"] for one in (await agent.get(f"{PATH}/{master}")).json()["children"]] == [western]
    assert (await east.get(f"{PATH}/{master}")).json()["children"] == []


async def test_a_site_s_people_are_told_to_that_site_and_to_the_centre(office):
    async def people(name):
        sites = (await (await office.program(name)).get(f"{PATH}/definition")).json()["sites"]
        return {one["id"]: [person["name"] for person in one["people"]] for one in sites}

    with Session(office.web.database) as session:
        session.add(OrderSiteMemberRow(user_name="agent8002", site="west"))
        session.commit()
    assert await people("agent8001") == {"east": ["site_manager", "worker"], "west": ["agent8002"]}
    for name in ("site_manager", "worker"):
        assert await people(name) == {"east": ["site_manager", "worker"], "west": []}


@pytest.mark.parametrize("name", ["site_manager", "worker"])
async def test_an_order_from_the_field_looks_no_customer_up_and_names_no_call(office, core, name):
    client = await office.program(name)
    order = (await opened(client, channel="field", contact="", district="", site="")).json()
    assert (order["customer_id"], order["contact"]) == (7, "")
    core.push(calls=[{"id": "c9", "direction": "inbound", "caller": "13800002222", "did": "96000", "agent": "8001"}])
    async with asyncio.timeout(5):
        while office.web.live.call("c9") is None:
            await asyncio.sleep(0.01)
    refused = await opened(client, channel="field", from_call="c9")
    assert (refused.status_code, refused.json()["field"]) == (403, "from_call")


async def test_a_call_that_names_an_order_is_to_its_caller_and_by_who_may_ring_up_now(office, core):
    """A result of a return visit is proved by such a call: any other order's or number's would prove nothing."""
    number = await to_visit(office)
    other, agent = await office.program("agent8002"), await office.program("agent8001")
    core.answers["originate"] = {"ok": True, "result": {"call_id": "c78"}}
    call = {"from_extension": "8002", "to": "13900000001", "order_id": number}
    for wrong, status, field in (
        ({"to": "13800000009"}, 422, "to"),
        ({"order_id": "990101-0001"}, 404, "id"),
        ({"order_id": (await opened(agent)).json()["id"]}, 409, "event"),
    ):
        refused = await other.post("/api/v1/calls", json={**call, **wrong})
        assert (refused.status_code, refused.json().get("field")) == (status, field), refused.text
    assert [one for one in core.asked if one["do"] == "originate"] == []
    made = await other.post("/api/v1/calls", json={**call, "to": "0" + call["to"]})
    assert (made.status_code, made.json()["call_id"]) == (201, "c78")
    # Without an order any number is a call like any other.
    assert (await other.post("/api/v1/calls", json={"from_extension": "8002", "to": "13800000009"})).status_code == 201
