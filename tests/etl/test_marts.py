"""Marts from events: what each row says, and that neither batches nor repetition change them."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import events as ev
from etl import runner
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from tests.etl.conftest import NOON, contents, day_of_calls, feed

# 12:00 in Shanghai.
NOON_UTC = datetime.fromtimestamp(NOON, UTC).replace(tzinfo=None)


def told(*facts):
    """``(seconds after noon, fact)`` pairs as numbered events."""
    return [(number, ev.Event.of(fact, NOON + at)) for number, (at, fact) in enumerate(facts, start=1)]


def one_call(call="c1", agent="8001"):
    """Menu, 30 s of queue, a phone that is not answered, a talk with one hold, a transfer to a colleague."""
    first, second, third = f"{call}-1", f"{call}-2", f"{call}-3"
    return told(
        (0, ev.CallArrived(call, "inbound", "13800001111", "96000", "demo")),
        (0, ev.FlowEntered(call, "main", 1)),
        (8, ev.MenuChosen(call, "menu", "1", "chosen")),
        (10, ev.CallQueued(call, "repair", 1, 1)),
        (10, ev.AgentRang(call, first, "8009", "repair")),
        (25, ev.RingEnded(call, first, "8009", "no_answer")),
        (30, ev.AgentRang(call, second, agent, "repair")),
        (40, ev.RingEnded(call, second, agent, "answered")),
        (40, ev.QueueLeft(call, "repair", "answered", agent)),
        (40, ev.CallAnswered(call, second, agent, "repair")),
        (40, ev.RecordingStarted(call, "2026/11/23/c1.wav")),
        (60, ev.CallHeld(call, second, agent, "agent")),
        (65, ev.CallHeld(call, second, agent, "caller")),
        (70, ev.CallResumed(call, second, agent, "agent")),
        (75, ev.CallResumed(call, second, agent, "caller")),
        (100, ev.CallTransferred(call, second, agent, "blind", "8002")),
        (100, ev.SegmentEnded(call, second, agent, "transferred")),
        (100, ev.WrapUpStarted(call, second, agent, 20)),
        (100, ev.AgentRang(call, third, "8002", None)),
        (103, ev.RingEnded(call, third, "8002", "answered")),
        (103, ev.CallAnswered(call, third, "8002", None)),
        (115, ev.WrapUpEnded(call, second, agent, "报修/无水", "小区停水")),
        (203, ev.SegmentEnded(call, third, "8002", "caller_hung_up")),
        (203, ev.CallEnded(call, "caller_hung_up")),
        (204, ev.RecordingSaved(call, "2026/11/23/c1.wav", 163.5)),
    )


def test_a_call_is_one_row_with_every_share_of_its_time(warehouse):
    feed(warehouse, one_call())
    (call,) = warehouse.query("select * from marts.fct_calls")
    expected = {
        "outcome": "answered",
        "ivr_seconds": 10.0,
        "wait_seconds": 30.0,
        "hold_seconds": 15.0,
        "talk_seconds": 45.0 + 100.0,
        "wrap_up_seconds": 15.0,
        "segments": 3,
        "first_queue": "repair",
        "first_extension": "8001",
        "last_extension": "8002",
        "transferred": "blind",
        "category": "报修/无水",
        "note": "小区停水",
        "recording_path": "2026/11/23/c1.wav",
        "recording_seconds": 163.5,
        "arrived_at": NOON_UTC,
        "interval_start": NOON_UTC,
        "demo": False,
    }
    assert {name: call[name] for name in expected} == expected
    assert str(call["day"]) == "2026-11-23"


def asked(*then, call="c9"):
    """8001 takes the call, asks 8002 for 30 s while the caller is held; what comes ``then`` ends it."""
    return told(
        (0, ev.CallArrived(call, "inbound", "13800001111", "96001", "demo")),
        (0, ev.CallQueued(call, "repair", 1, 1)),
        (0, ev.AgentRang(call, "s1", "8001", "repair")),
        (10, ev.RingEnded(call, "s1", "8001", "answered")),
        (10, ev.QueueLeft(call, "repair", "answered", "8001")),
        (10, ev.CallAnswered(call, "s1", "8001", "repair")),
        (60, ev.CallHeld(call, "s1", "8001", "agent")),
        (60, ev.AgentRang(call, "s2", "8002", None)),
        (65, ev.RingEnded(call, "s2", "8002", "answered")),
        (65, ev.CallAnswered(call, "s2", "8002", None)),
        *then,
    )


BACK = (
    (95, ev.SegmentEnded("c9", "s2", "8002", "agent_hung_up")),
    (95, ev.CallResumed("c9", "s1", "8001", "agent")),
    (100, ev.WrapUpEnded("c9", "s2", "8002", "咨询", "问过")),
    (195, ev.SegmentEnded("c9", "s1", "8001", "caller_hung_up")),
    (195, ev.CallEnded("c9", "caller_hung_up")),
    (205, ev.WrapUpStarted("c9", "s1", "8001", 20)),
    (210, ev.WrapUpEnded("c9", "s1", "8001", "报修/明漏", "漏水")),
)
HANDED = (
    (95, ev.CallTransferred("c9", "s1", "8001", "attended", "8002")),
    (95, ev.SegmentEnded("c9", "s1", "8001", "transferred")),
    (195, ev.SegmentEnded("c9", "s2", "8002", "caller_hung_up")),
    (195, ev.CallEnded("c9", "caller_hung_up")),
    (200, ev.WrapUpEnded("c9", "s2", "8002", "报修/明漏", "漏水")),
)


@pytest.mark.parametrize(
    ("then", "agent", "talk_s", "all_talk_s"),
    [
        # 50 s before and 100 s after the question; the colleague's 30 s are not the caller's.
        (BACK, "8001", 150.0, 180.0),
        # Handed over: the colleague's 100 s with the caller count, the 30 s of the question do not.
        (HANDED, "8002", 150.0, 180.0),
    ],
)
def test_a_calls_talk_is_the_callers_time_and_who_was_only_asked_has_not_taken_it(
    warehouse, then, agent, talk_s, all_talk_s
):
    feed(warehouse, asked(*then))
    (call,) = warehouse.query("select * from marts.fct_calls")
    assert (call["last_extension"], call["caller_talk_seconds"]) == (agent, talk_s)
    assert (call["category"], call["note"]) == ("报修/明漏", "漏水")
    # What the agents spent stays what it was.
    assert call["talk_seconds"] == all_talk_s


def test_a_three_way_call_counts_each_of_the_callers_seconds_once(warehouse):
    then = (
        (95, ev.ConferenceStarted("c9", "s1", "8001", ("8001", "8002"))),
        (95, ev.CallResumed("c9", "s1", "8001", "agent")),
        (155, ev.SegmentEnded("c9", "s2", "8002", "agent_hung_up")),
        (195, ev.SegmentEnded("c9", "s1", "8001", "caller_hung_up")),
        (195, ev.CallEnded("c9", "caller_hung_up")),
    )
    feed(warehouse, asked(*then))
    (call,) = warehouse.query("select caller_talk_seconds from marts.fct_calls")
    assert call["caller_talk_seconds"] == 150.0


def test_each_agent_is_charged_with_the_own_segment_only(warehouse):
    feed(warehouse, one_call())
    rows = warehouse.query(
        "select extension, ring_outcome, ring_seconds, talk_seconds, hold_seconds, wrap_up_seconds, transfer_method"
        " from marts.fct_call_segments order by segment_no"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("8009", "no_answer", 15.0, None, None, None, None),
        ("8001", "answered", 10.0, 45.0, 15.0, 15.0, "blind"),
        ("8002", "answered", 3.0, 100.0, 0.0, None, None),
    ]
    (visit,) = warehouse.query("select extension, talk_seconds, wrap_up_seconds, outcome from marts.fct_queue_visits")
    assert tuple(visit.values()) == ("8001", 45.0, 15.0, "answered")


def test_a_call_in_progress_is_there_and_open(warehouse):
    feed(warehouse, one_call()[:6])
    (call,) = warehouse.query("select outcome, ended_at, queue_entered_at from marts.fct_calls")
    assert (call["outcome"], call["ended_at"]) == ("in_progress", None)
    (interval,) = warehouse.query("select entered, waiting, offered from marts.agg_queue_interval")
    assert tuple(interval.values()) == (1, 1, 0)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ([ev.CallEnded("c", "rejected", 603)], "rejected"),
        ([ev.FlowEntered("c", "main", 1), ev.CallEnded("c", "caller_hung_up")], "ivr_only"),
        (
            [ev.CallQueued("c", "q", 0, 1), ev.QueueLeft("c", "q", "abandoned"), ev.CallEnded("c", "caller_hung_up")],
            "abandoned",
        ),
        (
            [ev.CallQueued("c", "q", 0, 1), ev.QueueLeft("c", "q", "max_wait"), ev.CallEnded("c", "flow_ended")],
            "redirected",
        ),
        (
            [
                ev.AgentRang("c", "s", "8001"),
                ev.RingEnded("c", "s", "8001", "busy"),
                ev.CallEnded("c", "failed"),
            ],
            "not_answered",
        ),
    ],
)
def test_how_a_call_without_an_answer_is_counted(warehouse, facts, outcome):
    feed(warehouse, told((0, ev.CallArrived("c", "inbound", "1", "2")), *((n, f) for n, f in enumerate(facts, 1))))
    assert warehouse.query("select outcome from marts.fct_calls") == [{"outcome": outcome}]
    assert reconciliation(warehouse) == []


def test_the_sums_of_a_whole_day_agree_with_each_other(warehouse):
    feed(warehouse, day_of_calls())
    assert reconciliation(warehouse) == []
    (row,) = warehouse.query(
        "select sum(offered) o, sum(answered + abandoned + redirected) s from marts.agg_queue_interval"
    )
    (visits,) = warehouse.query("select count(*) n, sum(talk_seconds) t from marts.fct_queue_visits")
    assert row["o"] == row["s"] == visits["n"] > 250
    (within,) = warehouse.query(
        "select sum(answered_20) a, sum(marts.within_seconds(answered_waits, 20)) b,"
        " sum(abandoned_5) c, sum(marts.within_seconds(abandoned_waits, 5)) d from marts.agg_queue_interval"
    )
    assert within["a"] == within["b"] > 0
    assert within["c"] == within["d"]
    (agents,) = warehouse.query(
        "select max(logged_in_seconds) most, sum(talk_seconds) talk, sum(contact_seconds) contact,"
        " sum(talk_seconds + hold_seconds + wrap_up_seconds) shares from marts.agg_agent_interval"
    )
    assert agents["most"] == pytest.approx(900)
    assert agents["contact"] == pytest.approx(agents["shares"])
    (states,) = warehouse.query(
        "select sum(marts.seconds_between(started_at, ended_at)) s from marts.fct_agent_states where state <> 'offline'"
    )
    (logged,) = warehouse.query("select sum(logged_in_seconds) s from marts.agg_agent_interval")
    assert states["s"] == pytest.approx(logged["s"])


def test_a_queue_left_without_having_been_entered_is_listed(warehouse):
    feed(warehouse, told((0, ev.CallArrived("c", "inbound", "1", "2")), (1, ev.QueueLeft("c", "q", "answered"))))
    assert [row["call_id"] for row in reconciliation(warehouse)] == ["c"]


def test_a_clock_set_back_while_a_caller_waits_loses_no_visit(warehouse):
    """The log's order holds where the times cannot be true; the wait is nought, not negative and not for ever."""
    feed(
        warehouse,
        told(
            (3600, ev.CallArrived("c", "inbound", "1", "2")),
            (3600, ev.CallQueued("c", "q", 0, 1)),
            # An hour back.
            (20, ev.AgentRang("c", "s", "8001", "q")),
            (30, ev.RingEnded("c", "s", "8001", "answered")),
            (30, ev.QueueLeft("c", "q", "answered", "8001")),
            (30, ev.CallAnswered("c", "s", "8001", "q")),
            (90, ev.SegmentEnded("c", "s", "8001", "caller_hung_up")),
            (90, ev.CallEnded("c", "caller_hung_up")),
        ),
    )
    (visit,) = warehouse.query(
        "select queue, outcome, extension, wait_seconds, talk_seconds from marts.fct_queue_visits"
    )
    assert tuple(visit.values()) == ("q", "answered", "8001", 0.0, 60.0)
    assert reconciliation(warehouse) == []


