"""The catalogue against the site's definitions and its page, and its counts against a plain recount of random days."""

import asyncio
import re
import statistics
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Conflict, NotFound
from core.installation.definition import Installation
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.measures.catalogue import BY, MEASURES, NOT_MEASURED, measure
from kpi.measures.counting import MeasureQuery, Measuring
from tests.kpi.floor_facts import Planned, facts_of, states_of

DOCS = Path(__file__).parents[3] / "docs" / "indicators.md"
# 2026-11-23 12:00 in Shanghai, the border of an interval.
NOON = 1795406400
HOURS, QUARTER = 2, 900
SITE = Installation(1, "example")
AGENTS = ("8001", "8002", "8003")
QUEUES = ("general", "repair")


def test_the_page_says_of_each_indicator_what_the_catalogue_says():
    rows = re.findall(
        r"^\| `([^`]+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (\d+) \|$", DOCS.read_text("utf-8"), re.MULTILINE
    )
    assert rows == [
        (one.id, one.expression, one.counted, one.among, ", ".join(one.by), str(one.minimum))
        for one in MEASURES.values()
    ]


def test_the_page_names_what_cannot_be_measured_and_why():
    assert dict(re.findall(r"^- `([^`]+)`: (.+)$", DOCS.read_text("utf-8"), re.MULTILINE)) == NOT_MEASURED


def test_without_counts_no_indicator_has_a_value():
    assert {one.of({}) for one in MEASURES.values()} == {None}


def test_an_id_carries_its_number_and_the_office_s_word_for_a_milestone():
    assert (measure("fcr.no_repeat").number, measure("fcr.no_repeat(3)").number) == (7, 3)
    assert measure("callback_rate(60)").id == "callback_rate(60)"
    assert measure("order_timeliness(accept)") is measure("order_timeliness(take)")


@pytest.mark.parametrize("wanted", ["nothing", "asa(3)", "fcr.no_repeat(0)", "fcr.no_repeat(999)", "order_timeliness"])
def test_an_id_that_is_none_is_not_found_and_named(wanted):
    with pytest.raises(NotFound) as refused:
        measure(wanted)
    assert (refused.value.field, refused.value.values["indicator"]) == ("id", wanted)


@pytest.mark.parametrize("wanted", NOT_MEASURED)
def test_what_cannot_be_measured_yet_says_why(wanted):
    with pytest.raises(Conflict) as refused:
        measure(wanted)
    assert refused.value.remedy == NOT_MEASURED[wanted]


# --- a recount -------------------------------------------------------------------------------------------------

calls = st.lists(
    st.builds(
        Planned,
        at=st.integers(0, HOURS * 3600 - 1),
        queue=st.sampled_from(QUEUES),
        outcome=st.sampled_from(["answered", "answered", "answered", "abandoned", "abandoned", "overflow"]),
        wait=st.one_of(st.integers(0, 40), st.sampled_from([5, 6, 15, 16, 20, 21, 900])),
        agent=st.sampled_from(AGENTS[:2]),
        talk=st.integers(3, 1200),
        hold=st.sampled_from([0, 0, 7, 90]),
        wrap_up=st.integers(0, 60),
        to=st.sampled_from(["", "", "8003"]),
        method=st.sampled_from(["blind", "attended"]),
    ),
    min_size=1,
    max_size=25,
)
STATES = ("ready", "ringing", "talking", "hold", "wrap_up", "break", "trouble", "offline")
shifts = st.dictionaries(
    st.sampled_from(AGENTS),
    st.lists(st.tuples(st.sampled_from(STATES), st.integers(1, 2000)), min_size=1, max_size=8),
    max_size=3,
)


def counted(planned, states, asks):
    """The answers of ``(id, by)`` after the facts have gone through the marts."""
    events = facts_of(planned, NOON)
    for agent, runs in states.items():
        events += states_of(agent, runs, NOON)
    events.sort(key=lambda event: event.at_us)
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "warehouse.duckdb").open()
        prepare(warehouse)
        load(warehouse, list(enumerate(events, start=1)), "Asia/Shanghai")
        measuring = Measuring(None, warehouse, ZoneInfo("Asia/Shanghai"), SITE)

        async def answers():
            until = NOON + 86_400
            return [await measuring.answer(MeasureQuery(measure(i), NOON, until, by, until)) for i, by in asks]

        found = asyncio.run(answers())
        warehouse.close()
    return found


def as_ratios(one, groups):
    """Group to numerator and denominator, those with nothing to divide by left out."""
    found = {tuple(group.values()): (one.of.numerator(row), one.of.denominator(row)) for group, row in groups if row}
    return {key: pytest.approx(parts) for key, parts in found.items() if parts[1] > 0}


def quarter(at):
    at = int(at) // QUARTER * QUARTER
    return f"2026-11-23T{4 + at // 3600:02d}:{at % 3600 // 60:02d}:00Z"


def summed(items):
    """``(key, numerator, denominator)`` added up by key."""
    parts = {}
    for key, upper, lower in items:
        held = parts.setdefault(key, [0, 0])
        held[0] += upper
        held[1] += lower
    return {key: tuple(both) for key, both in parts.items() if both[1] > 0}


