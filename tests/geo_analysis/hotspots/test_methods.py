"""Density, clusters, emerging hot spots and the scan: against other libraries, and against what was put in."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.cluster import DBSCAN
from sklearn.neighbors import KernelDensity

from geo_analysis.hotspots.clusters import clusters, usual_fewest
from geo_analysis.hotspots.density import density
from geo_analysis.hotspots.emerging import emerging, kinds
from geo_analysis.scan import ScanRule, space_time_scan


def grid(side):
    """A square of cells, each with the four beside it."""
    there = np.arange(side * side).reshape(side, side)
    pairs = [
        *zip(there[:, 1:].ravel(), there[:, :-1].ravel(), strict=True),
        *zip(there[1:].ravel(), there[:-1].ravel(), strict=True),
    ]
    a, b = np.array(pairs).T
    return csr_array((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(side * side, side * side))


def test_density_is_that_of_scikit_learn_in_the_middle_of_the_area():
    chance = np.random.default_rng(2)
    points = chance.normal(0, 2000, (500, 2))
    x, y = np.meshgrid(np.arange(-15_000.0, 15_001, 500), np.arange(-15_000.0, 15_001, 500))
    centres = x.ravel(), y.ravel()
    found = density((points[:, 0], points[:, 1]), centres, 800, 600)
    exact = np.exp(KernelDensity(bandwidth=800).fit(points).score_samples(np.column_stack(centres))) * 500 * 1e6
    inner = (np.hypot(*centres) < 6000) & (exact > 0.05)
    assert found[inner] == pytest.approx(exact[inner], rel=0.03)


def test_density_gives_back_what_the_kernel_loses_at_the_edge():
    chance = np.random.default_rng(4)
    points = chance.uniform(0, 10_000, (20_000, 2))
    x, y = np.meshgrid(np.arange(100.0, 10_000, 200), np.arange(100.0, 10_000, 200))
    found = density((points[:, 0], points[:, 1]), (x.ravel(), y.ravel()), 600, 145)
    assert found.mean() == pytest.approx(200, rel=0.03)
    assert found[x.ravel() < 200].mean() == pytest.approx(200, rel=0.12)


def test_clusters_are_those_of_scikit_learn_numbered_by_size():
    chance = np.random.default_rng(3)
    places = np.vstack(
        (chance.normal(0, 100, (40, 2)), chance.normal(5000, 100, (60, 2)), chance.uniform(0, 9000, (50, 2)))
    )
    found = clusters(places[:, 0], places[:, 1], 200, 6).member
    theirs = DBSCAN(eps=200, min_samples=6).fit_predict(places)
    assert ((found < 0) == (theirs < 0)).all()
    assert len(set(zip(found, theirs, strict=True))) == len(set(theirs))
    sizes = np.bincount(found[found >= 0])
    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_no_cluster_at_all_is_no_failure():
    assert clusters(np.array([0.0, 1e6]), np.array([0.0, 1e6]), 10, 2).member.tolist() == [-1, -1]


def test_how_many_are_unusual_grows_with_the_density():
    assert usual_fewest(100, 1000, 500) == 4
    assert usual_fewest(100_000, 1000, 500) == 108


@pytest.mark.parametrize(
    ("hot", "trend", "kind"),
    [
        ("0000000000", 0, "chance"),
        ("0000000001", 0, "new"),
        ("1111111111", 3, "intensifying"),
        ("1111111111", 0, "persistent"),
        ("1111111111", -3, "diminishing"),
        ("0100100011", 0, "sporadic"),
        ("0110000000", 0, "former"),
    ],
)
def test_a_cell_has_the_class_of_its_periods(hot, trend, kind):
    flags = np.array([[one == "1" for one in hot]])
    assert kinds(flags, np.array([float(trend)]), np.array([0.003 if trend else 0.8])).tolist() == [kind]


def test_what_was_put_into_the_last_period_is_new_and_the_rest_is_chance():
    chance = np.random.default_rng(1)
    cube = chance.poisson(1.0, (400, 8)).astype(float)
    cube[[210, 211, 209, 190, 230], -1] += 9
    found = emerging(cube, grid(20))
    assert found.kind[210] == "new"
    assert (found.kind == "chance").mean() > 0.95


def test_the_scan_finds_the_burst_that_was_put_in_and_calls_the_rest_chance():
    chance = np.random.default_rng(6)
    cell, step = chance.integers(0, 400, 800), chance.integers(0, 40, 800)
    burst_cell = chance.choice([210, 211, 209, 190, 230], 10)
    cell, step = np.r_[cell, burst_cell], np.r_[step, np.full(10, 25)]
    found = space_time_scan(cell, step, grid(20), 40, ScanRule(permutations=199))
    assert found[0].p <= 0.01
    assert (found[0].first, found[0].last) == (25, 25)
    assert found[0].centre in (210, 211, 209, 190, 230)
    assert all(one.p > 0.05 for one in found[1:])
    again = space_time_scan(cell, step, grid(20), 40, ScanRule(permutations=199))
    assert again == found


def test_the_best_cylinder_is_the_best_of_all_that_there_are():
    chance = np.random.default_rng(8)
    cell, step = chance.integers(0, 25, 60), chance.integers(0, 6, 60)
    near = grid(5)
    best = space_time_scan(cell, step, near, 6, ScanRule(rings=1, longest=2, permutations=19))[0]
    highest = 0.0
    for centre in range(25):
        for disc in ({centre}, {centre, *near.indices[near.indptr[centre] : near.indptr[centre + 1]].tolist()}):
            for first in range(6):
                for last in range(first, min(6, first + 2)):
                    inside, then = np.isin(cell, list(disc)), (step >= first) & (step <= last)
                    c, mu = int((inside & then).sum()), inside.sum() * then.sum() / 60
                    if c >= 3 and c > mu and inside.sum() <= 30:
                        highest = max(highest, c * np.log(c / mu) + (60 - c) * np.log((60 - c) / (60 - mu)))
    assert best.ratio == pytest.approx(highest, abs=1e-9)
