"""Calibration: blind until all have scored, then agreement item by item, undefined where nothing varied."""

from dataclasses import replace

import pytest

from core.errors import BadInput, Conflict, NotAllowed
from qa.agreement.alpha import alpha
from qa.forms.form import form_of
from qa.service import forms, rounds, scores
from qa.service.scores import ScoredCall
from tests.qa.forms.made import GOOD
from tests.qa.service.test_scores import AT, given

CALLS = ("c1", "c2", "c3")
TONES = {"an": (5, 3, 1), "bo": (4, 3, 2), "cai": (5, 2, 1)}


@pytest.fixture
def opened(session, people):
    forms.add(session, replace(form_of(GOOD), id="repair"), "chief", AT)
    return rounds.open_round(session, "December", "repair", CALLS, list(TONES), "chief", AT)


def fill(session, people, opened, names=tuple(TONES)):
    for name in names:
        for call, tone in zip(CALLS, TONES[name], strict=True):
            said = given(answers={"tone": tone}, round=opened.id)
            scores.save(session, ScoredCall(call, "8001", AT), said, people[name], AT)


def test_the_result_is_shown_when_all_have_scored(session, people, opened):
    fill(session, people, opened, ("an", "bo"))
    with pytest.raises(Conflict):
        rounds.result(session, opened.id)
    fill(session, people, opened, ("cai",))
    found = rounds.result(session, opened.id)
    tone = next(one for one in found.items if one.item == "tone")
    assert tone.alpha == pytest.approx(
        alpha([[(one - 1) / 4 for one in TONES[name]] for name in sorted(TONES)], "ordinal")
    )
    # All said yes: nothing varied.
    assert {one.item: one.alpha for one in found.items}["opening"] is None
    assert {(one.first, one.second) for one in found.pairs} == {("an", "bo"), ("an", "cai"), ("bo", "cai")}
    assert sum(one.points for one in found.leniency) == pytest.approx(0)
    assert (found.calls, found.scorers) == (3, 3)


def test_with_a_master_score_gaps_and_leniency_are_measured_by_it(session, people, opened):
    fill(session, people, opened)
    for call in CALLS:
        said = given(answers={"tone": 1}, round=opened.id, master=True)
        scores.save(session, ScoredCall(call, "8001", AT), said, people["an"], AT)
    found = rounds.result(session, opened.id)
    assert next(one for one in found.items if one.item == "tone").gap == pytest.approx((4 + 2 + 3 + 2 + 1 + 4 + 1) / 36)
    assert {one.scorer: one.calls for one in found.leniency} == {"an": 3, "bo": 3, "cai": 3}
    assert all(one.points > 0 for one in found.leniency)


def test_scores_of_a_round_are_no_scores_of_the_agent(session, people, opened):
    fill(session, people, opened, ("an",))
    (row,) = scores.listed(session, [scores.QaScoreRow.call_id == "c1"], None, 9)
    with pytest.raises(NotAllowed):
        scores.answer(session, row.id, people["agent8001"], "accepted", "", AT)
    scores.save(session, ScoredCall("c1", "8001", AT), given(), people["bo"], AT)


def test_who_is_not_asked_and_what_is_not_in_the_round_is_refused(session, people, opened):
    other = rounds.open_round(session, "Two", "repair", ["c1"], ["an", "bo"], "chief", AT)
    with pytest.raises(NotAllowed):
        scores.save(session, ScoredCall("c1", "8001", AT), given(round=other.id), people["cai"], AT)
    with pytest.raises(BadInput):
        scores.save(session, ScoredCall("c2", "8001", AT), given(round=other.id), people["an"], AT)
    rounds.close(session, other.id, "chief", AT)
    with pytest.raises(Conflict):
        scores.save(session, ScoredCall("c1", "8001", AT), given(round=other.id), people["an"], AT)
    with pytest.raises(Conflict):
        rounds.close(session, other.id, "chief", AT)
    assert rounds.result(session, other.id).alpha is None
