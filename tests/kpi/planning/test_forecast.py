"""Forecasts: what they rest on, what they never invent, and that they beat last week's figures on what has a pattern."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.demo.history import HOURS, WEEKDAYS
from kpi.planning.forecast import (
    SLOTS,
    History,
    SpecialDays,
    baseline,
    forecast,
    measured,
    sources,
    spread,
    together,
    unseen,
    witnesses,
    years_without_holidays,
)

MONDAY = date(2026, 9, 14)


def profile():
    places = np.arange(SLOTS) / 4 - 0.5
    low = np.floor(places).astype(int)
    hours = np.array(HOURS, dtype=float)
    shape = hours[low % 24] * (1 - places + low) + hours[(low + 1) % 24] * (places - low)
    return shape / shape.sum()


def calls(days, a_day=400, growth=0.0, seed=1, quiet=(), first=MONDAY):
    """Days by chance around the demo's profile; ``quiet`` days get half."""
    chance, rows = np.random.default_rng(seed), []
    for n in range(days):
        day = first + timedelta(days=n)
        mean = a_day * WEEKDAYS[day.weekday()] * (1 + growth * n / 7) * (0.5 if day.isoformat() in quiet else 1)
        rows.append(chance.poisson(mean * profile()))
    return np.array(rows, dtype=float)


def ahead(history, days=14):
    first = history.first + timedelta(days=len(history.counts))
    return [first + timedelta(days=n) for n in range(days)]


def test_a_week_that_repeats_itself_is_forecast_as_it_is():
    week = np.array([np.round(100 * WEEKDAYS[d] * profile() * 10) for d in range(7)])
    history = History(MONDAY, np.tile(week, (6, 1)))
    said = forecast(history, ahead(history, 7))
    assert said.sum(axis=1) == pytest.approx(week.sum(axis=1), rel=0.02)
    assert np.array_equal(baseline(history, ahead(history, 7)), week)


def test_it_beats_the_naive_baseline_by_interval_and_says_by_how_much():
    found = measured(History(MONDAY, calls(70)))
    assert found.days == 28
    assert found.wape < 0.85 * found.naive_wape
    assert abs(found.bias) < 0.05


def test_longer_intervals_are_forecast_better():
    history = History(MONDAY, calls(70))
    assert measured(history, 4).wape < measured(history, 2).wape < measured(history).wape


def test_growth_is_followed_and_does_not_run_away():
    grown = forecast(History(MONDAY, calls(56, growth=0.06)), [MONDAY + timedelta(days=56 + n) for n in range(14)])
    flat = forecast(History(MONDAY, calls(56)), [MONDAY + timedelta(days=56 + n) for n in range(14)])
    factor = grown.sum() / flat.sum()
    assert 1.4 < factor < 1.75
    far = forecast(History(MONDAY, calls(56, growth=0.06)), [MONDAY + timedelta(days=56 + 7 * 30)])
    assert far.sum() < 1.4 * grown[0].sum()


def test_growth_is_followed_to_the_day_without_lagging_behind():
    for growth in (0.02, 0.05, 0.1):
        off = []
        for seed in range(4):
            lived = calls(70, growth=growth, seed=seed)
            history = History(MONDAY, lived[:56])
            off.append(forecast(history, ahead(history)).sum() / lived[56:].sum() - 1)
        assert abs(np.mean(off)) < 0.035, growth


@pytest.mark.parametrize("factor", [3.0, 0.2])
@pytest.mark.parametrize("n", [54, 47, 40, 20])
def test_one_odd_day_does_not_move_its_weekday_and_is_asked_about(n, factor):
    plain = calls(56)
    odd = plain.copy()
    odd[n] = np.round(odd[n] * factor)
    history = History(MONDAY, odd)
    said, usual = (forecast(one, ahead(one, 7)).sum(axis=1) for one in (history, History(MONDAY, plain)))
    assert said == pytest.approx(usual, rel=0.05)
    (asked,) = history.odd
    assert (asked.day, asked.calls) == (MONDAY + timedelta(days=n), odd[n].sum())
    assert asked.usual == pytest.approx(plain[n].sum(), rel=0.3)
    assert asked.day not in {one.day for one in witnesses(history, ahead(history, 7)[n % 7], 0, SLOTS)}


