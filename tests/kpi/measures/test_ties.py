"""Facts of the same microsecond: the order of the log decides, and a segment's own queue before all."""

import asyncio
import random
from zoneinfo import ZoneInfo

import pytest

from core import events as ev
from core.installation.definition import Installation
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.measures.catalogue import measure
from kpi.measures.counting import MeasureQuery, Measuring
from tests.etl.conftest import NOON
from tests.etl.order_facts import clock, opened, step, told

DAY = 86_400


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    prepare(made)
    yield made
    made.close()


def asked(warehouse, name, *by, now=NOON + 9 * DAY, until=NOON + DAY):
    """Group to numerator and denominator."""
    one = measure(name)
    measuring = Measuring(None, warehouse, ZoneInfo("Asia/Shanghai"), Installation(1, "example"))
    groups = asyncio.run(measuring.answer(MeasureQuery(one, NOON, until, by, now)))
    return {tuple(group.values()): (one.of.numerator(row), one.of.denominator(row)) for group, row in groups}


def overflowing(n, at, closed="night", taken_by="day", talk=60, *, handed_on=False):
    """Entered one queue, sent on at once into the next, rung and answered there, all in one moment."""
    call = f"call-{n}"
    yield at, ev.CallArrived(call, "inbound", f"1390000{n:04d}", "96001")
    yield at, ev.CallQueued(call, closed, 0, 1)
    yield at, ev.QueueLeft(call, closed, "overflow", taken_by)
    yield at, ev.CallQueued(call, taken_by, 0, 1)
    yield at, ev.AgentRang(call, f"{call}-1", "8001", taken_by)
    yield at, ev.RingEnded(call, f"{call}-1", "8001", "answered")
    yield at, ev.QueueLeft(call, taken_by, "answered", "8001")
    yield at, ev.CallAnswered(call, f"{call}-1", "8001", taken_by)
    end = at + talk
    if handed_on:
        yield end, ev.CallTransferred(call, f"{call}-1", "8001", "blind", "8002")
        yield end, ev.SegmentEnded(call, f"{call}-1", "8001", "transferred")
        # Handed to a person, not to a queue: it stays with the entry that the call came from.
        yield end, ev.AgentRang(call, f"{call}-2", "8002")
        yield end, ev.RingEnded(call, f"{call}-2", "8002", "answered")
        yield end, ev.CallAnswered(call, f"{call}-2", "8002")
        end += 40
        yield end, ev.SegmentEnded(call, f"{call}-2", "8002", "caller_hung_up")
    else:
        yield end, ev.SegmentEnded(call, f"{call}-1", "8001", "caller_hung_up")
    yield end, ev.CallEnded(call, "caller_hung_up", 200)


def test_a_call_that_overflows_at_once_is_handled_by_the_queue_that_rang(warehouse):
    facts = [pair for n in range(20) for pair in overflowing(n, 0, handed_on=n % 2 == 0)]
    load(warehouse, told(facts), "Asia/Shanghai")
    assert asked(warehouse, "att", "queue") == {("day",): (20 * 60 + 10 * 40, 30)}
    assert asked(warehouse, "aht", "queue", "agent") == {("day", "8001"): (1200, 20), ("day", "8002"): (400, 10)}
    assert asked(warehouse, "transfer_rate", "queue") == {("day",): (10, 30)}
    rows = warehouse.query("select distinct entry_no, counted_queue from marts.fct_call_segments")
    assert rows == [{"entry_no": 2, "counted_queue": "day"}]


def test_whatever_the_names_of_the_queues_each_segment_counts_where_a_plain_count_puts_it(warehouse):
    """An independent count in plain Python over calls by chance, most of them with ties."""
    rng, facts, expected = random.Random(9), [], {}
    for n in range(60):
        first, second = rng.sample(("a", "b", "c"), 2)
        talk, handed_on = rng.randint(1, 500), rng.random() < 0.4
        facts += list(overflowing(n, rng.choice((0, 1, 7)), first, second, talk, handed_on=handed_on))
        held = expected.setdefault((second,), [0, 0])
        held[0] += talk + (40 if handed_on else 0)
        held[1] += 2 if handed_on else 1
    load(warehouse, told(facts), "Asia/Shanghai")
    assert asked(warehouse, "att", "queue") == {key: tuple(held) for key, held in expected.items()}


def test_of_two_contacts_in_one_moment_the_second_repeats_the_first(warehouse):
    def call(n):
        name = f"call-{n}"
        yield 0, ev.CallArrived(name, "inbound", "13900000001", "96001")
        yield 0, ev.AgentRang(name, f"{name}-0", "8001")
        yield 0, ev.RingEnded(name, f"{name}-0", "8001", "answered")
        yield 0, ev.CallAnswered(name, f"{name}-0", "8001")
        yield 9, ev.SegmentEnded(name, f"{name}-0", "8001", "caller_hung_up")
        yield 9, ev.WrapUpEnded(name, f"{name}-0", "8001", "water")
        yield 9, ev.CallEnded(name, "caller_hung_up", 200)

    load(warehouse, told([*call(1), *call(2)]), "Asia/Shanghai")
    assert asked(warehouse, "fcr.no_repeat") == {(): (1, 2)}


def test_of_two_orders_in_one_moment_the_second_repeats_the_first(warehouse):
    facts = [pair for name in "AB" for pair in ((0, opened(name)), (0, step(name, "accept", "draft", "accepted")))]
    load(warehouse, told(facts), "Asia/Shanghai")
    assert asked(warehouse, "repeat_rate") == {(): (1, 2)}


def test_of_two_clocks_with_one_deadline_the_same_is_always_named(warehouse):
    for first, second in (("close", "total"), ("total", "close")):
        name = f"order-{first}"
        facts = [(0, opened(name)), (0, clock(name, first, "running", 600)), (0, clock(name, second, "running", 600))]
        last = warehouse.query("select id from raw.watermark")[0]["id"]
        load(warehouse, told(facts, last + 1), "Asia/Shanghai")
    assert warehouse.query("select distinct due_clock from marts.fct_orders") == [{"due_clock": "close"}]
