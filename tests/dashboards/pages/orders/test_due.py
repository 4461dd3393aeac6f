"""How deadlines and ages are said, on the list and on the page of one order."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.i18n import set_language
from dashboards.pages.orders.due import Said, ago, due, when

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo(ZONE)).timestamp()
MINUTE, HOUR = 60, 3600


@pytest.fixture(autouse=True)
def _in_english():
    set_language("en")
    yield
    set_language("zh_CN")


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (72 * HOUR, "3 days over"),
        (48 * HOUR, "48 h over"),
        (HOUR + 1, "1 h over"),
        (HOUR, "60 min over"),
        (1, "0 min over"),
    ],
)
def test_what_is_over_is_said_in_days_hours_or_minutes_and_is_bad(past, words):
    assert due(NOW - past, NOW, ZONE, soon=False) == Said(words, level="bad")


def test_within_the_hour_it_is_said_how_much_is_left_and_when_and_soon_is_a_warning():
    assert due(NOW + 10 * MINUTE, NOW, ZONE, soon=True) == Said("10 min left", "12:10", "warn")
    assert due(NOW + 30, NOW, ZONE, soon=False) == Said("1 min left", "12:00")


def test_later_ones_have_their_time_those_of_another_day_with_the_date():
    assert due(NOW + 2 * HOUR, NOW, ZONE, soon=False) == Said("14:00")
    assert due(NOW + 20 * HOUR, NOW, ZONE, soon=True) == Said("11-26 08:00", level="warn")


def test_what_was_within_the_hour_has_its_age():
    assert when(NOW - 26 * HOUR, NOW, ZONE) == "11-24 10:00"
    told = [ago(NOW - one, NOW) for one in (-5, 20, 3 * MINUTE, HOUR)]
    assert told == ["", "just now", "3 min ago", ""]
