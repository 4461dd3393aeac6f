"""Two levels of counting: entries per queue, and each caller once for the house; against a count in plain Python."""

import asyncio
import random
from zoneinfo import ZoneInfo

import pytest

from core import events as ev
from core.installation.definition import Installation
from dashboards.pages.floor import queries as floor
from dashboards.pages.wallboard import queries as wall
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.alert_figures import readings
from kpi.measures.catalogue import MEASURES, measure
from kpi.measures.counting import MeasureQuery, Measuring
from tests.etl.conftest import NOON
from tests.etl.order_facts import told

ZONE = "Asia/Shanghai"
HOUR = 3600


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    prepare(made)
    yield made
    made.close()


def asked(warehouse, name, *by, level=None, until=HOUR, now=HOUR):
    """Group to numerator and denominator."""
    one = measure(name)
    measuring = Measuring(None, warehouse, ZoneInfo(ZONE), Installation(1, "example"))
    question = MeasureQuery(one, NOON, NOON + until, by, NOON + now, level=level)
    groups = asyncio.run(measuring.answer(question))
    return {tuple(group.values()): (one.of.numerator(row), one.of.denominator(row)) for group, row in groups}


def call(n, at, *stays, direction="inbound", number=None):
    """One caller through queues: each stay is ``(queue, outcome, wait)``, one after the other."""
    name = f"call-{n}"
    yield at, ev.CallArrived(name, direction, number or f"1390000{n:04d}", "96001")
    for k, (queue, outcome, wait) in enumerate(stays):
        yield at, ev.CallQueued(name, queue, 0, 1)
        at += wait
        yield at, ev.QueueLeft(name, queue, outcome)
        if outcome == "answered":
            yield at, ev.AgentRang(name, f"{name}-{k}", "8001", queue)
            yield at, ev.RingEnded(name, f"{name}-{k}", "8001", "answered")
            yield at, ev.CallAnswered(name, f"{name}-{k}", "8001", queue)
            at += 30
            yield at, ev.SegmentEnded(name, f"{name}-{k}", "8001", "caller_hung_up")
    yield at, ev.CallEnded(name, "caller_hung_up", 200)


def in_one_log(calls):
    return told(sorted((pair for one in calls for pair in one), key=lambda pair: pair[0]))


def test_callers_who_overflowed_and_were_all_answered_were_all_answered(warehouse):
    overflowed = [call(n, n, ("night", "overflow", 0), ("day", "answered", 12)) for n in range(200)]
    load(warehouse, in_one_log(overflowed), ZONE)
    assert asked(warehouse, "answer_rate") == {(): (200, 200)}
    assert asked(warehouse, "answer_rate", "queue") == {("day",): (200, 200), ("night",): (0, 200)}
    assert asked(warehouse, "answer_rate", level="entry") == {(): (200, 400)}
    assert asked(warehouse, "asa") == {(): (200 * 12, 200)}


def test_one_person_who_calls_twice_is_two_callers_of_the_rates_and_one_who_was_lost(warehouse):
    """The rates are of calls (A, B and O of the definition); only whom to call back is asked by person."""
    number = "13911112222"
    stays = [("a", "abandoned", 30), ("a", "abandoned", 40)]
    load(warehouse, in_one_log([call(n, 60 * n, one, number=number) for n, one in enumerate(stays)]), ZONE)
    assert asked(warehouse, "answer_rate") == {(): (0, 2)}
    assert asked(warehouse, "abandon_rate.all") == {(): (2, 2)}
    assert asked(warehouse, "callback_rate") == {(): (0, 1)}


def test_waits_of_one_caller_are_added_up_until_the_answer_and_not_beyond(warehouse):
    load(warehouse, in_one_log([call(1, 0, ("a", "overflow", 14), ("b", "answered", 7), ("c", "abandoned", 99))]), ZONE)
    assert asked(warehouse, "asa") == {(): (21, 1)}
    # 14 s and 7 s are more than the 20 s of a queue without a threshold of its own.
    assert asked(warehouse, "service_level.strict") == {(): (0, 1)}
    assert asked(warehouse, "abandon_rate.all") == {(): (0, 1)}
    assert asked(warehouse, "abandon_rate.all", "queue") == {("a",): (0, 1), ("b",): (0, 1), ("c",): (1, 1)}


def straight(answered_at, *, transferred=True):
    """A phone is rung straight away; its agent gives the caller to a queue, who gives up there after 300 s."""
    yield 0, ev.CallArrived("c", "inbound", "13900000001", "96001")
    if not transferred:
        yield 0, ev.CallQueued("c", "first", 0, 1)
        yield answered_at - 5, ev.QueueLeft("c", "first", "overflow")
    yield answered_at - 5, ev.AgentRang("c", "s", "8001")
    yield answered_at, ev.RingEnded("c", "s", "8001", "answered")
    yield answered_at, ev.CallAnswered("c", "s", "8001")
    yield answered_at, ev.CallTransferred("c", "s", "8001", "blind", "queue:repair")
    yield answered_at, ev.SegmentEnded("c", "s", "8001", "transferred")
    yield answered_at, ev.CallQueued("c", "repair", 0, 1)
    yield answered_at + 300, ev.QueueLeft("c", "repair", "abandoned")
    yield answered_at + 300, ev.CallEnded("c", "caller_hung_up", 200)


