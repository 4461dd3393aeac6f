"""The tree of categories changed by the office: named in two languages, added to, retired and brought back; nothing of
what was gets lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.tables import AuditRow, CategoryRow
from core.errors import BadInput, Conflict, NotFound
from core.i18n import translate_error
from core.installation import editing
from core.installation.definition import Installation
from core.installation.edit_refusals import InUse, Stale
from core.installation.editing import By, version_of
from core.installation.service import save_installation
from core.workorders import office
from core.workorders.categories import SHIPPED, leaves
from core.workorders.category_editing import CATEGORIES, entry_of, listed

ZHOU, WU = By("zhou", 1_000.0), By("wu", 2_000.0)


@pytest.fixture
def session(session: Session) -> Session:
    save_installation(session, Installation(1, "测试"))
    office.fill_shipped(session, 0.0)
    session.commit()
    return session


def one(session: Session, category: str) -> dict[str, Any]:
    return next(one for one in listed(session)["items"] if one["id"] == category)


def lines(session: Session) -> list[tuple[str, str]]:
    return [(row.action, row.subject) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]


def test_a_category_gets_other_names_and_is_still_meant_by_those_it_had(session):
    editing.change(session, CATEGORIES, "repair", {"name": "抢修", "name_en": "Emergency repair"}, ZHOU)
    editing.change(session, CATEGORIES, "repair.leak_visible", {"name": "表前漏水"}, ZHOU)
    assert one(session, "repair.leak_visible")["path"] == "抢修/表前漏水"
    for said in ("报修/明漏", "抢修/明漏", "抢修/表前漏水", "明漏", "表前漏水", "repair.leak_visible"):
        assert office.category_of(session, said) == "repair.leak_visible"
    (line,) = [row for row in session.scalars(select(AuditRow)) if row.subject == "repair"]
    assert line.detail == {
        "name": {"from": "报修", "to": "抢修"},
        "name_en": {"from": "Repair", "to": "Emergency repair"},
    }
    assert one(session, "repair")["changed_by"] == "zhou"


def test_limits_and_fields_of_a_category_are_not_touched_by_its_names(session):
    before = office.tree(session)["repair"]
    editing.change(session, CATEGORIES, "repair", {"name": "抢修"}, ZHOU)
    after = office.tree(session)["repair"]
    assert (after.limits, after.asks, after.sites) == (before.limits, before.asks, before.sites)
    assert list(office.tree(session)) == [one.id for one in SHIPPED]


def test_one_more_is_given_an_id_of_its_own_below_its_group(session):
    made = editing.create(session, CATEGORIES, {"name": "改管", "parent": "repair", "urgency": "urgent"}, ZHOU)
    other = editing.create(session, CATEGORIES, {"name": "骚扰电话", "immediate": True}, ZHOU)
    named = editing.create(session, CATEGORIES, {"id": "repair.valve", "name": "阀门", "parent": "repair"}, ZHOU)
    assert (made.id, other.id, named.id) == ("repair.own_1", "own_1", "repair.valve")
    assert {"repair.own_1", "own_1", "repair.valve"} <= {one.id for one in leaves(office.tree(session))}
    assert lines(session) == [
        ("category_created", "repair.own_1"),
        ("category_created", "own_1"),
        ("category_created", "repair.valve"),
    ]


def test_under_a_key_one_without_an_id_is_made_once(session):
    mine = By("zhou", 1_000.0, "k1")
    made = [editing.create(session, CATEGORIES, {"name": "改管", "parent": "repair"}, mine).id for _ in range(2)]
    assert made == ["repair.own_1", "repair.own_1"]
    with pytest.raises(Conflict) as refused:
        editing.create(session, CATEGORIES, {"name": "改管", "parent": "service"}, mine)
    assert refused.value.field == "Idempotency-Key"


def test_what_is_retired_is_not_chosen_any_more_and_comes_back_as_it_was(session):
    editing.retire(session, CATEGORIES, "praise", ZHOU)
    assert "praise" not in {one.id for one in leaves(office.tree(session))}
    assert "praise" not in {one["id"] for one in listed(session)["items"]}
    assert [one["id"] for one in listed(session)["retired"]] == ["praise"]
    # Facts and orders of before still have its name.
    assert office.tree(session)["praise"].name("zh_CN") == "表扬"
    with pytest.raises(Conflict):
        editing.create(session, CATEGORIES, {"id": "praise", "name": "又一个"}, ZHOU)
    with pytest.raises(NotFound):
        editing.change(session, CATEGORIES, "praise", {"name": "别名"}, ZHOU)
    assert editing.restore(session, CATEGORIES, "praise", WU).name == "表扬"
    assert "praise" in {one.id for one in leaves(office.tree(session))}
    assert [action for action, _ in lines(session)] == ["category_retired", "category_restored"]
    with pytest.raises(NotFound):
        editing.restore(session, CATEGORIES, "gone", WU)


def test_a_group_is_not_retired_before_what_stands_in_it_and_can_be_chosen_afterwards(session):
    with pytest.raises(InUse) as refused:
        editing.retire(session, CATEGORIES, "service", ZHOU)
    assert {use.id for use in refused.value.uses} == {one.id for one in SHIPPED if one.parent == "service"}
    words, remedy = translate_error(refused.value)
    assert "service.connect" in words
    assert "退役" in remedy or "停用" in remedy
    for child in [one.id for one in SHIPPED if one.parent == "service"]:
        editing.retire(session, CATEGORIES, child, ZHOU)
    assert one(session, "service")["chosen"]
    assert "service" in {one.id for one in leaves(office.tree(session))}
    editing.retire(session, CATEGORIES, "service", ZHOU)
    # What stood in it cannot come back without it.
    with pytest.raises(BadInput):
        editing.restore(session, CATEGORIES, "service.connect", ZHOU)


def test_a_category_can_stand_elsewhere_and_keeps_its_id(session):
    editing.change(session, CATEGORIES, "repair.manhole", {"parent": "report"}, ZHOU)
    assert one(session, "repair.manhole")["path"] == "举报/井盖"
    assert office.category_of(session, "报修/井盖") == "repair.manhole"
    assert not one(session, "report")["chosen"]


@pytest.mark.parametrize(
    ("category", "given", "field"),
    [
        ("repair.burst", {"name": ""}, "name"),
        ("repair.burst", {"name": "爆/管"}, "name"),
        ("repair.burst", {"name": "明漏"}, "name"),
        ("repair.burst", {"name_en": "Visible leak"}, "name_en"),
        ("repair.burst", {"parent": "repair.frozen"}, "parent"),
        ("repair.burst", {"parent": "gone"}, "parent"),
        ("repair", {"parent": "service"}, "parent"),
        ("quality", {"parent": "quality"}, "parent"),
        ("repair.burst", {"urgency": "soon"}, "urgency"),
        ("repair.burst", {"limits": []}, "limits"),
        ("", {"id": "Rohr!", "name": "x"}, "id"),
        ("", {"id": "a.b.c", "name": "x"}, "id"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_written(session, category, given, field):
    before = office.tree(session)
    change = editing.change if category else editing.create
    with pytest.raises(BadInput) as refused:
        change(session, CATEGORIES, *([category] if category else []), given, ZHOU)
    assert refused.value.field == field
    assert translate_error(refused.value)[1]
    assert (office.tree(session), lines(session)) == (before, [])


def test_a_name_may_be_that_of_a_category_elsewhere(session):
    assert editing.create(session, CATEGORIES, {"name": "水压低", "parent": "quality"}, ZHOU).id == "quality.own_1"


def test_nobody_overwrites_what_another_has_changed_meanwhile(session):
    seen = version_of(CATEGORIES, entry_of(office.tree(session)["bill"]))
    editing.change(session, CATEGORIES, "bill", {"name": "账单"}, ZHOU, seen)
    with pytest.raises(Stale) as late:
        editing.change(session, CATEGORIES, "bill", {"name": "水费"}, WU, seen)
    assert (late.value.current["name"], late.value.current["changed_by"]) == ("账单", "zhou")


def test_what_has_no_english_name_is_said_in_chinese_and_shows_that_it_has_none(session):
    made = editing.create(session, CATEGORIES, {"name": "改管", "parent": "repair"}, ZHOU)
    assert one(session, made.id)["name_en"] == ""
    assert office.tree(session)[made.id].name("en") == "改管"
    assert session.get_one(CategoryRow, made.id).name_en == ""
