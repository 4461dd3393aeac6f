"""A score is given once, answered to by the agent, decided on by another; of two at once one wins and nothing is lost."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import event_log
from core.db.tables import AuditRow, QaDraftRow, QaScoreRow
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from qa.forms.form import form_of
from qa.service import forms, scores
from qa.service.scores import MarkedSpan, ScoredCall, ScoreInput
from tests.qa.forms.made import GOOD

# Wednesday 2026-11-18, 19:06 in Shanghai.
AT = 1_795_000_000.0
DAY = 86_400.0
FORM = replace(form_of(GOOD), id="repair")
CALL = ScoredCall("c1", "8001", AT - DAY, seconds=60.0)
BEST = {"opening": "yes", "tone": 5, "record": "yes", "rude": "yes"}


def given(**more):
    return ScoreInput("repair", BEST | more.pop("answers", {}), **more)


@pytest.fixture
def kept(session, people):
    forms.add(session, FORM, "chief", AT)
    row, is_new = scores.save(session, CALL, given(answers={"tone": 3}), people["an"], AT)
    assert is_new
    return row.id


def kinds(session):
    return [event.kind for _, event in event_log.read_after(session.connection(), 0)]


def test_a_score_keeps_its_form_s_version_and_what_was_marked(session, people):
    forms.add(session, FORM, "chief", AT)
    forms.add_version(session, "repair", replace(FORM, pass_mark=99.0), "chief", AT)
    span = MarkedSpan(3.0, 5.5, "tone", "zu schnell")
    row, _ = scores.save(session, CALL, given(version=1, spans=(span,), note="x"), people["an"], AT)
    session.expire_all()
    row = scores.one(session, row.id)
    assert (row.form_version, row.score, row.passed, row.part, row.state) == (1, 100.0, True, "chosen", "scored")
    assert row.spans == [{"from_s": 3.0, "to_s": 5.5, "item": "tone", "comment": "zu schnell"}]
    assert kinds(session) == ["qa_call_scored"]
    assert session.scalar(select(AuditRow).where(AuditRow.action == "qa_scored")).subject == row.id


def test_a_fatal_item_is_kept_with_what_the_score_would_be(session, people):
    forms.add(session, FORM, "chief", AT)
    row, _ = scores.save(session, CALL, given(answers={"rude": "no"}), people["an"], AT)
    assert (row.score, row.score_without_fatal, row.passed, row.fatal) == (0.0, 100.0, False, ["rude"])


def test_a_call_is_scored_once_and_the_other_s_work_stays_as_a_draft(session, people, kept):
    with pytest.raises(Conflict) as caught:
        scores.save(session, CALL, given(note="mine"), people["bo"], AT + 5)
    assert caught.value.values["by"] == "an"
    draft = session.get(QaDraftRow, ("bo", "c1"))
    assert (draft.body["answers"], draft.body["note"]) == (BEST, "mine")
    assert len(list(session.scalars(select(QaScoreRow)))) == 1


def test_of_two_who_save_at_once_one_wins(engine, session, people):
    forms.add(session, FORM, "chief", AT)
    session.commit()
    barrier, done = threading.Barrier(2), []

    def work(name):
        with Session(engine) as own:
            barrier.wait(10)
            try:
                scores.save(own, CALL, given(note=name), people[name], AT)
                done.append((name, "saved"))
            except Conflict:
                done.append((name, "draft"))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("an", "bo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    session.expire_all()
    assert sorted(what for _, what in done) == ["draft", "saved"]
    (row,) = session.scalars(select(QaScoreRow))
    (draft,) = session.scalars(select(QaDraftRow))
    assert {row.scorer, draft.user_name} == {"an", "bo"}
    assert kinds(session).count("qa_call_scored") == 1


def test_the_same_request_once_more_gives_the_score_again(session, people):
    forms.add(session, FORM, "chief", AT)
    first, _ = scores.save(session, CALL, given(), people["an"], AT, key="k")
    again, is_new = scores.save(session, CALL, given(), people["an"], AT + 3, key="k")
    assert (again.id, is_new) == (first.id, False)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (given(answers={"tone": 9}), "answers.tone"),
        (given(spans=(MarkedSpan(5.0, 5.0),)), "spans.0"),
        (given(spans=(MarkedSpan(5.0, 62.0),)), "spans.0"),
        (given(spans=(MarkedSpan(1.0, 2.0, "colour"),)), "spans.0.item"),
        (given(round="r1"), "round"),
    ],
)
def test_what_is_wrong_leaves_nothing(session, people, said, field):
    forms.add(session, FORM, "chief", AT)
    with pytest.raises(BadInput) as caught:
        scores.save(session, CALL, said, people["an"], AT)
    assert caught.value.field == field
    assert list(session.scalars(select(QaScoreRow))) == []
    assert kinds(session) == []


def test_nobody_scores_the_own_calls(session, people):
    forms.add(session, FORM, "chief", AT)
    with pytest.raises(NotAllowed):
        scores.save(session, replace(CALL, agent="8090"), given(), people["cai"], AT)


def test_the_agent_accepts_once_and_nobody_else_does(session, people, kept):
    for other in ("agent8002", "an"):
        with pytest.raises(NotAllowed):
            scores.answer(session, kept, people[other], "accepted", "", AT + 1)
    row = scores.answer(session, kept, people["agent8001"], "accepted", "", AT + 1)
    assert (row.state, row.answered_by) == ("accepted", "agent8001")
    for what in ("accepted", "appealed"):
        with pytest.raises(Conflict):
            scores.answer(session, kept, people["agent8001"], what, "why", AT + 2)


def test_an_appeal_is_possible_for_three_working_days(session, people, kept):
    # Thursday, Friday and Monday; until the midnight after.
    until = scores.one(session, kept).appeal_until
    assert until == pytest.approx(AT + 5 * DAY + 4.9 * 3600, abs=3600)
    with pytest.raises(Conflict):
        scores.answer(session, kept, people["agent8001"], "appealed", "why", until)
    assert scores.answer(session, kept, people["agent8001"], "appealed", "why", until - 1).state == "appealed"


def test_an_appeal_is_decided_by_another_reviewer_and_the_first_score_is_kept(session, people, kept):
    scores.answer(session, kept, people["agent8001"], "appealed", "the tone was fine", AT + 1)
    with pytest.raises(NotAllowed):
        scores.decide(session, kept, people["an"], "upheld", "no", None, AT + 2)
    with pytest.raises(BadInput):
        scores.decide(session, kept, people["bo"], "changed", "yes", None, AT + 2)
    before = scores.one(session, kept).score
    row = scores.decide(session, kept, people["bo"], "changed", "heard again", BEST, AT + 2)
    assert (row.state, row.score, row.first["score"], row.first["answers"]["tone"]) == ("changed", 100.0, before, 3)
    with pytest.raises(Conflict):
        scores.decide(session, kept, people["bo"], "upheld", "again", None, AT + 3)
    assert kinds(session) == ["qa_call_scored", "qa_score_answered", "qa_appeal_decided"]


def test_upheld_the_score_stays(session, people, kept):
    before = scores.one(session, kept).score
    scores.answer(session, kept, people["agent8001"], "appealed", "why", AT + 1)
    row = scores.decide(session, kept, people["bo"], "upheld", "it was too fast", None, AT + 2)
    assert (row.state, row.score, row.decision_words) == ("upheld", before, "it was too fast")


def test_what_was_not_appealed_is_not_decided_and_what_is_not_there_not_found(session, people, kept):
    with pytest.raises(Conflict):
        scores.decide(session, kept, people["bo"], "upheld", "x", None, AT + 2)
    with pytest.raises(NotFound):
        scores.one(session, "gone")
