"""Draws that come out again, lists that are shared out, and deadlines that pass."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.db import event_log
from core.db.tables import QaDrawRow, QaTaskRow
from core.errors import BadInput, Conflict, NotFound
from qa.forms.form import form_of
from qa.sampling.plan import SamplingPlan, plan_of
from qa.service import forms, plans, scores, worklist
from qa.service.scores import ScoredCall
from tests.qa.forms.made import GOOD
from tests.qa.sampling.test_draw import RULES, call
from tests.qa.service.test_scores import AT, DAY, given

PLAN = SamplingPlan("Weekly", "repair", RULES, ("an", "bo"), deadline_days=2, most_of_agent=2, id="weekly")
FRAME = [call(n, agent=f"800{n % 2 + 1}", hold_s=150.0 if n == 7 else 0.0) for n in range(12)] + [call(99, talk_s=3.0)]
PERIOD = (AT - 7 * DAY, AT)


@pytest.fixture
def plan(session, people):
    forms.add(session, replace(form_of(GOOD), id="repair"), "chief", AT)
    return plans.add(session, PLAN, "chief", AT).plan


def draw(session, seed=1, frame=FRAME, at=AT):
    return plans.draw_calls(session, "weekly", seed, frame, PERIOD, "chief", at)


def test_the_same_seed_and_frame_give_the_draw_that_there_is(session, plan):
    first, is_new = draw(session)
    again, is_new_again = draw(session, frame=list(reversed(FRAME)), at=AT + 60)
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert len(list(session.scalars(select(QaDrawRow)))) == 1
    session.expire_all()
    # Drawn anew from what is stored.
    assert plans.drawn(session, first.id).sample == first.sample
    assert [event.kind for _, event in event_log.read_after(session.connection(), 0)] == ["qa_calls_drawn"]


def test_what_was_left_out_is_told_with_its_reason_and_another_draw_leaves_out_what_the_first_took(session, plan):
    first, _ = draw(session)
    assert [(one.call_id, one.reason) for one in first.sample.excluded] == [("c099", "too_short")]
    second, _ = draw(session, seed=2)
    taken = {one.call_id for one in first.sample.calls}
    assert {one.call_id for one in second.sample.excluded if one.reason == "drawn_before"} == taken
    assert not taken & {one.call_id for one in second.sample.calls}


def test_drawn_calls_stand_on_the_lists_of_those_who_may_score_them(session, plan, people):
    found, _ = draw(session)
    tasks = worklist.tasks(session)
    assert {one.call_id for one in tasks} == {one.call_id for one in found.sample.calls}
    assert {one.scorer for one in tasks} == {"an", "bo"}
    assert next(one for one in tasks if one.call_id == "c007").reasons == ("long_hold",)
    assert [one.scorer for one in worklist.tasks(session, "an")] == ["an"] * len(worklist.tasks(session, "an"))
    first = tasks[0]
    row, _ = scores.save(session, ScoredCall(first.call_id, first.agent, AT), given(), people["bo"], AT + 9)
    assert row.part == first.part
    assert first.id not in {one.id for one in worklist.tasks(session)}
    assert {one.id: one.score for one in worklist.tasks(session, state="scored")} == {first.id: row.id}


def test_what_was_not_scored_in_time_goes_to_another_and_stays_where_there_is_none(session, plan):
    draw(session)
    before = {one.id: one.scorer for one in worklist.tasks(session)}
    due = worklist.tasks(session)[0].due_at
    assert worklist.reassign_overdue(session, "chief", due - 1) == 0
    assert worklist.reassign_overdue(session, "chief", due) == len(before)
    after = worklist.tasks(session)
    assert all(one.scorer != before[one.id] and one.due_at > due for one in after)
    # Both have had them.
    assert worklist.reassign_overdue(session, "chief", after[0].due_at) == 0
    assert {one.id: one.scorer for one in worklist.tasks(session)} == {one.id: one.scorer for one in after}


def test_a_call_that_was_scored_by_hand_before_is_no_work_any_more(session, plan, people):
    scores.save(session, ScoredCall("c007", "8002", AT), given(), people["an"], AT)
    draw(session)
    (done,) = worklist.tasks(session, state="scored")
    assert done.call_id == "c007"


@pytest.mark.parametrize(
    ("frame", "words"), [([], "no calls to draw from"), ([call(1, talk_s=1.0), call(2, recorded=False)], "None of")]
)
def test_an_empty_frame_is_refused_and_nothing_is_kept(session, plan, frame, words):
    with pytest.raises(BadInput) as caught:
        draw(session, frame=frame)
    assert words in str(caught.value)
    assert caught.value.field == "frame"
    assert list(session.scalars(select(QaDrawRow))) == list(session.scalars(select(QaTaskRow))) == []


def test_a_plan_is_refused_where_its_form_or_its_people_are_not_there(session, plan):
    with pytest.raises(NotFound):
        plans.add(session, replace(PLAN, id="x", form="gone"), "chief", AT)
    for name in ("nobody", "agent8001"):
        with pytest.raises(BadInput) as caught:
            plans.add(session, replace(PLAN, id="x", scorers=(name,)), "chief", AT)
        assert caught.value.field == "scorers"
    with pytest.raises(Conflict):
        plans.add(session, replace(PLAN, name="Other"), "chief", AT)
    assert plans.add(session, PLAN, "chief", AT).plan == PLAN
    with pytest.raises(BadInput):
        plan_of({"name": "x", "form": "repair", "rules": {"random": {"per_agent_week": -1}}})
