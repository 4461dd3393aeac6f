"""What the views show, asked of planning; rights are the pages'. Nothing here draws."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.i18n import called
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.rosters import drafts, swaps
from core.rosters import service as rosters
from core.rosters.records import epoch
from core.web.routes import roster_rows
from core.web.routes import rosters as routes
from core.web.routes.roster_office import own_extension
from core.web.routes.roster_rows import shift_row
from dashboards.pages.rosters.selection import Selection
from dashboards.session import user, web
from kpi.api import adherence, plan, proposals
from kpi.api.common import ROOMS, Rooms
from kpi.planning import staffing
from kpi.proposals import PROPOSALS


def rooms() -> Rooms:
    return web().parts[ROOMS]


@dataclass(frozen=True, slots=True)
class Around:
    """What every view knows of the site: queues by id, special days of all its calendars."""

    installation: Installation
    queues: Mapping[str, str]
    holidays: Collection[str]
    workdays: Collection[str]


async def around() -> Around:
    installation = await web().in_session(load_installation)
    calendars = installation.calendars.values()
    return Around(
        installation,
        {queue.id: called(queue) for queue in installation.queues.values()},
        {day for one in calendars for day in one.holidays},
        {day for one in calendars for day in one.workdays},
    )


async def coverage(asked: Selection) -> dict[str, Any]:
    return await plan.coverage_of(rooms(), asked.first.isoformat(), len(asked.days), asked.pool)


async def day(asked: Selection) -> dict[str, Any]:
    assert asked.day is not None
    return await plan.day_of(rooms(), asked.day.isoformat(), asked.pool)


async def forecast(asked: Selection, queue: str) -> dict[str, Any]:
    return await plan.forecast_of(rooms(), queue, asked.first.isoformat(), len(asked.days), asked.minutes())


async def witnesses(queues: list[str], of: str, start: str, end: str) -> list[dict[str, Any]]:
    return [await plan.witnesses_of(rooms(), queue, of, start, end) for queue in queues]


async def adherence_now() -> dict[str, Any]:
    return await adherence.now_of(rooms(), user())


async def adherence_past(asked: Selection) -> dict[str, Any]:
    return await adherence.past_of(rooms(), user(), asked.first.isoformat(), len(asked.days))


async def adherence_shift(number: int) -> dict[str, Any]:
    return await adherence.shift_of(rooms(), user(), number)


async def on_duty(of: str, clock: str, pool: str) -> list[dict[str, Any]]:
    """Shifts that run at that wall clock, of those who serve the pool, with the agent's name and why one is away."""
    zone, start = rooms().zone, roster_rows.checked_day(of, "day")
    at = epoch(start, roster_rows.minute(clock, "from"), zone)

    def work(session: Session) -> list[dict[str, Any]]:
        installation = load_installation(session)
        before = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
        found = []
        for shift in rosters.roster(session, before, 2, zone).shifts:
            agent = installation.agents.get(shift.extension)
            serves = agent is not None and (pool == staffing.ALL or pool in agent.queues)
            if serves and shift.starts_at <= at < shift.ends_at:
                away = "leave" if _within(shift.away, at) else "break" if _within(shift.breaks, at) else ""
                found.append({**shift_row(shift, zone), "agent": agent.name if agent else "", "why": away})
        return found

    return await web().in_session(work)


def _within(spans: Collection[tuple[float, float]], at: float) -> bool:
    return any(start <= at < end for start, end in spans)


async def roster(first: date, days: int) -> dict[str, Any]:
    """What the person may see of these days."""
    return await routes.roster_of(rooms(), user(), first.isoformat(), days)


async def roster_of_today() -> dict[str, Any]:
    return await roster(rooms().today(), 1)


async def swap_candidates(shift: int) -> list[dict[str, Any]]:
    me = own_extension(user())
    zone = rooms().zone
    return await web().in_session(lambda session: swaps.candidates(session, shift, me, utc_now(), zone))


async def newest_proposal() -> dict[str, Any] | None:
    draft = await web().in_session(drafts.newest_draft)
    return None if draft is None else proposals.shown(rooms(), web().parts[PROPOSALS], draft)
