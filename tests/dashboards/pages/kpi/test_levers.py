"""Sliders over lines: better is on the right, the own step is the own value, and what they bring is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.pages.kpi.levers import gains, levers_of, turned
from kpi.scoring.curves import Band, Linear, Steps, points_of
from kpi.scoring.scheme import SchemeLine
from kpi.scoring.score import NOTHING
from tests.dashboards.components.score.test_bill import of, value

LINES = (
    SchemeLine("aht", 40, Linear(420, 300, 240)),
    SchemeLine("transfer_rate", 20, Linear(0.2, 0.1, 0.04)),
    SchemeLine("occupancy", 20, Band(0.4, 0.6, 0.85, 0.98)),
    SchemeLine("conformance", 20, Steps(((0.85, 60), (0.97, 100)))),
)
FIGURES = st.tuples(st.floats(100, 600).map(value), *(st.floats(0.01, 1.0).map(value) for _n in range(3)))


@given(FIGURES, st.integers(0, 120))
def test_better_is_on_the_right_and_the_own_step_is_the_own_value(figures, step) -> None:
    bill = of(*figures, lines=LINES)
    for lever in levers_of(bill):
        assert 0 <= lever.at <= lever.steps
        assert lever.value(lever.at) == lever.own
        assert min(lever.worst, lever.best) - 1e-6 <= lever.value(step) <= max(lever.worst, lever.best) + 1e-6
        curve = bill.lines[lever.n].line.curve
        if not isinstance(curve, Band):
            scored = [points_of(curve, lever.value(one)) for one in range(lever.steps + 1) if one != lever.at]
            assert scored == sorted(scored)


def test_values_are_in_steps_that_people_count_in() -> None:
    bill = of(value(262), value(0.123), value(0.7), value(0.9), lines=LINES)
    by_name = {one.name: one for one in levers_of(bill)}
    handling = next(one for name, one in by_name.items() if one.unit == "seconds")
    assert (handling.step, handling.worst, handling.best, handling.steps) == (2, 420, 240, 90)
    assert handling.value(handling.steps) == 240
    assert handling.target == 60


def test_three_lines_are_offered_where_most_is_to_be_got() -> None:
    bill = of(value(300), value(0.2), value(0.41), value(0.96), lines=LINES)
    assert [one.n for one in levers_of(bill)] == [1, 2, 3]


def test_what_was_not_counted_has_no_slider() -> None:
    bill = of(NOTHING, value(0.1, n=3), value(0.7), NOTHING, lines=LINES)
    assert [one.n for one in levers_of(bill)] == [2]


def test_a_slider_that_was_not_moved_changes_nothing() -> None:
    bill = of(value(262.4), value(0.123), value(0.7), value(0.9), lines=LINES)
    levers = {one.n: one for one in levers_of(bill)}
    assert turned(bill, levers, {n: one.at for n, one in levers.items()}) == {}
    assert gains(bill, {}) == []


def test_the_gain_of_each_line_is_told() -> None:
    bill = of(value(330), value(0.19), value(0.7), value(0.96), lines=LINES)
    levers = {one.n: one for one in levers_of(bill)}
    changed = turned(bill, levers, {0: levers[0].step_at(300), 1: levers[1].step_at(0.1)})
    assert changed[0].value == 300
    assert changed[0].numerator == 300 * 100
    found = gains(bill, changed)
    assert [one.points for one in found] == [pytest.approx(18), pytest.approx(10)]
    assert found[1].name == bill.lines[0].name
