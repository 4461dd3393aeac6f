"""A state that has not ended counts in the quarters that it has covered: asked live and asked later the same."""

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
from tests.etl.order_facts import told

HOUR, QUARTER = 3600, 900
CONTACT, AVAILABLE = ("talking", "hold", "wrap_up"), ("ready", "ringing")


@pytest.fixture
def warehouse(tmp_path):
    made = Warehouse(tmp_path / "warehouse.duckdb").open()
    prepare(made)
    yield made
    made.close()


def asked(warehouse, name, *by, since=0.0, until=2 * HOUR, now=2 * HOUR, own=None):
    """Group to numerator, denominator and sample; times in seconds after noon."""
    one = measure(name)
    measuring = Measuring(None, warehouse, ZoneInfo("Asia/Shanghai"), Installation(1, "example"))
    question = MeasureQuery(one, NOON + since, NOON + until, by, NOON + now, own)
    groups = asyncio.run(measuring.answer(question))
    return {
        tuple(group.values()): (one.of.numerator(r), one.of.denominator(r), one.sample_of(r)) for group, r in groups
    }


def seat(agent, *changes):
    return [(at, ev.AgentStateChanged(agent, state)) for state, at in changes]


def test_a_state_that_goes_on_counts_up_to_now(warehouse):
    load(warehouse, told(seat("8001", ("ready", 0), ("talking", 60), ("ready", 360))), "Asia/Shanghai")
    assert asked(warehouse, "occupancy") == {(): (300, 7200, 8)}
    assert asked(warehouse, "utilisation") == {(): (300, 7200, 8)}
    # Ten minutes after the talk, and of one quarter that is over.
    assert asked(warehouse, "occupancy", now=960) == {(): (300, 960, 2)}
    assert asked(warehouse, "occupancy", since=QUARTER, until=2 * QUARTER) == {(): (0, 900, 1)}


def test_asked_later_the_same_period_has_the_same_figure(warehouse):
    first = seat("8001", ("ready", 0), ("talking", 60), ("ready", 360))
    load(warehouse, told(first), "Asia/Shanghai")
    live = {by: asked(warehouse, "occupancy", *by) for by in ((), ("agent",), ("interval",))}
    load(warehouse, told(seat("8001", ("offline", 5 * HOUR)), len(first) + 1), "Asia/Shanghai")
    assert {by: asked(warehouse, "occupancy", *by, now=9 * HOUR) for by in live} == live


def test_offline_and_a_state_still_to_come_count_nowhere(warehouse):
    facts = [*seat("8001", ("ready", 0), ("offline", 900)), *seat("8002", ("ready", 3 * HOUR))]
    load(warehouse, told(facts), "Asia/Shanghai")
    assert asked(warehouse, "occupancy", "agent") == {("8001",): (0, 900, 1)}
    assert asked(warehouse, "occupancy", "agent", own="8002") == {}


def test_live_figures_are_those_of_a_plain_count_at_any_moment(warehouse):
    """Every second of every seat, counted in plain Python up to the moment of the question."""
    rng, facts, seconds = random.Random(3), [], {}
    for agent in ("8001", "8002", "8003"):
        at, state = rng.randint(0, 600), "offline"
        while at < 4 * HOUR:
            length, state = rng.randint(1, 2500), rng.choice((*CONTACT, *AVAILABLE, "break", "trouble", "offline"))
            facts += seat(agent, (state, at))
            for second in range(at, at + length):
                seconds[agent, second] = state
            at += length
        # The last one goes on for ever.
        for second in range(at, 6 * HOUR):
            seconds[agent, second] = state
    facts.sort(key=lambda pair: pair[0])
    for now in (1700, 2 * HOUR + 1, 5 * HOUR):
        made = Warehouse(warehouse.path.with_name(f"at-{now}.duckdb")).open()
        prepare(made)
        load(made, told([pair for pair in facts if pair[0] <= now]), "Asia/Shanghai")
        for since, until in ((0, 6 * HOUR), (QUARTER, 2 * HOUR), (4 * HOUR, 6 * HOUR)):
            lived = {
                key: state for key, state in seconds.items() if since <= key[1] < min(until, now) and state != "offline"
            }
            busy = sum(state in CONTACT for state in lived.values())
            free = sum(state in AVAILABLE for state in lived.values())
            quarters = len({(agent, second // QUARTER) for agent, second in lived})
            found = asked(made, "occupancy", since=since, until=until, now=now)
            expected = {(): pytest.approx((busy, busy + free, quarters))}
            assert found == (expected if lived else {(): (0, 0, 0)}), (now, since)
        made.close()
