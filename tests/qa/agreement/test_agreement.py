"""Kappa and alpha against scikit-learn, krippendorff and published examples; undefined is ``None``, never 1."""

import warnings

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from qa.agreement.alpha import alpha
from qa.agreement.kappa import kappa

# Krippendorff (2011): three raters, fifteen units.
RATERS = [
    [None] * 5 + [3, 4, 1, 2, 1, 1, 3, 3, None, 3],
    [1, None, 2, 1, 3, 3, 4, 3] + [None] * 7,
    [None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4],
]
# Krippendorff (2011), section C: four observers, twelve units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


@pytest.mark.parametrize(
    ("ratings", "level", "expected"),
    [
        (RATERS, "nominal", 0.6914),
        (RATERS, "ordinal", 0.8067),
        (RATERS, "interval", 0.8108),
        (OBSERVERS, "nominal", 0.743),
        (OBSERVERS, "ordinal", 0.815),
        (OBSERVERS, "interval", 0.849),
    ],
)
def test_alpha_is_that_of_the_published_examples(ratings, level, expected):
    digits = len(str(expected).partition(".")[2])
    assert round(alpha(ratings, level), digits) == expected


def test_kappa_is_that_of_the_published_examples():
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(first, second, ("no", "yes")) == pytest.approx(0.4)
    one, other = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 3, 3], [1, 2, 3, 4, 4, 2, 2, 3, 5, 5, 3, 2]
    assert round(kappa(one, other, range(1, 6), "linear"), 4) == 0.7647
    assert round(kappa(one, other, range(1, 6), "quadratic"), 4) == 0.8947


def test_where_nothing_varied_or_nothing_was_rated_twice_agreement_is_undefined():
    assert kappa(["yes"] * 9, ["yes"] * 9, ("no", "yes")) is None
    assert kappa([], [], ("no", "yes")) is None
    assert kappa(["yes", None], [None, "no"], ("no", "yes")) is None
    for level in ("nominal", "ordinal", "interval"):
        assert alpha([[3, 3, 3], [3, 3, None]], level) is None
        assert alpha([[1, None], [None, 2]], level) is None
        assert alpha([], level) is None


def test_two_who_agree_on_everything_agree_whole():
    assert kappa(["yes", "no"], ["yes", "no"], ("no", "yes")) == 1
    assert alpha([[1, 2, 3], [1, 2, 3]], "ordinal") == 1


RATINGS = st.integers(1, 5)


@given(st.lists(st.tuples(RATINGS, RATINGS), min_size=1, max_size=30), st.sampled_from([None, "linear", "quadratic"]))
def test_kappa_agrees_with_scikit_learn(pairs, weights):
    first, second = zip(*pairs, strict=True)
    found = kappa(first, second, range(1, 6), weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = cohen_kappa_score(first, second, labels=range(1, 6), weights=weights)
    assert (found is None) == bool(np.isnan(theirs))
    assert found is None or found == pytest.approx(theirs)


@given(
    st.integers(2, 4).flatmap(
        lambda raters: st.lists(st.tuples(*[st.none() | RATINGS] * raters), min_size=1, max_size=15)
    ),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_alpha_agrees_with_the_krippendorff_package(units, level):
    found = alpha(list(zip(*units, strict=True)), level)
    pairable = [one for unit in units if sum(r is not None for r in unit) > 1 for one in unit if one is not None]
    if len(set(pairable)) < 2:
        assert found is None
        return
    table = np.array([[np.nan if one is None else one for one in unit] for unit in units]).T
    assert found == pytest.approx(krippendorff.alpha(table, level_of_measurement=level))