@pytest.mark.parametrize(("transferred", "wait"), [(True, 0), (False, 15)], ids=["rung straight", "after an overflow"])
def test_what_is_waited_after_an_answer_is_not_waited_for_it(warehouse, transferred, wait):
    load(warehouse, told(list(straight(20, transferred=transferred))), ZONE)
    assert asked(warehouse, "asa") == {(): (wait, 1)}
    assert asked(warehouse, "service_level.strict") == {(): (1, 1)}
    assert asked(warehouse, "abandon_rate.all") == {(): (0, 1)}
    assert asked(warehouse, "abandon_rate.all", "queue")["repair",] == (1, 1)


def test_who_was_turned_away_is_counted_under_the_reason_and_not_as_abandoned(warehouse):
    ways = [("closed", 3), ("overflow", 2), ("no_agents", 1), ("max_wait", 1)]
    calls = [
        call(100 * n + k, 100 * n + k, ("night", how, 0)) for n, (how, many) in enumerate(ways) for k in range(many)
    ]
    # Sent on and answered, and sent on and given up: neither was turned away.
    calls += [call(901, 901, ("night", "closed", 0), ("day", "answered", 9))]
    calls += [call(902, 902, ("night", "closed", 0), ("day", "abandoned", 9))]
    load(warehouse, in_one_log(calls), ZONE)
    for figures in (
        asyncio.run(wall.today(warehouse, NOON + 1800, ZONE))["total"],
        asyncio.run(floor.figures(warehouse, NOON + 1800, ZONE))["day"],
    ):
        assert {how: figures[how] for how, _many in ways} == dict(ways)
        assert (figures["redirected"], figures["abandoned"], figures["answered"]) == (7, 1, 1)


@pytest.mark.parametrize("direction", ["internal", "outbound"])
def test_colleagues_and_calls_of_the_house_are_no_callers(warehouse, direction):
    load(warehouse, in_one_log([call(1, 0, ("a", "abandoned", 30), direction=direction)]), ZONE)
    for by in ((), ("queue",)):
        assert asked(warehouse, "abandon_rate.all", *by) == ({} if by else {(): (0, 0)})
    assert asyncio.run(readings(warehouse, NOON + 60, ZONE))["abandon_rate_today"][-1].sample == 0


def test_wall_floor_and_alerts_count_the_house_s_callers_once(warehouse):
    overflowed = [call(n, n, ("night", "overflow", 0), ("day", "answered", 12)) for n in range(50)]
    load(warehouse, in_one_log(overflowed), ZONE)
    day = asyncio.run(wall.today(warehouse, NOON + 600, ZONE))
    assert (day["total"]["answered"], day["total"]["offered"]) == (50, 50)
    assert (day["queues"]["night"]["redirected"], day["queues"]["day"]["answered"]) == (50, 50)
    seen = asyncio.run(floor.figures(warehouse, NOON + 600, ZONE))
    for part in ("day", "lately"):
        assert (seen[part]["answered"], seen[part]["offered"]) == (50, 50)
    with warehouse.writing() as cursor:
        cursor.execute("insert into marts.dim_queue select distinct queue, queue, 20 from marts.fct_queue_visits")
    found = asyncio.run(readings(warehouse, NOON + 600, ZONE))
    assert [(one.subject.id, one.sample) for one in found["abandon_rate_today"]] == [
        ("day", 50),
        ("night", 50),
        ("", 50),
    ]


def by_hand(stays):
    """The caller's outcome and wait."""
    waited = 0
    for _queue, outcome, wait in stays:
        waited += wait
        if outcome == "answered":
            return "answered", waited
    last = stays[-1][1]
    return ("abandoned" if last == "abandoned" else "redirected"), waited


def test_whatever_way_callers_take_the_house_counts_each_once(warehouse):
    rng = random.Random(5)
    ways = []
    for _ in range(150):
        stays = [(rng.choice("abc"), "overflow", rng.randint(0, 12)) for _ in range(rng.randint(0, 2))]
        stays.append((rng.choice("abc"), rng.choice(("answered", "abandoned", "closed")), rng.randint(0, 30)))
        ways.append(stays)
    load(warehouse, in_one_log(call(n, 3 * n, *stays) for n, stays in enumerate(ways)), ZONE)
    callers = [by_hand(stays) for stays in ways]
    answered = [wait for outcome, wait in callers if outcome == "answered"]
    abandoned = [wait for outcome, wait in callers if outcome == "abandoned"]
    short = sum(wait <= 5 for wait in abandoned)
    in_t = sum(wait <= 20 for wait in answered)
    assert asked(warehouse, "answer_rate") == {(): (len(answered), len(ways))}
    assert asked(warehouse, "asa") == {(): (sum(answered), len(answered))}
    assert asked(warehouse, "abandon_rate") == {(): (len(abandoned) - short, len(ways) - short)}
    assert asked(warehouse, "service_level.strict") == {(): (in_t, len(answered) + len(abandoned))}
    entries = [stay for stays in ways for stay in stays]
    assert asked(warehouse, "answer_rate", level="entry") == {(): (len(answered), len(entries))}
    for name in (one.id for one in MEASURES.values() if one.source == "visits"):
        for by in (("interval",), ("queue",), ("interval", "queue")):
            whole = asked(warehouse, name, level="entry" if "queue" in by else "caller")[()]
            parts = asked(warehouse, name, *by).values()
            assert (sum(a for a, _ in parts), sum(b for _, b in parts)) == whole, (name, by)
