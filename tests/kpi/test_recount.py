"""The agents' scores of a month once more, by pandas out of the journal's facts: nothing of the marts, of their SQL, of
the indicators or of the curves is used for it.

Lines of shifts are left out, as the history has none; of QA nothing is recorded, so that its line counts nowhere.
"""

import asyncio
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.demo import history
from core.installation.definition import Installation
from etl.feed import load, prepare
from etl.warehouse import Warehouse
from kpi.measures.counting import Measuring
from kpi.schemes.service import examples
from kpi.schemes.values import Judged, figures, questions_of
from kpi.scoring.score import scores
from kpi.units import line_units
from tests.clock import ZONE
from tests.etl.conftest import NOON

DAY = 86_400
# Whole days of the site, and a week behind them.
UNTIL = NOON - DAY / 2
FROM = UNTIL - 30 * DAY
NOW = UNTIL + 8 * DAY
CALLERS = tuple(f"1380000{n:04d}" for n in range(900))
OF_SHIFTS = ("adherence", "conformance")
# Curves of the kinds that the shipped scheme has, with limits among what these agents reach, else all had the same.
CURVES = {
    "aht": {"floor": 195, "target": 180, "stretch": 165},
    "fcr.no_repeat(7)": {"points": ((0.95, 0), (0.98, 100))},
    "transfer_rate": {"floor": 0.05, "target": 0.02, "stretch": 0.005},
    "occupancy": {"zero_below": 0.033, "low": 0.04, "high": 0.045, "zero_above": 0.054},
}
# The same as knots of value and points.
KNOTS = {
    "aht": ([165, 180, 195], [120, 100, 0]),
    "fcr.no_repeat(7)": ([0.95, 0.98], [0, 100]),
    "transfer_rate": ([0.005, 0.02, 0.05], [120, 100, 0]),
    "occupancy": ([0.033, 0.04, 0.045, 0.054], [0, 100, 100, 0]),
}
WEIGHTS = {"aht": 20, "fcr.no_repeat(7)": 20, "transfer_rate": 10, "occupancy": 10}
CONTACT, AVAILABLE = ("talking", "hold", "wrap_up"), ("ready", "ringing")


@pytest.fixture(scope="module")
def events():
    house = history.CentreSize(calls_a_day=90, callers=CALLERS)
    return list(enumerate(history.events(39, 23, NOW, house), start=1))


@pytest.fixture(scope="module")
def filled(events, tmp_path_factory):
    made = Warehouse(tmp_path_factory.mktemp("recount") / "warehouse.duckdb").open()
    prepare(made)
    for start in range(0, len(events), 20_000):
        load(made, events[start : start + 20_000], "Asia/Shanghai")
    yield made
    made.close()


def scheme():
    whole = examples()["example-agents"].scheme
    lines = (line for line in whole.lines if line.indicator not in OF_SHIFTS)
    return replace(
        whole, lines=tuple(replace(line, curve=replace(line.curve, **CURVES.get(line.indicator, {}))) for line in lines)
    )


@pytest.fixture(scope="module")
def facts(events):
    """One row a fact, in order of time; the history has no clock that is set back."""
    told = [{**event.payload, "kind": event.kind, "at": event.at_us, "id": number} for number, event in events]
    wanted = ["id", "at", "kind", "call_id", "segment_id", "extension", "queue", "direction", "caller", "category"]
    found = pd.DataFrame(told)[[*wanted, "state"]]
    return found.sort_values(["at", "id"], kind="stable").reset_index(drop=True)


def within(at):
    return (at >= FROM * 1e6) & (at < UNTIL * 1e6)


def first_of(facts, kind, column="at"):
    return facts[facts.kind == kind].groupby("segment_id")[column].first()


def segments(facts):
    """Phones that were answered for calls that came in, by segment, with the moment at which each counts."""
    inbound = facts[(facts.kind == "call_arrived") & (facts.direction == "inbound")].call_id
    own = facts[facts.segment_id.notna() & facts.call_id.isin(inbound)]
    found = own.groupby("segment_id").agg(
        call_id=("call_id", "first"),
        extension=("extension", "first"),
        queue=("queue", "first"),
        n=("id", "min"),
        first_at=("at", "min"),
    )
    for name, kind in (
        ("rang", "agent_rang"),
        ("answered", "call_answered"),
        ("ended", "segment_ended"),
        ("wrap_from", "wrap_up_started"),
        ("wrap_until", "wrap_up_ended"),
        ("given", "call_transferred"),
    ):
        found[name] = first_of(own, kind)
    found["category"] = own[own.category.notna() & (own.category != "")].groupby("segment_id").category.last()
    entries = facts.loc[facts.kind == "call_queued", ["call_id", "queue", "id", "at"]]
    before = found.reset_index().merge(entries, on="call_id", suffixes=("", "_entry"))
    before = before[(before.id < before.n) & (before.queue.isna() | (before.queue == before.queue_entry))]
    found["counted"] = before.sort_values("id").groupby("segment_id")["at"].last()
    found["counted"] = found.counted.fillna(found.rang).fillna(found.first_at)
    return found[found.answered.notna()]


