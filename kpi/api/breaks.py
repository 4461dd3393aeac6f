"""Breaks over HTTP: those of a roster that stands, spread over their windows in one step."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.installation.definition import Installation
from core.rosters import service as rosters
from core.rosters import templates as roster_templates
from core.rosters.records import Shift, Template
from core.web.routes import roster_rows as rows
from core.web.routes.roster_office import FORTNIGHT, Editor
from core.web.routes.roster_rows import DAY
from core.web.routes.telephony import Body
from kpi.api.common import Rooms
from kpi.api.shapes import planning as shape
from kpi.plan import StaffingPlan
from kpi.planning.breaks import BreakCover, Hurt, hurt, spread
from kpi.planning.staffing import SLOT_S


class SpreadBody(Body):
    first_day: str = Field(alias="from", pattern=DAY)
    days: int = Field(FORTNIGHT, ge=1, le=35)


def add_routes(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    @web.app.post("/api/v1/rosters/breaks/spread", response_model=shape.Spread, tags=["rosters"])
    async def spread_breaks(wanted: SpreadBody, user: Editor) -> dict[str, Any]:
        """Moves the breaks of shifts that have not begun, each within its window, to where they hurt coverage least."""
        first_day = rows.checked_day(wanted.first_day, "from")
        installation, settings = await rooms.installation()
        plan = await rooms.planner.plan(installation, settings, first_day, wanted.days)
        before = rosters.later(first_day, -1)

        def read(session: Session) -> tuple[tuple[Shift, ...], dict[int, Template]]:
            found = rosters.roster(session, before, wanted.days + 1, zone).shifts
            return found, {one.id: one for one in roster_templates.templates(session)}

        shifts, templates = await web.in_session(read)
        floor = floor_of(installation, plan, settings.least_present, rooms)
        moved, worth = await asyncio.to_thread(_spread, shifts, templates, floor, utc_now())
        count = await web.in_session(lambda session: rosters.move_breaks(session, moved, user.name, utc_now(), zone))
        if count:
            rooms.changed()
        hours = [round(one[1] * SLOT_S / 3600, 2) for one in worth]
        return {"moved": count, "short_before_h": hours[0], "short_after_h": hours[1]}


def floor_of(installation: Installation, plan: StaffingPlan, least: int, rooms: Rooms) -> BreakCover:
    serves = {
        agent.extension: frozenset(pool.id for pool in plan.pools if pool.queues & set(agent.queues))
        for agent in installation.agents.values()
    }
    return BreakCover(
        plan.first_day, plan.days, rooms.zone, {need.pool: need.rostered for need in plan.needs}, serves, least
    )


def _spread(
    shifts: tuple[Shift, ...], templates: dict[int, Template], floor: BreakCover, now: float
) -> tuple[list[Shift], tuple[Hurt, Hurt]]:
    """The shifts whose breaks move, and what is hurt before and after."""
    ahead = [shift for shift in shifts if shift.starts_at > now and shift.day >= floor.first_day]
    others = [shift for shift in shifts if shift.starts_at <= now or shift.day < floor.first_day]
    after = spread(ahead, others, templates, floor)
    moved = [shift for shift, was in zip(after, ahead, strict=True) if set(shift.breaks) != set(was.breaks)]
    return moved, (hurt(shifts, floor), hurt([*after, *others], floor))
