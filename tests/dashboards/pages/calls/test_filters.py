from datetime import datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from core.errors import BadInput
from dashboards.pages.calls.filters import CallFilter

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 10, 42, 30, tzinfo=ZONE)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)


def test_without_a_period_it_is_today():
    chosen = CallFilter.of({}, NOW)
    assert (chosen.begin, chosen.end) == (at(2026, 11, 25), at(2026, 11, 26))
    assert chosen.period() == "2026-11-25"


@pytest.mark.parametrize(
    ("given", "begin", "end"),
    [
        ({"day": "today"}, at(2026, 11, 25), at(2026, 11, 26)),
        ({"day": "yesterday"}, at(2026, 11, 24), at(2026, 11, 25)),
        ({"day": "昨天"}, at(2026, 11, 24), at(2026, 11, 25)),
        ({"day": "2026-11-23"}, at(2026, 11, 23), at(2026, 11, 24)),
        ({"from": "2026-11-20"}, at(2026, 11, 20), at(2026, 11, 26)),
        ({"from": "11-20", "to": "11-21"}, at(2026, 11, 20), at(2026, 11, 22)),
        ({"from": "20261120", "to": "2026/11/21"}, at(2026, 11, 20), at(2026, 11, 22)),
        ({"from": "11月20日", "to": "今日"}, at(2026, 11, 20), at(2026, 11, 26)),
        ({"from": "2026-11-25 09:42", "to": "2026-11-25 10:42"}, at(2026, 11, 25, 9, 42), at(2026, 11, 25, 10, 42)),
        (
            {"from": "2026-11-25 10:27:30", "to": "2026-11-25 10:42:29"},
            at(2026, 11, 25, 10, 27, 30),
            at(2026, 11, 25, 10, 42, 29),
        ),
        ({"from": "2026-11-25T23:45", "to": "2026-11-25 24:00"}, at(2026, 11, 25, 23, 45), at(2026, 11, 26)),
    ],
)
def test_days_and_times_are_understood_as_people_write_them(given, begin, end):
    chosen = CallFilter.of(given, NOW)
    assert (chosen.begin, chosen.end) == (begin, end)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "someday"}, "from"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": "2026-11-20", "to": "25:00"}, "to"),
        ({"from": "2026-11-20", "to": "2026-11-20 24:01"}, "to"),
        ({"from": "2026-11-20", "to": "2026-11-20 23:00:60"}, "to"),
        ({"from": "2026-11-20", "to": "2026-11-19"}, "to"),
        ({"outcome": "nonsense"}, "outcome"),
        ({"visit": "nonsense"}, "visit"),
        ({"state": "nonsense"}, "state"),
        ({"direction": "up"}, "direction"),
    ],
)
def test_what_cannot_be_read_names_its_field_and_a_remedy(given, field):
    with pytest.raises(BadInput) as refused:
        CallFilter.of(given, NOW)
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_state_of_the_floor_is_of_now_and_has_no_period():
    chosen = CallFilter.of({"state": "waiting", "from": "2026-11-20", "queue": "repair"}, NOW)
    assert (chosen.begin, chosen.end, chosen.queue) == (None, None, "repair")


@pytest.mark.parametrize(
    "given",
    [
        {"from": "2026-11-20", "to": "2026-11-21", "queue": "repair", "agent": "8001", "outcome": "answered"},
        {"from": "2026-11-25 09:42", "to": "2026-11-25 10:42", "direction": "inbound"},
        {"day": "yesterday", "visit": "counted", "caller": "139 0000-0042", "page": "3"},
        {"from": "2026-11-25 10:27:30", "to": "2026-11-25 10:42:29", "visit": "ended"},
        {"state": "open"},
    ],
)
def test_the_url_gives_back_the_same_filter(given):
    chosen = CallFilter.of(given, NOW)
    assert CallFilter.of(dict(parse_qsl(chosen.query())), NOW) == chosen


def test_a_number_is_typed_with_or_without_gaps():
    assert CallFilter.of({"caller": "139 0000-0042"}, NOW).caller == "13900000042"


@pytest.mark.parametrize("written", ["13900001111", "+86 139-0000-1111", "008613900001111", "013900001111"])
def test_a_number_is_looked_for_in_its_one_form(written):
    assert CallFilter.of({"caller": written}, NOW).caller == "13900001111"
