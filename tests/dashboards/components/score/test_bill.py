"""A score as a bill: its lines add up to its last one, and it says in words where points were lost."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.i18n import set_language
from dashboards.components.score.bill import bill, bill_of, lost_text, signed, sum_text
from kpi.judging import JudgedPeriod
from kpi.schemes.values import Judged, Watermark, question_of
from kpi.scoring.curves import Bonus, Deduction, Linear, Veto
from kpi.scoring.scheme import Scheme, SchemeLine, SchemeScope, settle
from kpi.scoring.score import NOTHING, LineValue, scores

ZONE = ZoneInfo("Asia/Shanghai")
FROM, UNTIL, NOW = 1_793_462_400.0, 1_796_054_400.0, 1_796_100_000.0
LINES = (
    SchemeLine("aht", 60, Linear(420, 300, 240)),
    SchemeLine("transfer_rate", 40, Linear(0.2, 0.1, 0.04)),
    SchemeLine("manual.complaints", 0, Deduction(5, 15)),
    SchemeLine("manual.commendations", 0, Bonus(1, 3)),
)
VETO = SchemeLine("manual.attendance", 0, Veto(1))


def value(x: float, n: int = 100) -> LineValue:
    return LineValue(x * n, n, x, n)


def judged(figures, lines=LINES) -> JudgedPeriod:
    """Of one group; ``figures`` by extension, one for each line."""
    scheme = settle(Scheme("S", SchemeScope(post="agent"), tuple(lines), "2026-01-01", id="s"))
    people = [Judged(who, f"Agent {who}", "A") for who in figures]
    known = {who: tuple(one) for who, one in figures.items()}
    questions = [question_of(scheme, line, FROM, UNTIL, NOW) for line in scheme.lines]
    found = scores(scheme, known, dict.fromkeys(known, "A"))
    return JudgedPeriod(
        scheme, FROM, UNTIL, people, questions, known, found, Watermark(1, None), demo=False, judged_at=UNTIL
    )


def of(*figures, lines=LINES):
    return bill_of(judged({"8001": figures}, lines), "8001", ZONE)


def texts(part) -> str:
    """All that stands in it."""
    inside = getattr(part, "children", part)
    if isinstance(inside, list | tuple):
        return " ".join(filter(None, map(texts, inside)))
    return texts(inside) if hasattr(inside, "children") else "" if inside is None else str(inside)


@pytest.fixture(autouse=True)
def english():
    set_language("en")


FIGURES = st.tuples(
    st.floats(100, 600).map(value),
    st.floats(0, 1).map(value),
    st.integers(0, 9).map(lambda n: LineValue(n, 1, float(n), 1)),
    st.integers(0, 9).map(lambda n: LineValue(n, 1, float(n), 1)),
)


@given(FIGURES)
def test_the_lines_add_up_to_the_total(figures) -> None:
    found = of(*figures)
    whole = found.sum + math.fsum(one.score.points for one in found.adjusting)
    assert found.total.total == pytest.approx(max(0.0, whole), abs=0.00501)
    for one in found.weighted:
        if 0 <= one.score.score <= 100:
            assert one.score.points + one.lost == pytest.approx(one.score.weight)


def test_every_line_stands_with_value_expression_target_score_weight_and_points() -> None:
    said = texts(bill("b", of(value(262), value(0.08), NOTHING, LineValue(2, 1, 2.0, 2))))
    for text in ("Average handling time", "4:22", "7:16:40 ÷ 100", "5:00", "112.7", "× 60", "67.60"):
        assert text in said
    for text in ("8.0", "8 ÷ 100", "106.7", "× 40", "42.67", "110.27", "+1 each, at most +3", "+2.00", "112.27"):
        assert text in said


def test_the_value_opens_what_was_counted() -> None:
    first = of(value(262), value(0.08), NOTHING, NOTHING).lines[0]
    assert first.opens.startswith("/")
    assert "agent=8001" in first.opens


def test_a_line_that_was_left_out_says_why_and_its_weight_is_on_the_others() -> None:
    found = of(value(262), value(0.08, n=3), NOTHING, NOTHING)
    said = texts(bill("b", found))
    assert "too small a sample, 3 of 20" in said
    assert [one.score.weight for one in found.weighted] == [100, 0]
    assert "× 100 *" in said
    assert found.lines[2].score.state == "no_data"


def test_what_moves_the_total_stands_in_the_sum() -> None:
    found = of(value(300), value(0.1), LineValue(1, 1, 1.0, 1), LineValue(2, 1, 2.0, 2))
    assert sum_text(found) == "100.00 − 5.00 + 2.00 = 97.00, rounded once, at the end"


def test_a_veto_that_strikes_makes_it_nought_and_says_so() -> None:
    struck = of(value(300), value(0.1), LineValue(1, 1, 1.0, 1), lines=(*LINES[:2], VETO))
    assert struck.total.total == 0
    assert sum_text(struck) == "100.00; the veto makes it 0"
    assert "struck" in texts(bill("b", struck))
    calm = of(value(300), value(0.1), LineValue(0, 1, 0.0, 1), lines=(*LINES[:2], VETO))
    assert "not struck" in texts(bill("b", calm))


def test_where_most_was_lost_comes_first() -> None:
    found = of(value(330), value(0.19), NOTHING, NOTHING)
    said = texts(lost_text(found))
    assert said.startswith("Most points lost:   Transfer rate 36.00")
    assert "Average handling time 15.00" in said
    nothing = of(value(300), value(0.1), NOTHING, NOTHING)
    assert texts(lost_text(nothing)) == "No line is below what is expected."


def test_nothing_counted_is_no_total_and_no_loss() -> None:
    found = of(NOTHING, NOTHING, NOTHING, NOTHING)
    assert found.total.total is None
    assert lost_text(found) == []
    assert "Nothing could be judged" in texts(bill("b", found))


def test_who_is_not_judged_has_no_bill() -> None:
    assert bill_of(judged({"8001": (NOTHING,) * 4}), "8099", ZONE) is None


@pytest.mark.parametrize(("moved", "text"), [(2.0, "+2.00"), (-1.5, "−1.50"), (0.001, "—")])
def test_points_that_move_the_total_have_a_sign(moved, text) -> None:
    assert signed(moved) == text
