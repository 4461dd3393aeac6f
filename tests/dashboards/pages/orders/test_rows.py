"""A line of the list and the same order as a card: numbers to sort by, words to read."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.pages.orders.cards import cards
from dashboards.pages.orders.queries import FilterChoices
from dashboards.pages.orders.rows import row
from kpi.lists.categories import Categories

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC).replace(tzinfo=None)
AT = NOW.replace(tzinfo=UTC).timestamp()
TREE = Categories({"repair": "报修", "repair.burst": "爆管"}, {"repair.burst": "repair"})
KNOWN = FilterChoices(TREE, [], {"east": "城东所"}, {})
ORDER = {
    "order_id": "261125-0001",
    "opened_at": NOW - timedelta(minutes=5),
    "closed_at": None,
    "due_at": NOW + timedelta(minutes=30),
    "due_clock": "arrive",
    "category": "repair.burst",
    "urgency": "urgent",
    "state": "accepted",
    "district": "城东区",
    "address": "城东区清源路 1 号",
    "summary": "冒水",
    "supervised": False,
    **dict.fromkeys(("urged", "returned", "extended"), 0),
    "round": 1,
    "site": "east",
    "assignee": "",
    "caller": "13900000001",
}


def test_times_are_numbers_to_sort_by_and_words_to_read():
    made = row(ORDER, KNOWN, AT, ZONE, soon=True)
    assert (made["opened"], made["opened_words"], made["opened_note"]) == (AT - 300, "11:55", "5 分钟前")
    assert made["opened_title"] == "2026-11-25 11:55:00"
    assert (made["due"], made["due_words"], made["due_note"], made["due_level"]) == (
        AT + 1800,
        "剩 30 分钟",
        "12:30",
        "warn",
    )
    assert made["due_title"] == "到场 期限 2026-11-25 12:30:00"
    assert made["closed"] is None
    # Where its own time says it all, the clock stands beside it.
    later = row({**ORDER, "due_at": NOW + timedelta(hours=2)}, KNOWN, AT, ZONE)
    assert (later["due_words"], later["due_note"], later["due_stamp"]) == ("14:00", "到场", "")


@pytest.mark.parametrize(
    ("changes", "due"),
    [({}, "剩 30 分钟 · 12:30"), ({"due_at": None}, ""), ({"due_at": NOW - timedelta(hours=2)}, "超 2 小时")],
)
def test_a_card_is_a_link_as_a_whole_and_says_what_a_crew_needs(changes, due):
    (item,) = cards([row({**ORDER, **changes}, KNOWN, AT, ZONE)])
    card = item.children
    assert card.href == "/orders/261125-0001"
    said = {one.className.split()[0]: one.children for one in card.children}
    assert said["card-due"] == due
    assert said["card-address"] == "城东区 清源路 1 号"
    assert (said["card-category"], said["card-state"], said["card-holder"]) == ("报修/爆管", "待派", "城东所 · 未指派")
    late = next(one for one in card.children if one.className.startswith("card-due"))
    assert ("due-bad" in late.className) is (due == "超 2 小时")
