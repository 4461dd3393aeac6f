"""The definitions against published figures, and against what must hold for any counts."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.measures import ratios as sl
from kpi.measures.catalogue import MEASURES
from kpi.measures.ratios import CallCounts

OF_QUEUES = [one for one in MEASURES.values() if one.source == "visits"]
PUBLISHED = CallCounts(
    1000, 60, 0, answered_in_t=860, abandoned_in_t=20, short_abandons=10, wait_answered_seconds=12_500
)


@pytest.mark.parametrize(
    ("indicator", "percent"),
    [
        ("service_level.abandons_in_time_count", 83.02),
        ("service_level.answered_only", 86.00),
        ("service_level.strict", 81.13),
        ("service_level.early_abandons_ignored", 82.69),
        ("service_level.short_abandons_count", 82.08),
        ("service_level.short_abandons_removed", 81.90),
    ],
)
def test_the_published_example_gives_the_published_figures(indicator, percent):
    assert round(100 * MEASURES[indicator].of(asdict(PUBLISHED)), 2) == percent


def test_rates_count_redirected_calls_as_offered():
    counts = CallCounts(answered=80, abandoned=12, redirected=8, short_abandons=2)
    assert sl.answer_rate(counts) == 0.8
    assert sl.abandon_rate(counts) == 10 / 98
    assert sl.abandon_rate_all(counts) == 0.12
    assert sl.asa(PUBLISHED) == 12.5


def test_with_nothing_to_divide_by_there_is_no_figure():
    assert {one.of({}) for one in MEASURES.values()} == {None}
    only_short = CallCounts(abandoned=3, abandoned_in_t=3, short_abandons=3)
    assert sl.short_abandons_removed(only_short) is None
    assert sl.abandon_rate(only_short) is None


def test_a_row_of_sums_may_lack_what_nobody_counted():
    assert CallCounts.of({"answered": None}) == CallCounts()
    assert CallCounts.of({"answered": 3, "answered_in_t": 2, "wait_answered_seconds": 4.5}) == CallCounts(
        3, answered_in_t=2, wait_answered_seconds=4.5
    )


numbers = st.integers(0, 1000)


@st.composite
def possible(draw):
    answered, abandoned, short = draw(numbers), draw(numbers), draw(numbers)
    within = draw(st.integers(0, abandoned))
    return CallCounts(
        answered, abandoned, draw(numbers), draw(st.integers(0, answered)), within, min(short, within), draw(numbers)
    )


@given(possible(), possible())
def test_every_share_is_a_share_and_sums_come_before_ratios(one, other):
    both = one + other
    assert both.offered == one.offered + other.offered
    for indicator in OF_QUEUES:
        value = indicator.of(asdict(both))
        if indicator.unit == "share" and value is not None:
            assert 0 <= value <= 1
            low, high = indicator.of(asdict(one)), indicator.of(asdict(other))
            if low is not None and high is not None:
                assert min(low, high) - 1e-9 <= value <= max(low, high) + 1e-9
