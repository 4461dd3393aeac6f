"""What is wrong with a form is said by its field, in both languages; a file of another version is refused."""

import pytest

from core.errors import HotlineError, Several
from core.i18n import set_language, translate_error
from core.json_file import parsed
from qa.forms.check import checked, problems
from qa.forms.file import as_file, examples, from_file
from qa.forms.form import form_json, form_of
from tests.qa.forms.made import GOOD, put

WRONG = [
    ("name", "  ", "name"),
    ("name", "a\x00b", "name"),
    ("pass_mark", 0, "pass_mark"),
    ("pass_mark", 101, "pass_mark"),
    ("pass_mark", float("nan"), "pass_mark"),
    ("categories", ["leak", "leak"], "categories"),
    ("sections", [], "sections"),
    ("sections.0.name", " ", "sections.0.name"),
    ("sections.0.weight", 0, "sections.0.weight"),
    ("sections.0.weight", -1, "sections.0.weight"),
    ("sections.0.weight", 1e9, "sections.0.weight"),
    ("sections.0.items", [], "sections.0.items"),
    ("sections.0.items.0.weight", 0, "sections.0.items.0.weight"),
    ("sections.0.items.0.weight", -1, "sections.0.items.0.weight"),
    ("sections.0.items.0.text", " ", "sections.0.items.0.text"),
    ("sections.0.items.0.id", "Opening!", "sections.0.items.0.id"),
    ("sections.0.items.0.id", "tone", "sections.0.items.1.id"),
    ("sections.0.items.0.answer", {"kind": "yes_no", "partial": 1}, "sections.0.items.0.answer.partial"),
    ("sections.0.items.1.answer", {"kind": "scale", "least": 5, "most": 5}, "sections.0.items.1.answer"),
    ("sections.0.items.1.answer", {"kind": "scale", "least": 0, "most": 11}, "sections.0.items.1.answer"),
    ("sections.0.items.1.answer", {"kind": "stars"}, "sections.0.items.1.answer"),
    ("sections.1.items.1.fatal", "nobody", "sections.1.items.1.fatal"),
    ("sections.1.items.1.fatal", None, "sections.1.items.1.weight"),
    ("colour", "red", "colour"),
]


def parts(raw):
    with pytest.raises(HotlineError) as caught:
        checked(form_of(raw))
    return caught.value.parts if isinstance(caught.value, Several) else [caught.value]


@pytest.mark.parametrize(("place", "value", "field"), WRONG)
def test_what_is_wrong_is_named_with_its_field_and_a_remedy_in_both_languages(place, value, field):
    wrong = parts(put(place, value))
    assert field in [one.field for one in wrong]
    for language in ("zh_CN", "en"):
        set_language(language)
        for one in wrong:
            message, remedy = translate_error(one)
            assert message
            assert remedy
            assert (message == one.message.format(**one.values)) == (language == "en")


def test_a_good_form_has_nothing_wrong_and_comes_back_from_its_json():
    form = form_of(GOOD)
    assert problems(form) == []
    assert form_of(form_json(form)) == form


def test_everything_is_said_at_once():
    raw = put("pass_mark", 200)
    raw["sections"][0]["items"][0]["weight"] = 0
    raw["sections"][1]["name"] = " "
    assert [one.field for one in parts(raw)] == ["pass_mark", "sections.0.items.0.weight", "sections.1.name"]


def test_a_form_in_which_nothing_counts_is_refused():
    raw = put("sections", [{"name": "一票否决", "items": [GOOD["sections"][1]["items"][1]]}])
    assert [one.field for one in parts(raw)] == ["sections"]


def test_the_weight_of_a_section_is_shared_by_those_of_its_items():
    assert form_of(GOOD).weights == {"opening": 10.0, "tone": 30.0, "record": 60.0, "rude": 0.0}
    plain = put("sections.0.weight", None)
    assert form_of(plain).weights == {"opening": 1.0, "tone": 3.0, "record": 60.0, "rude": 0.0}


def test_a_file_holds_the_whole_form_and_another_kind_or_version_is_refused():
    form = form_of(GOOD)
    assert from_file(as_file(form)) == form
    for raw, field in (
        ([], "format"),
        ({"format": "hotline-kpi-scheme"}, "format"),
        ({**as_file(form), "format_version": 2}, "format_version"),
        ({**as_file(form), "form": 3}, "form"),
    ):
        with pytest.raises(HotlineError) as caught:
            from_file(raw)
        assert caught.value.field == field
    with pytest.raises(HotlineError):
        parsed("{")


def test_the_examples_of_both_trades_are_labelled_and_share_items():
    shipped = examples()
    assert {name.split("-")[1] for name in shipped} == {"water", "gas"}
    assert all(
        "示例" in one.name and "example" in one.name_en.lower() and "示例" in one.note for one in shipped.values()
    )
    for one in shipped.values():
        assert sum(one.weights.values()) == pytest.approx(100)
        assert {"customer", "business", "compliance"} == {item.fatal for item in one.items} - {None}
        assert all(item.text_en for item in one.items)
    common = set.intersection(*({item.id for item in one.items} for one in shipped.values()))
    assert {"opening", "closing", "rude", "record"} <= common
