"""The quarters of a local day, also where clocks are changed: each bar counts and opens its own."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import wall_text
from dashboards.components.filters import moment
from dashboards.pages.wallboard.queries import QUARTER_S, by_the_clock, quarter_starts, quarters

BERLIN = ZoneInfo("Europe/Berlin")
BACK, FORTH, USUAL = date(2026, 10, 25), date(2026, 3, 29), date(2026, 10, 18)


def row(text, calls):
    """A row of the mart: the quarter's beginning in UTC without a zone."""
    return {"interval_start": datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None), "calls": calls}


@pytest.mark.parametrize(("day", "n"), [(USUAL, 96), (BACK, 100), (FORTH, 92)])
def test_a_day_has_the_quarters_that_it_has(day, n):
    starts = quarter_starts(day, BERLIN)
    assert len(starts) == n + 1
    assert starts[-1] == datetime.combine(day + timedelta(days=1), datetime.min.time(), BERLIN)


def test_a_call_in_the_repeated_hour_stands_in_its_own_quarter():
    starts = quarter_starts(BACK, BERLIN)
    rows = [
        row("2026-10-25T02:15:00+02:00", 3),
        row("2026-10-25T02:15:00+01:00", 5),
        row("2026-10-25T23:45:00+01:00", 7),
    ]
    counts = quarters(rows, starts)
    assert {wall_text(at): n for at, n in zip(starts, counts, strict=False) if n} == {
        "2026-10-25 02:15+02:00": 3,
        "2026-10-25 02:15+01:00": 5,
        "2026-10-25 23:45": 7,
    }
    assert quarters([row("2026-10-26T00:00:00+01:00", 1), row("2026-10-24T23:45:00+02:00", 1)], starts) == [0] * 100


@pytest.mark.parametrize("day", [USUAL, BACK, FORTH])
def test_the_text_of_each_quarter_leads_to_that_quarter_and_no_other(day):
    now = datetime.combine(day, datetime.min.time(), BERLIN)
    starts = quarter_starts(day, BERLIN)
    back = [moment(wall_text(at), now, "from")[0].timestamp() for at in starts]
    assert [later - earlier for earlier, later in itertools.pairwise(back)] == [QUARTER_S] * (len(starts) - 1)


def test_last_week_stands_at_the_same_times_of_the_clock():
    usual, back, forth = (quarter_starts(day, BERLIN) for day in (USUAL, BACK, FORTH))
    counts = [0] * 96
    counts[9], counts[40] = 4, 6
    twice = by_the_clock(counts, usual, back)
    # 2:15 comes twice, 10:00 an hour later than ten hours after midnight.
    assert {n: count for n, count in enumerate(twice) if count} == {9: 4, 13: 4, 44: 6}
    assert {n: count for n, count in enumerate(by_the_clock(counts, usual, forth)) if count} == {36: 6}
    doubled = [0] * 100
    doubled[9], doubled[13] = 1, 2
    assert by_the_clock(doubled, back, usual)[9] == 3
