"""What is wrong with a scheme is said by its field, in both languages; a file of another version is refused."""

import copy

import pytest

from core.errors import HotlineError, Several
from core.i18n import set_language, translate_error
from core.json_file import parsed
from kpi.schemes.service import examples
from kpi.scoring.check import checked, problems, weight_sum
from kpi.scoring.compare import differences
from kpi.scoring.file import as_file, from_file
from kpi.scoring.scheme import scheme_json, scheme_of, settle

GOOD = {
    "name": "坐席",
    "for": {"post": "agent", "group": "早班"},
    "from": "2026-11-01",
    "lines": [
        {"indicator": "aht", "weight": 60, "curve": {"kind": "linear", "floor": 420, "target": 300, "stretch": 240}},
        {
            "indicator": "adherence",
            "weight": 40,
            "curve": {"kind": "linear", "floor": 0.8, "target": 0.9, "stretch": 0.98},
        },
    ],
}


def put(place, value):
    """A copy of ``GOOD`` with another value at ``lines.0.curve.floor`` and the like."""
    made = copy.deepcopy(GOOD)
    at = made
    *way, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    for part in way:
        at = at[part]
    at[last] = value
    return made


BAND = {"kind": "band", "zero_below": 0.4, "low": 0.6, "high": 0.5, "zero_above": 0.9}
WRONG = [
    ("lines.1.weight", 41, "lines"),
    ("lines.1.weight", 39.5, "lines"),
    ("lines.1.weight", 0, "lines.1.weight"),
    ("lines.0.weight", -5, "lines.0.weight"),
    ("lines.1.curve.floor", 0.95, "lines.1.curve"),
    ("lines.0.curve.floor", 200, "lines.0.curve"),
    ("lines.0.curve.base", 130, "lines.0.curve"),
    ("lines.1.curve", {"kind": "linear", "floor": 80, "target": 90, "stretch": 98}, "lines.1.curve"),
    ("lines.1.curve", BAND, "lines.1.curve"),
    ("lines.0.curve", {"kind": "points", "points": [[300, 100], [240, 0]]}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "points", "points": [[240, 100], [300, 50], [420, 80]]}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "points", "points": [[240, 100]]}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "points", "points": [[1, 0], [1, 5], [1, 9], [2, 10]]}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "steps", "steps": [[300, 50], [300, 80]]}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "steps", "steps": [[240, 50], [300, 80]]}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "steps", "steps": []}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "deduction", "each": 0, "most": 5}, "lines.0.curve"),
    ("lines.0.curve", {"kind": "deduction", "each": 1, "most": 500}, "lines.0.curve.most"),
    ("lines.0.curve", {"kind": "veto", "limit": 1}, "lines.0.weight"),
    ("lines.0.curve", {"kind": "veto", "limit": 1, "effect": "cap_grade", "grade": "Z"}, "lines.0.curve.grade"),
    ("lines.0.indicator", "happiness", "lines.0.indicator"),
    ("lines.0.indicator", "order_timeliness(sleep)", "lines.0.indicator"),
    ("lines.0.of", "own", None),
    ("lines.0.threshold_s", 20, "lines.0.threshold_s"),
    ("for", {"post": "agent", "site": "north"}, "for"),
    ("for", {"group": "早班"}, "for"),
    ("for", {}, "for"),
    ("to", "2026-10-01", "to"),
    ("from", "2026-02-30", "from"),
    ("grades", {"kind": "bands", "bands": [["A", 80], ["B", 90]]}, "grades"),
    ("grades", {"kind": "bands", "bands": []}, "grades"),
    ("grades", {"kind": "forced", "shares": [["A", 50], ["B", 40]]}, "grades"),
    ("grades", {"kind": "forced", "shares": [["A", 50], ["A", 50]]}, "grades"),
]
SHAPELESS = [
    ("lines", [], "lines"),
    ("lines.0.weight", "much", "lines.0.weight"),
    ("lines.0.curve.kind", "wave", "lines.0.curve"),
    ("lines.0.curve.florr", 3, "lines.0.curve.linear.florr"),
    ("lines.0.curve.floor", float("nan"), "lines.0.curve.linear.floor"),
    ("lines.0.missing", "forget", "lines.0.missing"),
    ("from", "soon", "from"),
    ("name", "", "name"),
    ("name", "a\x00b", "name"),
    ("colour", "red", "colour"),
]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("place", "value", "field"), WRONG + SHAPELESS)
def test_each_fault_names_its_field_and_what_helps(place, value, field, language):
    set_language(language)
    try:
        if field is None:
            assert problems(scheme_of(put(place, value))) == []
            return
        with pytest.raises(HotlineError) as caught:
            checked(scheme_of(put(place, value)))
        found = caught.value.parts if isinstance(caught.value, Several) else (caught.value,)
        assert field in [one.field for one in found]
        for one in found:
            message, remedy = translate_error(one)
            assert message
            assert remedy
            assert "{" not in message + remedy
            assert message.isascii() == (language == "en") or any(ord(c) > 0x2E00 for c in str(value))
    finally:
        set_language("zh_CN")