@pytest.mark.parametrize("weeks", [2, 3])
@pytest.mark.parametrize("factor", [5, 12, 0.1])
@pytest.mark.parametrize("back", range(1, 8))
def test_one_odd_day_is_found_in_the_first_weeks_too(weeks, factor, back):
    plain = calls(7 * weeks, 400, seed=3)
    odd = plain.copy()
    odd[-back] = np.round(odd[-back] * factor)
    history = History(MONDAY, odd)
    assert [one.day for one in history.odd] == [MONDAY + timedelta(days=7 * weeks - back)]
    said, undisturbed = forecast(history, ahead(history)), forecast(History(MONDAY, plain), ahead(history))
    assert np.abs(said.sum(axis=1) / undisturbed.sum(axis=1) - 1).max() < 0.15


@pytest.mark.parametrize("days", [8, 14, 17, 21, 25])
def test_ordinary_first_weeks_have_no_odd_days(days):
    for seed in range(5):
        assert History(MONDAY, calls(days, 400, seed=seed)).odd == ()
        assert History(MONDAY, calls(days, 30, seed=seed)).odd == ()


def test_a_new_level_is_no_odd_day_and_neither_are_ordinary_weeks():
    doubled = np.vstack([calls(35, 200), calls(21, 500, seed=2, first=MONDAY + timedelta(days=35))])
    assert len(History(MONDAY, doubled).odd) <= 1
    for growth in (0.0, 0.06):
        assert History(MONDAY, calls(70, growth=growth)).odd == ()
    # Few calls differ by chance.
    assert History(MONDAY, calls(70, a_day=6)).odd == ()


def test_days_whose_like_was_never_seen_and_years_without_holidays_are_asked_about():
    calendar = SpecialDays(frozenset({"2026-11-04"}), frozenset({"2026-11-07"}))
    history = History(MONDAY, calls(49), calendar)
    days = [date(2026, 11, 2) + timedelta(days=n) for n in range(70)]
    assert unseen(history, days) == [date(2026, 11, 4), date(2026, 11, 7)]
    assert years_without_holidays(calendar, days) == [2027]
    lived = History(date(2026, 10, 26), calls(21, first=date(2026, 10, 26)), calendar)
    assert unseen(lived, days) == []


def test_recent_weeks_weigh_more():
    counts = np.vstack([calls(35, 200), calls(21, 600, seed=2, first=MONDAY + timedelta(days=35))])
    said = forecast(History(MONDAY, counts), [MONDAY + timedelta(days=56 + n) for n in range(7)])
    assert said.sum(axis=1).mean() > 500


def test_a_holiday_is_forecast_from_holidays_and_spoils_no_weekday():
    holidays = {"2026-10-01", "2026-10-02", "2026-10-26"}
    history = History(MONDAY, calls(49, quiet=holidays), SpecialDays(frozenset(holidays)))
    thursday, holiday = date(2026, 11, 5), date(2026, 11, 2)
    known = History(MONDAY, history.counts, SpecialDays(frozenset(holidays | {holiday.isoformat()})))
    said = forecast(known, [holiday, thursday])
    assert said[0].sum() == pytest.approx(0.5 * 400, rel=0.2)
    assert said[1].sum() == pytest.approx(400 * WEEKDAYS[3], rel=0.1)
    assert {one.day.isoformat() for one in witnesses(known, holiday, 36, 40)} == holidays


def test_a_holiday_never_seen_is_taken_for_a_sunday_and_a_make_up_day_for_a_workday():
    calendar = SpecialDays(frozenset({"2026-11-04"}), frozenset({"2026-11-07"}))
    history = History(MONDAY, calls(49), calendar)
    holiday, made_up, sunday = forecast(history, [date(2026, 11, 4), date(2026, 11, 7), date(2026, 11, 8)])
    assert holiday.sum() == pytest.approx(sunday.sum(), rel=0.1)
    assert made_up.sum() > 1.2 * sunday.sum()
    assert {one.day.weekday() for one in witnesses(history, date(2026, 11, 4), 36, 40)} == {6}


