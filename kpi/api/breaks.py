"""Breaks over HTTP: those of a roster that stands, spread over their windows in one step."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.api.telephony import Body
from core.clock import utc_now
from core.people import roster_templates, rosters
from core.people.roster_records import Shift, Template
from core.site import Site
from kpi import rows
from kpi.api.common import FORTNIGHT, Editor, Rooms
from kpi.plan import Plan
from kpi.planning.breaks import Floor, Hurt, hurt, spread
from kpi.planning.staffing import SLOT_S
from kpi.rows import DAY


class SpreadBody(Body):
    first_day: str = Field(alias="from", pattern=DAY)
    days: int = Field(FORTNIGHT, ge=1, le=35)


def add_routes(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    @web.app.post("/api/v1/rosters/breaks/spread", tags=["rosters"])
    async def spread_breaks(wanted: SpreadBody, user: Editor) -> dict[str, Any]:
        """Moves the breaks of shifts that have not begun, each within its window, to where they hurt coverage least."""
        first_day = rows.checked_day(wanted.first_day, "from")
        site, settings = await rooms.site()
        plan = await rooms.planner.plan(site, settings, first_day, wanted.days)
        before = rosters.later(first_day, -1)

        def read(session: Session) -> tuple[tuple[Shift, ...], dict[int, Template]]:
            found = rosters.roster(session, before, wanted.days + 1, zone).shifts
            return found, {one.id: one for one in roster_templates.templates(session)}

        shifts, templates = await web.in_session(read)
        floor = floor_of(site, plan, settings.least_present, rooms)
        moved, worth = await asyncio.to_thread(_spread, shifts, templates, floor, utc_now())
        count = await web.in_session(lambda session: rosters.move_breaks(session, moved, user.name, utc_now(), zone))
        if count:
            rooms.changed()
        hours = [round(one[1] * SLOT_S / 3600, 2) for one in worth]
        return {"moved": count, "short_before_h": hours[0], "short_after_h": hours[1]}


def floor_of(site: Site, plan: Plan, least: int, rooms: Rooms) -> Floor:
    serves = {
        agent.extension: frozenset(pool.id for pool in plan.pools if pool.queues & set(agent.queues))
        for agent in site.agents.values()
    }
    return Floor(
        plan.first_day, plan.days, rooms.zone, {need.pool: need.rostered for need in plan.needs}, serves, least
    )


def _spread(
    shifts: tuple[Shift, ...], templates: dict[int, Template], floor: Floor, now: float
) -> tuple[list[Shift], tuple[Hurt, Hurt]]:
    """The shifts whose breaks move, and what is hurt before and after."""
    ahead = [shift for shift in shifts if shift.starts_at > now and shift.day >= floor.first_day]
    others = [shift for shift in shifts if shift.starts_at <= now or shift.day < floor.first_day]
    after = spread(ahead, others, templates, floor)
    moved = [shift for shift, was in zip(after, ahead, strict=True) if set(shift.breaks) != set(was.breaks)]
    return moved, (hurt(shifts, floor), hurt([*after, *others], floor))
