"""Outlines of districts: they adjoin, they cover their addresses, and no set of places breaks them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.components.districts import outlines

degrees = st.tuples(st.sampled_from("东西南北"), st.floats(119, 121), st.floats(29, 31))


def grid():
    """Four districts of nine addresses each."""
    return [
        (name, 120 + east + 0.2 * x, 30 + north + 0.2 * y)
        for name, east, north in (("东", 1, 0), ("西", 0, 0), ("东北", 1, 1), ("西北", 0, 1))
        for x in range(3)
        for y in range(3)
    ]


def inside(ring, x, y):
    within = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            within = not within
    return within


def area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def test_every_address_lies_in_its_own_district_and_in_no_other():
    places = grid()
    drawn = outlines(places)
    for name, x, y in places:
        assert [one for one, rings in drawn.items() if any(inside(ring, x, y) for ring in rings)] == [name]


def test_districts_adjoin_without_gaps():
    drawn = outlines(grid())
    corners = {name: {tuple(point) for ring in rings for point in ring} for name, rings in drawn.items()}
    assert corners["东"] & corners["西"]
    assert corners["东"] & corners["东北"]
    assert all(len(rings) == 1 for rings in drawn.values())


def test_too_few_places_draw_nothing():
    assert outlines([]) == {}
    assert outlines([("东", 120.0, 30.0), ("西", 120.1, 30.0)]) == {}


@given(st.lists(degrees, max_size=40))
def test_no_places_break_the_drawing(places):
    for rings in outlines(places).values():
        assert all(len(ring) > 2 for ring in rings)
        # A district inside another is a hole there: its ring runs the other way round and takes its area off.
        assert sum(map(area, rings)) >= -1e-6


@given(st.lists(st.tuples(st.floats(119, 121), st.floats(29, 31)), min_size=3, max_size=16, unique=True))
def test_districts_share_the_whole_city_out(places):
    # Four addresses each, so that every one is a centre of its own.
    drawn = outlines(("东西南北"[n % 4], x, y) for n, (x, y) in enumerate(places))
    city = outlines(("one", x, y) for x, y in places)
    shared = sum(area(ring) for rings in drawn.values() for ring in rings)
    assert shared == pytest.approx(sum(area(ring) for rings in city.values() for ring in rings), abs=1e-3)
