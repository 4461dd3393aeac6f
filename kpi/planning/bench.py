"""An invented office of 60 agents over 14 days, for ``hotline bench roster``: forecast, staffing and proposal timed."""

from __future__ import annotations

import math
import time
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.demo.history import HOURS, WEEKDAYS
from core.rosters.records import Rules, Template
from kpi.planning import forecast, staffing
from kpi.planning.erlang import Target
from kpi.planning.problem import PlannedAgent, RosterProblem
from kpi.planning.propose import propose

FIRST_DAY = date(2026, 11, 23)
WEEKS_BEFORE = 8
# queue, calls on a mean day, seconds of handling
QUEUES = (("general", 1250, 170.0), ("repair", 900, 210.0), ("billing", 700, 150.0), ("complaint", 200, 260.0))
TEMPLATES = (
    Template(1, "早班", 450, 960, ((690, 735),), (), ((630, 780),)),
    Template(2, "日班", 510, 1020, ((720, 765),), (), ((660, 810),)),
    Template(3, "中班", 630, 1140, ((840, 885),), (), ((780, 930),)),
    Template(4, "晚班", 870, 1380, ((1080, 1125),), (), ((1020, 1200),)),
    Template(5, "夜班", 1320, 1920, ((1590, 1650),), (), ((1500, 1740),)),
)
# Which queues people serve, and how many of ten people do.
SKILLS = (("general", "repair"), ("general", "billing"), ("general", "repair", "billing"), ("repair", "complaint"))


def problem(agents: int, days: int, limit_s: float, workers: int, seed: int) -> tuple[RosterProblem, dict[str, float]]:
    """The problem and how long forecast and staffing took."""
    chance = np.random.default_rng(seed)
    first = FIRST_DAY - timedelta(weeks=WEEKS_BEFORE)
    ahead = [FIRST_DAY + timedelta(days=n) for n in range(days)]
    scale = agents / 60
    begin = time.monotonic()
    demands, wapes = [], []
    for queue, calls, aht_s in QUEUES:
        past = np.array([_day(first + timedelta(days=n), calls * scale, chance) for n in range(7 * WEEKS_BEFORE)])
        history = forecast.History(first, past)
        wapes.append(forecast.measured(history))
        demands.append(staffing.Demand(queue, forecast.forecast(history, ahead), aht_s, Target(shrinkage=0.1)))
    forecast_s = time.monotonic() - begin
    begin = time.monotonic()
    pools = staffing.pools(demands)
    needs = {pool.id: staffing.need(pool).rostered for pool in pools}
    staffing_s = time.monotonic() - begin
    people = tuple(PlannedAgent(str(8001 + n), SKILLS[n % len(SKILLS)], ()) for n in range(agents))
    made = RosterProblem(
        FIRST_DAY.isoformat(),
        days,
        "Asia/Shanghai",
        people,
        TEMPLATES,
        {pool.id: tuple(sorted(pool.queues)) for pool in pools},
        {name: tuple(map(tuple, need.tolist())) for name, need in needs.items()},
        Rules(),
        40 * 3600.0,
        limit_s=limit_s,
        workers=workers,
        seed=seed,
    )
    return made, {
        "forecast_s": round(forecast_s, 3),
        "staffing_s": round(staffing_s, 3),
        "wape": round(_mean([m.wape for m in wapes]), 4),
        "naive_wape": round(_mean([m.naive_wape for m in wapes]), 4),
    }


def run(agents: int, days: int, limit_s: float, workers: int, seed: int) -> dict[str, Any]:
    """Figures of one proposal; deterministic but for the times, and for what the solver reaches in them."""
    made, times = problem(agents, days, limit_s, workers, seed)
    reached: dict[str, float] = {}
    begin = time.monotonic()

    def hear(progress: dict[str, Any]) -> None:
        reached.setdefault(progress["phase"], round(time.monotonic() - begin, 2))

    found = propose(made, hear)
    zone = ZoneInfo(made.timezone)
    hours = [sum(s.paid_s for s in found.shifts if s.extension == p.extension) / 3600 for p in made.people]
    duty = staffing.on_duty(found.shifts, made.first_day, days, zone)
    everybody = np.sum(list(duty.values()), axis=0) if duty else np.zeros((days, staffing.SLOTS))
    need = np.array(made.needs[staffing.ALL])
    return {
        "agents": agents,
        "days": days,
        "templates": len(made.templates),
        "workers": workers,
        "seed": seed,
        **times,
        # A first roster without the solver; coverage settled; everything, fairness and reasons included.
        "first_roster_s": reached.get("count"),
        "covered_s": reached.get("fair"),
        "seconds": found.seconds,
        "short_h": found.short_h,
        "bound_h": found.bound_h,
        "proven": found.proven,
        "holds_back": dict(found.holds_back),
        "shifts": len(found.shifts),
        "needed_h": round(float(need.sum()) / 4, 1),
        "rostered_h": round(float(everybody.sum()) / 4, 1),
        "hours_least": round(min(hours), 1),
        "hours_most": round(max(hours), 1),
    }


def _day(day: date, calls: float, chance: np.random.Generator) -> list[float]:
    """A day's quarters: the demo's profile, chance on top."""
    places = [quarter / 4 - 0.5 for quarter in range(96)]
    shares = [
        HOURS[math.floor(p) % 24] * (1 - p + math.floor(p)) + HOURS[(math.floor(p) + 1) % 24] * (p - math.floor(p))
        for p in places
    ]
    mean = np.array(shares) / sum(shares) * calls * WEEKDAYS[day.weekday()]
    return [float(n) for n in chance.poisson(mean)]


def _mean(values: list[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else math.nan
