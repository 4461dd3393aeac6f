"""The figures of the review: who is in which step, where the median is drawn, and six periods in a row."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from dashboards.pages.kpi import figures
from dashboards.pages.kpi.figures import STEP

TOTALS = st.lists(st.floats(0, 1000).map(lambda one: round(one, 2)), min_size=1, max_size=60)


@given(TOTALS)
def test_everybody_is_in_one_step_of_five(totals) -> None:
    steps = figures.steps_of(totals)
    assert sum(steps.values()) == len(totals)
    assert len(steps) >= figures.LEAST_STEPS
    at = list(steps)
    assert at == list(range(at[0], at[-1] + STEP, STEP))
    assert at[0] >= 0
    for total in totals:
        assert figures.step_of(total) <= total < figures.step_of(total) + STEP


def test_the_chosen_one_s_bar_is_marked_and_the_median_drawn() -> None:
    drawn = figures.distribution([66.0, 71.0, 83.6, 84.9, 85.0], 83.6, 83.6)
    bars = drawn.data[0]
    assert dict(zip(bars.x, bars.text, strict=True)) == {67.5: "1", 72.5: "1", 77.5: "", 82.5: "2", 87.5: "1", 62.5: ""}
    marked = [x for x, colour in zip(bars.x, bars.marker.color, strict=True) if colour == "var(--accent)"]
    assert marked == [82.5]
    assert drawn.layout.shapes[0].x0 == 83.6
    assert drawn.layout.annotations[0].xanchor == "right"
    orjson.dumps(drawn.to_plotly_json(), option=orjson.OPT_NON_STR_KEYS)


def test_without_a_person_no_bar_is_marked() -> None:
    assert set(figures.distribution([50.0], None, 50.0).data[0].marker.color) == {"var(--context)"}
