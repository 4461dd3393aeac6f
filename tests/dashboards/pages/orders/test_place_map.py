"""The picture of an order's place: the districts with its own one marked, the order, the crew."""

from xml.etree import ElementTree as ET

import pytest

from dashboards import theme
from dashboards.pages.orders.place_map import HIGH, PAD, WIDE, drawing, place_map, projection

OUTLINES = {
    "城东区": [[[120.0, 30.0], [120.2, 30.0], [120.2, 30.2]]],
    "城西区": [[[119.8, 30.0], [120.0, 30.0], [120.0, 30.2]]],
}
ORDER = {
    "longitude": 120.1,
    "latitude": 30.1,
    "district": "城东区",
    "overdue": False,
    "events": [{"position": None}, {"position": {"longitude": 120.12, "latitude": 30.1}}],
}
SVG = "{http://www.w3.org/2000/svg}"


def parts(order=ORDER, outlines=OUTLINES):
    return ET.fromstring(drawing(order, outlines, theme.LIGHT))


def test_the_own_district_is_marked_and_the_place_and_the_crew_are_drawn():
    drawn = parts()
    fills = [one.get("fill") for one in drawn.iter(f"{SVG}path")]
    assert fills == [theme.LIGHT["accent-tint"], theme.LIGHT["raised"]]
    assert [one.get("r") for one in drawn.iter(f"{SVG}circle")] == ["3", "9", "4"]
    assert [one.text for one in drawn.iter(f"{SVG}text")] == ["城东区"]


@pytest.mark.parametrize(("overdue", "colour"), [(False, "accent"), (True, "bad")])
def test_a_ring_says_whether_it_is_late(overdue, colour):
    ring = list(parts({**ORDER, "overdue": overdue}).iter(f"{SVG}circle"))[1]
    assert ring.get("stroke") == theme.LIGHT[colour]


def test_names_are_text_and_a_place_alone_is_a_picture_too():
    alone = {**ORDER, "district": "<东&西>", "events": []}
    assert [one.text for one in parts(alone, {}).iter(f"{SVG}text")] == ["<东&西>"]
    assert len(place_map(alone, {})) == 2


def test_all_of_it_lies_on_the_picture_and_north_is_up():
    points = [(119.8, 30.0), (120.2, 30.2), (120.0, 30.1)]
    onto = projection(points)
    drawn = [onto(one) for one in points]
    assert all(PAD - 0.1 <= x <= WIDE - PAD + 0.1 and PAD - 0.1 <= y <= HIGH - PAD + 0.1 for x, y in drawn)
    assert drawn[0][1] > drawn[1][1]
    assert drawn[0][0] < drawn[1][0]
