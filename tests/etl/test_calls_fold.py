"""Calls are folded in Python; ``definition/*.sql`` says what must come out, in SQL that asks the log as a whole."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import events as ev
from etl import runner
from etl.calls import keeping
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from tests.etl.conftest import NOON, day_of_calls, feed, plain

DEFINITION = Path(__file__).parent / "definition"
IN_TURN = ("stg_call_events", "fct_call_segments", "fct_queue_visits", "fct_calls")
TABLES = tuple(keeping.TABLES.values())
ALL_CALLS = """
create or replace temp table touched_calls as
select call_id, min(id) as call_first_id from raw.event_log where call_id is not null group by call_id
"""
AGENTS = ("8001", "8002", "8003")
QUEUES = ("repair", "water")


def rows(cursor):
    def one(table):
        found = cursor.execute(f"select * from marts.{table}")
        names = [column[0] for column in found.description]
        return sorted(plain(dict(zip(names, row, strict=True))) for row in found.fetchall())

    return {table: one(table) for table in TABLES}


def defined(cursor):
    """What the definition makes of the whole log; the transaction is not kept."""
    names = {"first_id": 0, "timezone": "Asia/Shanghai"}
    cursor.begin()
    try:
        cursor.execute(ALL_CALLS)
        cursor.execute("create or replace temp table touched_queue_intervals (queue varchar, interval_start timestamp)")
        for name in IN_TURN:
            runner.run(cursor, (DEFINITION / f"{name}.sql").as_posix(), names)
        return rows(cursor)
    finally:
        cursor.rollback()


def same_as_defined(warehouse):
    cursor = warehouse.cursor()
    try:
        found, expected = rows(cursor), defined(cursor)
    finally:
        cursor.close()
    for table in TABLES:
        assert found[table] == expected[table], table
    return found


def test_the_columns_are_those_of_the_tables(warehouse):
    for kind, table in keeping.TABLES.items():
        there = warehouse.query(f"select column_name from (describe marts.{table})")
        assert list(kind._fields) == [row["column_name"] for row in there]


def test_a_day_of_calls_is_folded_as_it_is_defined(warehouse):
    feed(warehouse, day_of_calls(), 700)
    assert same_as_defined(warehouse)["fct_call_segments"]


@st.composite
def facts_of_calls(draw):
    """Any facts in any order at few moments, also where no telephone would bring them about."""
    call = st.sampled_from(("c1", "c2"))
    segment, agent = st.sampled_from(("s1", "s2", "s3")), st.sampled_from(AGENTS)
    queue, side = st.sampled_from(QUEUES), st.sampled_from(("agent", "caller"))
    maybe_queue = st.none() | queue
    words = st.sampled_from(("", "报修", "咨询"))
    some = st.one_of(
        st.builds(
            ev.CallArrived,
            call,
            st.sampled_from(("inbound", "outbound", "internal")),
            st.sampled_from(("anonymous", "13800001111")),
            st.just("96001"),
        ),
        st.builds(ev.FlowEntered, call, st.sampled_from(("main", "night")), st.just(1)),
        st.builds(ev.CallQueued, call, queue, st.just(1), st.just(1)),
        st.builds(
            ev.QueueLeft, call, queue, st.sampled_from(("answered", "abandoned", "overflowed", "timed_out")), st.none()
        ),
        st.builds(ev.AgentRang, call, segment, agent, maybe_queue),
        st.builds(ev.RingEnded, call, segment, agent, st.sampled_from(("answered", "no_answer", "busy"))),
        st.builds(ev.CallAnswered, call, segment, agent, maybe_queue),
        st.builds(ev.CallHeld, call, segment, agent, side),
        st.builds(ev.CallResumed, call, segment, agent, side),
        st.builds(ev.CallTransferred, call, segment, agent, st.sampled_from(("blind", "attended")), agent),
        st.builds(ev.ConferenceStarted, call, segment, agent, st.just(AGENTS[:2])),
        st.builds(ev.SegmentEnded, call, segment, agent, st.sampled_from(("caller_hung_up", "transferred"))),
        st.builds(ev.WrapUpStarted, call, segment, agent, st.just(20)),
        st.builds(ev.WrapUpEnded, call, segment, agent, words, words),
        st.builds(ev.RecordingStarted, call, st.sampled_from(("a.wav", "b.wav"))),
        st.builds(ev.RecordingSaved, call, st.sampled_from(("a.wav", "b.wav")), st.sampled_from((1.5, 90.0))),
        st.builds(ev.CallEnded, call, st.sampled_from(("caller_hung_up", "rejected"))),
    )
    return draw(st.lists(st.tuples(st.integers(0, 40), some), max_size=60))


@pytest.fixture(scope="module")
def emptied(tmp_path_factory):
    made = Warehouse(tmp_path_factory.mktemp("fold") / "warehouse.duckdb").open()
    yield made
    made.close()


@given(facts_of_calls(), st.integers(0, 60))
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_facts_are_folded_as_it_is_defined_in_one_batch_or_two(emptied, facts, cut):
    told = [(number, ev.Event.of(fact, NOON + 30.5 * at)) for number, (at, fact) in enumerate(facts, start=1)]
    with emptied.writing() as cursor:
        cursor.execute("drop schema if exists raw cascade")
    prepare(emptied)
    for part in (told[:cut], told[cut:]):
        load(emptied, part, "Asia/Shanghai")
    before = same_as_defined(emptied)
    # Whatever was fed is known.
    assert load(emptied, told, "Asia/Shanghai") == 0
    assert same_as_defined(emptied) == before