def test_nothing_known_gives_nothing_and_not_zero():
    empty = History(MONDAY, np.full((3, SLOTS), np.nan))
    assert np.isnan(forecast(empty, ahead(empty))).all()
    assert np.isnan(baseline(empty, ahead(empty))).all()
    assert measured(empty).wape is None
    assert measured(History(MONDAY, np.zeros((0, SLOTS)))).days == 0


def test_eight_days_are_enough_for_a_forecast_and_for_one_day_s_error():
    counts = calls(9)
    counts[0, :50], counts[8, 50:] = np.nan, np.nan
    history = History(MONDAY, counts)
    assert not np.isnan(forecast(history, ahead(history))).any()
    found = measured(history)
    # The quarters that the first and the running day know, each once a week later.
    assert found.calls == counts[7, 50:].sum() + counts[8, :50].sum()
    assert found.naive_wape is not None


def test_the_baseline_looks_back_as_far_as_it_must_and_says_how_far():
    counts = calls(15)
    counts[8] = np.nan
    history = History(MONDAY, counts)
    said, weeks = sources(history, [MONDAY + timedelta(days=15), MONDAY + timedelta(days=16)])
    assert np.array_equal(said[0], counts[1])
    assert (weeks[0] == 2).all()
    assert np.array_equal(said[1], counts[9])
    assert (weeks[1] == 1).all()


def test_a_day_to_come_is_never_looked_at_in_measuring():
    """The error of the last day is the same whatever else came in its week."""
    counts = calls(36)
    changed = counts.copy()
    changed[-7:-1] *= 3
    last = MONDAY + timedelta(days=35)
    known = [History(MONDAY, one).until(last - timedelta(days=7)) for one in (counts, changed)]
    assert np.array_equal(forecast(known[0], [last]), forecast(known[1], [last]))


def test_weights_of_witnesses_add_up_and_fall_by_a_quarter_a_week():
    found = witnesses(History(MONDAY, calls(49)), date(2026, 11, 3), 36, 38)
    assert [one.day.weekday() for one in found] == [1] * 7
    assert sum(one.weight for one in found) == pytest.approx(1)
    assert found[1].weight / found[0].weight == pytest.approx(0.75)
    assert found[0].calls == calls(49)[43, 36:38].sum()


def test_quarters_add_up():
    counts = calls(3)
    assert together(counts, 4).shape == (3, 24)
    assert together(counts, 4).sum() == counts.sum()


@settings(max_examples=60)
@given(
    st.integers(1, 30),
    st.floats(0, 50),
    st.lists(st.tuples(st.integers(0, 29), st.integers(0, 95)), max_size=60),
    st.integers(0, 2**31),
)
def test_a_forecast_is_never_negative_and_never_without_end(days, mean, holes, seed):
    counts = np.random.default_rng(seed).poisson(mean, (days, SLOTS)).astype(float)
    for day, slot in holes:
        if day < days:
            counts[day, slot:] = np.nan
    history = History(MONDAY, counts)
    said = forecast(history, ahead(history))
    if history.known.any():
        assert (said >= 0).all()
        assert (said <= 4 * (np.nanmax(counts) + 1)).all()
    else:
        assert np.isnan(said).all()


def test_what_is_expected_of_a_day_is_spread_by_its_shape_over_the_open_quarters():
    profile = np.zeros(SLOTS)
    profile[36:40] = [1.0, 2.0, 3.0, 4.0]
    opened = np.ones(SLOTS, dtype=bool)
    opened[39] = False
    assert spread(profile, 60.0, opened)[36:40].tolist() == [10.0, 20.0, 30.0, 0.0]
    # Nothing like it was seen: evenly, and nowhere where the queue is closed.
    flat = spread(np.full(SLOTS, np.nan), 95.0, opened)
    assert (flat[0], flat[39], flat.sum()) == (1.0, 0.0, 95.0)
    assert spread(profile, 60.0, np.zeros(SLOTS, dtype=bool)).sum() == 0.0
