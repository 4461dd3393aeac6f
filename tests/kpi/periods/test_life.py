"""What may be done with a period in which state; nothing leads out of frozen; deadlines in working days."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput, Conflict
from core.installation.definition import Calendar
from kpi.periods.life import ACTS, TRANSITIONS, PeriodStanding, after, allowed, appeals_end

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 4, 15, 0, tzinfo=ZONE).timestamp()  # a Friday
DAY = 86_400.0
DRAFT = PeriodStanding("draft", NOW - DAY, NOW - 1, "chief", NOW - 1)
PUBLISHED = replace(DRAFT, state="published", appeals_until=NOW + DAY)
WINDOWS = st.one_of(st.none(), st.floats(-3, 3).map(lambda days: NOW + days * DAY))
standings = st.builds(
    PeriodStanding,
    st.sampled_from(["draft", "published", "frozen"]),
    st.sampled_from([NOW - DAY, NOW + DAY]),
    st.sampled_from([NOW - 2 * DAY, NOW - 1]),
    st.just("chief"),
    st.just(NOW - 1),
    WINDOWS,
    st.integers(0, 3),
    st.booleans(),
)


def moved(standing, act):
    state = after(standing, act, NOW, ZONE)
    return replace(standing, state=state, appeals_until=NOW + DAY if act == "publish" else standing.appeals_until)


@given(standings, st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3), WINDOWS), max_size=12))
def test_no_path_leads_out_of_frozen_nor_back_to_a_draft(standing, path):
    order = ["draft", "published", "frozen"]
    for act, open_appeals, until in path:
        standing = replace(standing, open_appeals=open_appeals, appeals_until=until)
        before, may = standing.state, allowed(standing, NOW)
        assert before != "frozen" or not may
        if act in may:
            standing = moved(standing, act)
        else:
            with pytest.raises(Conflict):
                moved(standing, act)
        assert order.index(standing.state) >= order.index(before)


@given(standings)
def test_what_is_allowed_is_what_goes_through(standing):
    for act in ACTS:
        try:
            after(standing, act, NOW, ZONE)
        except Conflict:
            assert act not in allowed(standing, NOW)
        else:
            assert act in allowed(standing, NOW)


def test_a_frozen_period_allows_nothing_and_says_who_froze_it_and_when():
    frozen = replace(PUBLISHED, state="frozen", changed_by="李", changed_at=NOW)
    assert allowed(frozen, NOW) == []
    assert not [act for state, act in TRANSITIONS if state == "frozen"]
    for act in ACTS:
        with pytest.raises(Conflict) as told:
            after(frozen, act, NOW, ZONE)
        assert (told.value.values["by"], told.value.values["at"]) == ("李", "2026-12-04 15:00")


@pytest.mark.parametrize(
    ("standing", "act", "may"),
    [
        (DRAFT, "publish", True),
        (replace(DRAFT, until=NOW + 1), "publish", False),
        (replace(DRAFT, computed_at=NOW - DAY - 1), "publish", False),
        (replace(DRAFT, until=NOW + 1), "recompute", True),
        (DRAFT, "freeze", False),
        (DRAFT, "appeal", False),
        (PUBLISHED, "appeal", True),
        (replace(PUBLISHED, appeals_until=NOW), "appeal", False),
        (PUBLISHED, "recompute", False),
        (PUBLISHED, "publish", False),
        (PUBLISHED, "freeze", False),
        (replace(PUBLISHED, may_appeal=False), "freeze", True),
        (replace(PUBLISHED, may_appeal=False, open_appeals=1), "freeze", False),
        (replace(PUBLISHED, appeals_until=NOW), "freeze", True),
        (replace(PUBLISHED, appeals_until=NOW, open_appeals=1), "freeze", False),
        (replace(PUBLISHED, appeals_until=NOW, open_appeals=1), "decide", True),
        (PUBLISHED, "decide", False),
    ],
)
def test_each_act_waits_for_its_moment(standing, act, may):
    assert (act in allowed(standing, NOW)) is may


OFFICE = Calendar("office", (*([(("08:00", "17:00"),)] * 5), (), ()), ("2026-12-08",), ("2026-12-06",))


@pytest.mark.parametrize(
    ("calendar", "days", "last"),
    [
        (None, 1, "2026-12-07"),
        (None, 5, "2026-12-11"),
        # A Sunday that is worked, and a Tuesday that is not.
        (OFFICE, 1, "2026-12-06"),
        (OFFICE, 3, "2026-12-09"),
        (OFFICE, 5, "2026-12-11"),
        # One that never opens is none.
        (Calendar("shut", ((),) * 7), 5, "2026-12-11"),
    ],
)
def test_the_deadline_is_the_midnight_after_the_last_working_day(calendar, days, last):
    until = datetime.fromtimestamp(appeals_end(calendar, NOW, days, ZONE), ZONE)
    assert (until.hour, until.minute) == (0, 0)
    assert (until - timedelta(seconds=1)).date().isoformat() == last


@given(st.integers(1, 60), st.integers(0, 400))
def test_more_days_never_end_sooner_and_each_is_a_working_day(days, offset):
    at = NOW + offset * DAY
    ends = [appeals_end(OFFICE, at, n, ZONE) for n in range(1, days + 1)]
    assert ends == sorted(set(ends))
    for end in ends:
        assert end > at
        assert OFFICE.hours_of(datetime.fromtimestamp(end - 1, ZONE).date())


@pytest.mark.parametrize("days", [0, -1, 61])
def test_no_or_too_many_days_are_refused(days):
    with pytest.raises(BadInput) as refused:
        appeals_end(None, NOW, days, ZONE)
    assert refused.value.field == "appeal_days"
