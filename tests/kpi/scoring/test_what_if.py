"""What-if gives what scoring anew would give, to the last digit, whatever is changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from kpi.scoring.columns import rounded_all, totals_of
from kpi.scoring.curves import Bonus, Deduction, Linear, Veto
from kpi.scoring.grades import ForcedShares, rounded
from kpi.scoring.score import AppealPoints, LineValue, scores
from kpi.scoring.what_if import Movement, Placing, what_if
from tests.kpi.scoring.made import MISSING, curves, figures, line, scheme

EXTRA = (Deduction(5, 15), Bonus(1, 3), Veto(40.0), Veto(-20.0, "cap_grade", "C", reverse=True))
FORCED = ForcedShares((("A", 20), ("B", 30), ("C", 30), ("D", 20)))


@st.composite
def offices(draw):
    """A scheme, another with the same indicators, and the figures of some people in two groups."""
    n = draw(st.integers(1, 4))
    extra = draw(st.lists(st.sampled_from(EXTRA), max_size=3))

    def drawn():
        lines = [line(draw(curves), draw(st.integers(1, 40)), draw(st.sampled_from(MISSING))) for _ in range(n)]
        lines += [line(curve, 0, minimum=1) for curve in extra]
        return scheme(*lines, grades=draw(st.sampled_from([None, FORCED])))

    people = draw(st.integers(1, 6))
    known = {f"80{k:02}": tuple(draw(figures) for _ in range(n + len(extra))) for k in range(people)}
    groups = {who: draw(st.sampled_from(["早班", "晚班"])) for who in known}
    return drawn(), drawn(), known, groups


def placings(found):
    return [Placing(one.total, one.grade, one.rank) for one in found]


@given(offices())
def test_another_scheme_over_known_figures_is_scoring_anew(office):
    before, after, known, groups = office
    made = scores(before, known, groups)
    moves = what_if(made, after)
    assert [one.before for one in moves] == placings(made)
    assert [one.after for one in moves] == placings(scores(after, known, groups))
    assert [one.who for one in moves] == list(known)


@given(offices(), figures)
def test_another_figure_of_one_person_is_scoring_anew(office, figure):
    judged, _other, known, groups = office
    who = next(iter(known))
    moves = what_if(scores(judged, known, groups), judged, {who: {0: figure}})
    changed = {**known, who: (figure, *known[who][1:])}
    assert [one.after for one in moves] == placings(scores(judged, changed, groups))


@given(offices(), st.floats(-30, 30))
def test_points_that_an_appeal_gave_stay(office, points):
    judged, other, known, groups = office
    appeals = {next(iter(known)): [AppealPoints(1, 0, points, "upheld"), AppealPoints(2, 1, 1.0)]}
    moves = what_if(scores(judged, known, groups, appeals), other)
    assert [one.after for one in moves] == placings(scores(other, known, groups, appeals))


@given(offices())
def test_nothing_changed_moves_nobody(office):
    judged, _other, known, groups = office
    assert not any(one.moved for one in what_if(scores(judged, known, groups), judged))


def test_who_moves_is_told_with_places():
    better = Linear(0, 100, 200, base=100, cap=200, reverse=False)
    first, second = line(better, 50), line(better, 50)
    figure = {v: LineValue(v * 50.0, 50, float(v), 50) for v in (60, 80, 100, 110)}
    known = {"a": (figure[60], figure[100]), "b": (figure[110], figure[60]), "c": (figure[80], LineValue())}
    made = scores(scheme(first, second), known)
    moves = what_if(made, scheme(replace(first, weight=0), second))
    assert [(one.who, one.before.rank, one.after.rank, one.places) for one in moves] == [
        ("a", 2, 1, 1),
        ("b", 1, 2, -1),
        ("c", 2, None, None),
    ]
    assert moves[0].after.total == 100
    assert isinstance(moves[0], Movement)


def test_other_lines_than_were_scored_are_refused():
    one = line(Linear(0, 100, 200, reverse=False))
    made = scores(scheme(one), {"a": (LineValue(),)})
    with pytest.raises(BadInput):
        what_if(made, scheme(one, one))


@given(st.lists(st.one_of(st.floats(0, 2000), st.integers(0, 40_000).map(lambda n: n / 200)), min_size=1))
def test_many_are_rounded_as_one_is(totals):
    assert rounded_all(np.array(totals)).tolist() == [rounded(total) for total in totals]


@given(offices(), st.integers(2, 4))
def test_values_that_were_drawn_anew_are_scored_column_by_column(office, repeats):
    judged, _other, known, _groups = office
    people = list(known.values())
    chance = np.random.default_rng(1)
    counted = np.ones((len(judged.lines), len(people)), dtype=bool)
    values = [chance.uniform(-50, 500, (len(people), repeats)) for _ in judged.lines]
    whole = totals_of(judged.lines, values, counted)
    for column in range(repeats):
        assert whole[:, column] == pytest.approx(totals_of(judged.lines, [v[:, column] for v in values], counted))