def test_everything_wrong_is_told_at_once():
    made = put("lines.1.weight", 50)
    made["lines"][0]["curve"]["floor"] = 100
    made["to"] = "2026-01-01"
    assert [one.field for one in problems(scheme_of(made))] == ["to", "lines", "lines.0.curve"]
    assert weight_sum(scheme_of(made)) == 110


def test_weights_of_tenths_that_sum_to_a_hundred_are_a_hundred():
    made = put("lines.0.weight", 33.3)
    made["lines"][1]["weight"] = 33.3
    made["lines"].append({**made["lines"][0], "indicator": "att", "weight": 33.4})
    assert checked(scheme_of(made)).lines[2].weight == 33.4


def test_what_is_left_to_the_catalogue_is_written_down():
    first, second = checked(scheme_of(GOOD)).lines
    assert (first.curve.reverse, first.minimum, first.of) == (True, 20, "own")
    assert (second.curve.reverse, second.minimum, second.of) == (False, 5, "own")
    shifts = {**GOOD, "for": {"post": "supervisor"}}
    assert [one.of for one in checked(scheme_of(shifts)).lines] == ["house", "house"]
    shifts["for"] = {"post": "supervisor", "group": "早班"}
    assert [one.of for one in checked(scheme_of(shifts)).lines] == ["group", "group"]
    house = {**GOOD["lines"][1], "indicator": "answer_rate"}
    assert checked(scheme_of(put("lines.1", house))).lines[1].of == "house"
    assert problems(scheme_of(put("lines.1", {**house, "of": "own"})))[0].field == "lines.1.of"


@pytest.mark.parametrize("name", ["example-agents", "example-supervisors", "example-sites"])
def test_each_example_is_complete_labelled_and_the_same_after_a_file(name):
    one = examples()[name]
    assert problems(one.scheme) == []
    assert one.example
    assert "示例" in one.scheme.name
    assert "example" in one.scheme.name_en.lower()
    again = from_file(parsed(__import__("json").dumps(as_file(one.scheme))))
    assert again == one.scheme == scheme_of(scheme_json(one.scheme)) == settle(again)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"format_version": 2}, "format_version"), ({"format": "x"}, "format"), ({"scheme": 3}, "scheme")],
)
def test_a_file_of_another_kind_or_version_is_refused_in_words(change, field):
    for raw in ({**as_file(examples()["example-sites"].scheme), **change},):
        with pytest.raises(HotlineError) as caught:
            from_file(raw)
        assert caught.value.field == field
        assert translate_error(caught.value)[1]


@pytest.mark.parametrize("text", ["", "[1", "\x00"])
def test_what_is_no_json_is_no_scheme(text):
    with pytest.raises(HotlineError) as caught:
        parsed(text)
    assert caught.value.field == "format"


def test_two_versions_differ_in_what_was_changed_alone():
    before = checked(scheme_of(GOOD))
    other = put("lines.0.curve.target", 310)
    other["lines"].append(other["lines"].pop(0))
    other["lines"].append({**GOOD["lines"][0], "indicator": "att", "weight": 0.0})
    found = differences(before, settle(scheme_of(other)))
    assert [one.field for one in found] == ["lines.aht.curve", "lines.att"]
    assert (found[0].before["target"], found[0].after["target"], found[1].before) == (300, 310, None)
    assert differences(before, before) == []
