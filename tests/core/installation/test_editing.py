"""Queues, agents, flows, calendars, numbers changed by the office: all or nothing, by version, on record."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import audit_log
from core.db.audit_log import verify
from core.db.request_keys import REMEMBERED_S
from core.db.tables import AuditRow, RequestKeyRow
from core.demo.installation import demo_installation
from core.errors import BadInput, Conflict, HotlineError, NotFound
from core.i18n import set_language, translate_error
from core.installation import editing, flows
from core.installation.agents import AGENTS
from core.installation.agents import listed as agents_listed
from core.installation.calendars import CALENDARS
from core.installation.definition import Flow, Trunk
from core.installation.edit_refusals import InUse, Stale
from core.installation.editing import By, Editable, version_of
from core.installation.flow_check import Unsound
from core.installation.flows import FLOWS
from core.installation.numbers import NUMBERS
from core.installation.queues import QUEUES
from core.installation.queues import listed as queues_listed
from core.installation.service import load_installation, save_installation
from core.installation.trunks import put_nat, put_trunk
from core.workorders import office

ZHOU, WU = By("zhou", 1_000.0), By("wu", 2_000.0)
EDITABLES: dict[str, Editable[Any, Any]] = {
    "queues": QUEUES,
    "agents": AGENTS,
    "calendars": CALENDARS,
    "dids": NUMBERS,
}


@pytest.fixture
def session(session: Session) -> Session:
    save_installation(session, demo_installation())
    return session


def lines(session: Session) -> list[tuple[str, str, str, dict[str, Any]]]:
    rows = session.scalars(select(AuditRow).order_by(AuditRow.id))
    return [(row.user_name, row.action, row.subject, row.detail) for row in rows]


def test_a_change_says_what_it_changed_and_raises_the_version(session: Session) -> None:
    changed = editing.change(session, QUEUES, "general", {"ring_s": 12, "skills": ["repair"]}, ZHOU)
    assert (changed.ring_s, changed.skills, changed.wrap_up_s) == (12.0, ("repair",), 20.0)
    assert load_installation(session).version == 2
    detail = {"ring_s": {"from": 20.0, "to": 12}, "skills": {"from": [], "to": ["repair"]}}
    assert lines(session) == [("zhou", "queue_changed", "general", detail)]
    (general, *_rest) = queues_listed(session)["items"]
    assert (general["changed_by"], general["changed_at"]) == ("zhou", "1970-01-01T00:16:40.000Z")
    assert list(load_installation(session).queues) == list(demo_installation().queues)
    session.commit()
    assert verify(session.connection()).whole


def test_what_stands_already_changes_nothing(session: Session) -> None:
    editing.change(session, QUEUES, "general", {"ring_s": 20.0}, ZHOU, "an old version")
    assert (load_installation(session).version, lines(session)) == (1, [])


def test_what_is_refused_is_not_half_written(session: Session) -> None:
    with pytest.raises(BadInput):
        editing.change(session, QUEUES, "general", {"ring_s": 12, "calendar": "gone"}, ZHOU)
    with pytest.raises(BadInput):
        editing.create(session, QUEUES, {"id": "night", "name": "夜间", "on_closed": "queue:gone"}, ZHOU)
    assert (load_installation(session), lines(session)) == (demo_installation(), [])


@pytest.mark.parametrize(("part", "given"), [("queues", {"ring_s": 12}), ("agents", {"group": "夜班"})])
def test_nobody_overwrites_what_another_has_changed_meanwhile(
    session: Session, part: str, given: dict[str, Any]
) -> None:
    editable: Editable[Any, Any] = EDITABLES[part]
    name = next(iter(getattr(load_installation(session), part)))
    seen = version_of(editable, getattr(load_installation(session), part)[name])
    editing.change(session, editable, name, given, ZHOU, seen)
    with pytest.raises(Stale) as late:
        editing.change(session, editable, name, {"name": "别名"}, WU, seen)
    assert late.value.status == 409
    assert late.value.current["version"] == version_of(editable, getattr(load_installation(session), part)[name])
    with pytest.raises(Stale):
        editing.retire(session, editable, name, WU, seen)
    set_language("en")
    try:
        assert translate_error(late.value)[0].startswith("zhou has changed this meanwhile. Now it says: Name ")
    finally:
        set_language("zh_CN")
    assert [line[1] for line in lines(session)] == [f"{editable.word}_changed"]
    # Who wants the same has it already.
    editing.change(session, editable, name, given, WU, seen)


@pytest.mark.parametrize(
    ("part", "given"),
    [
        ("queues", {"id": "night", "name": "夜间"}),
        ("calendars", {"id": "night", "weekly": [[["20:00", "06:00"]]] * 7}),
        ("dids", {"number": "96009", "target": "queue:repair"}),
    ],
)
def test_one_more_is_made_once_and_retired(session: Session, part: str, given: dict[str, Any]) -> None:
    editable: Editable[Any, Any] = EDITABLES[part]
    name = given[editable.key]
    made = editing.create(session, editable, given, ZHOU)
    assert list(getattr(load_installation(session), part))[-1] == name or part != "queues"
    assert editing.create(session, editable, given, WU) == made
    with pytest.raises(Conflict):
        editing.create(session, editable, {**given, **OTHER[part]}, WU)
    editing.retire(session, editable, name, WU, version_of(editable, made))
    assert name not in getattr(load_installation(session), part)
    with pytest.raises(NotFound):
        editing.change(session, editable, name, OTHER[part], WU)
    with pytest.raises(NotFound):
        editing.retire(session, editable, name, WU)
    assert [line[:3] for line in lines(session)] == [
        ("zhou", f"{editable.word}_created", name),
        ("wu", f"{editable.word}_retired", name),
    ]


def test_a_key_makes_one_thing_once_and_nothing_else(session: Session) -> None:
    night, wu_too = {"id": "night", "name": "夜间"}, By("wu", 2_000.0, "k1")
    mine = By("zhou", 1_000.0, "k1")
    made = editing.create(session, QUEUES, night, mine)
    editing.change(session, QUEUES, "night", {"ring_s": 12}, WU)
    # The answer was lost, and somebody has changed it meanwhile: it is the one that was made all the same.
    again = editing.create(session, QUEUES, night, mine)
    assert (again.id, again.ring_s, made.ring_s) == ("night", 12.0, 20.0)
    for other in ({"id": "day", "name": "日间"}, {"id": "night", "name": "夜班"}):
        with pytest.raises(Conflict) as refused:
            editing.create(session, QUEUES, other, mine)
        assert (refused.value.field, refused.value.values["id"]) == ("Idempotency-Key", "night")
        assert "night" in translate_error(refused.value)[0]
    with pytest.raises(Conflict):
        editing.create(session, NUMBERS, {"number": "96009", "target": "queue:night"}, mine)
    # Somebody else's key of the same letters is another one.
    assert editing.create(session, QUEUES, {"id": "day", "name": "日间"}, wu_too).id == "day"
    assert [line[1] for line in lines(session)] == ["queue_created", "queue_changed", "queue_created"]


def test_a_key_of_what_was_refused_can_be_used_again(session: Session) -> None:
    mine = By("zhou", 1_000.0, "k1")
    with pytest.raises(BadInput):
        editing.create(session, QUEUES, {"id": "night", "name": ""}, mine)
    assert editing.create(session, QUEUES, {"id": "night", "name": "夜间"}, mine).id == "night"


def test_keys_are_forgotten_after_a_month(session: Session) -> None:
    editing.create(session, QUEUES, {"id": "night", "name": "夜间"}, By("zhou", 0.0, "k1"))
    editing.create(session, QUEUES, {"id": "day", "name": "日间"}, By("zhou", REMEMBERED_S + 1, "k2"))
    assert [row.made for row in session.scalars(select(RequestKeyRow))] == ["day"]


def test_a_trunk_and_its_line_of_the_audit_are_one_change(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    put_trunk(session, Trunk("city", ("10.1.2.3",), "gw.example"), ZHOU)
    put_nat(session, "8001", "on", WU)
    assert [line[:3] for line in lines(session)] == [
        ("zhou", "trunk_saved", "city"),
        ("wu", "phone_nat_saved", "8001"),
    ]
    before = load_installation(session)
    session.commit()

    def full(*_rest: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(audit_log, "append", full)
    with pytest.raises(OSError, match="no room"):
        put_trunk(session, Trunk("city", ("10.9.9.9",)), ZHOU)
    session.rollback()
    assert load_installation(session) == before


OTHER: dict[str, dict[str, Any]] = {
    "queues": {"ring_s": 12},
    "calendars": {"holidays": ["2027-01-01"]},
    "dids": {"target": "queue:general"},
}


def test_the_id_of_a_retired_queue_stays_taken_and_nobody_serves_it(session: Session) -> None:
    editing.create(session, QUEUES, {"id": "night", "name": "夜间"}, ZHOU)
    editing.change(session, AGENTS, "8001", {"queues": {"general": 1, "night": 2}}, ZHOU)
    editing.retire(session, QUEUES, "night", ZHOU)
    assert load_installation(session).agents["8001"].queues == {"general": 1}
    with pytest.raises(Conflict):
        editing.create(session, QUEUES, {"id": "night", "name": "又一个"}, ZHOU)


@pytest.mark.parametrize(
    ("part", "name", "uses"),
    [
        ("queues", "general", {("number", "96001"), ("queue", "billing"), ("queue", "complaint"), ("flow", "main")}),
        ("queues", "repair", {("flow", "main")}),
        ("calendars", "office", {("queue", "billing"), ("flow", "main")}),
        ("flows", "main", {("number", "96000")}),
    ],
)
def test_what_is_in_use_is_not_retired_and_its_users_are_named(
    session: Session, part: str, name: str, uses: set[tuple[str, str]]
) -> None:
    with pytest.raises(InUse) as refused:
        editing.retire(session, {**EDITABLES, "flows": FLOWS}[part], name, ZHOU)
    assert uses <= {(one.kind, one.id) for one in refused.value.uses}
    words, remedy = translate_error(refused.value)
    assert remedy
    assert all(used in words for _kind, used in uses), words
    assert load_installation(session).version == 1


def test_a_calendar_that_orders_run_by_is_not_retired(session: Session) -> None:
    office.fill_shipped(session, 0.0)
    session.commit()
    named = {
        use.id
        for calendar in load_installation(session).calendars
        for use in CALENDARS.uses(session, load_installation(session), calendar)
        if use.kind == "category"
    }
    assert "service" in {name.partition(".")[0] for name in named}


def test_an_agent_leaves_the_queues_and_keeps_the_phone(session: Session) -> None:
    editing.retire(session, AGENTS, "8001", ZHOU)
    installation = load_installation(session)
    assert "8001" not in installation.agents
    assert "8001" in installation.accounts
    assert "8001" in agents_listed(session)["choices"]["phones"]
    editing.create(session, AGENTS, {"extension": "8001", "name": "王芳", "queues": {"general": 3}}, ZHOU)
    assert load_installation(session).agents["8001"].queues == {"general": 3}


# --- flows -----------------------------------------------------------------------------------------------------

GOODBYE = {"bye": {"kind": "hangup", "say": "再见。"}}


def test_a_draft_may_be_faulty_and_is_published_once_it_is_sound(session: Session) -> None:
    flows.save_draft(session, "main", "bye", {"bye": {"kind": "queue", "queue": "gone"}}, ZHOU)
    draft = flows.one(session, "main", ())["draft"]
    assert [fault.field for fault in draft["faults"]] == ["nodes.bye.queue"]
    with pytest.raises(Unsound):
        flows.publish(session, "main", ZHOU, ())
    assert load_installation(session) == demo_installation()
    flows.save_draft(session, "main", "bye", GOODBYE, WU, draft["version"])
    assert load_installation(session).version == 1
    assert flows.publish(session, "main", WU, ()) == 2
    assert load_installation(session).flows["main"] == Flow("main", 2, "bye", GOODBYE)
    assert flows.one(session, "main", ())["draft"] is None
    now, first = flows.versions(session, "main")
    assert (now["version"], now["changed_by"], first["version"], first["changed_by"]) == (2, "wu", 1, "")
    assert [line[1] for line in lines(session)] == ["flow_draft_saved", "flow_draft_saved", "flow_published"]


def test_a_flow_is_published_once_under_a_key(session: Session) -> None:
    mine = By("zhou", 1_000.0, "k1")
    flows.save_draft(session, "main", "bye", GOODBYE, mine)
    seen = flows.one(session, "main", ())["draft"]["version"]
    assert flows.publish(session, "main", mine, (), seen) == 2
    assert flows.publish(session, "main", mine, (), seen) == 2
    with pytest.raises(Conflict) as refused:
        flows.publish(session, "main", mine, (), "another")
    assert refused.value.field == "Idempotency-Key"


def test_two_who_work_on_one_flow_do_not_overwrite_each_other(session: Session) -> None:
    flows.save_draft(session, "main", "bye", GOODBYE, ZHOU)
    seen = flows.one(session, "main", ())["draft"]["version"]
    flows.save_draft(session, "main", "bye", {"bye": {"kind": "hangup"}}, WU, seen)
    for late in (
        lambda: flows.save_draft(session, "main", "bye", GOODBYE, ZHOU, seen),
        lambda: flows.publish(session, "main", ZHOU, (), seen),
    ):
        with pytest.raises(Stale) as refused:
            late()
        assert "wu" in str(refused.value)
    flows.drop_draft(session, "main", WU)
    for gone in (
        lambda: flows.save_draft(session, "main", "bye", GOODBYE, ZHOU, seen),
        lambda: flows.publish(session, "main", ZHOU, ()),
        lambda: flows.drop_draft(session, "main", ZHOU),
    ):
        with pytest.raises(HotlineError) as nothing:
            gone()
        assert nothing.value.status in (404, 409)


def test_a_draft_of_an_older_version_does_not_undo_the_newer_one(session: Session) -> None:
    flows.save_draft(session, "main", "bye", GOODBYE, ZHOU)
    flows.publish_flow(session, Flow("main", 0, "bye", GOODBYE), WU)
    with pytest.raises(Conflict) as refused:
        flows.publish(session, "main", ZHOU, ())
    assert refused.value.field == "version"


def test_a_new_flow_is_a_draft_first_and_a_retired_one_can_come_back(session: Session) -> None:
    flows.save_draft(session, "night", "bye", GOODBYE, ZHOU)
    new = flows.one(session, "night", ())
    assert (new["version"], new["draft"]["based_on"]) == (0, 0)
    assert flows.publish(session, "night", ZHOU, ()) == 1
    editing.retire(session, FLOWS, "night", ZHOU, "1")
    assert "night" not in load_installation(session).flows
    flows.save_draft(session, "night", "bye", GOODBYE, ZHOU)
    assert flows.publish(session, "night", ZHOU, ()) == 2
    assert load_installation(session).flows["night"].version == 2
