"""Gi* and local Moran: the worked example, esda to 1e-9, and chance by counting."""

from itertools import permutations

import numpy as np
import pytest
from esda.getisord import G_Local
from esda.moran import Moran_Local
from esda.smoothing import assuncao_rate
from libpysal.weights import WSP
from scipy.sparse import csr_array

from geo_analysis.hotspots.neighbourhood import gi, gi_star, local_moran, standardised_rates

PLACES = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], float)
VALUES = np.array([2, 3, 3.2, 5, 8, 7])


def within(places, reach):
    apart = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    return csr_array(((apart <= reach) & (apart > 0)).astype(float))


def test_z_is_that_of_the_worked_example():
    near = within(PLACES, 15)
    assert gi(VALUES, near, star=False)[0] == pytest.approx(
        [-1.013673, -0.043616, 1.315587, -0.314127, 1.153740, 1.778339], abs=1e-6
    )
    assert gi(VALUES, near, star=True)[0] == pytest.approx(
        [-1.397276, -0.289178, 0.650650, -0.289178, 1.234521, 2.024243], abs=1e-6
    )


def test_local_moran_is_that_of_the_worked_example():
    found = local_moran(VALUES, within(PLACES, 15), times=99)
    assert found.value == pytest.approx([0.329268, -0.088850, -0.862369, -0.019164, -0.086237, 1.322300], abs=1e-6)


@pytest.fixture(scope="module")
def field():
    chance = np.random.default_rng(5)
    places = chance.uniform(0, 100, (150, 2))
    return chance.poisson(2, 150).astype(float), within(places, 22)


def test_both_are_esdas_to_nine_places(field):
    values, near = field
    weights = WSP(near.tocsr()).to_W(silence_warnings=True)
    for star in (False, True):
        theirs = G_Local(values, weights, transform="B", star=star, permutations=0)
        assert gi(values, near, star=star)[0] == pytest.approx(theirs.Zs, abs=1e-9)
    theirs = Moran_Local(values, weights, transformation="r", permutations=0)
    assert local_moran(values, near, times=99).value == pytest.approx(theirs.Is, abs=1e-9)


@pytest.mark.filterwarnings("ignore:The alternative hypothesis:DeprecationWarning")
def test_the_probability_of_local_moran_is_esdas_as_far_as_its_permutations_go(field):
    # Without ties, which the library counts on one side only.
    values, near = np.random.default_rng(9).gamma(2, size=150), field[1]
    weights = WSP(near.tocsr()).to_W(silence_warnings=True)
    theirs = Moran_Local(values, weights, permutations=9999, seed=2)
    ours = local_moran(values, near, times=49_999)
    assert np.abs(np.minimum(1, 2 * theirs.p_sim) - ours.p).max() < 0.03


def test_the_probability_of_gi_star_is_the_share_of_all_arrangements():
    values, near = np.array([0.0, 0, 0, 1, 3, 6]), within(np.arange(12.0).reshape(6, 2), 3)
    found = gi_star(values, near)
    every = np.array(list(permutations(values)))
    for cell in range(6):
        members = [cell, *near.indices[near.indptr[cell] : near.indptr[cell + 1]]]
        sums = every[:, members].sum(axis=1)
        exact = min(1.0, 2 * min((sums >= found.around[cell]).mean(), (sums <= found.around[cell]).mean()))
        assert found.p[cell] == pytest.approx(exact, abs=0.006)


def test_an_even_field_has_no_hot_cell_and_no_division_by_nought():
    near = within(np.arange(60.0).reshape(30, 2), 5)
    assert gi_star(np.ones(30), near).p.min() == 1
    assert local_moran(np.ones(30), near).value.tolist() == [0] * 30


def test_rates_are_those_of_esda():
    chance = np.random.default_rng(7)
    exposed = chance.integers(20, 900, 80).astype(float)
    cases = chance.poisson(exposed * 0.02).astype(float)
    assert standardised_rates(cases, exposed) == pytest.approx(assuncao_rate(cases, exposed), abs=1e-9)
