"""Rights to dial over HTTP: read by who leads, changed by administrators, audited, taken over at once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AuditRow
from core.errors import NotFound
from core.numbering import DialRight
from core.people.users import Role, User
from core.web.routes import dialling

PATH = "/api/v1/dialling"


async def test_an_administrator_sets_a_right_that_counts_at_once_and_is_on_record(site, core):
    admin = await site.program("admin")
    wanted = {"classes": ["internal", "local"], "most_at_once": 1}
    answer = await admin.put(f"{PATH}/rights/role:agent", json=wanted)
    assert answer.status_code == 200, answer.text
    assert {"do": "reload"} in core.asked
    rights = {one["subject"]: one for one in (await admin.get(PATH)).json()["rights"]}
    assert (rights["role:agent"]["classes"], rights["role:agent"]["example"]) == (["internal", "local"], False)
    tried = (await admin.get(f"{PATH}/check", params={"number": "+8613900001111", "extension": "8001"})).json()
    assert (tried["number_class"], tried["allowed"]) == ("national", False)
    assert (await admin.delete(f"{PATH}/rights/role:agent")).status_code == 200
    with Session(site.web.database) as session:
        actions = list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))
    assert [one for one in actions if one.startswith("dial_")] == ["dial_right_saved", "dial_right_forgotten"]


async def test_the_offices_own_patterns_come_first(site, core):
    admin = await site.program("admin")
    wanted = {"rules": [{"pattern": "8XXX", "number_class": "local", "name": "总机"}], "area_code": "0571"}
    assert (await admin.put(f"{PATH}/numbers", json=wanted)).status_code == 200
    found = (await admin.get(PATH)).json()
    assert (found["area_code"], found["numbers"][0]["pattern"]) == ("0571", "8XXX")
    assert (await admin.get(f"{PATH}/check", params={"number": "8555"})).json()["number_class"] == "local"


@pytest.mark.parametrize(
    ("who", "reads"), [("supervisor", 200), ("agent8001", 403), ("worker", 403), ("wallboard", 403)]
)
async def test_only_administrators_change_rights(site, core, who, reads):
    client = await site.program(who)
    assert (await client.get(PATH)).status_code == reads
    answer = await client.put(f"{PATH}/rights/role:agent", json={"classes": ["premium"]})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("rights/role:king", {"classes": []}, "subject"),
        ("rights/site", {"classes": ["cheap"]}, "classes"),
        ("numbers", {"rules": [{"pattern": "(a+)+", "number_class": "local"}]}, "pattern"),
    ],
)
async def test_what_cannot_be_is_a_problem_with_its_field(site, core, path, body, field):
    admin = await site.program("admin")
    answer = await admin.put(f"{PATH}/{path}", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_refused_call_is_a_problem_403_with_a_remedy(site, core):
    error = {"code": "not_allowed", "message": "You have no right to dial premium numbers.", "field": "to"}
    error["remedy"] = "Ask an administrator to change the dialling rights."
    core.answers["originate"] = {"ok": False, "error": error}
    agent = await site.program("agent8001")
    answer = await agent.post("/api/v1/calls", json={"from_extension": "8001", "to": "16812345"})
    assert answer.status_code == 403
    assert (answer.json()["field"], "管理员" in answer.json()["remedy"]) == ("to", True)


@pytest.mark.parametrize(
    ("second", "forgotten"),
    [
        (DialRight("role:supervisor", ("local",), "no such hours"), ()),
        (DialRight("site", ("local",)), ("extension:1",)),
    ],
)
async def test_the_page_keeps_all_rows_or_none(site, core, second, forgotten):
    admin = await site.program("admin")
    before = (await admin.get(PATH)).json()
    keeper = User(1, "admin", "admin", Role.ADMIN, None)
    with pytest.raises(NotFound):
        await dialling.save(site.web, keeper, [DialRight("role:agent", ("internal",)), second], forgotten)
    assert (await admin.get(PATH)).json() == before
    assert {"do": "reload"} not in core.asked
