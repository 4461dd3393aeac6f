"""What the address says of a review, and where its links lead."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.pages.kpi.selection import Month, ReviewQuery, month_at, month_of, query_of

ZONE = ZoneInfo("Asia/Shanghai")
MONTHS = st.builds(Month, st.integers(1990, 2100), st.integers(1, 12))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026-1", "x2026-11", "2026-11-01"])
def test_what_is_no_month_is_none(text) -> None:
    assert month_of(text) is None


@given(MONTHS, st.integers(-30, 30))
def test_months_go_on_over_years(month, n) -> None:
    assert month.later(n).later(-n) == month
    assert month_of(str(month)) == month


@given(MONTHS)
def test_a_month_begins_where_the_one_before_ends(month) -> None:
    begin, end = month.span(ZONE)
    assert month.later(-1).span(ZONE)[1] == begin
    assert (month_at(begin, ZONE), month_at(end - 1, ZONE)) == (month, month)
    first, last = month.days
    assert first == f"{month}-01"
    assert datetime.fromtimestamp(end - 1, ZONE).date().isoformat() == last


def test_a_link_changes_a_part_and_leaves_the_rest() -> None:
    asked = query_of({"scheme": "s", "who": "8001", "view": None, "other": "x"})
    assert asked.given == {"scheme": "s", "who": "8001"}
    assert asked.link(who="8002", period="2026-11") == "/kpi?scheme=s&who=8002&period=2026-11"
    assert asked.link(who=None, scheme=None) == "/kpi"


@pytest.mark.parametrize("given", [None, 7, [], "x"])
def test_what_is_no_address_is_an_empty_one(given) -> None:
    assert query_of(given) == ReviewQuery({})


def test_what_nobody_can_choose_is_the_first_choice() -> None:
    asked = ReviewQuery({"group": "none", "view": "other"})
    assert asked.of("group", ["a", "b"]) == "a"
    assert asked.of("group", []) == ""
    assert asked.view == "review"