def test_a_late_fact_of_a_visit_stands_where_its_time_is(warehouse):
    feed(
        warehouse,
        told(
            (0, ev.CallArrived("c", "inbound", "1", "2")),
            (30, ev.QueueLeft("c", "q", "abandoned")),
            (30, ev.CallEnded("c", "caller_hung_up")),
            (10, ev.CallQueued("c", "q", 0, 1)),
        ),
        1,
    )
    (visit,) = warehouse.query("select outcome, wait_seconds from marts.fct_queue_visits")
    assert tuple(visit.values()) == ("abandoned", 20.0)
    assert reconciliation(warehouse) == []


def states_of(warehouse):
    rows = warehouse.query(
        "select state, epoch(ended_at - started_at) s from marts.fct_agent_states order by extension, event_id"
    )
    return [tuple(row.values()) for row in rows]


SET_BACK = (
    (0, "ready"),
    (98, "ringing"),
    (100, "talking"),
    # A minute back.
    (55, "wrap_up"),
    (65, "ready"),
    (3600, "ringing"),
    (3610, "offline"),
)


@pytest.mark.parametrize("size", [1, 3, 4, 5000])
def test_a_clock_set_back_makes_no_idle_hour_a_talk(warehouse, size):
    """What came after what is told by the log; what was left before it began has no length."""
    feed(warehouse, told(*((at, ev.AgentStateChanged("8001", state)) for at, state in SET_BACK)), size)
    assert states_of(warehouse) == [
        ("ready", 98.0),
        ("ringing", 2.0),
        ("wrap_up", 10.0),
        ("ready", 3535.0),
        ("ringing", 10.0),
        ("offline", None),
    ]
    (sums,) = warehouse.query(
        "select sum(contact_seconds) busy, sum(available_seconds) free from marts.agg_agent_interval"
    )
    assert tuple(sums.values()) == (10.0, 98.0 + 2 + 3535 + 10)


