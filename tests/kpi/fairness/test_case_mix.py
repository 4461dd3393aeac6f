"""Indirect standardisation: the worked example, and that all together are what they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.fairness.bootstrap import redrawn
from kpi.fairness.case_mix import Cases, expected, standardised, units_of


def cases(rows, places=("a", "b"), levels=2):
    """Rows of place, stratum, numerator, denominator and how many; the coarser stratum is the tens of the finer."""
    place, fine, top, below, alike = (np.array(column) for column in zip(*rows, strict=True))
    strata = [fine.astype(np.intp), (fine // 10).astype(np.intp)][:levels]
    return Cases(places, place.astype(np.intp), top.astype(float), below.astype(float), alike.astype(np.int64), strata)


def test_the_worked_example_of_repair_and_bill_calls():
    # Everybody: repair calls take 240 s, bill calls 120 s, and all together 210 s.
    own = [(0, 0, 30 * 250.0, 30, 1), (0, 1, 10 * 114.0, 10, 1)]
    others = [(1, 0, 300 * 240 - 30 * 250.0, 270, 1), (1, 1, 100 * 120 - 10 * 114.0, 90, 1)]
    found = standardised(cases([*own, *others]), least=1)["a"]
    assert (found.observed, found.expected, found.reference) == (8640, 8400, 210)
    assert found.observed / found.expected == pytest.approx(1.0286, abs=5e-5)
    assert found.value == pytest.approx(216.0)


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 39), st.integers(0, 300), st.just(1), st.integers(1, 40)), min_size=1
)


@settings(max_examples=60)
@given(rows, st.sampled_from([1, 50, 10_000]), st.integers(0, 2))
def test_what_is_expected_of_all_is_what_all_made(found, least, levels):
    made = cases(found, "abcd", levels)
    whole = standardised(made, least)
    assert sum(one.expected for one in whole.values()) == pytest.approx(sum(one.observed for one in whole.values()))
    assert made.alike @ expected(made, least) == pytest.approx(made.alike @ made.numerator)


@settings(max_examples=40)
@given(rows)
def test_who_has_everybody_s_rate_in_each_stratum_has_everybody_s_value(found):
    # Everybody twice, in the same strata: the second is expected to be as the first was.
    twice = [(n, stratum, top, below, alike) for _place, stratum, top, below, alike in found for n in (0, 1)]
    whole = standardised(cases(twice), 1)
    for one in whole.values():
        assert one.value == pytest.approx(one.reference)


def test_a_hard_mix_is_no_fault():
    """Two people as quick as each other in every kind of call, one with the long ones only."""
    made = cases([(0, 0, 400.0, 1, 90), (0, 1, 100.0, 1, 10), (1, 0, 400.0, 1, 10), (1, 1, 100.0, 1, 90)])
    raw = {n: (made.alike * made.numerator)[made.place == n].sum() / 100 for n in (0, 1)}
    assert raw == {0: 370, 1: 130}
    found = standardised(made)
    assert found["a"].value == found["b"].value == pytest.approx(250)


def test_strata_that_are_too_small_or_one_person_s_alone_are_put_together_with_what_is_like_them():
    made = cases(
        [(0, 0, 100.0, 1, 60), (1, 0, 200.0, 1, 60), (0, 1, 500.0, 1, 20), (1, 2, 300.0, 1, 20), (0, 10, 900.0, 1, 70)]
    )
    # The first stratum is large enough; of the next two the coarser one is not, so it joins what one alone has.
    assert expected(made) == pytest.approx([150, 150, *[(500 * 20 + 300 * 20 + 900 * 70) / 110] * 3])
    assert expected(made, least=40)[2] == pytest.approx(400)


def test_nothing_of_nobody_is_nought():
    made = cases([(0, 0, 0.0, 1, 60), (1, 0, 0.0, 1, 60)])
    assert standardised(made)["a"].value == 0
    assert standardised(cases([(0, 0, 0.0, 0, 3)])) == {}


def test_standardised_values_are_drawn_anew_around_themselves():
    chance = np.random.default_rng(1)
    made = cases([(n % 2, n % 4, float(chance.exponential(200)), 1, 1) for n in range(1200)])
    units = units_of("handling", made, ("b", "nobody"))
    (drawn,) = redrawn(units, 500)
    assert drawn[0].mean() == pytest.approx(standardised(made)["b"].value, rel=0.02)
    assert np.isnan(drawn[1]).all()
