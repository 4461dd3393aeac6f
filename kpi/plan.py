"""The plan of a period: calls expected, people needed, people rostered. Puts reading and the pure parts together.

Days that are over need what their own calls needed; today and later what the forecast says. What is costly and does
not hang on the roster is kept for half a minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from core.clock import utc_now
from core.installation.definition import Installation
from core.process import Key as PartKey
from core.rosters.service import RosterSettings
from etl.warehouse import Warehouse
from kpi import reading
from kpi.planning import forecast, staffing
from kpi.planning.erlang import Target
from kpi.planning.forecast import History, Volumes
from kpi.planning.staffing import Demand, Need, Pool
from kpi.reading import Handling

KEPT_S = 30.0
KEPT_PLANS = 16
LEAST_CALLS = 0.01
# Calls by queue and local day, where the office has said what to expect.
Expected = Mapping[tuple[str, str], float]
Key = tuple[tuple[tuple[str, str], float], ...]


async def nothing_said() -> Expected:
    return {}


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """``calls`` is what the need is worked out from: actual on days that are over, else forecast; ``baseline_weeks``
    says how many weeks back the baseline looks; ``expected`` is what the office says of single days."""

    queue: str
    history: History | None
    handling: Handling
    forecast: Volumes
    baseline: Volumes
    baseline_weeks: Volumes
    actual: Volumes
    calls: Volumes
    target: Target
    expected: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaffingPlan:
    """``past`` days at the front are over. ``needs`` and ``pools`` are in the same order, all queues together first."""

    first_day: str
    days: int
    past: int
    queues: tuple[QueuePlan, ...]
    pools: tuple[Pool, ...]
    needs: tuple[Need, ...]

    def pool(self, name: str) -> tuple[Pool, Need] | None:
        return next(((p, n) for p, n in zip(self.pools, self.needs, strict=True) if p.id == name), None)

    def queue(self, name: str) -> QueuePlan | None:
        return next((one for one in self.queues if one.queue == name), None)


class Planner:
    """Plans of the running site; one at a time is worked out, in a thread."""

    def __init__(
        self,
        warehouse: Warehouse,
        timezone: str,
        lag_s: Callable[[], float] = lambda: 0.0,
        expected: Callable[[], Awaitable[Expected]] = nothing_said,
    ) -> None:
        """``lag_s``: how far the warehouse is behind; what came since is not known yet, rather than nothing."""
        self._expected = expected
        self.warehouse, self.timezone, self.zone = warehouse, timezone, ZoneInfo(timezone)
        self.lag_s = lag_s
        self._kept: dict[tuple[str, int, int, RosterSettings, Key], tuple[float, StaffingPlan]] = {}
        self._turn = asyncio.Lock()

    def today(self) -> date:
        return datetime.fromtimestamp(utc_now(), self.zone).date()

    async def plan(
        self, installation: Installation, settings: RosterSettings, first_day: str, days: int
    ) -> StaffingPlan:
        said = await self._expected()
        # The roster's version is of no matter here.
        key = (first_day, days, installation.version, replace(settings, version=0), tuple(sorted(said.items())))
        async with self._turn:
            known = self._kept.get(key)
            if known is not None and time.monotonic() - known[0] <= KEPT_S:
                return known[1]
            now = utc_now()
            histories = await reading.histories(self.warehouse, installation, now - self.lag_s(), self.timezone)
            handling = await reading.handling(self.warehouse, installation, now)
            made = await asyncio.to_thread(
                make_plan, installation, settings, histories, handling, first_day, days, self.today(), self.zone, said
            )
            # While the feed still fills the warehouse, what there is today is soon out of date.
            if histories:
                if len(self._kept) >= KEPT_PLANS:
                    self._kept.clear()
                self._kept[key] = (time.monotonic(), made)
            return made


def make_plan(
    installation: Installation,
    settings: RosterSettings,
    histories: dict[str, History],
    handling: dict[str, Handling],
    first_day: str,
    days: int,
    today: date,
    zone: ZoneInfo,
    expected: Expected,
) -> StaffingPlan:
    first = date.fromisoformat(first_day)
    wanted = [first + timedelta(days=n) for n in range(days)]
    past = min(days, max(0, (today - first).days))
    queues = tuple(
        _queue(installation, settings, queue, histories.get(queue), handling[queue], wanted, past, zone, expected)
        for queue in installation.queues
    )
    pools = tuple(staffing.pools([Demand(q.queue, q.calls, q.handling.aht_s, q.target) for q in queues]))
    return StaffingPlan(first_day, days, past, queues, pools, tuple(staffing.need(pool) for pool in pools))


def _queue(
    installation: Installation,
    settings: RosterSettings,
    queue: str,
    history: History | None,
    handling: Handling,
    days: Sequence[date],
    past: int,
    zone: ZoneInfo,
    expected: Expected,
) -> QueuePlan:
    unknown = np.full((len(days), forecast.SLOTS), np.nan)
    said = forecast.forecast(history, days) if history is not None else unknown
    shut = reading.closed(installation, queue, list(days), zone)
    # A queue that is closed gets no calls, whatever its neighbouring quarters lend it.
    said = np.where(shut & ~np.isnan(said), 0.0, said)
    by_day = {day: calls for (of, day), calls in expected.items() if of == queue}
    for n, day in enumerate(days):
        if (calls_of_day := by_day.get(day.isoformat())) is not None:
            said[n] = forecast.spread(said[n], calls_of_day, ~shut[n])
    actual = np.array([history.on(day) for day in days]) if history is not None else unknown
    # An open queue is never left empty, however quiet it was.
    calls = np.where(shut, said, np.maximum(said, LEAST_CALLS))
    for n in range(past):
        came = forecast.smooth(actual[n]) if not np.isnan(actual[n]).any() else actual[n]
        calls[n] = np.where(shut[n], came, np.maximum(came, LEAST_CALLS))
        # A forecast made after the day is none.
        said[n] = np.nan
    target = Target(
        settings.service_target,
        installation.queues[queue].service_level_s,
        settings.most_occupancy,
        settings.shrinkage,
    )
    naive, weeks = forecast.sources(history, days) if history is not None else (unknown, unknown)
    return QueuePlan(queue, history, handling, said, naive, weeks, actual, calls, target, by_day)


PLANNER = PartKey[Planner]("planner")
