"""What figures are made of, to draw them anew: the rows behind each figure, those alike put together.

The rows come from the SQL of the figure itself, as ``measures.behind`` lists them. Of time in states the unit is the
agent's day: stretches of one day hang together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.web.answers import off_loop
from kpi.cases import cases_of
from kpi.fairness.bootstrap import Units
from kpi.fairness.case_mix import units_of
from kpi.measures.catalogue import Measure
from kpi.measures.counting import MeasureQuery, Measuring
from kpi.measures.each import each_thing, place_name, place_sql, sum_sql
from kpi.measures.ratios import Row
from kpi.schemes.values import Judged, counted_once, place_of

A_DAY = "timezone($timezone, timezone('UTC', happened_at))::date"


@dataclass(frozen=True, slots=True)
class LineUnits:
    """A line's: its ``figure`` among those of the units, and ``whose`` place of the units each person's is."""

    units: Units
    figure: int
    whose: NDArray[np.intp]


async def line_units(
    measuring: Measuring, questions: Sequence[MeasureQuery | None], people: Sequence[Judged]
) -> list[LineUnits | None]:
    """For each question; ``None`` where nothing is measured. Lines that rest on the same counts share their units."""
    asked: dict[object, list[MeasureQuery]] = {}
    for one in questions:
        if one is not None:
            same = asked.setdefault(counted_once(one), [])
            if one.measure.id not in [known.measure.id for known in same]:
                same.append(one)
    found: dict[object, tuple[Units, list[str]]] = {}
    for key, same in asked.items():
        places = list(dict.fromkeys(_place(same[0], one) for one in people))
        made = _standardised(measuring, same[0], places) if same[0].case_mix else _units(measuring, same, places)
        found[key] = await made, [one.measure.id for one in same]
    return [None if one is None else _line(one, people, *found[counted_once(one)]) for one in questions]


def _line(question: MeasureQuery, people: Sequence[Judged], units: Units, names: list[str]) -> LineUnits:
    index = {name: n for n, name in enumerate(units.places)}
    whose = np.array([index[_place(question, one)] for one in people], dtype=np.intp)
    return LineUnits(units, names.index(question.measure.id), whose)


def _place(question: MeasureQuery, one: Judged) -> str:
    return place_name(question, place_of(question, one))


async def _standardised(measuring: Measuring, one: MeasureQuery, places: Sequence[str]) -> Units:
    found = await cases_of(measuring, one)
    return await off_loop(units_of, f"{_kind(one)}/{one.measure.id}", found, places)


async def _units(measuring: Measuring, asked: Sequence[MeasureQuery], places: Sequence[str]) -> Units:
    first = asked[0]
    measures = [one.measure for one in asked]
    kind = _kind(first)
    if first.measure.source == "rosters":
        shifts = await measuring.shifts(first)
        return await off_loop(
            lambda: _of_rows(
                kind, places, [(place_name(first, group), asdict(sums)) for _, group, sums in shifts],
                measures,
            )
        )  # fmt: skip
    sql, parameters = each_thing(measuring, first)
    columns = await measuring.warehouse.columns(
        _alike(sql, first, measures),
        {**parameters, **({"timezone": measuring.zone.key} if first.measure.source == "agent_time" else {})},
    )
    return await off_loop(_of_columns, kind, places, columns, len(measures))


def _kind(one: MeasureQuery) -> str:
    return "/".join(map(str, (one.measure.source, *one.by, one.measure.milestone)))


def _alike(sql: str, one: MeasureQuery, measures: Sequence[Measure]) -> str:
    """Our own SQL around our own: place, numerators and denominators, and how many are the same."""
    by_day = one.measure.source == "agent_time"
    sums = [sum_sql(read) for of in measures for read in (of.of.numerator, of.of.denominator)]
    named = ", ".join(f"{'sum' if by_day else ''}({text})::double as x{n}" for n, text in enumerate(sums))
    rows = f"select {place_sql(one)} as place, {named} from ({sql}){f' group by place, {A_DAY}' if by_day else ''}"  # noqa: S608
    counted = " or ".join(f"x{n} <> 0" for n in range(len(sums)))
    return f"select *, count(*) as alike from ({rows}) where {counted} group by all"  # noqa: S608


def _of_columns(kind: str, places: Sequence[str], columns: Mapping[str, Any], figures: int) -> Units:
    index = {name: n for n, name in enumerate(places)}
    place = np.array([index.get(name, -1) for name in columns["place"].tolist()], dtype=np.intp)
    known = place >= 0
    sums = np.stack([np.asarray(columns[f"x{n}"], dtype=np.float64) for n in range(2 * figures)], axis=1)
    return Units(kind, places, place[known], sums[known], np.asarray(columns["alike"], dtype=np.int64)[known])


def _of_rows(kind: str, places: Sequence[str], rows: Sequence[tuple[str, Row]], measures: Sequence[Measure]) -> Units:
    index = {name: n for n, name in enumerate(places)}
    own = [(index[place], row) for place, row in rows if place in index]
    sums = [[read(row) for of in measures for read in (of.of.numerator, of.of.denominator)] for _place, row in own]
    return Units(
        kind,
        places,
        np.array([place for place, _row in own], dtype=np.intp),
        np.array(sums, dtype=np.float64).reshape(len(own), 2 * len(measures)),
        np.ones(len(own), dtype=np.int64),
    )
