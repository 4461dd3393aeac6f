"""QA mean and pass rate from scores of calls: the random sample alone, as they stand after appeals, by the call's period."""

from types import SimpleNamespace

import pytest

from etl.feed import prepare
from etl.warehouse import Warehouse
from kpi.measures import counting
from kpi.measures.behind import items
from kpi.measures.catalogue import measure
from kpi.measures.counting import MeasureQuery, Measuring
from qa.facts import AppealDecided, event_of
from tests.etl.conftest import NOON, feed
from tests.qa.test_family import scored

FACTS = [
    scored("s1", 90.0),
    scored("s2", 0.0, passed=False),
    scored("s3", 60.0, passed=False, agent="8002"),
    # None of these counts: at risk, chosen by hand, of a calibration round, of another period.
    scored("s4", 10.0, part="risk"),
    scored("s5", 10.0, part="chosen"),
    scored("s6", 10.0, round="r1"),
    scored("s7", 10.0, called_at=NOON - 90_000),
    AppealDecided("s2", "changed", "bo", "w", {}, 80.0, 80.0, True, []),
]


@pytest.fixture
def measuring(tmp_path):
    made = Warehouse(tmp_path / "qa.duckdb").open()
    prepare(made)
    feed(made, [(n, event_of(fact, NOON + n)) for n, fact in enumerate(FACTS, start=1)])
    yield Measuring(SimpleNamespace(), made, None, None)
    made.close()


def asked(name, *by, **more):
    return MeasureQuery(measure(name), NOON - 7200, NOON, by, NOON, **more)


async def values(measuring, question):
    of = question.measure.of
    return {
        tuple(group.values()): (of(row), question.measure.sample_of(row))
        for group, row in await measuring.answer(question)
    }


async def test_only_the_random_sample_counts_as_it_stands_after_appeals(measuring):
    assert await values(measuring, asked("qa_mean")) == {(): (pytest.approx(230 / 3), 3)}
    assert await values(measuring, asked("qa_pass_rate")) == {(): (pytest.approx(2 / 3), 3)}
    assert await values(measuring, asked("qa_mean", "agent")) == {("8001",): (85.0, 2), ("8002",): (60.0, 1)}
    assert await values(measuring, asked("qa_mean", "agent", own="8002")) == {("8002",): (60.0, 1)}


async def test_the_rows_behind_add_up_to_the_figure(measuring):
    rows = await items(measuring, asked("qa_mean"), {"agent": "8001"})
    assert {(one.kind, one.id, one.numerator, one.denominator) for one in rows} == {
        ("call", "call-s1", 90.0, 1.0),
        ("call", "call-s2", 80.0, 1.0),
    }


async def test_where_the_folder_of_qa_is_not_there_nothing_was_scored(measuring, monkeypatch):
    monkeypatch.setattr(counting, "installed", lambda: ())
    assert await values(measuring, asked("qa_mean")) == {(): (None, 0)}
    assert await items(measuring, asked("qa_mean"), {}) == []
