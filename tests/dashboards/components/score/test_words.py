"""Figures of scores as people write them."""

from __future__ import annotations

import pytest

from core.i18n import set_language
from dashboards.components.score import words
from kpi.scoring.curves import Bonus, Deduction, Linear, Veto
from kpi.scoring.scheme import SchemeLine
from kpi.scoring.score import NOTHING, LineValue

CURVE = Linear(0, 1, 2)


@pytest.fixture(autouse=True)
def english():
    set_language("en")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.9621, "share", "96.2 %"),
        (262.4, "seconds", "4:22"),
        (262.5, "seconds", "4:23"),
        (3675.0, "seconds", "1:01:15"),
        (82.34, "number", "82.3"),
        (1234.0, "number", "1,234"),
        (None, "share", "—"),
    ],
)
def test_a_value_has_its_unit(value, unit, text) -> None:
    assert words.value_text(value, unit) == text


@pytest.mark.parametrize(
    ("indicator", "figure", "text"),
    [
        ("aht", LineValue(225884.0, 862.0, 262.046, 862), "62:44:44 ÷ 862"),
        ("fcr.no_repeat(7)", LineValue(178.0, 185.0, 0.962, 185), "178 ÷ 185"),
        ("adherence", LineValue(541440.0, 561600.0, 0.964, 21), "150.4 ÷ 156.0 hours"),
        ("manual.complaints", LineValue(2.0, 1.0, 2.0, 2), "2 entries"),
        ("aht", NOTHING, ""),
        ("aht", LineValue(8640.0, 40.0, 216.0, 40, 8400.0, 210.0), "2:24:00 ÷ 2:20:00 × 3:30"),
        ("fcr.no_repeat(7)", LineValue(17.0, 20.0, 0.85, 20, 18.0, 0.9), "17 ÷ 18 × 90.0 %"),
    ],
)
def test_an_expression_has_its_own_numbers_put_in(indicator, figure, text) -> None:
    assert words.expression(SchemeLine(indicator, 10, CURVE), figure) == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Deduction(1, 5), "−1 each, at most −5"),
        (Bonus(1.5, 3), "+1.5 each, at most +3"),
        (Veto(1), "from 1 the total is 0"),
        (Veto(2, "cap_grade", "C"), "from 2 at most grade C"),
        (CURVE, ""),
    ],
)
def test_a_rule_without_a_curve_stands_in_words(rule, text) -> None:
    assert words.rule_text(rule, "number") == text


def test_a_target_is_one_value_or_a_span() -> None:
    assert words.target_text((300.0, 300.0), "seconds") == "5:00"
    assert words.target_text((0.75, 0.85), "share") == "75.0–85.0"
    assert words.target_text(None, "share") == "—"
