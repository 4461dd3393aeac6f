"""What figures are drawn anew from adds up to the figure, for every indicator and every place."""

import asyncio

import numpy as np
import pytest

from core.installation.definition import Installation
from kpi.measures.catalogue import BY, MEASURES, measure
from kpi.measures.counting import MeasureQuery, Measuring
from kpi.measures.each import linear
from kpi.schemes.values import Judged
from kpi.units import line_units
from tests.clock import ZONE
from tests.etl.conftest import NOON
from tests.kpi.measures.test_behind import DAY, MART_SOURCES, warehouse  # noqa: F401 - fixture

NOW = NOON + 40 * DAY
GROUPS = {"handling": "agent", "agent_time": "agent", "contacts": "agent"}


def of(one, *by):
    return MeasureQuery(one, NOON - DAY, NOON + DAY, by, NOW)


@pytest.mark.parametrize("one", MART_SOURCES, ids=lambda one: one.id)
def test_units_add_up_to_the_figure_of_everybody(warehouse, one):  # noqa: F811
    measuring = Measuring(None, warehouse, ZONE, Installation(1, "example"))
    for by in ((), *((name,) for name in ("agent", "group", "site") if name in BY[one.source])):
        answers = asyncio.run(measuring.answer(of(one, *by)))
        people = [Judged(group.get(by[0], "") if by else "x", "", group.get("group", "")) for group, _row in answers]
        people.append(Judged("nobody", "", "nobody's"))
        (line,) = asyncio.run(line_units(measuring, [of(one, *by)], people))
        for (_group, row), place in zip(answers, line.whose, strict=False):
            there = line.units.place == place
            sums = line.units.alike[there] @ line.units.sums[there]
            assert sums.tolist() == pytest.approx([one.of.numerator(row), one.of.denominator(row)]), by
        if by:
            assert not (line.units.place == line.whose[-1]).any()


def test_lines_that_rest_on_the_same_counts_share_their_units_and_alike_ones_are_put_together(warehouse):  # noqa: F811
    measuring = Measuring(None, warehouse, ZONE, Installation(1, "example"))
    asked = [of(MEASURES[name], "agent") for name in ("aht", "transfer_rate", "att", "aht")]
    people = [Judged("8001", "", ""), Judged("8002", "", "")]
    first, second, third, again = asyncio.run(line_units(measuring, asked, people))
    assert first.units is second.units is third.units is again.units
    assert [first.figure, second.figure, third.figure, again.figure] == [0, 1, 2, 0]
    (whole, none) = asyncio.run(line_units(measuring, [of(MEASURES["answer_rate"]), None], people))
    assert none is None
    assert len(whole.units.alike) <= 2 < whole.units.alike.sum()


@pytest.mark.parametrize("name", [*MEASURES, "fcr.no_repeat(3)"])
def test_numerators_and_denominators_are_sums_of_columns(name):
    chance = np.random.default_rng(1)
    found = measure(name)
    for read in (found.of.numerator, found.of.denominator):
        factors = linear(read)
        row = {column: int(chance.integers(1, 50)) for column in factors}
        assert read(row) == sum(factor * row[column] for column, factor in factors.items())
        assert factors
