from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import BadInput
from dashboards.pages.alerts.filters import AlertFilter

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_without_a_period_it_is_the_last_seven_days():
    chosen = AlertFilter.of({}, NOW)
    assert (chosen.first, chosen.last) == ("2026-11-17", "2026-11-23")
    assert (chosen.end - chosen.begin).days == 7


def test_the_url_holds_the_whole_filter_and_gives_it_back():
    given = {
        "from": "2026-11-20 08:00",
        "to": "2026-11-21",
        "state": "open",
        "severity": "alarm",
        "figure": "waiting",
        "subject": "repair",
        "before": "17",
    }
    chosen = AlertFilter.of(given, NOW)
    again = AlertFilter.of(
        dict(pair.split("=") for pair in chosen.query().replace("+", " ").replace("%3A", ":").split("&")), NOW
    )
    assert again == chosen
    wanted = chosen.as_query(50)
    assert (wanted.open, wanted.acknowledged, wanted.severity, wanted.figure, wanted.subject) == (
        True,
        None,
        "alarm",
        "waiting",
        "repair",
    )
    assert (wanted.before, wanted.limit) == (17, 50)
    assert wanted.until - wanted.since == 40 * 3600


@pytest.mark.parametrize(
    ("state", "opened", "acknowledged"),
    [("", None, None), ("over", False, None), ("to_acknowledge", None, False), ("acknowledged", None, True)],
)
def test_a_state_is_what_it_says(state, opened, acknowledged):
    wanted = AlertFilter.of({"state": state}, NOW).as_query(1)
    assert (wanted.open, wanted.acknowledged) == (opened, acknowledged)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"state": "boiling"}, "state"),
        ({"severity": "fatal"}, "severity"),
        ({"from": "soon"}, "from"),
        ({"from": "today", "to": "yesterday"}, "to"),
    ],
)
def test_what_cannot_be_read_is_named(given, field):
    with pytest.raises(BadInput) as refused:
        AlertFilter.of(given, NOW)
    assert refused.value.field == field


def test_a_page_number_that_is_none_is_the_first_page():
    assert AlertFilter.of({"before": "x"}, NOW).before is None
