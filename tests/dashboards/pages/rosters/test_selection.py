"""What an address of the rosters asks for."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards.pages.rosters.selection import selection_of

TODAY = date(2026, 11, 25)
VIEWS = ("grid", "forecast", "adherence")


def asked(**given: object):
    return selection_of(given, VIEWS, TODAY)


@pytest.mark.parametrize(
    ("given", "view", "first"),
    [
        ({}, "grid", "2026-11-23"),
        ({"view": "adherence"}, "adherence", "2026-11-16"),
        ({"view": "rules"}, "grid", "2026-11-23"),
        ({"from": "2026-12-02"}, "grid", "2026-12-02"),
        ({"from": "2026-13-45"}, "grid", "2026-11-23"),
        ({"from": "2026-1-1"}, "grid", "2026-11-23"),
    ],
)
def test_a_view_and_its_first_day_are_what_the_address_says_or_the_usual_ones(given, view, first) -> None:
    found = asked(**given)
    assert (found.view, found.first.isoformat(), len(found.days)) == (view, first, 14)


def test_only_the_grid_opens_a_day() -> None:
    assert asked(day="2026-11-26").day == date(2026, 11, 26)
    assert asked(view="forecast", day="2026-11-26").day is None
    assert asked(day="tomorrow").day is None


@pytest.mark.parametrize(("said", "minutes"), [("15", 15), ("60", 60), ("45", 30), ("x", 30), ("", 30)])
def test_an_interval_is_one_of_three(said: str, minutes: int) -> None:
    assert asked(minutes=said).minutes() == minutes


def test_a_link_keeps_what_it_does_not_change() -> None:
    found = asked(view="forecast", queue="repair", day=None)
    assert found.link(at="2026-11-26") == "/rosters?view=forecast&queue=repair&at=2026-11-26"
    assert found.link(view=None, queue=None) == "/rosters"
    assert asked().link(first="2026-11-30") == "/rosters?from=2026-11-30"
