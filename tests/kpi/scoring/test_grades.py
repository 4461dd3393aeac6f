"""Ranks, grades and rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.scoring.grades import ForcedShares, GradeBands, graded, ranks, rounded, worse

BANDS = GradeBands((("A", 90), ("B", 80), ("C", 60), ("D", 0)))
FORCED = ForcedShares((("A", 20), ("B", 30), ("C", 40), ("D", 10)))


def test_equal_totals_share_a_rank_and_the_next_is_left_out():
    assert ranks([98, 95, 95, 90]) == [1, 2, 2, 4]
    assert ranks([90, None, 98, 90]) == [2, None, 1, 2]


def test_bands_give_a_grade_from_their_limit_on():
    assert graded(BANDS, [120, 90, 89.99, 60, 12, None]) == ["A", "A", "B", "C", "D", None]
    assert worse(BANDS, "A", "C") == worse(BANDS, "C", "A") == "C"


def test_a_forced_distribution_fills_the_best_grades_by_rank():
    assert graded(FORCED, list(range(10, 0, -1))) == ["A"] * 2 + ["B"] * 3 + ["C"] * 4 + ["D"]


def test_who_shares_a_rank_shares_the_better_grade():
    assert graded(FORCED, [10, 9, 9, 9, 6, 5, 4, 3, 2, 1]) == ["A", "A", "A", "A", "B", "C", "C", "C", "C", "D"]
    assert graded(FORCED, [7.0] * 10) == ["A"] * 10


@pytest.mark.parametrize(("exact", "shown"), [(96.865, 96.87), (0.125, 0.13), (96.86499, 96.86), (2.675, 2.68)])
def test_halves_are_rounded_up_as_people_do_it(exact, shown):
    assert rounded(exact) == shown


@given(st.lists(st.integers(0, 12).map(float), min_size=1, max_size=30))
def test_a_better_total_never_has_a_worse_rank_or_grade(totals):
    places = ranks(totals)
    for grades in (BANDS, FORCED):
        found = graded(grades, totals)
        for one, place, grade in zip(totals, places, found, strict=True):
            assert place == 1 + sum(other > one for other in totals)
            for other, other_place, other_grade in zip(totals, places, found, strict=True):
                if one >= other:
                    assert place <= other_place
                    assert grades.names.index(grade) <= grades.names.index(other_grade)
