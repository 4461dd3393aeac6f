"""The score by its formula: what does not apply leaves the denominator, a fatal item makes it nought, and beside it stands
what it would be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import HotlineError, Several
from qa.forms.form import form_of
from qa.scoring.answers import checked, possible, problems
from qa.scoring.score import score
from tests.qa.forms.made import GOOD, put

FORM = form_of(GOOD)
BEST = {"opening": "yes", "tone": 5, "record": "yes", "rude": "yes"}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, 100.0),
        # 10 + 30 · 3/4 + 60 · 1/2 of 100
        ({"tone": 4, "record": "partial"}, 62.5),
        # Of the 40 that apply, 10.
        ({"tone": 1, "record": "not_applicable"}, 25.0),
        # (10 + 30 · 1/4) / 40
        ({"tone": 2, "record": "not_applicable"}, 43.75),
        ({"opening": "no", "tone": 1, "record": "no"}, 0.0),
        # 10 / 70 and 70 / 90, rounded at the end.
        ({"record": "no", "tone": "not_applicable"}, 14.29),
    ],
)
def test_the_score_is_the_weighted_share_of_what_applies(answers, expected):
    answers = BEST | answers
    assert problems(FORM, answers) == []
    found = score(FORM, answers)
    assert (found.score, found.score_without_fatal, found.fatal) == (expected, expected, ())
    assert found.passed is (expected >= 80)


def test_a_fatal_item_makes_it_nought_and_the_unadjusted_score_stands_beside_it():
    found = score(FORM, BEST | {"rude": "no", "tone": 4})
    assert (found.score, found.score_without_fatal, found.passed, found.fatal) == (0.0, 92.5, False, ("rude",))


def test_the_pass_mark_itself_passes_and_is_judged_as_it_is_read():
    form = form_of(put("pass_mark", 62.5))
    assert score(form, BEST | {"tone": 4, "record": "partial"}).passed is True
    assert score(form_of(put("pass_mark", 62.51)), BEST | {"tone": 4, "record": "partial"}).passed is False


def test_half_filled_in_the_score_is_of_what_is_answered():
    assert score(FORM, {}).score is None
    assert score(FORM, {}).passed is None
    assert score(FORM, {"tone": 3}).score == 50.0
    assert score(FORM, {"rude": "no"}).score == 0.0
    assert score(FORM, {"rude": "no"}).score_without_fatal is None


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"tone": 6}, "answers.tone"),
        ({"tone": "yes"}, "answers.tone"),
        ({"opening": 1}, "answers.opening"),
        ({"rude": "not_applicable"}, "answers.rude"),
        ({"colour": "yes"}, "answers.colour"),
    ],
)
def test_an_answer_that_the_item_does_not_have_is_refused_by_its_item(answers, field):
    with pytest.raises(HotlineError) as caught:
        checked(FORM, BEST | answers)
    assert (caught.value.field, caught.value.status) == (field, 422)


def test_every_item_wants_an_answer_and_all_that_lack_one_are_named_at_once():
    with pytest.raises(Several) as caught:
        checked(FORM, {"rude": "yes"})
    assert [one.field for one in caught.value.parts] == ["answers.opening", "answers.tone", "answers.record"]


def test_a_call_to_which_nothing_applies_has_no_score():
    form = form_of(put("sections.1.items.1.not_applicable", True))
    with pytest.raises(HotlineError) as caught:
        checked(form, dict.fromkeys(("opening", "tone", "record", "rude"), "not_applicable"))
    assert caught.value.field == "answers"


@st.composite
def filled(draw):
    items = [
        {
            "id": f"i{n}",
            "text": "x",
            "weight": draw(st.integers(1, 50)),
            "answer": draw(st.sampled_from([{"kind": "yes_no"}, {"kind": "scale", "least": 0, "most": 3}])),
            "fatal": draw(st.sampled_from([None, None, "business"])),
        }
        for n in range(draw(st.integers(1, 8)))
    ]
    cut = draw(st.integers(0, len(items) - 1))
    weights = st.sampled_from([None, 10, 33.3])
    sections = [{"name": "s", "weight": draw(weights), "items": part} for part in (items[:cut], items[cut:]) if part]
    form = form_of({"name": "f", "sections": sections})
    return form, {item.id: draw(st.sampled_from(possible(item))) for item in form.items}


@given(filled())
def test_a_score_lies_between_nought_and_a_hundred_and_a_fatal_item_never_helps(case):
    form, answers = case
    found = score(form, answers)
    without = found.score_without_fatal
    assert without is None or 0 <= without <= 100
    assert found.score in ((0.0,) if found.fatal else (without,))
    assert without is None or sum(one.points for one in found.items) == pytest.approx(without, abs=0.006)
    applies = [one for one in found.items if one.worth is not None]
    assert not applies or sum(one.possible for one in applies) == pytest.approx(100)


@given(filled(), st.data())
def test_a_better_answer_never_costs_points(case, data):
    form, answers = case
    item = data.draw(st.sampled_from(sorted(answers)))
    options = [one for one in possible(next(i for i in form.items if i.id == item)) if one != "not_applicable"]
    better, worse = sorted(data.draw(st.tuples(*[st.integers(0, len(options) - 1)] * 2)))
    best, least = (score(form, answers | {item: options[n]}) for n in (better, worse))
    assert best.score_without_fatal >= least.score_without_fatal
    assert best.score >= least.score


@given(filled())
def test_what_does_not_apply_counts_as_if_the_form_did_not_have_it(case):
    form, answers = case
    left = {item: answer for item, answer in answers.items() if answer != "not_applicable"}
    assert score(form, answers) == score(form, left)
