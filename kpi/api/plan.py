"""Forecast, need and coverage over HTTP. Every figure comes with what it was worked out from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import Path, Query
from pydantic import Field

from core.clock import utc_now
from core.errors import BadInput, NotFound
from core.i18n import called
from core.installation.definition import Installation
from core.people import expected_calls
from core.rosters import service as rosters
from core.rosters.records import Shift
from core.web.routes import roster_rows as rows
from core.web.routes.roster_office import FORTNIGHT, Days, Editor, FirstDay, Planning
from core.web.routes.roster_rows import DAY
from core.web.routes.telephony import Body
from kpi.api.common import Rooms
from kpi.api.shapes import planning as shape
from kpi.plan import QueuePlan, StaffingPlan
from kpi.planning import forecast, staffing
from kpi.planning.forecast import Volumes
from kpi.planning.staffing import ALL, SLOTS, Need, Pool
from kpi.reading import Handling

MARKS = {"": ".", "warn": "w", "bad": "b"}
INTERVALS = (15, 30, 60)
# The day's page opens with half hours.
DAY_SLOTS = 2
Minutes = Annotated[int, Query(description="Length of an interval: 15, 30 or 60.")]
QueueId = Annotated[str, Path(max_length=40)]
DayInPath = Annotated[str, Path(pattern=DAY)]
OneDay = Annotated[str, Query(pattern=DAY, description="A local day, 2026-11-23.")]


def add_routes(rooms: Rooms) -> None:
    _add_coverage(rooms)
    _add_day(rooms)
    _add_forecast(rooms)
    _add_expected(rooms)


def _add_coverage(rooms: Rooms) -> None:
    @rooms.web.app.get("/api/v1/rosters/coverage", response_model=shape.Coverage, tags=["rosters"])
    async def coverage(_user: Planning, first: FirstDay, days: Days = FORTNIGHT, pool: str = ALL) -> dict[str, Any]:
        """Needed against rostered, quarter by quarter: one list for each day. ``marks``: ``.`` enough, ``w`` too few,
        ``b`` so few that the queue only grows. ``past`` days need what their own calls needed."""
        return await coverage_of(rooms, first, days, pool)


def coverage_rows(need: Need, there: Volumes, first_day: str, shrinkage: float) -> dict[str, Any]:
    found = staffing.gaps(need, there, first_day, shrinkage)
    marks = [
        "".join(
            MARKS[staffing.level(need.load[n, s], need.rostered[n, s], there[n, s], shrinkage)] for s in range(SLOTS)
        )
        for n in range(len(there))
    ]
    return {
        "needed": [[_whole(value) for value in row] for row in need.rostered],
        "rostered": [[round(float(value), 2) for value in row] for row in there],
        "marks": marks,
        "short_h": [round(float(value), 2) for value in staffing.short_hours(need, there)],
        "gaps": [
            {
                "day": gap.day,
                "from": slot_clock(gap.first_slot),
                "to": slot_clock(gap.last_slot + 1),
                "short": round(gap.short, 2),
                "level": gap.level,
            }
            for gap in found
        ],
    }


def _add_day(rooms: Rooms) -> None:
    @rooms.web.app.get("/api/v1/rosters/day", response_model=shape.DayPlan, tags=["rosters"])
    async def day(_user: Planning, day: OneDay, pool: str = ALL) -> dict[str, Any]:
        """One day's quarters with every step from calls to people."""
        return await day_of(rooms, day, pool)


class ExpectedRequest(Body):
    """``calls`` of the whole day; null leaves it to the forecast again."""

    calls: float | None = Field(None, ge=0, le=expected_calls.MOST, allow_inf_nan=False)


def _add_expected(rooms: Rooms) -> None:
    @rooms.web.app.put("/api/v1/rosters/expected/{queue}/{day}", response_model=shape.Expected, tags=["rosters"])
    async def say(queue: QueueId, day: DayInPath, wanted: ExpectedRequest, user: Editor) -> dict[str, Any]:
        """What the office expects of a special day; forecast, need and proposals follow it."""
        return await put_expected(rooms, queue, day, wanted.calls, user.name)


