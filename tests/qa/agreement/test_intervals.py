"""Wilson's and Student's intervals against published figures and scipy; how lenient each scorer is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qa.agreement.intervals import of_mean, t_below, t_quantile, wilson
from qa.agreement.leniency import leniency


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(17, 20, 0.6396, 0.9476), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (43, 60, 0.5923, 0.8149)],
)
def test_wilson_is_that_of_the_worked_examples(successes, n, low, high):
    found = wilson(successes, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy_and_holds_the_share(case):
    k, n = case
    found = wilson(k, n)
    theirs = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert found == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert 0 <= found.low <= k / n <= found.high <= 1


def test_of_nothing_and_of_one_value_there_is_no_interval():
    assert wilson(0, 0) is None
    assert of_mean([]) is None
    assert of_mean([80.0]) is None


@given(st.floats(0, 50), st.integers(1, 200))
def test_students_distribution_agrees_with_scipy(t, degrees):
    assert t_below(t, degrees) == pytest.approx(stats.t.cdf(t, degrees), abs=1e-12)


@pytest.mark.parametrize("degrees", [1, 2, 3, 9, 30, 400])
def test_students_quantile_agrees_with_scipy(degrees):
    for share in (0.9, 0.975, 0.995):
        assert t_quantile(share, degrees) == pytest.approx(stats.t.ppf(share, degrees))


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20))
def test_the_interval_of_a_mean_agrees_with_scipy(values):
    found = of_mean(values)
    if len(set(values)) > 1:
        theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert found == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_leniency_is_by_the_master_score_and_without_one_by_the_others():
    scores = {"an": {"c1": 90.0, "c2": 80.0}, "bo": {"c1": 80.0, "c2": 74.0}, "cai": {"c1": 85.0, "c3": 60.0}}
    by_master = leniency(scores, {"c1": 80.0, "c2": 74.0})
    assert [(one.scorer, one.points, one.calls) for one in by_master] == [
        ("an", 8.0, 2),
        ("bo", 0.0, 2),
        ("cai", 5.0, 1),
    ]
    assert by_master[0].interval == pytest.approx(of_mean([10.0, 6.0]))
    # c1: 85 and 82.5 of the others, c2: 74 and 80.
    by_others = {one.scorer: one for one in leniency(scores)}
    assert by_others["an"].points == pytest.approx((7.5 + 6) / 2)
    assert (by_others["cai"].points, by_others["cai"].calls, by_others["cai"].interval) == (0.0, 1, None)
    assert leniency({"an": {"c1": 90.0}}) == []
