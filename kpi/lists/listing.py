"""How a list asks: one question for the totals, one for the page. What is chosen is the fields of a frozen dataclass.

Only conditions that were chosen stand in the SQL, so that a year costs what its answer needs. Values are parameters,
each named as its field or property.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, Self, TypeVar

from etl.readers import LIMIT_S
from etl.runner import PARAMETER
from etl.warehouse import Row, Warehouse

T = TypeVar("T")
Sums = TypeVar("Sums")


class Listing(Generic[Sums]):
    """A list says ``sums``, ``totals_sql`` and ``page_sql``; and ``newest`` where a part of it may hold the page."""

    sums: type[Sums]

    def totals_sql(self) -> str:
        """One row of the columns of ``sums``."""
        raise NotImplementedError

    def page_sql(self) -> str:
        """The rows in their order, without a limit."""
        raise NotImplementedError

    def newest(self, rows: int) -> Iterator[Self]:
        """Smaller lists in which the first ``rows`` may stand already, the smallest first."""
        del rows
        yield from ()

    def ends_within(self, last: Row) -> bool:
        """Whether nothing of the whole list can stand before this last row of a part's full page."""
        del last
        return True

    async def totals(self, warehouse: Warehouse) -> Sums:
        sql = self.totals_sql()
        (row,) = await warehouse.ask(sql, self.parameters(sql), list)
        return self.sums(**{name: value or 0 for name, value in row.items()})

    async def page(
        self,
        warehouse: Warehouse,
        most: int,
        skip: int,
        made: Callable[[Iterator[Row]], T],
        *,
        is_long: bool = False,
        limit_s: float = LIMIT_S,
    ) -> T:
        """What ``made`` makes of the rows after the first ``skip``; see ``Warehouse.ask``."""
        for part in self.newest(skip + most):
            found = await warehouse.ask(*part._page(most, skip), _whole(made, most, part))
            if found is not None:
                return found[0]
        return await warehouse.ask(*self._page(most, skip), made, is_long=is_long, limit_s=limit_s)

    def _page(self, most: int, skip: int) -> tuple[str, dict[str, Any]]:
        sql = self.page_sql()
        return f"{sql} limit {int(most)} offset {int(skip)}", self.parameters(sql)

    def parameters(self, sql: str) -> dict[str, Any]:
        """The fields and properties that the SQL names."""
        return {name: getattr(self, name) for name in set(PARAMETER.findall(sql))}


def _whole(
    made: Callable[[Iterator[Row]], T], most: int, part: Listing[Any]
) -> Callable[[Iterator[Row]], tuple[T] | None]:
    """A part's page that is the same in the whole list; ``None`` where it may be another one."""

    def work(found: Iterator[Row]) -> tuple[T] | None:
        rows = list(found)
        return (made(iter(rows)),) if len(rows) == most and part.ends_within(rows[-1]) else None

    return work
