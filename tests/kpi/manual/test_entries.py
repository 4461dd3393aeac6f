"""Entries: what each must be, the figure of several, and in which periods they count."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.manual.entries import (
    ATTENDANCE,
    COUNTED,
    TRAINING,
    EntryRequest,
    ManualEntry,
    days_meet,
    figure,
    kind_of,
    parts,
    problems,
    whole_days,
)
from kpi.scoring.scheme import MANUAL, SchemeScope
from kpi.scoring.score import NOTHING

ZONE = ZoneInfo("Asia/Shanghai")
LINK = "https://files.example/letter"
GOOD = EntryRequest("manual.training", "8001", "2026-11-01", "2026-11-02", 90, link=LINK)
AT = 1_796_000_000.0


def entry(indicator, numerator, denominator=0.0, **more):
    return ManualEntry(
        1, indicator, "agent", "8001", "2026-11-01", "2026-11-01", numerator, denominator, "", LINK, "", "x", AT, **more
    )


def fields(**change):
    return [one.field for one in problems(replace(GOOD, **change))]


def test_a_good_entry_of_each_kind_has_no_problems():
    assert fields() == []
    assert fields(indicator=ATTENDANCE, value=0, out_of=0.5) == []
    for name in COUNTED:
        assert fields(indicator=name, value=3) == []
    assert fields(link="", evidence="e-1") == []
    assert fields(last_day="2026-11-01") == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"indicator": "aht"}, ["indicator"]),
        ({"value": 100.1}, ["value"]),
        ({"value": float("nan")}, ["value"]),
        ({"indicator": ATTENDANCE}, ["out_of"]),
        ({"indicator": ATTENDANCE, "out_of": 0}, ["out_of"]),
        ({"indicator": ATTENDANCE, "out_of": float("inf")}, ["out_of"]),
        ({"indicator": ATTENDANCE, "value": float("nan"), "out_of": 3}, ["value"]),
        ({"indicator": "manual.complaints", "value": 0.5, "out_of": 2}, ["out_of", "value"]),
        ({"first_day": "2026-11-03"}, ["to"]),
        ({"last_day": "2027-11-02"}, ["to"]),
        ({"last_day": "20261102x"}, ["to"]),
        ({"link": ""}, ["evidence"]),
        ({"link": "files.example"}, ["link"]),
        ({"link": "https://a\x00b"}, ["link"]),
        ({"indicator": "aht", "first_day": "x", "link": ""}, ["indicator", "from", "evidence"]),
    ],
)
def test_everything_that_is_wrong_is_named(change, found):
    assert fields(**change) == found


days = st.integers(1, 31)
shares = st.lists(days.flatmap(lambda due: st.tuples(st.integers(0, due), st.just(due))), min_size=1, max_size=8)


@given(shares)
def test_attendance_is_days_attended_of_days_due(found):
    made = figure(ATTENDANCE, [entry(ATTENDANCE, float(there), float(due)) for there, due in found])
    assert made.value == pytest.approx(sum(there for there, _due in found) / sum(due for _there, due in found))
    assert made.sample == sum(due for _there, due in found)
    assert 0 <= made.value <= 1


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_training_is_the_mean_of_the_results(found):
    made = figure(TRAINING, [entry(TRAINING, *parts(replace(GOOD, value=one))) for one in found])
    assert (made.value, made.sample) == (pytest.approx(sum(found) / len(found)), len(found))


@given(st.lists(st.integers(0, 20), max_size=8))
def test_commendations_are_counted_and_of_nothing_there_are_none(found):
    for name in COUNTED:
        made = figure(name, [entry(name, float(one)) for one in found])
        assert (made.value, made.numerator, made.denominator, made.sample) == (sum(found), sum(found), 1, 1)


def test_without_an_entry_attendance_and_training_are_not_known():
    assert figure(ATTENDANCE, []) == figure(TRAINING, []) == NOTHING


def test_an_entry_counts_from_when_it_was_entered_and_agreed_to_until_it_is_withdrawn():
    one = entry(TRAINING, 90, 1, consent_at=AT + 5, withdrawn_at=AT + 9)
    for at, consent, counts in (
        (AT - 1, False, False),
        (AT, False, True),
        (AT, True, False),
        (AT + 5, True, True),
        (AT + 8, True, True),
        (AT + 9, False, False),
    ):
        assert one.counts_at(at, consent=consent) is counts


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


@pytest.mark.parametrize(
    ("begins", "ends", "first", "last"),
    [
        ("2026-11-01", "2026-12-01", "2026-11-01", "2026-11-30"),
        ("2026-11-01T00:15", "2026-12-01T23:45", "2026-11-02", "2026-11-30"),
        ("2026-11-01T08:00", "2026-11-01T20:00", "2026-11-02", "2026-10-31"),
    ],
)
def test_only_whole_days_lie_in_a_period(begins, ends, first, last):
    assert whole_days(local(begins), local(ends), ZONE) == (first, last)


@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_stretches_meet_when_they_have_a_day_in_common(found):
    (a, b), (c, d) = sorted(found[:2]), sorted(found[2:])
    day = [(date(2026, 11, 1) + timedelta(days=n)).isoformat() for n in range(10)]
    assert days_meet((day[a], day[b]), (day[c], day[d])) == bool({*range(a, b + 1)} & {*range(c, d + 1)})


def test_whom_a_scheme_judges_says_whose_entries_count():
    for scope, kind in (
        (SchemeScope(post="agent"), "agent"),
        (SchemeScope(post="supervisor"), "user"),
        (SchemeScope(site="*"), "site"),
        (SchemeScope(department="客服部"), "department"),
    ):
        assert kind_of(scope) == kind
    assert {ATTENDANCE, TRAINING, *COUNTED} == set(MANUAL)