def recounted(facts):
    """Each indicator's value by extension."""
    answered = segments(facts)
    period = answered[within(answered.counted)]
    over = period[period.ended.notna()]
    seconds = ((over.ended - over.answered) + (over.wrap_until - over.wrap_from).fillna(0)) / 1e6
    return pd.DataFrame(
        {
            "aht": seconds.groupby(over.extension).sum() / over.groupby("extension").size(),
            "fcr.no_repeat(7)": first_contacts(facts, answered),
            "transfer_rate": period.groupby("extension").given.count() / period.groupby("extension").size(),
            "occupancy": occupancy(facts),
        }
    )


def first_contacts(facts, answered):
    arrived = facts[facts.kind == "call_arrived"].set_index("call_id")[["at", "caller", "direction", "id"]]
    order = answered.sort_values("n")
    # Calls are handed on blindly here: whose it was is who had it last.
    arrived["extension"] = order.groupby("call_id").extension.last()
    arrived["category"] = order.groupby("call_id").category.last()
    known = arrived[
        (arrived.direction == "inbound") & arrived.category.notna() & ~arrived.caller.isin(["", "anonymous"])
    ]
    known = known[known["at"] >= FROM * 1e6].sort_values(["at", "id"])
    following = known.groupby(["caller", "category"])["at"].shift(-1)
    known = known.assign(enough=~(following - known["at"] <= 7 * DAY * 1e6))
    asked = known[within(known["at"]) & known.extension.notna()]
    return asked.groupby("extension").enough.mean()


def occupancy(facts):
    states = facts[facts.kind == "agent_state_changed"].sort_values("id")
    until = states.groupby("extension")["at"].shift(-1).fillna(NOW * 1e6)
    length = until.clip(upper=UNTIL * 1e6) - states["at"].clip(lower=FROM * 1e6)
    length = length.clip(lower=0)

    def total(names):
        return length.where(states.state.isin(names), 0).groupby(states.extension).sum()

    contact = total(CONTACT)
    return contact / (contact + total(AVAILABLE))


def total_of(values):
    """Of one agent; every line without a figure leaves its weight to the others."""
    points = {name: np.interp(values[name], *KNOTS[name]) for name in WEIGHTS if not math.isnan(values[name])}
    weight = sum(WEIGHTS[name] for name in points)
    return sum(WEIGHTS[name] * points[name] for name in points) / weight


def test_the_scores_of_a_month_are_those_that_pandas_makes_of_the_facts(filled, facts):
    expected = recounted(facts)
    own = scheme()
    people = [Judged(extension, extension, "hotline") for extension in expected.index]
    measuring = Measuring(None, filled, ZONE, Installation(1, "example"))
    known = asyncio.run(figures(measuring, questions_of(own, FROM, UNTIL, NOW), people))
    found = {one.who: one for one in scores(own, known)}
    assert len(people) > 5
    # The limits lie where they tell people apart.
    assert len({one.total for one in found.values()}) > 5
    for extension, values in expected.iterrows():
        of = {line.indicator: line_score for line, line_score in zip(own.lines, found[extension].lines, strict=True)}
        for name in WEIGHTS:
            assert of[name].figure.value == pytest.approx(values[name], abs=1e-9), (extension, name)
            assert of[name].score == pytest.approx(float(np.interp(values[name], *KNOTS[name])), abs=1e-9), name
        points = math.fsum(line.points for line in found[extension].lines)
        assert points == pytest.approx(total_of(values), abs=1e-9), extension
        assert found[extension].total == pytest.approx(points, abs=0.005)


def test_a_house_without_scored_calls_has_no_data_for_qa_and_nothing_fails(filled, facts):
    own = scheme()
    people = [Judged(extension, extension, "hotline") for extension in segments(facts).extension.unique()]
    measuring = Measuring(None, filled, ZONE, Installation(1, "example"))
    questions = questions_of(own, FROM, UNTIL, NOW)
    known = asyncio.run(figures(measuring, questions, people))
    place = [line.indicator for line in own.lines].index("qa_mean")
    for one in scores(own, known):
        assert (one.lines[place].state, one.lines[place].score, one.lines[place].weight) == ("no_data", None, 0.0)
        assert one.total is not None
    units = asyncio.run(line_units(measuring, questions, people))[place]
    assert units is not None
    assert not units.units.alike.any()
