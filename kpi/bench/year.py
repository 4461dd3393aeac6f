"""An invented year straight in the marts: the event log of a million calls would take longer to feed than to score.

Times are UTC; the seed gives the same year again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.installation.definition import Agent, Installation
from core.rosters.records import Shift, Span
from etl.feed import prepare
from etl.warehouse import Warehouse
from kpi.sql_files import sql_of

BEGIN = datetime(2025, 11, 1, 1, tzinfo=UTC)
# Of a day's work, in places for a call: two in each quarter hour of eight hours.
DAY_S, PLACE_S, PLACES = 86_400, 450, 64
DAYS = 365
GROUP_OF = 60
# The last whole month of the year.
MONTH_FROM, MONTH_DAYS = 330, 30


@dataclass(frozen=True, slots=True)
class YearSize:
    calls: int
    orders: int
    agents: int
    seed: int

    @property
    def a_day(self) -> int:
        """Calls of an agent on a day."""
        return max(1, min(PLACES, -(-self.calls // (self.agents * DAYS))))

    @property
    def stride_s(self) -> int:
        return PLACES // self.a_day * PLACE_S


def fill(warehouse: Warehouse, size: YearSize) -> None:
    prepare(warehouse)
    known: dict[str, Any] = {
        "calls": size.calls,
        "orders": size.orders,
        "agents": size.agents,
        "seed": size.seed,
        "a_day": size.a_day,
        "stride": size.stride_s,
        "begin": BEGIN.replace(tzinfo=None),
    }
    with warehouse.writing() as cursor:
        for name in ("calls", "segments", "states", "intervals", "orders"):
            sql = sql_of(f"bench/{name}")
            cursor.execute(sql, {key: value for key, value in known.items() if f"${key}" in sql})
        cursor.executemany(
            "insert into marts.dim_agent values (?, ?, ?)",
            [[one.extension, one.name, one.group] for one in agents(size)],
        )


def agents(size: YearSize) -> list[Agent]:
    return [
        Agent(str(8001 + n), f"坐席 {n + 1}（示例）", queues={"general": 1}, group=f"g{n // GROUP_OF + 1}")
        for n in range(size.agents)
    ]


def installation(size: YearSize) -> Installation:
    return Installation(1, "bench", agents={one.extension: one for one in agents(size)})


def month() -> tuple[float, float]:
    first = BEGIN.replace(hour=0) + timedelta(days=MONTH_FROM)
    return first.timestamp(), (first + timedelta(days=MONTH_DAYS)).timestamp()


def shifts(size: YearSize) -> list[Shift]:
    """Of the month, everybody every day, with half an hour's break."""
    found: list[Shift] = []
    for n in range(size.agents):
        for day in range(MONTH_DAYS):
            begin = (BEGIN + timedelta(days=MONTH_FROM + day)).timestamp()
            pause = (Span(begin + 14_400.0, begin + 16_200.0),)
            name = datetime.fromtimestamp(begin, UTC).date().isoformat()
            found.append(Shift(str(8001 + n), name, begin, begin + 28_800.0, breaks=pause, id=len(found) + 1))
    return found