def _special(one: QueuePlan, calendar: forecast.SpecialDays, days: list[date]) -> dict[str, Any]:
    """What the office is asked: whether days unlike their kind were special, and which days to come are."""
    history = one.history
    return {
        "odd": [
            {"day": odd.day.isoformat(), "calls": round(odd.calls, 1), "usual": round(odd.usual, 1)}
            for odd in (history.odd if history is not None else ())
        ],
        "unseen": [
            day.isoformat()
            for day in (forecast.unseen(history, days) if history is not None else ())
            if day.isoformat() not in one.expected
        ],
        "years": forecast.years_without_holidays(calendar, days),
    }


def _add_forecast(rooms: Rooms) -> None:
    @rooms.web.app.get("/api/v1/rosters/forecast", response_model=shape.Forecast, tags=["rosters"])
    async def ahead(
        _user: Planning, queue: str, first: FirstDay, days: Days = FORTNIGHT, minutes: Minutes = 30
    ) -> dict[str, Any]:
        """Calls expected by interval, the naive baseline beside them, and how far both were off in the last weeks."""
        return await forecast_of(rooms, queue, first, days, minutes)

    @rooms.web.app.get("/api/v1/rosters/forecast/witnesses", response_model=shape.Witnesses, tags=["rosters"])
    async def witnesses(
        _user: Planning,
        queue: str,
        day: OneDay,
        start: Annotated[str, Query(alias="from", max_length=5)] = "00:00",
        end: Annotated[str, Query(alias="to", max_length=5)] = "24:00",
    ) -> dict[str, Any]:
        """The past days that the forecast of these quarters rests on, each with its calls and its weight."""
        return await witnesses_of(rooms, queue, day, start, end)


def measured_row(queues: Sequence[QueuePlan], slots: int) -> dict[str, Any]:
    """WAPE and bias of both methods, a week ahead, over the last weeks; null where there was nothing to measure on.
    ``enough`` when the days are a week at least, each day of it once: before, neither can be called the better one."""
    histories = [one.history for one in queues if one.history is not None]
    found = forecast.measured_together(histories, slots)
    return {
        "days": found.days,
        "of_days": forecast.BACKTEST_DAYS,
        "lead_days": forecast.LEAD_DAYS,
        "enough": found.days >= forecast.LEAD_DAYS,
        "calls": found.calls,
        "ours": _errors(found.wape, found.bias, found.wape_by_day),
        "naive": _errors(found.naive_wape, found.naive_bias, found.naive_wape_by_day),
    }


def _errors(wape: float | None, bias: float | None, by_day: float | None) -> dict[str, float | None] | None:
    if wape is None:
        return None
    return {"wape": _number(wape, 4), "bias": _number(bias, 4), "wape_by_day": _number(by_day, 4)}


# --- pieces ----------------------------------------------------------------------------------------------------


async def on_duty(rooms: Rooms, installation: Installation, first_day: str, days: int, pool: Pool) -> Volumes:
    """Rostered people of the pool, a night shift of the day before included."""
    before = rosters.later(first_day, -1)
    found = await rooms.web.in_session(lambda session: rosters.roster(session, before, days + 1, rooms.zone))
    return duty_of(found.shifts, installation, first_day, days, pool, rooms)


def duty_of(
    shifts: tuple[Shift, ...], installation: Installation, first_day: str, days: int, pool: Pool, rooms: Rooms
) -> Volumes:
    duty = staffing.on_duty(shifts, first_day, days, rooms.zone)
    return staffing.rostered(duty, {agent.extension: agent.queues for agent in installation.agents.values()}, pool)


def serving(installation: Installation, pool: Pool) -> list[str]:
    return [agent.extension for agent in installation.agents.values() if pool.queues & set(agent.queues)]


