"""Chance: against published numbers, against scipy and against counting."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, kendalltau

from geo_analysis.significance import (
    draws,
    false_discovery,
    log_likelihood_ratio,
    mann_kendall,
    sums_by_chance,
    tails,
)


def test_false_discoveries_are_those_of_the_worked_example():
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205])
    assert false_discovery(p) == pytest.approx([0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.084571, 0.205], abs=1e-6)


@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=60))
def test_false_discoveries_are_scipys(p):
    assert false_discovery(np.array(p)) == pytest.approx(false_discovery_control(p), abs=1e-12)


def test_a_trend_is_that_of_the_worked_example():
    s, variance, z = mann_kendall(np.array([[1.0, 2, 3, 4, 5]]))
    assert (s[0], variance[0], z[0]) == pytest.approx((10, 16.6667, 2.2045), abs=1e-4)


@given(st.lists(st.integers(0, 5), min_size=4, max_size=12))
def test_a_trend_points_where_kendalls_tau_does(series):
    s, variance, z = mann_kendall(np.array([series], np.float64))
    if len(set(series)) == 1:
        assert (s[0], variance[0], z[0]) == (0, 0, 0)
    else:
        assert np.sign(s[0]) == np.sign(round(kendalltau(range(len(series)), series).statistic, 12))
        assert variance[0] > 0


def test_the_likelihood_ratio_is_that_of_the_worked_example():
    assert log_likelihood_ratio(np.array([10.0, 3.0]), np.array([4.0, 4.0]), 100.0) == pytest.approx(
        [3.3544, 0], abs=1e-4
    )


@pytest.mark.parametrize(("n", "size"), [(6, 3), (200, 7)])
def test_a_draw_takes_nothing_twice(n, size):
    found = draws(n, size, 5000, np.random.default_rng(3))
    assert all(len(set(row)) == size for row in found.tolist())
    assert found.min() == 0
    assert found.max() == n - 1


def test_the_tail_of_a_sum_is_the_share_of_all_samples_that_reach_it():
    values = np.array([0.0, 0, 1, 1, 2, 3, 5, 9])
    every = np.array([sum(values[list(one)]) for one in combinations(range(8), 3)])
    by_chance = sums_by_chance(values, 3, 199_999, np.random.default_rng(1))
    for observed in (0.0, 4.0, 12.0, 17.0):
        exact = min(1.0, 2 * min((every >= observed).mean(), (every <= observed).mean()))
        assert tails(np.array([observed]), by_chance)[0] == pytest.approx(exact, abs=0.006)
