"""A burst is what a place and an hour do not usually bring; how often chance does it is counted, not guessed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma, poisson

from geo_analysis.incidents.detect import DAY_S, PRIOR_REPORTS, BurstRule, PlacedReport, Usual, burst_at, profile_of

X, Y, NOW = 120.0, 30.0, 1_800_000_000.0
RULE = BurstRule()


def usual(n=2000, days=100.0, seed=1, spread=0.05):
    chance = np.random.default_rng(seed)
    at = NOW - 4 * 3600 - chance.uniform(0, days * DAY_S, n)
    return Usual(X + chance.uniform(-spread, spread, n), Y + chance.uniform(-spread, spread, n), at, NOW - 4 * 3600)


def near(n, minutes=5.0, metres=100.0, who=""):
    return [PlacedReport(f"r{k}", NOW - 60 * minutes * k, X + k * metres / 96_000, Y, who) for k in range(n)]


def test_reports_close_together_within_minutes_are_a_burst_with_its_figures():
    reports = near(5)
    found = burst_at(reports[0], reports, usual(), RULE)
    assert found is not None
    assert (found.observed, set(found.reports)) == (5, {one.id for one in reports})
    assert found.expected < 1
    assert found.recurrence_days >= RULE.recurrence_days
    assert found.began_at == NOW - 20 * 60


def test_what_is_usual_at_a_place_is_no_burst():
    crowded = usual(n=200_000, spread=0.01)
    reports = near(4)
    assert burst_at(reports[0], reports, crowded, RULE) is None


def test_one_caller_who_rings_again_and_again_is_no_burst():
    reports = near(6, who="13900000001")
    assert burst_at(reports[0], reports, usual(), RULE) is None


def test_far_apart_or_long_ago_is_no_burst():
    known = usual()
    far = near(6, metres=5000)
    assert burst_at(far[0], far, known, RULE) is None
    old = near(6, minutes=200)
    assert burst_at(old[0], old, known, RULE) is None


def test_without_two_weeks_of_the_past_nothing_is_raised():
    reports = near(9)
    assert burst_at(reports[0], reports, usual(days=10.0), RULE) is None
    nothing = Usual(np.array([]), np.array([]), np.array([]), NOW)
    assert burst_at(reports[0], reports, nothing, RULE) is None


def test_the_probability_is_that_of_a_poisson_count_whose_rate_is_known_only_from_the_past():
    known = usual()
    radius, days, others = 1200.0, 0.1, 3
    expected, p = known.chance(others, 0.0, 0.0, radius, days)
    density = known.per_day / known._km2 * np.pi * 1.2**2
    shape = PRIOR_REPORTS + known.within(0.0, 0.0, radius)
    rate = gamma(shape, scale=1 / (PRIOR_REPORTS / density + known.days))
    direct, _ = quad(lambda value: poisson.sf(others - 1, value * days) * rate.pdf(value), 0, rate.ppf(1 - 1e-12))
    assert p == pytest.approx(direct, rel=1e-6)
    assert expected == pytest.approx(rate.mean() * days)


def test_chance_alone_raises_no_more_than_it_says():
    chance = np.random.default_rng(7)
    known, days, alarms = usual(n=20_000), 60, 0
    at = np.sort(NOW + chance.uniform(0, days * DAY_S, 200 * days))
    place = chance.uniform(-0.05, 0.05, (len(at), 2))
    made = [PlacedReport(str(n), float(t), X + x, Y + y) for n, (t, (x, y)) in enumerate(zip(at, place, strict=True))]
    for n, one in enumerate(made):
        alarms += burst_at(one, made[max(0, n - 60) : n], known, BurstRule(recurrence_days=10.0)) is not None
    # Six are promised at most, on average.
    assert alarms <= 12


@given(st.lists(st.floats(0, 1e9), max_size=50), st.floats(-43_200, 43_200))
def test_the_hours_of_a_day_are_multiples_of_the_mean_and_none_is_nothing(at, offset):
    found = profile_of(np.array(at, np.float64), offset)
    assert found.mean() == pytest.approx(1.0)
    assert found.min() > 0


@given(st.integers(1, 30), st.floats(0.001, 1.0))
def test_more_reports_are_never_likelier(others, days):
    known = usual(n=300)
    assert known.chance(others + 1, 0.0, 0.0, 600.0, days)[1] <= known.chance(others, 0.0, 0.0, 600.0, days)[1]
