"""A scheme and its draft say the same; what is wrong is named by the form's own field, in office words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.i18n import translate_error
from dashboards.pages.kpi_schemes.check import beside
from dashboards.pages.kpi_schemes.draft import (
    acted,
    draft_from,
    draft_json,
    draft_of,
    empty,
    same,
    with_values,
)
from dashboards.pages.kpi_schemes.draft_reading import reading_of
from kpi.schemes.service import examples
from kpi.scoring.curves import Band, Bonus, Deduction, Linear, Points, Steps, Veto
from kpi.scoring.grades import ForcedShares, GradeBands
from kpi.scoring.scheme import Scheme, SchemeLine, SchemeScope, settle

AGENTS = examples()["example-agents"].scheme
EVERY_KIND = settle(
    Scheme(
        "坐席",
        SchemeScope(post="agent", group="早班"),
        (
            SchemeLine("aht", 20, Linear(420, 300, 240, 90, 110)),
            SchemeLine("adherence", 20, Band(0.8, 0.9, 0.95, 1.0)),
            SchemeLine("transfer_rate", 20, Steps(((0.1, 60), (0.05, 100)))),
            SchemeLine("fcr.no_repeat(3)", 20, Points(((0.85, 0), (0.85, 50), (0.9, 100)))),
            SchemeLine("service_level.strict", 20, Linear(0.7, 0.8, 0.9), 5, "nought", "house", 15),
            SchemeLine("manual.complaints", 0, Deduction(5, 15)),
            SchemeLine("manual.commendations", 0, Bonus(1, 3)),
            SchemeLine("aht", 0, Veto(900, "cap_grade", "C")),
        ),
        "2026-11-01",
        "2026-12-31",
        ForcedShares((("A", 20), ("B", 50), ("C", 30))),
        "Agents",
        "note",
    )
)


def told(draft):
    return [(one.field, " ".join(filter(None, translate_error(one)))) for one in reading_of(draft).wrong]


@pytest.mark.parametrize("scheme", [*(one.scheme for one in examples().values()), EVERY_KIND], ids=lambda one: one.name)
def test_a_draft_says_what_the_scheme_says_also_through_the_browser(scheme):
    read = reading_of(draft_from(draft_json(draft_of(scheme))))
    assert read.wrong == ()
    assert settle(read.scheme) == replace(settle(scheme), id="")
    assert read.weight == 100


def test_weights_of_101_are_told_and_nothing_else():
    draft = with_values(draft_of(AGENTS), {"lines.0.weight": "21"})
    read = reading_of(draft)
    assert (read.scheme, read.weight) == (None, 101)
    assert told(draft) == [("lines", "权重合计为 101，不是 100。 请减去 1。")]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"begins": "2026-02-30"}, "begins"),
        ({"begins": "soon"}, "begins"),
        ({"ends": "2019-12-31"}, "ends"),
        ({"whom": "department"}, "whom"),
        ({"grades.0.1": "50"}, "grades"),
        ({"grades.0.0": ""}, "grades"),
        ({"grades.0.1": "much"}, "grades.0.1"),
        ({"graded": "bands"}, "grades"),
        ({"lines.0.weight": "-5"}, "lines.0.weight"),
        ({"lines.0.weight": ""}, "lines.0.weight"),
        ({"lines.0.numbers.floor": "4:10"}, "lines.0.curve"),
        ({"lines.0.numbers.base": "130"}, "lines.0.curve"),
        ({"lines.0.minimum": "few"}, "lines.0.minimum"),
        ({"lines.1.numbers.zero_below": "95"}, "lines.1.curve"),
        ({"lines.1.numbers.high": "950"}, "lines.1.numbers.high"),
        ({"lines.2.pairs.0.1": "100", "lines.2.pairs.1.1": "60"}, "lines.2.curve"),
        ({"lines.3.pairs.2.0": "80"}, "lines.3.curve"),
        ({"lines.3.pairs.2.1": "20"}, "lines.3.curve"),
        ({"lines.5.numbers.each": "0"}, "lines.5.curve"),
        ({"lines.7.weight": "3"}, "lines.7.weight"),
        ({"lines.7.grade": "Z"}, "lines.7.grade"),
    ],
)
def test_what_is_wrong_is_found_by_its_place_in_the_form_and_told_in_the_office_s_words(values, field):
    found = told(with_values(draft_of(EVERY_KIND), values))
    assert field in [at for at, _words in found]
    for _at, words in found:
        assert not any(program in words for program in ("zero_below", "0.85", "base", "cap", "lines", "None"))


def test_each_number_that_is_missing_or_none_is_named_by_its_own_field():
    draft = with_values(
        draft_of(EVERY_KIND), {"lines.0.numbers.floor": "", "lines.1.numbers.low": "viel", "lines.3.pairs.0.0": ""}
    )
    assert [at for at, _words in told(draft)] == ["lines.0.numbers.floor", "lines.1.numbers.low", "lines.3.pairs.0.0"]


def test_a_line_without_indicator_is_told_of_once():
    draft = acted(draft_of(AGENTS), "add")
    key = draft.lines[-1].key
    assert [at for at, _words in told(draft)][:1] == [f"lines.{key}.indicator"]
    assert told(empty("2026-12-01"))[0][0] == "name"


def test_words_stand_beside_the_nearest_place_that_the_form_has():
    wrong = [
        BadInput("A.", field="lines.0.numbers.cap"),
        BadInput("B.", field="grades.bands.0"),
        BadInput("C.", field="x"),
    ]
    assert beside(wrong, ["lines.0.numbers.cap", "grades", "lines"]) == ["A.", "B.", ""]


def test_another_indicator_takes_no_values_of_another_unit():
    line = with_values(draft_of(AGENTS), {"lines.0.indicator": "adherence"}).lines[0]
    assert "floor" not in line.numbers
    assert line.numbers["cap"] == "120"
    assert (line.of, line.minimum, line.reverse) == ("", "", "")
    same_unit = with_values(draft_of(AGENTS), {"lines.0.indicator": "att"}).lines[0]
    assert same_unit.numbers["floor"] == "7:00"


def test_a_veto_loses_its_weight_and_points_have_rows_to_type_in():
    draft = with_values(draft_of(AGENTS), {"lines.0.kind": "veto", "lines.2.kind": "points"})
    assert draft.lines[0].weight == "0"
    assert len(draft.lines[2].pairs) == 2


def test_lines_are_moved_added_and_removed_by_their_keys():
    draft = draft_of(AGENTS)
    keys = [one.key for one in draft.lines]
    assert [one.key for one in acted(draft, "down", keys[0]).lines][:2] == keys[1::-1]
    assert acted(draft, "up", keys[0]) == draft
    assert [one.key for one in acted(draft, "remove", keys[1]).lines] == [keys[0], *keys[2:]]
    assert acted(draft, "add").lines[-1].key == max(keys) + 1
    assert acted(draft, "nonsense", 99) == draft


def test_what_of_a_line_the_form_does_not_show_is_kept_as_it_is():
    draft = draft_of(AGENTS)
    assert all(not {"indicator", "curve"} & set(one.more) for one in draft.lines)
    assert reading_of(draft).scheme is not None


def test_what_no_form_sends_is_refused():
    with pytest.raises(BadInput):
        with_values(draft_of(AGENTS), {"lines.0.missing": "perhaps"})
    for raw in (None, "draft", {"lines": 3}, {**draft_json(empty("2026-12-01")), "more": 1}):
        with pytest.raises(BadInput):
            draft_from(raw)


def test_bands_of_the_total_and_shares_of_people_are_both_grades():
    draft = draft_of(EVERY_KIND)
    assert isinstance(reading_of(draft).scheme.grades, ForcedShares)
    limits = {"graded": "bands", "grades.0.1": "90", "grades.1.1": "80", "grades.2.1": "0"}
    assert isinstance(reading_of(with_values(draft, limits)).scheme.grades, GradeBands)


@given(
    st.lists(st.tuples(st.sampled_from(["add", "up", "down", "remove", "row_add"]), st.integers(-1, 9)), max_size=20)
)
def test_no_order_of_buttons_makes_a_draft_that_cannot_be_read(presses):
    draft = draft_of(AGENTS)
    for name, key in presses:
        draft = acted(draft, name, key)
        assert same(draft_from(draft_json(draft)), draft)
        assert len({one.key for one in draft.lines}) == len(draft.lines)
    reading_of(draft)
