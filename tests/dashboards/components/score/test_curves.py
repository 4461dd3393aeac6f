"""The picture of a curve: where it runs, what it aims at, where somebody stands, and that it says so in words."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.i18n import set_language
from dashboards.components.score.curves import (
    CurvePicture,
    curve,
    curve_figure,
    curve_label,
    is_met,
    span_of,
    target_of,
)
from kpi.scoring.curves import Band, Bonus, Deduction, Linear, Points, Steps, points_of

AHT = Linear(420, 300, 240, reverse=True)
OCCUPANCY = Band(0.4, 0.6, 0.85, 0.98)
CURVES = [
    AHT,
    OCCUPANCY,
    Linear(70, 85, 95, reverse=False),
    Steps(((0.85, 60), (0.92, 80), (0.97, 100)), 0, reverse=False),
    Steps(((30, 100), (60, 50)), 0, reverse=True),
    Points(((0.85, 0), (0.9, 100))),
    Points(((250, 0), (250, 60), (300, 100))),
    Points(((0, 20), (10, 80))),
    Deduction(5, 15),
    Bonus(1, 3),
]


@pytest.mark.parametrize(
    ("one", "target"),
    [
        (AHT, (300, 300)),
        (OCCUPANCY, (0.6, 0.85)),
        (CURVES[3], (0.97, 0.97)),
        (CURVES[4], (30, 30)),
        (CURVES[5], (0.9, 0.9)),
        (CURVES[6], (300, 300)),
        # Between two points.
        (Points(((0, 0), (10, 200))), (5, 5)),
        # What never gives what is expected aims at the most it gives.
        (CURVES[7], (10, 10)),
        (Deduction(5, 15), (0, 0)),
        (Bonus(1, 3), None),
    ],
)
def test_the_target_is_where_a_curve_gives_what_is_expected(one, target) -> None:
    assert target_of(one) == target


@pytest.mark.parametrize("one", CURVES)
def test_at_the_target_what_is_expected_is_met(one) -> None:
    assert all(is_met(one, at) for at in target_of(one) or ())


@given(st.sampled_from(CURVES), st.floats(-1e4, 1e4))
def test_the_own_point_lies_on_the_curve_and_inside_the_picture(one, value) -> None:
    picture = CurvePicture(one, "", "number", own=value)
    (low, high), drawn = span_of(picture), curve_figure(picture)
    point = drawn.data[-1]
    assert low <= point.x[0] <= high
    assert point.y[0] == points_of(one, value)
    bottom, top = drawn.layout.yaxis.range
    assert bottom <= point.y[0] <= top
    assert (point.marker.color == "var(--accent)") == is_met(one, value)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=50))
def test_everybody_of_the_group_is_counted_behind_the_curve(values) -> None:
    group = curve_figure(CurvePicture(AHT, "", "seconds", others=values)).data[0]
    assert sum(group.customdata) == len(values)
    assert max(group.y) == 120


def test_nothing_is_shown_below_nought_where_a_curve_begins_there() -> None:
    assert span_of(CurvePicture(Deduction(5, 15), "", "number", own=0))[0] == 0


def test_a_large_one_has_axes_at_its_own_knots_in_the_indicator_s_unit() -> None:
    drawn = curve_figure(CurvePicture(OCCUPANCY, "", "share", large=True))
    assert list(drawn.layout.xaxis.ticktext) == ["40.0", "60.0", "85.0", "98.0"]
    assert list(drawn.layout.yaxis.ticktext) == ["0", "100"]
    assert [one.x0 for one in drawn.layout.shapes[1:]] == [0.6, 0.85]
    orjson.dumps(drawn.to_plotly_json(), option=orjson.OPT_NON_STR_KEYS)


def test_it_says_in_words_what_it_shows() -> None:
    set_language("en")
    picture = CurvePicture(AHT, "Average handling time", "seconds", own=262.4, others=[250.0, 300.0])
    assert curve_label(picture) == (
        "Curve of Average handling time · target 5:00 · 4:22 scores 112.5 · behind it 2 people of the group"
    )
    assert getattr(curve("curve-aht", picture), "aria-label") == curve_label(picture)