# Each visit's share in numerator and denominator: answered, given up, seconds waited.
RECOUNTS = {
    "service_level.abandons_in_time_count": lambda a, b, w: ((a or b) and w <= 20, a or b),
    "service_level.answered_only": lambda a, b, w: (a and w <= 20, a),
    "service_level.strict": lambda a, b, w: (a and w <= 20, a or b),
    "service_level.early_abandons_ignored": lambda a, b, w: (a and w <= 20, a or (b and w > 20)),
    "service_level.short_abandons_count": lambda a, b, w: ((a and w <= 20) or (b and w <= 5), a or b),
    "service_level.short_abandons_removed": lambda a, b, w: (a and w <= 20, a or (b and w > 5)),
    "answer_rate": lambda a, b, w: (a, True),
    "answered_within_15": lambda a, b, w: (a and w <= 15, True),
    "answered_within_15.of_answered": lambda a, b, w: (a and w <= 15, a),
    "abandon_rate": lambda a, b, w: (b and w > 5, not (b and w <= 5)),
    "abandon_rate.all": lambda a, b, w: (b, True),
    "asa": lambda a, b, w: (w if a else 0, a),
}


@settings(max_examples=6)
@given(calls)
def test_queue_figures_are_those_of_a_plain_recount(planned):
    asks = [(i, by) for i in RECOUNTS for by in ((), ("queue",), ("interval", "queue"))]
    for (name, by), groups in zip(asks, counted(planned, {}, asks), strict=True):
        expected = summed(
            (
                tuple({"queue": one.queue, "interval": quarter(one.at)}[word] for word in by),
                *map(int, RECOUNTS[name](one.outcome == "answered", one.outcome == "abandoned", one.wait)),
            )
            for one in planned
        )
        assert as_ratios(MEASURES[name], groups) == expected, (name, by)
        if name == "asa" and not by and expected:
            waits = [one.wait for one in planned if one.outcome == "answered"]
            assert groups[0][1]["median"] == pytest.approx(statistics.median(waits))


HANDLED = {
    "att": lambda talk, hold, wrap_up, given: talk,
    "aht": lambda talk, hold, wrap_up, given: talk + hold + wrap_up,
    "transfer_rate": lambda talk, hold, wrap_up, given: given is not None,
    "transfer_rate.blind": lambda talk, hold, wrap_up, given: given == "blind",
    "transfer_rate.attended": lambda talk, hold, wrap_up, given: given == "attended",
}


@settings(max_examples=6)
@given(calls)
def test_each_agent_is_charged_with_the_own_segments_in_the_quarter_of_the_queue_entry(planned):
    asks = [(i, by) for i in HANDLED for by in ((), ("agent",), ("interval", "queue"))]
    for (name, by), groups in zip(asks, counted(planned, {}, asks), strict=True):
        expected = summed(
            (
                tuple({"agent": agent, "queue": one.queue, "interval": quarter(one.at)}[word] for word in by),
                int(HANDLED[name](*rest)),
                1,
            )
            for one in planned
            for agent, *rest in one.segments
        )
        assert as_ratios(MEASURES[name], groups) == expected, (name, by)


@settings(max_examples=6)
@given(shifts)
def test_time_in_states_is_split_at_the_borders_of_intervals(states):
    seconds = Counter()
    for agent, runs in states.items():
        at = 0
        for state, length in runs:
            for second in range(at, at + length):
                seconds[agent, quarter(second), state] += 1
            at += length
    contact, available = {"talking", "hold", "wrap_up"}, {"ready", "ringing"}
    wholes = {"occupancy": contact | available, "utilisation": set(STATES) - {"offline"}}
    asks = [(i, by) for i in wholes for by in ((), ("agent",), ("interval",), ("interval", "agent"))]
    for (name, by), groups in zip(asks, counted([], states, asks), strict=True):
        expected = summed(
            (
                tuple({"agent": agent, "interval": at}[word] for word in by),
                n if state in contact else 0,
                n if state in wholes[name] else 0,
            )
            for (agent, at, state), n in seconds.items()
        )
        assert as_ratios(MEASURES[name], groups) == expected, (name, by)


def test_one_threshold_more_never_answers_fewer_in_time():
    planned = [Planned(60 * n, "general", "answered", wait) for n, wait in enumerate((0, 3, 8, 19, 20, 21, 59, 60))]
    events = facts_of(planned, NOON)
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "warehouse.duckdb").open()
        prepare(warehouse)
        load(warehouse, list(enumerate(events, start=1)), "Asia/Shanghai")
        measuring = Measuring(None, warehouse, ZoneInfo("Asia/Shanghai"), SITE)
        one = measure("service_level.strict")

        async def at(threshold):
            question = MeasureQuery(one, NOON, NOON + 86_400, (), NOON + 86_400, threshold_s=threshold)
            return one.of.numerator((await measuring.answer(question))[0][1])

        found = asyncio.run(_each(at, (None, 1, 8, 20, 30, 60)))
        warehouse.close()
    assert found == [5, 1, 3, 5, 6, 8]
    assert all(low <= high for low, high in pairwise(found[1:]))


async def _each(ask, values):
    return [await ask(value) for value in values]


def test_every_source_knows_what_it_can_be_split_by():
    assert {one.source for one in MEASURES.values()} == set(BY)
