"""Periods in the URL in the hour that clocks being set back repeat: each of its quarters opens as itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import naive_utc, wall_text
from core.errors import BadInput, Several
from dashboards.components.filters import moment, period, written

BERLIN = ZoneInfo("Europe/Berlin")
# Clocks go back from 3:00 to 2:00 at 01:00 UTC.
START = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 10, 26, 12, 0, tzinfo=BERLIN)


@pytest.mark.parametrize("n", range(12))
def test_each_quarter_of_the_doubled_hour_is_written_and_read_back_as_itself(n):
    begin, end = (START + timedelta(minutes=15 * k) for k in (n, n + 1))
    texts = [wall_text(at.astimezone(BERLIN)) for at in (begin, end)]
    found = period(*texts, NOW)
    assert (naive_utc(found.begin), naive_utc(found.end)) == tuple(naive_utc(at) for at in (begin, end)), texts
    # Written again by the form, it is still the same.
    again = period(found.first, found.last, NOW)
    assert (naive_utc(again.begin), naive_utc(again.end)) == (naive_utc(found.begin), naive_utc(found.end))


def test_only_the_doubled_hour_needs_its_offset():
    assert wall_text(datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)) == "2026-10-25 02:15+02:00"
    assert wall_text(datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1)) == "2026-10-25 02:15+01:00"
    for plain in (datetime(2026, 10, 25, 3, 15, tzinfo=BERLIN), datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN)):
        assert wall_text(plain) == plain.strftime("%Y-%m-%d %H:%M")
    assert written(datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN), whole=True) == "2026-10-25"


def test_a_plus_sign_that_a_browser_made_a_space_of_is_read():
    assert moment("2026-10-25 02:15 01:00", NOW, "from") == moment("2026-10-25 02:15+01:00", NOW, "from")


@pytest.mark.parametrize(
    ("now", "text", "day"),
    [
        (datetime(2029, 1, 1, 0, 5, tzinfo=NOW.tzinfo), "12-31", "2028-12-31"),
        (datetime(2028, 12, 31, 23, 58, tzinfo=NOW.tzinfo), "1-2", "2029-01-02"),
        (datetime(2028, 12, 31, 23, 58, tzinfo=NOW.tzinfo), "12-30", "2028-12-30"),
        (datetime(2028, 7, 1, tzinfo=NOW.tzinfo), "2-29", "2028-02-29"),
    ],
)
def test_a_day_without_its_year_is_the_nearest_one(now, text, day):
    at, whole = moment(text, now, "from")
    assert (at.date().isoformat(), whole) == (day, True)


def test_both_ends_of_a_period_that_cannot_be_read_are_named():
    with pytest.raises(Several) as refused:
        period("someday", "never", NOW)
    assert [one.field for one in refused.value.parts] == ["from", "to"]
    assert (refused.value.field, str(refused.value)) == ("from", str(refused.value.parts[0]))
    with pytest.raises(BadInput) as one:
        period("2026-10-20", "never", NOW)
    assert (one.type, one.value.field) == (BadInput, "to")
