"""Calls of before and after facts carried ids are about the same, whatever a category is called meanwhile."""

import asyncio
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from core import events as ev
from core.db import event_log
from core.db.tables import CategoryRow
from core.i18n import set_language
from core.installation.definition import Installation
from core.people.users import Role, User
from core.workorders.office import fill_shipped
from dashboards.components.names import Names
from dashboards.pages.calls import story
from dashboards.pages.calls.rows import lines, row
from etl.feed import Feeder
from kpi.lists import calls
from kpi.lists.calls import CallQuery
from kpi.measures.catalogue import measure
from kpi.measures.counting import MeasureQuery, Measuring
from tests.etl.conftest import NOON, warehouse  # noqa: F401 - a fixture

SUPERVISOR = User(1, "supervisor", "班长", Role.SUPERVISOR, None)


def one_call(n, category, version):
    """A minute's call of one number, a quarter of an hour after the one before."""
    call, at = f"c{n}", NOON + n * 900
    facts = (
        (0, ev.CallArrived(call, "inbound", "13900000001", "96001", "city")),
        (1, ev.AgentRang(call, f"{call}-1", "8001", None)),
        (2, ev.CallAnswered(call, f"{call}-1", "8001", None)),
        (60, ev.SegmentEnded(call, f"{call}-1", "8001", "caller_hung_up")),
        (60, ev.CallEnded(call, "caller_hung_up")),
        (61, ev.WrapUpStarted(call, f"{call}-1", "8001", 20.0)),
        (70, ev.WrapUpEnded(call, f"{call}-1", "8001", category)),
    )
    for after, fact in facts:
        event = ev.Event.of(fact, at + after)
        yield replace(event, version=version) if isinstance(fact, ev.WrapUpEnded) else event


@pytest.fixture
def told(engine, warehouse):  # noqa: F811
    """Five calls: by names of the tree (path, name), by its id, by a name of nobody's, and without any."""
    said = (("报修/明漏", 1), ("明漏", 1), ("repair.leak_visible", 2), ("午饭", 1), ("", 2))
    with Session(engine) as session:
        fill_shipped(session, NOON)
        event_log.append(session, [event for n, one in enumerate(said) for event in one_call(n, *one)])
        session.commit()
    Feeder(engine, warehouse).once()
    yield warehouse
    set_language("zh_CN")


def listed(warehouse):  # noqa: F811
    found = asyncio.run(calls.page(warehouse, SUPERVISOR, CallQuery()))["items"]
    return {one["id"]: (one["category"], one["category_name"]) for one in found}


LEAK = ("repair.leak_visible", "报修/明漏")


def test_facts_of_all_versions_name_one_category(told):
    assert listed(told) == {"c0": LEAK, "c1": LEAK, "c2": LEAK, "c3": ("午饭", "午饭"), "c4": (None, None)}


def test_english_readers_read_english_in_list_call_file_and_story(told):
    set_language("en")
    assert listed(told)["c0"] == ("repair.leak_visible", "Repair/Visible leak")
    whole = asyncio.run(calls.whole(told, SUPERVISOR, "c0"))
    assert whole["segments"][0]["category_name"] == "Repair/Visible leak"
    names = Names(Installation(1, "example"))
    (ended,) = (one for one in whole["events"] if one["kind"] == "wrap_up_ended")
    assert "Repair/Visible leak" in story.details(ended, names)
    assert row(whole, names, NOON)["category"] == "Repair/Visible leak"
    assert "Repair/Visible leak" in list(lines([whole], names, "Asia/Shanghai"))[1]


def test_english_readers_read_the_chinese_name_where_the_office_has_given_no_other(told, engine):
    with Session(engine) as session:
        session.get_one(CategoryRow, "repair.leak_visible").name_en = ""
        session.commit()
    Feeder(engine, told).once()
    set_language("en")
    assert listed(told)["c0"] == ("repair.leak_visible", "Repair/明漏")


def test_a_rename_breaks_neither_names_nor_figures_of_the_past(told, engine):
    assert enough(told) == (2, 4)
    with Session(engine) as session:
        session.get_one(CategoryRow, "repair.leak_visible").name_zh = "表前漏水"
        session.get_one(CategoryRow, "repair.leak_hidden").name_zh = "明漏"
        session.commit()
    told._cache.clear()
    Feeder(engine, told).once()
    renamed = ("repair.leak_visible", "报修/表前漏水")
    assert [listed(told)[one] for one in ("c0", "c1", "c2")] == [renamed] * 3
    assert enough(told) == (2, 4)


def enough(warehouse):  # noqa: F811
    """Of the contacts with a category those that no other about the same followed."""
    one = measure("fcr.no_repeat")
    question = MeasureQuery(one, NOON - 3600, NOON + 86_400, (), NOON + 40 * 86_400)
    measuring = Measuring(None, warehouse, ZoneInfo("Asia/Shanghai"), Installation(1, "example"))
    ((_group, found),) = asyncio.run(measuring.answer(question))
    return one.of.numerator(found), one.of.denominator(found)
