"""The list's filter: as people write it, as the URL keeps it."""

from datetime import datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from core.errors import BadInput, Several
from dashboards.components import listing
from dashboards.pages.orders.filters import OrderFilter

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def of(**parameters):
    return OrderFilter.of(parameters, NOW)


@pytest.mark.parametrize("parameters", [{}, {"category": "repair"}, {"district": "东城", "page": "2"}])
def test_without_anything_that_says_which_the_open_orders_are_meant(parameters):
    assert of(**parameters).now == "open"


@pytest.mark.parametrize(
    "parameters",
    [
        {"day": "today"},
        {"from": "2026-11-01"},
        {"state": "closed"},
        {"q": "清源路"},
        {"customer": "7"},
        {"from_call": "c"},
    ],
)
def test_what_says_by_itself_which_orders_are_meant_includes_those_that_are_closed(parameters):
    assert of(**parameters).now == ""


def test_the_interfaces_words_for_open_and_overdue_are_understood():
    assert of(open="1").now == "open"
    assert of(overdue="1", category="repair").now == "overdue"


def test_a_day_is_a_whole_day_of_the_site():
    found = of(day="today", by="closed")
    assert (found.begin, found.end) == (NOW.replace(hour=0), NOW.replace(day=24, hour=0))
    assert found.period() == "2026-11-23"
    assert of(**{"from": "11-20 08:30"}).first == "2026-11-20 08:30"


def test_a_period_may_be_of_a_milestones_deadline():
    found = of(day="today", by="arrive", kept="no")
    assert (found.clock, found.now) == ("arrive", "")
    assert of(day="today", by="closed").clock == ""


def test_the_url_gives_the_same_filter_again():
    first = of(**{"from": "昨天", "to": "今天", "by": "closed", "category": "quality", "q": "清源 路", "page": "3"})
    again = OrderFilter.of({name: values[0] for name, values in parse_qs(first.query()).items()}, NOW)
    assert again == first


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"state": "asleep"}, "state"),
        ({"now": "soon"}, "now"),
        ({"by": "sunrise"}, "by"),
        ({"customer": "abc"}, "customer"),
        ({"from": "someday"}, "from"),
        ({"from": "2026-11-23", "to": "2026-11-20"}, "to"),
        ({"to": "9999-12-31"}, "to"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(parameters, field):
    with pytest.raises(BadInput) as refused:
        of(**parameters)
    assert refused.value.field == field


def test_everything_that_cannot_be_read_is_named_at_once_each_beside_its_field():
    with pytest.raises(Several) as refused:
        of(**{"state": "asleep", "now": "soon", "customer": "abc", "from": "someday", "to": "never"})
    fields = [one.field for one in refused.value.parts]
    assert sorted(fields) == ["customer", "from", "now", "state", "to"]
    places = [listing.labelled(name, listing.time_field(name, "")) for name in ("from", "to", "state")]
    form = listing.form("/orders", places, [], wrong=refused.value)
    assert [getattr(place, "className", None) for place in places] == ["field-is-wrong"] * 3
    # What has no field here is said after them.
    assert sum(getattr(one, "className", "") == "field-wrong" for one in form.children) == 2
