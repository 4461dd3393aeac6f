"""Drawing anew: the spread is that of the textbook, the same every time, and nobody else's business."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.fairness import bootstrap
from kpi.fairness.bootstrap import Units, redrawn
from tests.kpi.fairness.made import calls, units


def shares(kept, due, place="north"):
    return Units(
        "orders", [place], np.zeros(2, dtype=int), np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([kept, due - kept])
    )


@pytest.mark.parametrize("n", [2, 5, 30, 400, 5000])
def test_a_mean_spreads_by_its_standard_error(n):
    seconds = calls(np.array([300.0]), n)
    (drawn,) = redrawn(units(seconds), 4000)[0]
    assert drawn.mean() == pytest.approx(seconds.mean(), rel=4 * 0.7 / np.sqrt(n) / np.sqrt(4000) + 0.003)
    # Known to 1 / sqrt(2 · draws), and to 1 / sqrt(2 · bundles) where calls were bundled.
    assert drawn.std() == pytest.approx(seconds.std(ddof=1) / np.sqrt(n), rel=0.05 if n <= bootstrap.BUNDLES else 0.1)


@pytest.mark.parametrize(("kept", "due"), [(9, 10), (17, 20), (450, 500), (27_000, 30_000)])
def test_a_share_spreads_by_the_binomial(kept, due):
    (drawn,) = redrawn(shares(kept, due), 4000)[0]
    p = kept / due
    assert drawn.mean() == pytest.approx(p, abs=0.01)
    assert drawn.std() == pytest.approx(np.sqrt(p * (1 - p) / (due - 1)), rel=0.06)


def test_calls_in_bundles_give_the_intervals_of_single_calls(monkeypatch):
    seconds = calls(np.array([300.0, 200.0]), 3000)
    bundled = redrawn(units(seconds), 2000)[0]
    monkeypatch.setattr(bootstrap, "BUNDLES", 10_000)
    single = redrawn(units(seconds), 2000)[0]
    for one, other in zip(bundled, single, strict=True):
        width = np.ptp(np.quantile(other, [0.025, 0.975]))
        assert np.quantile(one, [0.025, 0.975]) == pytest.approx(np.quantile(other, [0.025, 0.975]), abs=0.1 * width)


def test_alike_units_in_one_row_spread_as_if_each_had_its_own():
    one = redrawn(shares(40, 60), 4000)[0][0]
    apart = Units(
        "orders",
        ["north"],
        np.zeros(60, dtype=int),
        np.array([[1.0, 1.0]] * 40 + [[0.0, 1.0]] * 20),
        np.ones(60, dtype=int),
    )
    other = redrawn(apart, 4000)[0][0]
    assert np.quantile(one, [0.025, 0.5, 0.975]) == pytest.approx(np.quantile(other, [0.025, 0.5, 0.975]), abs=0.02)


@settings(max_examples=25)
@given(st.randoms(), st.integers(2, 60))
def test_the_same_seed_gives_the_same_whatever_the_order_of_people_and_calls(chance, n):
    seconds = calls(np.array([300.0, 250.0, 200.0]), n)
    made = units(seconds)
    order = list(range(len(made.place)))
    chance.shuffle(order)
    people = [0, 1, 2]
    chance.shuffle(people)
    mixed = Units(
        made.kind,
        [made.places[n] for n in people],
        np.array([people.index(place) for place in made.place[order]]),
        made.sums[order],
        made.alike[order],
    )
    first, other = redrawn(made, 50), redrawn(mixed, 50)
    assert (other == first[:, people]).all()
    alone = units(seconds[1:2], ["8001"])
    assert (redrawn(alone, 50)[0, 0] == first[0, 1]).all()
    assert (redrawn(made, 50, seed=2) != first).any()


def test_a_single_call_tells_nothing_about_chance():
    assert np.isnan(redrawn(units(calls(np.array([300.0]), 1)), 10)).all()
    assert np.isnan(redrawn(shares(0, 0), 10)).all()


def test_figures_of_the_same_calls_go_together():
    seconds = calls(np.array([300.0]), 80)
    made = units(seconds)
    both = Units(made.kind, made.places, made.place, np.hstack([made.sums, made.sums * [2, 1]]), made.alike)
    first, second = redrawn(both, 50)
    assert second == pytest.approx(2 * first)


def test_a_draw_without_a_denominator_leaves_the_figure_as_it_was():
    made = Units("orders", ["north"], np.zeros(2, dtype=int), np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([1, 2]))
    assert set(redrawn(made, 200)[0, 0]) == {1.0}
