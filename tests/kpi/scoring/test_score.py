"""Totals: the worked examples, and what holds for every scheme and every figure."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.scoring.curves import Band, Bonus, Deduction, Linear, Veto, points_of
from kpi.scoring.score import LineValue, scores
from tests.kpi.scoring.made import line, scheme, schemes

FIRST = Linear(70, 85, 95, reverse=False)
SECOND = Linear(420, 300, 240, reverse=True)


def figure(value, sample=100):
    return LineValue(value * sample, sample, value, sample)


def three(missing, *more, **others):
    return scheme(line(FIRST, 40), line(SECOND, 35), line(FIRST, 25, missing), *more, **others)


def alone(judged, figures):
    (found,) = scores(judged, {"8001": tuple(figures)})
    return found


def exact(judged, figures):
    """Σ of the points, before any rounding."""
    found = alone(judged, figures)
    return None if found.total is None else sum(one.points for one in found.lines)


@pytest.mark.parametrize(("missing", "total"), [("renormalise", 96.87), ("neutral", 97.65), ("nought", 72.65)])
@pytest.mark.parametrize(("third", "state"), [(LineValue(), "no_data"), (figure(99, 19), "too_few")])
def test_a_missing_line_follows_its_rule_and_so_does_too_small_a_sample(missing, total, third, state):
    found = alone(three(missing), (figure(93), figure(330), third))
    assert found.total == total
    assert [one.state for one in found.lines] == ["counted", "counted", state]
    assert [one.score for one in found.lines[:2]] == [116, 75]


def test_a_veto_makes_nought_of_the_total_or_caps_the_grade():
    figures = (figure(93), figure(330), LineValue(), figure(1, 1))
    struck = alone(three("renormalise", line(Veto(1), 0, minimum=1)), figures)
    assert (struck.total, struck.grade, struck.rank) == (0, "D", 1)
    assert struck.lines[-1].struck
    capped = alone(three("renormalise", line(Veto(1, "cap_grade", "C"), 0, minimum=1)), figures)
    assert (capped.total, capped.grade) == (96.87, "C")
    free = alone(three("renormalise", line(Veto(2), 0, minimum=1)), figures)
    assert (free.total, free.grade) == (96.87, "A")
    # Nobody has written anything down: nothing strikes.
    assert alone(three("renormalise", line(Veto(0), 0)), (*figures[:3], LineValue())).total == 96.87


def test_lines_without_weight_move_the_total_and_never_below_nought():
    extra = (line(Deduction(5, 15), 0, minimum=1), line(Bonus(1, 3), 0, minimum=1))
    figures = (figure(93), figure(330), LineValue())
    assert alone(three("renormalise", *extra), (*figures, figure(2, 2), figure(9, 9))).total == 89.87
    assert alone(three("renormalise", *extra), (*figures, LineValue(), LineValue())).total == 96.87
    low = scheme(line(FIRST), line(Deduction(5, 15), 0, minimum=1))
    assert alone(low, (figure(60), figure(9, 9))).total == 0


def test_nobody_is_judged_by_nothing():
    found = alone(three("renormalise"), (LineValue(), LineValue(), LineValue()))
    assert (found.total, found.rank, found.grade) == (None, None, None)
    assert sum(one.points for one in found.lines) == 0


def test_ranks_are_given_within_groups_and_shared():
    one = scheme(line(Linear(0, 100, 200, base=100, cap=200, reverse=False)))
    people = {"a": 98, "b": 95, "c": 95, "d": 90, "e": 10}
    found = scores(
        one, {who: (figure(value),) for who, value in people.items()}, dict.fromkeys("abcd", "早班") | {"e": "晚班"}
    )
    assert [(s.who, s.rank) for s in found] == [("a", 1), ("b", 2), ("c", 2), ("d", 4), ("e", 1)]


@given(schemes())
def test_a_total_lies_between_the_lowest_and_the_highest_score_of_its_lines(found):
    judged, figures = found
    one = alone(judged, figures)
    known = [part.score for part in one.lines if part.score is not None]
    if not known:
        assert one.total is None
        return
    assert min(known) - 0.006 <= one.total <= max(known) + 0.006
    assert one.total >= 0


@given(schemes(), st.data())
def test_a_better_figure_of_any_line_never_lowers_the_total(found, data):
    judged, figures = found
    n = data.draw(st.integers(0, len(figures) - 1))
    curve, now = judged.lines[n].curve, figures[n]
    if isinstance(curve, Band) or now.value is None:
        return
    knots = curve.knots
    step = data.draw(st.integers(0, 200)) * (1 if knots[0][1] <= knots[-1][1] else -1)
    better = replace(now, value=now.value + step)
    after = exact(judged, (*figures[:n], better, *figures[n + 1 :]))
    before = exact(judged, figures)
    assert before is None or before <= after + 1e-9


@given(schemes(), st.sampled_from([0.01, 0.5, 3.0, 1000.0]))
def test_the_scale_of_weights_does_not_matter(found, factor):
    judged, figures = found
    scaled = replace(judged, lines=tuple(replace(one, weight=one.weight * factor) for one in judged.lines))
    assert exact(judged, figures) == pytest.approx(exact(scaled, figures), abs=1e-9)


@given(schemes(), st.randoms())
def test_the_order_of_lines_does_not_matter_to_the_last_bit(found, chance):
    judged, figures = found
    order = list(range(len(figures)))
    chance.shuffle(order)
    other = replace(judged, lines=tuple(judged.lines[n] for n in order))
    one, two = alone(judged, figures), alone(other, tuple(figures[n] for n in order))
    assert (one.total, one.grade) == (two.total, two.grade)


@given(schemes(least=2))
def test_renormalising_equals_leaving_the_line_out(found):
    judged, figures = found
    first = replace(judged.lines[0], missing="renormalise")
    whole = replace(judged, lines=(first, *judged.lines[1:]))
    without = replace(judged, lines=judged.lines[1:])
    assert exact(whole, (LineValue(), *figures[1:])) == pytest.approx(exact(without, figures[1:]), abs=1e-9)


@given(schemes())
def test_the_points_of_the_lines_are_the_total_and_agree_with_a_plain_sum(found):
    judged, figures = found
    by_hand = weights = 0.0
    for one, given_figure in zip(judged.lines, figures, strict=True):
        if given_figure.value is not None and given_figure.sample >= 20:
            score = points_of(one.curve, given_figure.value)
        elif one.missing == "renormalise":
            continue
        else:
            score = one.curve.neutral if one.missing == "neutral" else 0.0
        by_hand, weights = by_hand + one.weight * score, weights + one.weight
    total = exact(judged, figures)
    assert (total is None) == (weights == 0)
    if weights:
        assert total == pytest.approx(by_hand / weights, abs=1e-9)
        assert alone(judged, figures).total == pytest.approx(total, abs=0.005 + 1e-9)
        assert sum(part.weight for part in alone(judged, figures).lines) == pytest.approx(100)
