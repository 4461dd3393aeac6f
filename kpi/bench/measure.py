"""A month's scores, their ranges and a step of what-if over the year, timed, and the same scores by pandas."""

from __future__ import annotations

import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.commands import bench
from core.errors import Conflict
from etl.warehouse import Warehouse
from kpi.bench import recount, year
from kpi.judging import scores_of
from kpi.measures.counting import MeasureQuery, Measuring
from kpi.schemes.values import Judged, figures, questions_of
from kpi.scoring.curves import Linear
from kpi.scoring.scheme import AGENT, Scheme, SchemeLine, SchemeScope, settle
from kpi.scoring.score import TotalScore, scores
from kpi.scoring.what_if import what_if
from kpi.units import line_units

T = TypeVar("T")
GOAL = {"scores_s": 1.0, "ranges_s": 5.0, "what_if_ms": 50.0}
STEPS = 20
NEARLY = 1e-9
# Twelve lines: of calls, time, rosters and contacts everybody's own, of orders the whole's.
LINES = (
    ("aht", 420, 250, 150),
    ("att", 400, 230, 130),
    ("transfer_rate", 0.2, 0.08, 0.01),
    ("transfer_rate.blind", 0.15, 0.04, 0.005),
    ("transfer_rate.attended", 0.15, 0.04, 0.005),
    ("occupancy", 0.1, 0.5, 0.9),
    ("utilisation", 0.1, 0.5, 0.9),
    ("adherence", 0.05, 0.4, 0.95),
    ("conformance", 0.05, 0.4, 0.95),
    ("fcr.no_repeat(7)", 0.5, 0.9, 0.99),
    ("first_fix_rate", 0.5, 0.9, 0.99),
    ("overdue_rate", 0.3, 0.1, 0.02),
)


def scheme() -> Scheme:
    weights = [8.0] * 11 + [12.0]
    lines = tuple(
        SchemeLine(indicator, weight, Linear(float(floor), float(target), float(stretch)))
        for (indicator, floor, target, stretch), weight in zip(LINES, weights, strict=True)
    )
    return settle(Scheme("bench", SchemeScope(post=AGENT), lines, "2020-01-01"))


class SyntheticShifts:
    """In the place of the operational database: the shifts of the month."""

    def __init__(self, size: year.YearSize) -> None:
        self._shifts = year.shifts(size)

    async def in_session(self, _work: Callable[..., Any]) -> Any:
        return self._shifts


def measure(size: year.YearSize) -> dict[str, Any]:
    about = bench.machine()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        warehouse = Warehouse(Path(folder) / "warehouse.duckdb").open()
        try:
            made_s, _none = _timed(lambda: year.fill(warehouse, size))
            results = asyncio.run(_measured(warehouse, size))
            file_mb = round((Path(folder) / "warehouse.duckdb").stat().st_size / 1e6, 1)
        finally:
            warehouse.close()
    return {
        "bench": "kpi",
        "machine": about,
        "synthetic": True,
        "size": {
            "calls": size.calls,
            "orders": size.orders,
            "agents": size.agents,
            "lines": len(LINES),
            "seed": size.seed,
            "repeats": 1000,
            "analytics_mb": file_mb,
        },
        "goal": GOAL,
        "results": {
            "made_s": round(made_s, 1),
            **results,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        },
    }


async def _measured(warehouse: Warehouse, size: year.YearSize) -> dict[str, Any]:
    wanted, (from_at, until) = scheme(), year.month()
    people = [Judged(one.extension, one.name, one.group) for one in year.agents(size)]
    groups = {one.key: one.group for one in people}
    # So late that every contact's days are over.
    now = until + 30 * year.DAY_S
    questions = questions_of(wanted, from_at, until, now)
    web: Any = SyntheticShifts(size)
    measuring = _measuring(web, warehouse, size)
    began = time.perf_counter()
    known = await figures(measuring, questions, people)
    found = scores(wanted, known, groups)
    scored_s = time.perf_counter() - began
    began = time.perf_counter()
    units = await line_units(measuring, questions, people)
    fetched_s = time.perf_counter() - began
    ranges_s, allowed = _timed(lambda: scores_of(wanted, people, known, units))
    first = replace(wanted.lines[0], weight=20.0)
    step = replace(wanted, lines=(first, *wanted.lines[1:]))
    steps = sorted(_timed(lambda: what_if(allowed, step))[0] for _ in range(STEPS))
    pandas_s, theirs = await _by_pandas(warehouse, web, size, wanted, questions)
    off = _difference(found, theirs)
    if off > NEARLY:
        raise Conflict("The scores differ from those by pandas.", remedy="This is a fault of the program: report it.")
    return {
        "scores_s": round(scored_s, 3),
        "units_s": round(fetched_s, 3),
        "ranges_s": round(ranges_s, 3),
        "what_if_ms": round(1000 * statistics.median(steps), 1),
        "what_if_ms_p95": round(1000 * steps[int(0.95 * (STEPS - 1))], 1),
        "pandas_s": round(pandas_s, 3),
        "largest_difference": off,
        "scored": sum(one.total is not None for one in found),
    }


async def _by_pandas(
    warehouse: Warehouse, web: Any, size: year.YearSize, wanted: Scheme, questions: Sequence[MeasureQuery | None]
) -> tuple[float, dict[str, float]]:
    """Shifts are worked out by the program in both; all else out of the marts' rows."""
    rosters = next(one for one in questions if one is not None and one.measure.source == "rosters")
    shifts = await _measuring(web, warehouse, size).shifts(rosters)
    frames = recount.frames(warehouse, *year.month())
    return _timed(lambda: recount.totals(wanted, frames, shifts))


def _measuring(web: Any, warehouse: Warehouse, size: year.YearSize) -> Measuring:
    return Measuring(web, warehouse, ZoneInfo("UTC"), year.installation(size))


def _difference(ours: Sequence[TotalScore], theirs: dict[str, float]) -> float:
    """Of the totals before they are rounded."""
    return max(abs(sum(line.points for line in one.lines) - theirs[one.who]) for one in ours if one.total is not None)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found
