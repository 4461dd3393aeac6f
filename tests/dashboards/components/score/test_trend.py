"""Periods in a row: the person's numbers and the group's median."""

from __future__ import annotations

import orjson

from dashboards.components.score import trend as figures
from dashboards.components.score.trend import TrendPoint


def test_a_trend_has_the_person_s_numbers_and_the_group_s_median_beside() -> None:
    found = [TrendPoint("9", None, 80.0), TrendPoint("10", 84.24, 82.0), TrendPoint("11", 79.0, 83.0)]
    group, person = figures.trend(found).data
    assert list(person.text) == ["", "84.2", "79.0"]
    assert list(person.textposition) == ["top center", "top center", "bottom center"]
    assert list(group.y) == [80.0, 82.0, 83.0]


def test_a_trend_of_nothing_is_an_empty_one() -> None:
    drawn = figures.trend([TrendPoint("11", None, None)])
    assert not drawn.layout.annotations
    orjson.dumps(drawn.to_plotly_json(), option=orjson.OPT_NON_STR_KEYS)
