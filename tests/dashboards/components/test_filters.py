"""Periods in the URL in the hour that clocks being set back repeat: each of its quarters opens as itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import naive_utc, wall_text
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
