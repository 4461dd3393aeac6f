"""The things that a figure counts, of everybody and with their strata: people are compared by the same cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clock import naive_utc
from core.web.answers import off_loop
from kpi.fairness.case_mix import Cases
from kpi.measures.counting import ORDERS, MeasureQuery, Measuring
from kpi.measures.each import each_thing, place_sql, sum_sql
from kpi.sql_files import sql_of

# From the finest division to the coarsest; calls know no district.
CALLS = (("category", "hour"), ("category",))
ORDERS_STRATA = (("category", "district", "hour"), ("category", "district"), ("category",))


async def cases_of(measuring: Measuring, asked: MeasureQuery) -> Cases:
    """Of all places that the question splits by, whoever is judged."""
    key = ("cases", asked.measure.id, asked.by, asked.from_at, asked.until, asked.now, asked.own)
    if key not in measuring.memo:
        of_orders = asked.measure.source in ORDERS
        sql, parameters = each_thing(measuring, asked)
        strata = sql_of(f"measures/strata/{'orders' if of_orders else 'calls'}")
        more = {"from_at": naive_utc(asked.from_at), "until": naive_utc(asked.until), "timezone": measuring.zone.key}
        columns = await measuring.warehouse.columns(_counted(sql, strata, asked), {**parameters, **more})
        measuring.memo[key] = await off_loop(_cases, columns, ORDERS_STRATA if of_orders else CALLS)
    found: Cases = measuring.memo[key]
    return found


def _counted(sql: str, strata: str, asked: MeasureQuery) -> str:
    """Our own SQL around our own."""
    of = asked.measure.of
    counts = f"({sum_sql(of.numerator)})::double as x0, ({sum_sql(of.denominator)})::double as x1"
    names = ", ".join(f"coalesce(strata.{name}, {'-1' if name == 'hour' else repr('')}) as {name}" for name in _NAMES)
    rows = f"select {place_sql(asked)} as place, item, {counts} from ({sql})"  # noqa: S608
    return f"""
        select rows.place, {names}, rows.x0, rows.x1, count(*) as alike
        from ({rows}) as rows left join ({strata}) as strata on rows.item = strata.item
        where rows.x0 <> 0 or rows.x1 <> 0
        group by all"""  # noqa: S608


_NAMES = ("category", "district", "hour")


def _cases(columns: Mapping[str, Any], levels: Sequence[Sequence[str]]) -> Cases:
    places, place = _coded(columns["place"].tolist())
    codes = {name: _coded(columns[name].tolist())[1] for name in _NAMES}
    return Cases(
        places,
        place,
        np.asarray(columns["x0"], dtype=np.float64),
        np.asarray(columns["x1"], dtype=np.float64),
        np.asarray(columns["alike"], dtype=np.int64),
        [_together([codes[name] for name in level]) for level in levels],
    )


def _coded(names: Sequence[Any]) -> tuple[list[Any], NDArray[np.intp]]:
    known: dict[Any, int] = {}
    code = [known.setdefault(name, len(known)) for name in names]
    return list(known), np.array(code, dtype=np.intp)


def _together(codes: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """One number for each combination."""
    found = np.zeros(len(codes[0]), dtype=np.intp)
    for code in codes:
        found = found * (int(code.max(initial=0)) + 1) + code
    return found