@pytest.mark.parametrize("size", [1, 5000])
def test_a_state_after_a_clock_set_back_goes_on(warehouse, size):
    facts = ((0, "ready"), (100, "talking"), (40, "break"))
    feed(warehouse, told(*((at, ev.AgentStateChanged("8001", state)) for at, state in facts)), size)
    assert states_of(warehouse) == [("ready", 100.0), ("break", None)]


def test_clocks_set_back_at_any_time_give_the_same_marts_in_any_batches(tmp_path_factory):
    rng, facts, agents = random.Random(4), [], ("8001", "8002", "8003")
    at, expected, before = dict.fromkeys(agents, 0), dict.fromkeys(agents, 0), {}
    for _ in range(90):
        agent = rng.choice(agents)
        at[agent] += rng.choice((-90, -20, 0, 5, 30, 200, 2000))
        state = rng.choice(("ready", "ringing", "talking", "hold", "wrap_up", "break", "offline"))
        facts.append((at[agent], ev.AgentStateChanged(agent, state)))
        if agent in before and before[agent][0] in ("talking", "hold", "wrap_up"):
            expected[agent] += max(0, at[agent] - before[agent][1])
        before[agent] = (state, at[agent])
    found = []
    for size in (4, 7, 5000):
        made = Warehouse(tmp_path_factory.mktemp("back") / "w.duckdb").open()
        prepare(made)
        feed(made, told(*facts), size)
        found.append(contents(made))
        sums = made.query("select extension, sum(contact_seconds) s from marts.agg_agent_interval group by extension")
        assert {row["extension"]: row["s"] for row in sums} == pytest.approx(expected)
        made.close()
    assert found[0] == found[1] == found[2]


