"""Reasons of a break: named in two languages, added to, retired and brought back; past breaks keep a name."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core.db.tables import BreakReasonRow
from core.demo.installation import demo_installation
from core.errors import BadInput, Conflict
from core.i18n import called
from core.installation import editing
from core.installation.break_reasons import BREAK_REASONS, listed
from core.installation.definition import Installation
from core.installation.editing import By
from core.installation.service import load_installation, of_frame, save_installation

ZHOU = By("zhou", 1_000.0)


@pytest.fixture
def session(session: Session) -> Session:
    save_installation(session, demo_installation())
    return session


def test_a_reason_is_named_anew_and_keeps_its_id_and_its_place(session):
    editing.change(session, BREAK_REASONS, "meal", {"name": "就餐", "name_en": "Lunch"}, ZHOU)
    reasons = load_installation(session).break_reasons
    assert list(reasons) == list(demo_installation().break_reasons)
    assert (reasons["meal"].name, reasons["meal"].name_en) == ("就餐", "Lunch")


def test_one_more_comes_last_with_an_id_of_its_own(session):
    assert editing.create(session, BREAK_REASONS, {"name": "取暖"}, ZHOU).id == "own_1"
    assert editing.create(session, BREAK_REASONS, {"id": "prayer", "name": "礼拜"}, ZHOU).id == "prayer"
    assert [one["id"] for one in listed(session)["items"]][-2:] == ["own_1", "prayer"]


def test_what_is_retired_is_not_offered_and_still_names_the_breaks_that_were(session):
    editing.retire(session, BREAK_REASONS, "meal", ZHOU)
    assert "meal" not in {one["id"] for one in listed(session)["items"]}
    assert [one["id"] for one in listed(session)["retired"]] == ["meal"]
    reason = load_installation(session).break_reasons["meal"]
    assert (called(reason), reason.retired) == ("用餐", True)
    assert [one.id for one in of_frame(session)[0] if one.retired] == ["meal"]
    # The core's copy on disk knows it as well.
    assert Installation.from_json(load_installation(session).to_json()) == load_installation(session)
    with pytest.raises(Conflict):
        editing.create(session, BREAK_REASONS, {"id": "meal", "name": "又一个"}, ZHOU)
    # Its name is free.
    editing.create(session, BREAK_REASONS, {"id": "dinner", "name": "用餐"}, ZHOU)
    with pytest.raises(BadInput) as refused:
        editing.restore(session, BREAK_REASONS, "meal", ZHOU)
    assert refused.value.field == "name"
    editing.retire(session, BREAK_REASONS, "dinner", ZHOU)
    assert editing.restore(session, BREAK_REASONS, "meal", ZHOU).retired is False
    assert not load_installation(session).break_reasons["meal"].retired


def test_a_reason_from_before_there_were_ids_can_be_named_in_english(session):
    session.add(BreakReasonRow(id="取暖", name="取暖", name_en="", rank=9))
    session.commit()
    assert editing.change(session, BREAK_REASONS, "取暖", {"name_en": "Warming up"}, ZHOU).name_en == "Warming up"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "用餐"}, "name"),
        ({"name": "吃饭", "name_en": "Meal"}, "name_en"),
        ({"id": "Essen!", "name": "吃饭"}, "id"),
        ({"name": "吃饭", "retired": True}, "retired"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(session, given, field):
    with pytest.raises(BadInput) as refused:
        editing.create(session, BREAK_REASONS, given, ZHOU)
    assert refused.value.field == field
