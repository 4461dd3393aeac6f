"""Lists, cursors, duplicates and what is overdue, for each who may see it."""

from dataclasses import replace

import pytest

from core.errors import BadInput
from core.workorders import reading, service
from core.workorders.intake import IntakeRequest
from core.workorders.reading import OrderQuery, OverdueGroup
from core.workorders.steps import StepRequest
from tests.core.workorders.conftest import AGENT, EAST, LI, NOW, SUPERVISOR, WANG, WEST

LEAK = IntakeRequest(
    "repair.leak_visible", "路面冒水", address="城东区清泉路12号", customer_id=7, caller="13900000001", from_call="c1"
)
WESTERN = IntakeRequest("repair.meter", "表不转", address="城西区净水街3号", caller="13900000002")
METRE = 1 / 111_195


def opened(session, wanted, at=NOW):
    return service.open_order(session, wanted, AGENT, at).id


def ids(session, who=SUPERVISOR, now=NOW, **wanted):
    return [row.id for row in reading.orders(session, OrderQuery(**wanted), who, now)[0]]


@pytest.fixture
def some(house):
    """Three orders: a leak in the east, a meter in the west an hour later, an answered question."""
    leak = opened(house, LEAK)
    meter = opened(house, replace(WESTERN, then="dispatch", assignee="li"), NOW + 3600)
    asked = opened(house, IntakeRequest("consultation", "问水价 100%", then="answer", caller="13900000003"), NOW + 7200)
    return house, leak, meter, asked


def test_every_filter_finds_what_it_says(some):
    session, leak, meter, asked = some
    assert ids(session) == [asked, meter, leak]
    for wanted, found in (
        ({"since": NOW + 1}, [asked, meter]),
        ({"until": NOW + 1}, [leak]),
        ({"states": ("accepted", "dispatched")}, [meter, leak]),
        ({"category": "repair"}, [meter, leak]),
        ({"category": "repair.meter"}, [meter]),
        ({"category": "repair.m"}, []),
        ({"district": "城东区"}, [leak]),
        ({"urgency": "urgent"}, [leak]),
        ({"channel": "web"}, []),
        ({"site": "west"}, [meter]),
        ({"assignee": "li"}, [meter]),
        ({"customer_id": 7}, [leak]),
        ({"caller": "13900000002"}, [meter]),
        ({"from_call": "c1"}, [leak]),
        ({"open": True}, [meter, leak]),
        ({"open": False}, [asked]),
        ({"words": "净水"}, [meter]),
        ({"words": "100%"}, [asked]),
        ({"words": "_"}, []),
        ({"words": leak}, [leak]),
        ({"words": "朱秀"}, [leak]),
        ({"overdue": True}, []),
    ):
        assert ids(session, **wanted) == found, wanted
    assert ids(session, now=NOW + 7300, overdue=True) == [meter, leak]
    assert ids(session, now=NOW + 7300, overdue=False) == [asked]


def test_each_sees_what_is_theirs(some):
    session, leak, meter, asked = some
    assert ids(session, AGENT) == [asked, meter, leak]
    assert ids(session, EAST) == [leak]
    assert ids(session, WEST) == [meter]
    assert ids(session, LI) == [meter]
    # What nobody of the site has yet, its workers see; closed ones and those of other sites they do not.
    assert ids(session, WANG) == [leak]
    assert ids(session, replace(WANG, name="wu")) == [leak]
    assert ids(session, replace(WANG, site="")) == []
    assert ids(session, replace(EAST, site="")) == []


def test_pages_follow_each_other_without_gap_or_repeat(house):
    # Several in the same moment: the cursor must not skip any of them.
    made = [opened(house, LEAK, NOW + n // 3) for n in range(10)]
    seen, after = [], ""
    while True:
        rows, after = reading.orders(house, OrderQuery(limit=3, after=after or ""), SUPERVISOR, NOW)
        seen += [row.id for row in rows]
        if after is None:
            break
    assert seen == sorted(made, reverse=True)


def test_a_cursor_that_is_none_is_refused(house):
    with pytest.raises(BadInput) as refused:
        reading.orders(house, OrderQuery(after="yesterday"), SUPERVISOR, NOW)
    assert refused.value.field == "cursor"


def test_duplicates_are_near_in_kind_place_and_time(house):
    first = opened(house, LEAK)
    at = (120.01, 30.01)

    def found(category="repair.leak_visible", place=at, address="", now=NOW + 60, who=SUPERVISOR):
        return [
            (row.id, round(away) if away is not None else None)
            for row, away in reading.duplicates(house, category, *place, address, now, who)
        ]

    assert found() == [(first, 0)]
    assert found(place=(120.01, 30.01 + 99 * METRE)) == [(first, 99)]
    assert found(place=(120.01, 30.01 + 101 * METRE)) == []
    assert found("repair.meter") == []
    assert found(now=NOW + 86_401) == []
    assert found(place=(None, None), address="城东区 清泉路12号") == [(first, None)]
    assert found(place=(None, None), address="清泉路13号") == []
    assert found(place=(None, None)) == []
    second = opened(house, replace(LEAK, longitude=120.01, latitude=30.01 + 50 * METRE, address="清泉路口"))
    assert found() == [(first, 0), (second, 50)]
    # Both belong to the eastern site; nobody was sent yet.
    assert (found(who=EAST), found(who=WEST), found(who=LI)) == ([(first, 0), (second, 50)], [], [])
    service.take_step(house, first, StepRequest("void", {"note": "误报"}), SUPERVISOR, NOW + 60)
    assert found() == [(second, 50)]


def test_overdue_orders_are_counted_by_district_and_site(some):
    session, leak, meter, _asked = some
    assert reading.overdue(session, NOW + 1800) == []
    # The leak should be reached within an hour; the meter's crew should have taken it within half an hour.
    assert reading.overdue(session, NOW + 3 * 3600) == [
        OverdueGroup("城东区", "east", 1, (leak,)),
        OverdueGroup("城西区", "west", 1, (meter,)),
    ]
    service.take_step(session, leak, StepRequest("void", {"note": "误报"}), SUPERVISOR, NOW + 3 * 3600)
    assert [one.site for one in reading.overdue(session, NOW + 3 * 3600)] == ["west"]