def test_hostile_text_in_a_fact_does_not_stop_the_feed(warehouse):
    feed(warehouse, told((0, ev.CallArrived("c", "inbound", "a\x00'\"; drop table x; --\U0001f4a7", "x" * 5000))))
    (call,) = warehouse.query("select caller, dialled from marts.fct_calls")
    assert call["caller"].endswith("\U0001f4a7")
    assert len(call["dialled"]) == 5000


@pytest.fixture(scope="module")
def in_one_go(tmp_path_factory):
    """The marts of an afternoon, fed at once."""
    rows = day_of_calls()[-900:]
    made = Warehouse(tmp_path_factory.mktemp("whole") / "w.duckdb").open()
    prepare(made)
    feed(made, rows)
    yield rows, contents(made)
    made.close()


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(1, 899), st.integers(0, 60)), min_size=1, max_size=8))
def test_any_split_into_batches_and_any_repetition_gives_the_same_marts(in_one_go, tmp_path_factory, cuts):
    rows, expected = in_one_go
    made = Warehouse(tmp_path_factory.mktemp("split") / "w.duckdb").open()
    try:
        prepare(made)
        start = 0
        for end, again in [*sorted(cuts), (len(rows), 30)]:
            # Part of what is known already is delivered once more.
            load(made, rows[max(0, start - again) : end], "Asia/Shanghai")
            start = max(start, end)
        load(made, rows, "Asia/Shanghai")
        assert contents(made) == expected
        assert made.query("select count(*) n, count(distinct uid) u from raw.event_log") == [{"n": 900, "u": 900}]
    finally:
        made.close()


def reconciliation(warehouse):
    return warehouse.query(runner.statements("checks/calls/reconciliation.sql")[0])


def test_a_note_after_the_wrap_up_takes_the_place_of_what_was_recorded(warehouse):
    events = [event for _number, event in one_call()]
    wrapped = next(event.payload for event in events if event.kind == "wrap_up_ended")
    noted = ev.CallNoted("c1", wrapped["segment_id"], wrapped["extension"], "报修/明漏", "阀门漏水")
    feed(warehouse, list(enumerate([*events, ev.Event.of(noted, events[-1].at_us / 1e6 + 60)], start=1)))
    (call,) = warehouse.query("select category, note, wrap_up_seconds from marts.fct_calls")
    assert tuple(call.values()) == ("报修/明漏", "阀门漏水", 15.0)
