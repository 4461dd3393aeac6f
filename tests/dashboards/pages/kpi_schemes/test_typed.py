"""Shares are typed in per cent, durations as minutes and seconds; what is typed is what is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from dashboards.pages.kpi_schemes.typed import read, typed

UNITS = ("share", "seconds", "number", "points")


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("85", "share", 0.85),
        ("85 %", "share", 0.85),
        ("８５．５％", "share", 0.855),
        ("4:20", "seconds", 260),
        ("4：20", "seconds", 260),
        ("1:02:03", "seconds", 3723),
        ("260", "seconds", 260),
        ("260 秒", "seconds", 260),
        ("12.5", "points", 12.5),
        ("20 分", "points", 20),
        ("20", "count", 20),
        ("", "share", None),
        ("   ", "seconds", None),
    ],
)
def test_a_value_is_read_as_people_write_it(text, unit, value):
    assert read(text, unit, "f") == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("viel", "share"),
        ("1,5", "number"),
        ("4:99", "seconds"),
        ("1e9", "number"),
        ("2.5", "count"),
        ("9" * 13, "points"),
    ],
)
def test_what_is_no_value_is_refused_with_an_example(text, unit):
    with pytest.raises(BadInput) as no:
        read(text, unit, "lines.0.weight")
    assert no.value.field == "lines.0.weight"
    assert "{example}" in (no.value.remedy or "")


@given(st.decimals(min_value=0, max_value=9999, places=4).map(float), st.sampled_from(UNITS))
def test_what_is_shown_reads_as_what_is_kept(value, unit):
    assert read(typed(value, unit), unit, "f") == pytest.approx(value, rel=1e-12)
