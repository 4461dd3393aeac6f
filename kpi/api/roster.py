"""The roster itself over HTTP: the grid, shifts, templates, the office's figures."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.people import roster_leave, roster_swaps, roster_templates, rosters
from core.people.roster_records import Rules, Shift
from core.people.rosters import Settings
from core.people.site_service import load_site
from core.site import Site
from kpi import reading, rows
from kpi.api.common import (
    FORTNIGHT,
    Days,
    Editor,
    FirstDay,
    Planning,
    Reader,
    Rooms,
    limited_to,
)
from kpi.api.leave import with_shifts
from kpi.rows import SettingsWanted, ShiftWanted, TemplateWanted

SWAPS_SHOWN_S = 30 * 86_400.0


def add_routes(rooms: Rooms) -> None:
    _add_grid(rooms)
    _add_shifts(rooms)
    _add_templates(rooms)
    _add_settings(rooms)


def _add_grid(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    @web.app.get("/api/v1/rosters", tags=["rosters"])
    async def roster(user: Reader, first: FirstDay, days: Days = FORTNIGHT) -> dict[str, Any]:
        """Who works when. An agent sees the own roster, and the swaps and leave that concern it."""
        first_day, own = rows.checked_day(first, "from"), limited_to(user)

        def work(session: Session) -> dict[str, Any]:
            site, found = load_site(session), rosters.roster(session, first_day, days, zone, own=own)
            people = [a for a in site.agents.values() if own is None or a.extension == own]
            return {
                "from": first_day,
                "days": days,
                "version": found.version,
                "today": rooms.today().isoformat(),
                "agents": [
                    {
                        "extension": agent.extension,
                        "name": agent.name,
                        "group": agent.group,
                        "skills": list(agent.skills),
                        "queues": list(agent.queues),
                    }
                    for agent in people
                ],
                "shifts": [rows.shift_row(shift, zone) for shift in found.shifts],
                "leaves": [
                    rows.leave_row(leave, zone) for leave in found.leaves if leave.state in ("asked", "approved")
                ],
                "swaps": [
                    {**swap, "name": _name(site, swap["extension"]), "other_name": _name(site, swap["other_extension"])}
                    for swap in roster_swaps.swaps(session, utc_now() - SWAPS_SHOWN_S, own=own)
                ],
                "asked_leave": [with_shifts(session, one, rooms) for one in roster_leave.asked_leave(session, own=own)],
                "templates": [rows.template_row(one) for one in roster_templates.templates(session)]
                if own is None
                else [],
                "settings": rows.settings_row(rosters.settings(session)),
                "holidays": sorted(reading.calendar_of(site).holidays),
                "workdays": sorted(reading.calendar_of(site).workdays),
            }

        return await web.in_session(work)


def _name(site: Site, extension: str) -> str:
    agent = site.agents.get(extension)
    return agent.name if agent else extension


def _add_shifts(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    def wanted_shift(session: Session, wanted: ShiftWanted) -> Shift:
        if wanted.template is None:
            return rows.free_shift(wanted, zone)
        return rows.of_template(roster_templates.template(session, wanted.template), wanted, zone)

    async def put(wanted: ShiftWanted, shift_id: int, by: str) -> dict[str, Any]:
        def work(session: Session) -> Shift:
            shift = rosters.numbered(wanted_shift(session, wanted), shift_id)
            return rosters.put_shift(session, shift, by, utc_now(), zone)

        kept = await web.in_session(work)
        rooms.changed()
        return rows.shift_row(kept, zone)

    @web.app.post("/api/v1/rosters/shifts", status_code=201, tags=["rosters"])
    async def add(wanted: ShiftWanted, user: Editor) -> dict[str, Any]:
        """Refused with field and remedy when it breaks a rule: overlap, rest, leave, skill, week, days in a row."""
        return await put(wanted, 0, user.name)

    @web.app.put("/api/v1/rosters/shifts/{shift_id}", tags=["rosters"])
    async def move(shift_id: int, wanted: ShiftWanted, user: Editor) -> dict[str, Any]:
        """To another agent, day or time. A swap that is open about it lapses."""
        return await put(wanted, shift_id, user.name)

    @web.app.delete("/api/v1/rosters/shifts/{shift_id}", tags=["rosters"])
    async def remove(shift_id: int, user: Editor) -> dict[str, Any]:
        gone = await web.in_session(lambda session: rosters.remove_shift(session, shift_id, user.name, utc_now(), zone))
        rooms.changed()
        return rows.shift_row(gone, zone)


def _add_templates(rooms: Rooms) -> None:
    web = rooms.web
    path = "/api/v1/rosters/templates"

    @web.app.get(path, tags=["rosters"])
    async def listed(_user: Planning) -> dict[str, Any]:
        return {"templates": [rows.template_row(one) for one in await web.in_session(roster_templates.templates)]}

    @web.app.post(path, status_code=201, tags=["rosters"])
    async def add(wanted: TemplateWanted, user: Editor) -> dict[str, Any]:
        return await save(wanted, 0, user.name)

    @web.app.post(f"{path}/examples", tags=["rosters"])
    async def examples(user: Editor) -> dict[str, Any]:
        """The shipped templates, for a site that has none."""
        found = await web.in_session(lambda session: roster_templates.load_examples(session, user.name, utc_now()))
        rooms.changed()
        return {"templates": [rows.template_row(one) for one in found]}

    @web.app.put(f"{path}/{{template_id}}", tags=["rosters"])
    async def change(template_id: int, wanted: TemplateWanted, user: Editor) -> dict[str, Any]:
        """Shifts that were made from it keep their times."""
        return await save(wanted, template_id, user.name)

    @web.app.delete(f"{path}/{{template_id}}", status_code=204, tags=["rosters"])
    async def remove(template_id: int, user: Editor) -> None:
        await web.in_session(
            lambda session: roster_templates.remove_template(session, template_id, user.name, utc_now())
        )
        rooms.changed()

    async def save(wanted: TemplateWanted, template_id: int, by: str) -> dict[str, Any]:
        template = rows.template_of(wanted, template_id)
        kept = await web.in_session(lambda session: roster_templates.save_template(session, template, by, utc_now()))
        rooms.changed()
        return rows.template_row(kept)


def _add_settings(rooms: Rooms) -> None:
    web = rooms.web

    @web.app.get("/api/v1/rosters/settings", tags=["rosters"])
    async def read(_user: Planning) -> dict[str, Any]:
        return rows.settings_row(await web.in_session(rosters.settings))

    @web.app.put("/api/v1/rosters/settings", tags=["rosters"])
    async def change(wanted: SettingsWanted, user: Editor) -> dict[str, Any]:
        rules = Rules(wanted.least_rest_h * 3600, wanted.most_week_h * 3600, wanted.most_days_in_row)
        settings = Settings(
            0,
            rules,
            wanted.due_week_h * 3600,
            wanted.service_target,
            wanted.most_occupancy,
            wanted.shrinkage,
            wanted.least_present,
        )
        kept = await web.in_session(
            lambda session: roster_templates.save_settings(session, settings, user.name, utc_now())
        )
        rooms.changed()
        return rows.settings_row(kept)
