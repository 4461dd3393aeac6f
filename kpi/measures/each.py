"""Each thing that a figure counts, as SQL to be counted further: the figure's own, with a row for every thing.

``behind`` lists these rows for people; here they are put together by what they add to numerators and denominators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kpi.measures import orders
from kpi.measures.behind import OWN_SQL
from kpi.measures.counting import ORDERS, MeasureQuery, Measuring
from kpi.measures.ratios import Row
from kpi.sql_files import sql_of


def each_thing(measuring: Measuring, one: MeasureQuery) -> tuple[str, dict[str, Any]]:
    """The SQL and its parameters; rows have ``item`` and ``happened_at``. Not of shifts, which are no mart's."""
    source = one.measure.source
    period = one.from_at, one.until, one.now
    if source == "orders":
        return orders.counting(*period, each=True)
    if source in ORDERS:
        first = source == "first_deadlines"
        return orders.timing(*period, clock=one.measure.milestone, first=first, each=True)
    sql = sql_of(f"measures/{'rows/' if source in OWN_SQL else ''}{source}")
    return sql, measuring.parameters(sql, one, each=True)


def place_sql(one: MeasureQuery) -> str:
    """Whose a row is, as ``place_name`` says it."""
    prefix = "" if one.measure.source in ORDERS else "by_"
    return " || '/' || ".join(f"coalesce({prefix}{name}, '')" for name in one.by) or "''"


def place_name(one: MeasureQuery, group: Mapping[str, str]) -> str:
    return "/".join(group[name] for name in one.by)


def sum_sql(read: Callable[[Row], float]) -> str:
    """A numerator or denominator, out of the columns of a row."""
    return " + ".join(f"({factor:g}) * {name}" for name, factor in linear(read).items()) or "0"


def linear(read: Callable[[Row], float]) -> dict[str, float]:
    """By how much each column of counts adds to a numerator or denominator: each is a sum of them."""
    named = _Named()
    read(named)
    return {name: factor for name in named.names if (factor := read({name: 1}))}


class _Named(Mapping[str, Any]):
    """Counts of nothing, which know for what they were asked."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def get(self, name: str, default: Any = None) -> Any:
        self.names[name] = None
        return default

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
