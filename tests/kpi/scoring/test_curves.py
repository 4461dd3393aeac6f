"""Scoring curves: the published values, and what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.scoring.curves import (
    Band,
    Bonus,
    Deduction,
    Linear,
    Points,
    Steps,
    Veto,
    points_at,
    points_of,
    settled,
)
from tests.kpi.scoring.made import curves, values

LINEAR = Linear(70, 85, 95)
REVERSE = Linear(420, 300, 240, reverse=True)
SHARE = Points(((0.85, 0), (0.90, 100)))
JUMP = Points(((250, 0), (250, 60), (300, 100)))
BAND = Band(0.4, 0.6, 0.85, 0.95)
STEPS = Steps(((0.85, 60), (0.92, 80), (0.97, 100)))
LATE = Steps(((5, 100), (10, 50)), reverse=True)


@pytest.mark.parametrize(
    ("curve", "value", "score"),
    [
        *[(LINEAR, v, s) for v, s in ((69, 0), (70, 0), (80, 66.67), (85, 100), (90, 110), (93, 116), (97, 120))],
        *[(REVERSE, v, s) for v, s in ((420, 0), (360, 50), (330, 75), (300, 100), (270, 110), (200, 120), (500, 0))],
        *[(SHARE, v, s) for v, s in ((0.84, 0), (0.85, 0), (0.875, 50), (0.9, 100), (0.97, 100))],
        *[(JUMP, v, s) for v, s in ((300, 100), (299, 99.2), (250, 60), (249, 0), (249.999999, 0), (900, 100))],
        *[(BAND, v, s) for v, s in ((0.3, 0), (0.5, 50), (0.6, 100), (0.7, 100), (0.85, 100), (0.9, 50), (1.0, 0))],
        *[(STEPS, v, s) for v, s in ((0.8499, 0), (0.85, 60), (0.9199, 60), (0.92, 80), (0.97, 100), (1, 100))],
        *[(LATE, v, s) for v, s in ((0, 100), (5, 100), (5.01, 50), (10, 50), (10.01, 0))],
        *[(Deduction(5, 15), v, s) for v, s in ((0, 100), (1, 95), (3, 85), (9, 85))],
        *[(Bonus(1, 3), v, s) for v, s in ((0, 100), (2, 102), (3, 103), (9, 103))],
    ],
)
def test_the_published_values_come_out(curve, value, score):
    assert round(points_of(curve, value), 2) == score


def test_a_veto_strikes_from_its_limit_on_or_up_to_it():
    assert [Veto(1).strikes(v) for v in (0, 1, 2)] == [False, True, True]
    assert [Veto(60, reverse=True).strikes(v) for v in (59, 60, 61)] == [True, True, False]


def test_an_unsaid_direction_is_the_indicator_s_and_a_said_one_stays():
    assert settled(Linear(420, 300, 240), less_is_better=True) == REVERSE
    assert settled(REVERSE, less_is_better=False) == REVERSE
    assert settled(BAND, less_is_better=True) == BAND


@given(curves, st.lists(values, min_size=1, max_size=8))
def test_a_score_lies_between_the_lowest_and_the_highest_knot(curve, given_values):
    scores = [score for _value, score in curve.knots]
    for found in points_at(curve, given_values):
        assert min(scores) - 1e-9 <= found <= max(scores) + 1e-9


@given(curves, values, values)
def test_a_better_value_never_scores_less(curve, one, other):
    if isinstance(curve, Band):
        return
    knots = curve.knots
    low, high = sorted((one, other))
    if knots[0][1] > knots[-1][1]:
        low, high = high, low
    assert points_of(curve, low) <= points_of(curve, high) + 1e-9


@given(curves, values)
def test_a_curve_and_its_mirror_agree_also_at_jumps(curve, value):
    mirrored = Points(tuple((-x, y) for x, y in reversed(curve.knots)))
    for at in (value, *(x for x, _score in curve.knots)):
        assert points_of(mirrored, -at) == pytest.approx(points_of(curve, at), abs=1e-9)


@given(st.lists(values, min_size=3, max_size=3, unique=True).map(sorted), values)
def test_reversed_targets_score_the_reversed_value(limits, value):
    floor, target, stretch = limits
    rising, falling = Linear(floor, target, stretch), Linear(-floor, -target, -stretch, reverse=True)
    assert points_of(rising, value) == pytest.approx(points_of(falling, -value), abs=1e-9)
