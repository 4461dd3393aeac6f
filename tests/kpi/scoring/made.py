"""Curves, lines and schemes by chance."""

from __future__ import annotations

from hypothesis import strategies as st

from kpi.scoring.curves import Band, Bonus, Deduction, Linear, Points, Steps
from kpi.scoring.grades import GradeBands
from kpi.scoring.scheme import Scheme, SchemeLine, SchemeScope
from kpi.scoring.score import LineValue

values = st.integers(-400, 4000).map(lambda n: n / 8)
_scores = st.integers(0, 960).map(lambda n: n / 8)


def _rising(n):
    return st.lists(values, min_size=n, max_size=n, unique=True).map(sorted)


def _points(found):
    places, scores, downwards = found
    ordered = sorted(scores, reverse=downwards)
    return Points(tuple(zip(sorted(places), ordered, strict=True)))


_places = st.lists(values, min_size=2, max_size=5, unique=True).flatmap(
    lambda found: st.lists(st.sampled_from(found), max_size=2, unique=True).map(lambda twice: [*found, *twice])
)
curves = st.one_of(
    _rising(3).map(lambda found: Linear(*found, reverse=False)),
    _rising(3).map(lambda found: Linear(*reversed(found), reverse=True)),
    _rising(4).map(lambda found: Band(*found)),
    st.tuples(_rising(3), st.lists(_scores, min_size=3, max_size=3).map(sorted), st.booleans()).map(
        lambda found: Steps(
            tuple(zip(found[0], sorted(found[1], reverse=found[2]), strict=True)), 0.0, reverse=found[2]
        )
    ),
    _places.flatmap(
        lambda places: st.tuples(
            st.just(places), st.lists(_scores, min_size=len(places), max_size=len(places)), st.booleans()
        )
    ).map(_points),
    st.tuples(st.integers(1, 10), st.integers(1, 100)).map(lambda found: Deduction(*map(float, found))),
    st.tuples(st.integers(1, 10), st.integers(1, 100)).map(lambda found: Bonus(*map(float, found))),
)
figures = st.one_of(
    st.just(LineValue()),
    st.tuples(values, st.integers(0, 60)).map(lambda found: LineValue(found[0] * 8, 8, found[0], found[1])),
)
MISSING = ("renormalise", "neutral", "nought")


def line(curve, weight=100.0, missing="renormalise", minimum=20, indicator="aht"):
    return SchemeLine(indicator, weight, curve, minimum, missing, "own")


def scheme(*lines, grades=None):
    return Scheme(
        "示例",
        SchemeScope(post="agent"),
        tuple(lines),
        "2026-01-01",
        grades=grades or GradeBands((("A", 90), ("B", 80), ("C", 60), ("D", 0))),
    )


def schemes(least=1):
    """A scheme with lines of weight, and a figure of one person for each."""
    one = st.tuples(curves, st.integers(1, 40).map(float), st.sampled_from(MISSING), figures)
    return st.lists(one, min_size=least, max_size=6).map(
        lambda found: (
            scheme(*(line(curve, weight, missing) for curve, weight, missing, _figure in found)),
            tuple(figure for _curve, _weight, _missing, figure in found),
        )
    )
