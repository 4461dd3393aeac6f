"""Limits of funnels: the worked example, and scipy's binomial and normal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kpi.fairness.bootstrap import Units
from kpi.fairness.funnel import MOST_EXACT, funnel, mean_limits, share_limits
from tests.kpi.fairness.made import calls, units

LEVELS = (0.95, 0.998)
shares = st.integers(1, 99).map(lambda n: n / 100)


def orders(rows):
    """Kept and due of each place."""
    place = np.repeat(np.arange(len(rows)), 2)
    sums = np.array([[1.0, 1.0], [0.0, 1.0]] * len(rows))
    alike = np.array([n for kept, due in rows for n in (kept, due - kept)])
    return Units("orders", [f"s{k}" for k in range(len(rows))], place, sums, alike)


def test_the_worked_example():
    assert share_limits(0.9, 50, 0.95) == pytest.approx((0.8168, 0.9832), abs=5e-5)
    assert share_limits(0.9, 50, 0.998) == pytest.approx((0.7689, 1.0), abs=5e-5)


@given(shares, st.integers(1, 2000), st.sampled_from(LEVELS))
def test_normal_limits_are_scipy_s(target, n, level):
    low, high = stats.norm.interval(level, target, np.sqrt(target * (1 - target) / n))
    assert share_limits(target, n, level) == pytest.approx((max(0, low), min(1, high)))
    assert mean_limits(300, 200, n, level) == pytest.approx(stats.norm.interval(level, 300, 200 / np.sqrt(n)))


@given(shares, st.integers(1, 400), st.sampled_from(LEVELS))
def test_exact_limits_stand_at_scipy_s_quantiles(target, n, level):
    low, high = share_limits(target, n, level, "exact")
    off = (1 - level) / 2
    assert (low * n, high * n) == pytest.approx(tuple(stats.binom.ppf([off, 1 - off], n, target)))
    # Beyond them lies at most so much.
    assert stats.binom.cdf(round(low * n) - 1, n, target) <= off
    assert stats.binom.sf(round(high * n), n, target) <= off


def test_exact_and_normal_limits_meet_where_there_is_much():
    exact, normal = (share_limits(0.9, MOST_EXACT, 0.95, method) for method in ("exact", "normal"))
    assert exact == pytest.approx(normal, abs=1e-4)
    assert share_limits(0.9, MOST_EXACT + 1, 0.95, "exact") == pytest.approx(normal, abs=1e-4)
    assert share_limits(1.0, 50, 0.95, "exact") == (1, 1)
    assert share_limits(0.0, 50, 0.998, "exact") == (0, 0)


@given(shares, st.integers(2, 500), st.integers(1, 500), st.sampled_from(("exact", "normal")))
def test_more_to_do_means_closer_limits_and_the_wider_level_holds_the_narrower(target, n, more, method):
    low, high = share_limits(target, n, 0.95, method)
    assert 0 <= low <= high <= 1
    wide = share_limits(target, n, 0.998, method)
    assert wide[0] <= low <= high <= wide[1]
    if method == "normal":
        closer = share_limits(target, n + more, 0.95, method)
        assert low <= closer[0] <= target <= closer[1] <= high


def test_a_share_is_judged_by_how_many_there_were():
    found = funnel(orders([(9, 10), (7, 10), (850, 1000), (930, 1000), (0, 0)]))
    assert found.method == "exact"
    assert found.target == pytest.approx(1796 / 2020)
    assert [(one.place, one.limits.n, one.outside) for one in found.points] == [
        ("s0", 10, None),
        ("s1", 10, None),
        ("s2", 1000, "99.8"),
        ("s3", 1000, "99.8"),
    ]
    assert found.points[1].value == 0.7
    numbers = [one.n for one in found.curve]
    assert numbers == sorted(set(numbers))
    assert numbers[0] <= 10 < 1000 <= numbers[-1]
    assert funnel(orders([(17, 20), (18, 20)]), 0, "normal").method == "normal"


def test_a_mean_is_judged_by_the_spread_of_single_calls():
    seconds = calls(np.full(40, 300.0), 150, cv=0.5)
    found = funnel(units(seconds))
    within = np.sqrt(((seconds - seconds.mean(axis=1, keepdims=True)) ** 2).sum() / (seconds.size - len(seconds)))
    assert (found.method, found.spread) == ("mean", pytest.approx(within))
    assert found.target == pytest.approx(seconds.mean())
    one = found.points[0]
    assert (one.limits.low_95, one.limits.high_95) == pytest.approx(
        stats.norm.interval(0.95, seconds.mean(), within / np.sqrt(150))
    )
    assert sum(each.outside is not None for each in found.points) <= 6
    assert found.dispersion == pytest.approx(1, abs=0.4)


def test_people_who_differ_are_more_dispersed_than_chance():
    found = funnel(units(calls(np.linspace(220, 400, 30), 300)))
    assert found.dispersion > 5
    assert {one.outside for one in found.points} == {None, "95", "99.8"} or sum(
        one.outside == "99.8" for one in found.points
    ) > 15


def test_nothing_counted_is_no_funnel_and_one_place_has_no_dispersion():
    assert funnel(orders([(0, 0)])) is None
    assert funnel(orders([(3, 4)])).dispersion is None