def pool_name(installation: Installation, pool: Pool) -> str:
    return "" if pool.id == ALL else called(installation.queues[pool.id])


def slot_clock(slot: int) -> str:
    return f"{slot // 4:02d}:{slot % 4 * 15:02d}"


def _pool(plan: StaffingPlan, name: str) -> tuple[Pool, Need]:
    found = plan.pool(name) or (plan.pool(plan.pools[0].id) if name == ALL and plan.pools else None)
    if found is None:
        raise NotFound("There is no queue {id}.", field="pool", id=name)
    return found


def _queue(plan: StaffingPlan, name: str) -> QueuePlan:
    found = plan.queue(name)
    if found is None:
        raise NotFound("There is no queue {id}.", field="queue", id=name)
    return found


def _handling(installation: Installation, one: QueuePlan) -> dict[str, Any]:
    found = one.handling
    return {
        "queue": one.queue,
        "name": called(installation.queues[one.queue]),
        "aht_s": round(found.aht_s, 1),
        "answered": found.answered,
        "talk_s": round(found.talk_s),
        "hold_s": round(found.hold_s),
        "wrap_up_s": round(found.wrap_up_s),
        "assumed": found.assumed,
    }


def _sum(grids: list[Volumes]) -> Volumes:
    """NaN only where nothing is known."""
    known = np.any([~np.isnan(grid) for grid in grids], axis=0)
    return np.asarray(np.where(known, np.nansum(grids, axis=0), np.nan), dtype=np.float64)


def _lists(grid: Volumes) -> list[list[float | None]]:
    return [[_number(value) for value in row] for row in grid]


def _number(value: float | None, digits: int = 2) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), digits)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


async def coverage_of(rooms: Rooms, first: str, days: int, pool: str) -> dict[str, Any]:
    """Needed against rostered of ``days`` days; the shape is the route's."""
    first_day = rows.checked_day(first, "from")
    installation, settings = await rooms.installation()
    plan = await rooms.planner.plan(installation, settings, first_day, days)
    chosen, need = _pool(plan, pool)
    there = await on_duty(rooms, installation, first_day, days, chosen)
    return {
        "from": first_day,
        "days": days,
        "past": plan.past,
        "pool": chosen.id,
        "pools": [{"id": one.id, "name": pool_name(installation, one)} for one in plan.pools],
        "people": len(serving(installation, chosen)),
        **coverage_rows(need, there, first_day, settings.shrinkage),
    }


async def day_of(rooms: Rooms, day: str, pool: str) -> dict[str, Any]:
    """One day's quarters, for its page, too."""
    wanted = rows.checked_day(day, "day")
    installation, settings = await rooms.installation()
    plan = await rooms.planner.plan(installation, settings, wanted, 1)
    chosen, need = _pool(plan, pool)
    there = await on_duty(rooms, installation, wanted, 1, chosen)
    queues = [one for one in plan.queues if one.queue in chosen.queues]
    said, naive, actual = (_sum([getattr(one, name) for one in queues]) for name in ("forecast", "baseline", "actual"))
    weeks = queues[0].baseline_weeks
    patience_s = sum((one.handling for one in queues), Handling(0, 0.0, 0.0, 0.0)).patience_s

    def line(slot: int) -> dict[str, Any]:
        place, people = (0, slot), float(there[0, slot])
        known = not np.isnan(need.load[place])
        served = staffing.expected(chosen, place, people) if known else None
        lost = staffing.abandoning(chosen, place, people, patience_s) if known and patience_s else None
        return {
            "at": slot_clock(slot),
            "forecast": _number(said[place]),
            "baseline": _number(naive[place]),
            "baseline_weeks": _number(weeks[place]),
            "actual": _number(actual[place]),
            "load": _number(need.load[place], 2),
            "agents": _whole(need.agents[place]),
            "needed": _whole(need.rostered[place]),
            "rostered": round(people, 2),
            "level": staffing.level(need.load[place], need.rostered[place], people, settings.shrinkage),
            # No answer: with so few people the queue only grows.
            "service_level": _number(served, 4),
            "abandoned": _number(lost, 4),
        }

    lines = await asyncio.to_thread(lambda: [line(slot) for slot in range(SLOTS)])
    return {
        "day": wanted,
        "past": bool(plan.past),
        "pool": chosen.id,
        "name": pool_name(installation, chosen),
        "queues": [one.queue for one in queues],
        "target": {
            "share": chosen.target.share,
            "threshold_s": chosen.target.threshold_s,
            "occupancy": chosen.target.occupancy,
            "shrinkage": chosen.target.shrinkage,
        },
        "handling": [_handling(installation, one) for one in queues],
        "measured": await asyncio.to_thread(measured_row, queues, DAY_SLOTS),
        "patience_s": _number(patience_s, 1),
        "lines": lines,
        "gaps": coverage_rows(need, there, wanted, settings.shrinkage)["gaps"],
    }


