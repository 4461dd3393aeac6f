"""What is kept of a judgement: the same bytes for the same judgement, and the same judgement out of them."""

import hashlib
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kpi.manual.entries import CountedEntry
from kpi.periods.correction import Correction, corrected
from kpi.periods.record import PeriodRecord, PersonRecord, head_of, judged_of, person_of, person_text
from kpi.schemes.values import Judged
from kpi.scoring.score import AppealPoints, LineValue, scores
from tests.kpi.periods.made import AT, FIGURES, PEOPLE, SCHEME, judged_period, record
from tests.kpi.scoring.made import figures, schemes


def test_a_judgement_comes_back_as_it_was():
    judged = judged_period()
    kept = record()
    back = judged_of(head_of(kept.head), [person_of(text) for text in kept.scores.values()])
    assert back.scheme == judged.scheme
    assert list(back.scores) == list(judged.scores)
    assert list(back.people) == list(judged.people)
    assert {who: list(line) for who, line in back.known.items()} == {
        who: list(line) for who, line in judged.known.items()
    }
    assert (back.questions, back.watermark, back.from_at, back.until, back.judged_at) == (
        judged.questions,
        judged.watermark,
        judged.from_at,
        judged.until,
        AT,
    )


def test_the_text_is_canonical_and_its_hash_is_of_all_of_it():
    kept = record()
    assert kept.text == json.dumps(json.loads(kept.text), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert kept.sha256 == hashlib.sha256(kept.text.encode()).hexdigest()
    assert record().text == kept.text
    turned = PeriodRecord(kept.head, dict(reversed(kept.scores.items())))
    assert turned.sha256 == kept.sha256
    for other in (
        record(people=tuple(replace(one, name="别名") for one in PEOPLE)),
        record(figures={**FIGURES, "8001": (LineValue(30_001, 100, 300.01, 100), FIGURES["8001"][1])}),
        record(version=2),
        record(at=AT + 1),
    ):
        assert other.sha256 != kept.sha256


@given(schemes(), st.lists(figures, min_size=1, max_size=4), st.text(max_size=8))
def test_any_person_comes_back_to_the_last_bit(found, others, name):
    judged, mine = found
    known = {str(n): (*mine[1:], other)[: len(mine)] for n, other in enumerate(others)} | {"me": mine}
    for one in scores(judged, known):
        entries = {0: [CountedEntry(3, 1.0, 0.0, "2026-11-01", "2026-11-02")]}
        kept = PersonRecord(Judged(one.who, name, "甲班"), one, 3, entries)
        assert person_of(person_text(kept)) == kept
        assert person_text(person_of(person_text(kept))) == person_text(kept)


def people():
    return [person_of(text) for text in record().scores.values()]


def test_a_corrected_figure_scores_everybody_anew_and_leaves_the_others_figures():
    before = people()
    (after,) = [corrected(SCHEME, before, [Correction("8001", 0, LineValue(24_000, 100, 240.0, 100))])]
    known = {**FIGURES, "8001": (LineValue(24_000, 100, 240.0, 100), FIGURES["8001"][1])}
    expected = {one.who: one for one in scores(SCHEME, known, {one.key: one.group for one in PEOPLE})}
    for one in after:
        mine = expected[one.judged.key]
        assert (one.score.total, one.score.grade, one.score.rank) == (mine.total, mine.grade, mine.rank)
        assert [line.figure for line in one.score.lines] == list(known[one.judged.key])
    assert [one.score.rank for one in before] == [1, 2, None]
    assert before[0].score.total == 100


def test_points_move_the_total_and_the_ranks_and_never_below_nought():
    before = people()
    given = [Correction("8002", 0, None, 30.0, 1, "系统错派"), Correction("8002", 1, None, -5.0, 2, "重复")]
    after = corrected(SCHEME, before, given)
    assert after[1].score.appeals == (AppealPoints(1, 0, 30.0, "系统错派"), AppealPoints(2, 1, -5.0, "重复"))
    assert person_of(person_text(after[1])) == after[1]
    # Of whom no appeal moved the total the text is as it was before any was told there.
    assert "appeals" not in json.loads(person_text(before[1]))["score"]
    assert after[1].score.total == before[1].score.total + 25
    assert [one.score.rank for one in after] == [2, 1, None]
    assert [line.points for line in after[1].score.lines] == [line.points for line in before[1].score.lines]
    low = corrected(SCHEME, before, [Correction("8002", 0, None, -1000.0)])
    assert low[1].score.total == 0
    assert corrected(SCHEME, before, []) == before


@given(
    st.permutations(
        [
            Correction("8001", 0, LineValue(1, 1, 1.0, 30)),
            Correction("8002", 1, None, 3.0),
            Correction("8002", 0, None, -1.0),
        ]
    )
)
def test_the_order_of_corrections_of_different_lines_does_not_matter(order):
    assert corrected(SCHEME, people(), order) == corrected(SCHEME, people(), sorted(order, key=repr))
