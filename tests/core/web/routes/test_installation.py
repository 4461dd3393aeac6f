"""Queues, agents, flows, calendars, numbers, categories, kinds of breaks over HTTP: read whole, changed by version, told
to the core, on record."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AccountRow, AuditRow

API = "/api/v1"
GOODBYE = {"start": "bye", "nodes": {"bye": {"kind": "hangup", "say": "再见。"}}}


def actions(site):
    with Session(site.web.database) as session:
        return list(session.scalars(select(AuditRow.action).where(AuditRow.user_name == "admin").order_by(AuditRow.id)))


def has_phone(site, extension):
    with Session(site.web.database) as session:
        session.add(AccountRow(extension=extension, ha1="x", ha1_sha256="x"))
        session.commit()


async def test_a_queue_is_made_changed_by_version_and_retired(site, core):
    admin = await site.program("admin")
    page = (await admin.get(f"{API}/queues")).json()
    assert ([one["id"] for one in page["items"]], page["next"]) == (["general"], None)
    assert {"target": "queue:general", "name": "综合服务"} in page["choices"]["targets"]
    made = await admin.post(f"{API}/queues", json={"id": "repair", "name": "抢修", "on_max_wait": "queue:general"})
    assert made.status_code == 201, made.text
    assert (made.json()["ring_s"], made.json()["telephony"], made.json()["changed_by"]) == (20.0, "reloaded", "admin")
    assert core.asked.count({"do": "reload"}) == 1
    # Once more, as after a lost answer.
    assert (
        await admin.post(f"{API}/queues", json={"id": "repair", "name": "抢修", "on_max_wait": "queue:general"})
    ).status_code == 201
    seen = made.json()["version"]
    changed = await admin.put(f"{API}/queues/repair", json={"ring_s": 12, "version": seen})
    assert (changed.json()["ring_s"], changed.json()["on_max_wait"]) == (12.0, "queue:general")
    late = await admin.put(f"{API}/queues/repair", json={"ring_s": 15, "version": seen})
    assert (late.status_code, late.json()["current"]["ring_s"]) == (409, 12.0)
    assert late.json()["detail"] == "admin 已在此期间作了修改。现状：振铃时长（秒） 12"
    used = await admin.delete(f"{API}/queues/general")
    assert used.status_code == 409
    assert used.json()["used_by"] == [{"kind": "queue", "id": "repair", "field": "on_max_wait"}]
    assert "队列 repair" in used.json()["detail"]
    assert (await admin.delete(f"{API}/queues/repair", params={"version": seen})).status_code == 409
    assert (await admin.delete(f"{API}/queues/repair")).json() == {"id": "repair", "telephony": "reloaded"}
    assert (await admin.get(f"{API}/queues/repair")).status_code == 404
    assert actions(site)[1:] == ["queue_created", "queue_changed", "queue_retired"]


MAKING = [
    ("queues", {"id": "night", "name": "夜间"}, {"name": "夜班"}),
    ("calendars", {"id": "night", "weekly": [[["20:00", "06:00"]]] * 7}, {"holidays": ["2027-01-01"]}),
    ("numbers", {"number": "96009", "target": "hangup"}, {"target": "queue:general"}),
    ("agents", {"extension": "8001", "name": "张三"}, {"group": "夜班"}),
]


async def test_what_is_made_under_a_key_is_made_once_and_bound_to_its_content(site, core):
    admin = await site.program("admin")
    has_phone(site, "8001")
    for n, (path, wanted, other) in enumerate(MAKING):
        key = {"Idempotency-Key": f"k{n}"}
        made = await admin.post(f"{API}/{path}", json=wanted, headers=key)
        again = await admin.post(f"{API}/{path}", json=wanted, headers=key)
        assert (made.status_code, again.status_code, again.json()) == (201, 201, made.json())
        refused = await admin.post(f"{API}/{path}", json={**wanted, **other}, headers=key)
        assert (refused.status_code, refused.json()["field"]) == (409, "Idempotency-Key")
        assert refused.json()["remedy"]
    await admin.put(f"{API}/flows/night/draft", json=GOODBYE)
    for _ in range(2):
        done = await admin.post(f"{API}/flows/night/publish", json={}, headers={"Idempotency-Key": "publish"})
        assert (done.status_code, done.json()["version"]) == (200, 1)


async def test_a_queue_with_callers_and_an_agent_in_a_call_are_not_retired(site, core):
    admin = await site.program("admin")
    has_phone(site, "8001")
    assert (await admin.post(f"{API}/agents", json={"extension": "8001", "name": "张三"})).status_code == 201
    site.web.live._rows["queues"]["general"]["waiting"] = 2
    site.web.live._rows["agents"]["8001"]["call_id"] = "c1"
    for path, who in (("queues/general", "2"), ("agents/8001", "张三")):
        answer = await admin.delete(f"{API}/{path}")
        assert answer.status_code == 409
        assert who in answer.json()["detail"]
        assert answer.json()["remedy"]


async def test_an_agent_gets_queues_levels_and_skills_from_a_supervisor(site, core):
    supervisor = await site.program("supervisor")
    has_phone(site, "8001")
    assert (await supervisor.get(f"{API}/agents")).json()["choices"]["phones"] == ["8001"]
    wanted = {"extension": "8001", "name": "张三", "queues": {"general": 2}, "skills": ["repair"]}
    made = (await supervisor.post(f"{API}/agents", json=wanted)).json()
    assert (made["user"], made["phone"], made["queues"]) == ("agent8001", True, {"general": 2})
    changed = await supervisor.put(f"{API}/agents/8001", json={"queues": {"general": 1}, "version": made["version"]})
    assert (changed.json()["queues"], changed.json()["skills"]) == ({"general": 1}, ["repair"])
    assert (await supervisor.get(f"{API}/agents/8001")).json()["version"] == changed.json()["version"]
    assert (await supervisor.delete(f"{API}/agents/8001")).status_code == 200
    for path in ("queues", "flows", "calendars", "numbers"):
        assert (await supervisor.get(f"{API}/{path}")).status_code == 403


async def test_a_flow_is_drafted_told_its_faults_and_published(site, core):
    admin = await site.program("admin")
    faulty = {"start": "a", "nodes": {"a": {"kind": "queue", "queue": "gone"}, "b": {"kind": "hangup"}}}
    saved = (await admin.put(f"{API}/flows/night/draft", json=faulty)).json()
    assert (saved["version"], [one["field"] for one in saved["draft"]["faults"]]) == (0, ["nodes.a.queue"])
    refused = await admin.post(f"{API}/flows/night/publish", json={})
    assert (refused.status_code, refused.json()["field"]) == (422, "nodes.a.queue")
    assert refused.json()["errors"][0]["remedy"]
    assert {"do": "reload"} not in core.asked
    wanted = {**GOODBYE, "version": saved["draft"]["version"]}
    draft = (await admin.put(f"{API}/flows/night/draft", json=wanted)).json()["draft"]
    assert draft["faults"] == []
    stale = await admin.put(f"{API}/flows/night/draft", json=wanted)
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, draft["version"])
    done = (await admin.post(f"{API}/flows/night/publish", json={"version": draft["version"]})).json()
    assert (done["version"], done["draft"], done["telephony"]) == (1, None, "reloaded")
    assert [one["version"] for one in (await admin.get(f"{API}/flows/night/versions")).json()["items"]] == [1]
    (listed,) = (await admin.get(f"{API}/flows")).json()["items"]
    assert (listed["id"], listed["nodes"]) == ("night", GOODBYE["nodes"])
    await admin.put(f"{API}/flows/night/draft", json=GOODBYE)
    assert (await admin.delete(f"{API}/flows/night/draft")).status_code == 204
    assert (await admin.get(f"{API}/flows/night")).json()["draft"] is None
    assert (await admin.delete(f"{API}/flows/night")).status_code == 200


async def test_a_calendar_and_a_number(site, core):
    admin = await site.program("admin")
    weekly = [[["08:00", "12:00"], ["13:00", "17:00"]]] * 5 + [[], []]
    made = (await admin.post(f"{API}/calendars", json={"id": "office", "weekly": weekly})).json()
    assert (made["weekly"], made["timezone"]) == (weekly, "Asia/Shanghai")
    again = await admin.put(f"{API}/calendars/office", json={"weekly": weekly, "version": "another"})
    assert (again.status_code, again.json()["version"]) == (200, made["version"])
    changed = await admin.put(f"{API}/calendars/office", json={"holidays": ["2027-01-01"]})
    assert (changed.json()["holidays"], changed.json()["weekly"]) == (["2027-01-01"], weekly)
    await admin.put(f"{API}/queues/general", json={"calendar": "office"})
    assert (await admin.delete(f"{API}/calendars/office")).status_code == 409
    (listed,) = (await admin.get(f"{API}/calendars")).json()["items"]
    assert listed["used_by"] == [{"kind": "queue", "id": "general", "field": "calendar"}]
    # As before there were lists: set, whatever stands.
    for _ in range(2):
        assert (await admin.put(f"{API}/numbers/96009", json={"target": "queue:general"})).status_code == 200
    assert (await admin.post(f"{API}/numbers", json={"number": "96009", "target": "hangup"})).status_code == 409
    (number,) = (await admin.get(f"{API}/numbers")).json()["items"]
    assert (number["number"], number["target"]) == ("96009", "queue:general")
    assert (await admin.get(f"{API}/numbers/96009")).json() == number
    assert (await admin.delete(f"{API}/numbers/96009")).status_code == 200
    assert (await admin.get(f"{API}/numbers/96009")).status_code == 404


async def test_categories_are_named_added_retired_and_brought_back_by_the_office(site, core):
    director = await site.program("director")
    page = (await director.get(f"{API}/categories")).json()
    leak = next(one for one in page["items"] if one["id"] == "repair.leak_visible")
    assert (leak["name"], leak["name_en"], leak["path"], leak["open_orders"]) == (
        "明漏",
        "Visible leak",
        "报修/明漏",
        0,
    )
    assert {"id": "repair", "name": "报修"} in page["choices"]["parents"]
    changed = await director.put(
        f"{API}/categories/repair.leak_visible", json={"name": "表前漏水", "version": leak["version"]}
    )
    assert (changed.status_code, changed.json()["path"]) == (200, "报修/表前漏水")
    late = await director.put(f"{API}/categories/repair.leak_visible", json={"name": "漏", "version": leak["version"]})
    assert (late.status_code, late.json()["current"]["name"]) == (409, "表前漏水")
    key = {"Idempotency-Key": "k1"}
    made = [
        (await director.post(f"{API}/categories", json={"name": "改管", "parent": "repair"}, headers=key)).json()
        for _ in range(2)
    ]
    assert (made[0]["id"], made[0]) == ("repair.own_1", made[1])
    used = await director.delete(f"{API}/categories/repair")
    assert used.status_code == 409
    assert {"kind": "category", "id": "repair.own_1", "field": "parent"} in used.json()["used_by"]
    assert (await director.delete(f"{API}/categories/repair.own_1")).json() == {"id": "repair.own_1"}
    assert [one["id"] for one in (await director.get(f"{API}/categories")).json()["retired"]] == ["repair.own_1"]
    chosen = (await director.get(f"{API}/work-orders/definition")).json()["categories"]
    assert "repair.own_1" not in {one["id"] for one in chosen}
    assert (await director.post(f"{API}/categories/repair.own_1/restore")).status_code == 200
    assert (await director.get(f"{API}/categories/repair.own_1")).json()["chosen"]
    assert (await director.get(f"{API}/categories/gone")).status_code == 404
    # The telephony core knows no categories.
    assert {"do": "reload"} not in core.asked
    supervisor = await site.program("supervisor")
    assert (await supervisor.get(f"{API}/categories")).status_code == 403


async def test_kinds_of_breaks_are_named_added_retired_and_brought_back_and_the_core_is_told(site, core):
    admin = await site.program("admin")
    (meeting,) = (await admin.get(f"{API}/break-reasons")).json()["items"]
    assert (meeting["id"], meeting["name"], meeting["name_en"]) == ("meeting", "会议", "Meeting")
    made = (await admin.post(f"{API}/break-reasons", json={"name": "取暖"})).json()
    assert (made["id"], made["name_en"], made["telephony"]) == ("own_1", "", "reloaded")
    named = await admin.put(f"{API}/break-reasons/own_1", json={"name_en": "Warming up", "version": made["version"]})
    assert (await admin.get(f"{API}/break-reasons/own_1")).json()["name_en"] == named.json()["name_en"] == "Warming up"
    assert (await admin.delete(f"{API}/break-reasons/own_1")).json() == {"id": "own_1", "telephony": "reloaded"}
    page = (await admin.get(f"{API}/break-reasons")).json()
    assert ([one["id"] for one in page["items"]], [one["id"] for one in page["retired"]]) == (["meeting"], ["own_1"])
    assert (await admin.post(f"{API}/break-reasons/own_1/restore")).status_code == 200
    assert core.asked.count({"do": "reload"}) == 4
    assert actions(site)[1:] == [
        "break_reason_created",
        "break_reason_changed",
        "break_reason_retired",
        "break_reason_restored",
    ]


WRONG = [
    ("PUT", "queues/general", {"ring_s": 0}, "ring_s", "Use 1 to 300."),
    ("PUT", "queues/general", {"ring_s": "soon"}, "ring_s", "digits"),
    ("PUT", "queues/general", {"override": "open"}, "override", "docs"),
    ("PUT", "queues/general", {"on_closed": "queue:gone"}, "on_closed", "make it first"),
    ("POST", "queues", {"id": "Nacht!", "name": "x"}, "id", "small letters"),
    ("POST", "agents", {"extension": "8777", "name": "x"}, "extension", "Add a person"),
    ("POST", "calendars", {"id": "x", "weekly": []}, "weekly", "Monday first"),
    ("POST", "numbers", {"number": "96x", "target": "hangup"}, "number", "digits"),
    ("PUT", "flows/Nacht!/draft", GOODBYE, "id", "small letters"),
    ("PUT", "categories/repair", {"parent": "quality"}, "parent", "two levels"),
    ("POST", "break-reasons", {"name": "会议"}, "name", "another name"),
]


async def test_a_wrong_field_is_named_with_its_remedy_in_both_languages(site):
    admin = await site.program("admin")
    for method, path, body, field, words in WRONG:
        remedies = {}
        for language in ("en", "zh-CN"):
            answer = await admin.request(method, f"{API}/{path}", json=body, headers={"Accept-Language": language})
            assert (answer.status_code, answer.json()["field"]) == (422, field), path
            remedies[language] = answer.json()["remedy"]
        assert words in remedies["en"]
        assert remedies["zh-CN"] != remedies["en"]