async def forecast_of(rooms: Rooms, queue: str, first: str, days: int, minutes: int) -> dict[str, Any]:
    """Forecast, baseline and actual calls by day and interval of ``minutes``."""
    first_day = rows.checked_day(first, "from")
    if minutes not in INTERVALS:
        raise BadInput("{text} is not a choice here.", field="minutes", remedy="Use 15, 30 or 60.", text=minutes)
    installation, settings = await rooms.installation()
    plan = await rooms.planner.plan(installation, settings, first_day, days)
    one = _queue(plan, queue)
    slots = minutes // 15
    start = date.fromisoformat(first_day)
    calendar = one.history.calendar if one.history is not None else forecast.SpecialDays()
    return {
        "queue": queue,
        "name": called(installation.queues[queue]),
        "from": first_day,
        "days": days,
        "past": plan.past,
        "minutes": minutes,
        "kinds": [calendar.kind(start + timedelta(days=n)) for n in range(days)],
        "forecast": _lists(forecast.together(one.forecast, slots)),
        "baseline": _lists(forecast.together(one.baseline, slots)),
        "baseline_weeks": _lists(forecast.together(one.baseline_weeks, slots) / slots),
        "actual": _lists(forecast.together(one.actual, slots)),
        "expected": [one.expected.get((start + timedelta(days=n)).isoformat()) for n in range(days)],
        "history_days": 0 if one.history is None else int(one.history.known.any(axis=1).sum()),
        "measured": await asyncio.to_thread(measured_row, [one], slots),
        "handling": _handling(installation, one),
        "special": await asyncio.to_thread(_special, one, calendar, [start + timedelta(days=n) for n in range(days)]),
    }


async def witnesses_of(rooms: Rooms, queue: str, day: str, start: str, end: str) -> dict[str, Any]:
    """The days behind a forecast, heaviest first; ``start`` and ``end`` are wall clock."""
    wanted = rows.checked_day(day, "day")
    first, last = rows.minute(start, "from") // 15, -(-rows.minute(end, "to") // 15)
    installation, settings = await rooms.installation()
    one = _queue(await rooms.planner.plan(installation, settings, wanted, 1), queue)
    found = (
        forecast.witnesses(one.history, date.fromisoformat(wanted), first, max(first + 1, last))
        if one.history is not None
        else []
    )
    return {
        "queue": queue,
        "day": wanted,
        "from": slot_clock(first),
        "to": slot_clock(max(first + 1, last)),
        "items": [{"day": w.day.isoformat(), "calls": w.calls, "weight": round(w.weight, 4)} for w in found],
        "next": None,
    }


async def put_expected(rooms: Rooms, queue: str, day: str, calls: float | None, by: str) -> dict[str, Any]:
    """Writes down what the office expects; open pages hear of it."""
    local = rows.checked_day(day, "day")
    await rooms.web.in_session(lambda session: expected_calls.set_expected(session, queue, local, calls, by, utc_now()))
    rooms.changed()
    return {"queue": queue, "day": local, "calls": calls}
