"""Ranges of totals and ranks: they hold what was found, narrow with more data, and call nobody better by chance."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.fairness.bootstrap import redrawn
from kpi.fairness.ranges import carried, proven, with_ranges
from kpi.scoring.curves import Deduction, Linear
from kpi.scoring.score import LineValue, ScoreRange, TotalScore, scores
from tests.kpi.fairness.made import calls, figures, judged, units
from tests.kpi.scoring.made import line, scheme


def allowed(seconds, repeats=400, groups=None):
    found = scores(judged(), figures(seconds), groups)
    known = with_ranges(judged(), found, [redrawn(units(seconds), repeats)[0]])
    assert [replace(one, allowed=None) for one in known] == found
    return known, [one.allowed for one in known]


def spans(*given):
    return [one.allowed for one in with_ranges(*given)]


@settings(max_examples=40)
@given(st.lists(st.integers(200, 420), min_size=1, max_size=8), st.integers(1, 60), st.integers(0, 1000))
def test_ranges_hold_what_was_found(means, n, seed):
    found, known = allowed(calls(np.array(means, dtype=float), n, seed), 100)
    for one, span in zip(found, known, strict=True):
        if one.total is None:
            assert span == ScoreRange(None, None, None, span.lines)
            continue
        assert 1 <= span.rank_low <= one.rank <= span.rank_high <= len(means)
        assert span.total.low <= one.total <= span.total.high
        assert span.lines[0].low <= one.lines[0].figure.value <= span.lines[0].high


def test_more_data_narrow_the_ranges():
    means = np.linspace(220, 400, 12)
    widths = []
    for n in (25, 250, 2500):
        _found, known = allowed(calls(means, n))
        widths.append(
            (
                np.mean([one.total.high - one.total.low for one in known]),
                np.mean([one.rank_high - one.rank_low for one in known]),
                np.mean([one.lines[0].high - one.lines[0].low for one in known]),
            )
        )
    for few, many in pairwise(widths):
        assert all(np.array(many) < np.array(few))
    # A hundred times the calls: a tenth of the width.
    assert widths[2][2] == pytest.approx(widths[0][2] / 10, rel=0.15)


def test_an_interval_holds_the_truth_in_nearly_95_of_100_cases():
    held = 0
    for seed in range(20):
        _found, known = allowed(calls(np.full(25, 300.0), 100, seed, cv=0.5), 300)
        held += sum(one.lines[0].low <= 300 <= one.lines[0].high for one in known)
    assert 0.92 <= held / 500 <= 0.98


def test_of_equal_people_hardly_anybody_is_called_better():
    short = wrong = 0
    for seed in range(20):
        found, known = allowed(calls(np.full(20, 300.0), 100, seed, cv=0.5), 300)
        short += sum((one.rank_low, one.rank_high) != (1, 20) for one in known)
        wrong += any(proven(one, other) for one in found for other in found)
    assert short / 400 <= 0.05
    assert wrong <= 1


def test_who_is_far_apart_is_proven_better_and_overlapping_ranges_prove_nothing():
    found, known = allowed(calls(np.array([220.0, 222.0, 390.0, 392.0]), 400))
    assert [(one.rank_low, one.rank_high) for one in known] == [(1, 2), (1, 2), (3, 4), (3, 4)]
    assert proven(found[0], found[2])
    assert not proven(found[2], found[0])
    assert not proven(found[0], found[1])
    assert not proven(found[0], replace(found[2], group="晚班"))
    assert not proven(found[0], TotalScore("x", "", None, None, None, ()))


def test_after_a_correction_ranges_move_with_the_total_and_hold_the_new_rank():
    found, known = allowed(calls(np.array([220.0, 300.0, 390.0]), 300))
    better = LineValue(66_000.0, 300, 220.0, 300)
    figures_then = {one.who: tuple(line.figure for line in one.lines) for one in found} | {"8002": (better,)}
    after = [carried(one, new) for one, new in zip(found, scores(judged(), figures_then), strict=True)]
    assert after[2].total > found[2].total
    off = after[2].total - found[2].total
    assert after[2].allowed.total.low == pytest.approx(known[2].total.low + off)
    assert after[2].allowed.lines == (None,)
    for one, span in zip(after, known, strict=True):
        assert one.allowed.rank_low <= one.rank <= one.allowed.rank_high
        assert (one.allowed.rank_low <= span.rank_low, one.allowed.rank_high >= span.rank_high) == (True, True)
    assert after[0].allowed.lines == known[0].lines
    assert carried(replace(found[0], allowed=None), found[0]) == found[0]


def test_ranks_are_within_the_group():
    groups = {"8000": "早班", "8001": "早班", "8002": "晚班"}
    _found, known = allowed(calls(np.array([220.0, 390.0, 300.0]), 300), groups=groups)
    assert [(one.rank_low, one.rank_high) for one in known] == [(1, 1), (2, 2), (1, 1)]


def test_what_is_common_to_all_moves_totals_but_no_ranks():
    whole = scheme(line(Linear(420, 300, 200, reverse=True), 50), line(Linear(0, 100, 200, cap=200, reverse=False), 50))
    seconds = calls(np.array([220.0, 390.0]), 500)
    common = LineValue(9_000.0, 100, 90.0, 100)
    found = scores(whole, {who: (*own, common) for who, own in figures(seconds).items()})
    noise = np.random.default_rng(1).normal(90, 30, 400)
    own = redrawn(units(seconds), 400)[0]
    known = spans(whole, found, [own, np.stack([noise, noise])])
    alone = spans(whole, found, [own, None])
    assert [(one.rank_low, one.rank_high) for one in known] == [(1, 1), (2, 2)]
    assert all(
        one.total.high - one.total.low > other.total.high - other.total.low
        for one, other in zip(known, alone, strict=True)
    )
    assert known[0].lines[1].high > 120
    assert alone[0].lines[1] is None


def test_of_whom_nothing_is_known_any_rank_is_possible():
    seconds = calls(np.array([220.0, 300.0, 390.0]), 300)
    found = scores(judged(), figures(seconds))
    drawn = redrawn(units(seconds), 200)[0]
    drawn[0] = np.nan
    known = spans(judged(), found, [drawn])
    assert known[0] == ScoreRange(None, 1, 3, (None,))
    assert [(one.rank_low, one.rank_high) for one in known[1:]] == [(1, 2), (2, 3)]


def test_what_people_write_down_has_no_chance_in_it():
    whole = scheme(
        line(Linear(420, 300, 200, reverse=True)), line(Deduction(5, 15), 0, minimum=0, indicator="manual.complaints")
    )
    seconds = calls(np.array([300.0, 300.0]), 200)
    found = scores(whole, {who: (*own, LineValue(2, 1, 2, 2)) for who, own in figures(seconds).items()})
    known = spans(whole, found, [redrawn(units(seconds), 200)[0], None])
    assert [one.lines[1] for one in known] == [None, None]
    certain = spans(whole, found, [None, None])
    assert certain[0].total.low == certain[0].total.high == found[0].total
