"""The roster itself over HTTP: the grid, shifts, templates, the office's figures."""

from __future__ import annotations

from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.people.users import User
from core.rosters import service as rosters
from core.rosters import templates as roster_templates
from core.rosters.leave import requested_leave
from core.rosters.records import Rules, Shift
from core.rosters.service import RosterSettings
from core.rosters.swaps import swaps
from core.web.context import Web
from core.web.routes import roster_calendar, roster_leave, roster_swaps
from core.web.routes import roster_rows as rows
from core.web.routes.roster_leave import with_shifts
from core.web.routes.roster_office import FORTNIGHT, Days, Editor, FirstDay, Planning, Reader, RosterOffice, limited_to
from core.web.routes.roster_rows import SettingsRequest, ShiftRequest, TemplateRequest
from core.web.shapes import Page
from core.web.shapes import rosters as shape

SWAPS_SHOWN_S = 30 * 86_400.0


def add_routes(web: Web) -> None:
    office = RosterOffice(web, ZoneInfo(web.settings.timezone))
    _add_grid(office)
    _add_shifts(office)
    _add_templates(office)
    _add_settings(office)
    for part in (roster_leave, roster_swaps, roster_calendar):
        part.add_routes(office)


def _add_grid(office: RosterOffice) -> None:
    web = office.web

    @web.app.get("/api/v1/rosters", response_model=shape.Roster, tags=["rosters"])
    async def roster(user: Reader, first: FirstDay, days: Days = FORTNIGHT) -> dict[str, Any]:
        """Who works when. An agent sees the own roster, and the swaps and leave that concern it."""
        return await roster_of(office, user, first, days)


async def roster_of(office: RosterOffice, user: User, first: str, days: int) -> dict[str, Any]:
    """What the person may see of these days; the shape is the route's."""
    web, zone = office.web, office.zone
    first_day, own = rows.checked_day(first, "from"), limited_to(user)

    def work(session: Session) -> dict[str, Any]:
        installation, found = load_installation(session), rosters.roster(session, first_day, days, zone, own=own)
        people = [a for a in installation.agents.values() if own is None or a.extension == own]
        return {
            "from": first_day,
            "days": days,
            "version": found.version,
            "today": office.today().isoformat(),
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
            "leaves": [rows.leave_row(leave, zone) for leave in found.leaves if leave.state in ("asked", "approved")],
            "swaps": [
                {
                    **swap,
                    "name": _name(installation, swap["extension"]),
                    "other_name": _name(installation, swap["other_extension"]),
                }
                for swap in swaps(session, utc_now() - SWAPS_SHOWN_S, own=own)
            ],
            "asked_leave": [with_shifts(session, one, office) for one in requested_leave(session, own=own)],
            "templates": [rows.template_row(one) for one in roster_templates.templates(session)] if own is None else [],
            "settings": rows.settings_row(rosters.settings(session)),
            "holidays": _days(installation, "holidays"),
            "workdays": _days(installation, "workdays"),
        }

    return await web.in_session(work)


def _days(installation: Installation, kind: Literal["holidays", "workdays"]) -> list[str]:
    """Of all calendars of the site, in order."""
    return sorted({day for calendar in installation.calendars.values() for day in getattr(calendar, kind)})


def _name(installation: Installation, extension: str) -> str:
    agent = installation.agents.get(extension)
    return agent.name if agent else extension


def _add_shifts(office: RosterOffice) -> None:
    web, zone = office.web, office.zone

    def wanted_shift(session: Session, wanted: ShiftRequest) -> Shift:
        if wanted.template is None:
            return rows.free_shift(wanted, zone)
        return rows.of_template(roster_templates.template(session, wanted.template), wanted, zone)

    async def put(wanted: ShiftRequest, shift_id: int, by: str) -> dict[str, Any]:
        def work(session: Session) -> Shift:
            shift = rosters.numbered(wanted_shift(session, wanted), shift_id)
            return rosters.put_shift(session, shift, by, utc_now(), zone)

        kept = await web.in_session(work)
        office.changed()
        return rows.shift_row(kept, zone)

    @web.app.post("/api/v1/rosters/shifts", response_model=shape.Shift, status_code=201, tags=["rosters"])
    async def add(wanted: ShiftRequest, user: Editor) -> dict[str, Any]:
        """Refused with field and remedy when it breaks a rule: overlap, rest, leave, skill, week, days in a row."""
        return await put(wanted, 0, user.name)

    @web.app.put("/api/v1/rosters/shifts/{shift_id}", response_model=shape.Shift, tags=["rosters"])
    async def move(shift_id: int, wanted: ShiftRequest, user: Editor) -> dict[str, Any]:
        """To another agent, day or time. A swap that is open about it lapses."""
        return await put(wanted, shift_id, user.name)

    @web.app.delete("/api/v1/rosters/shifts/{shift_id}", response_model=shape.Shift, tags=["rosters"])
    async def remove(shift_id: int, user: Editor) -> dict[str, Any]:
        gone = await web.in_session(lambda session: rosters.remove_shift(session, shift_id, user.name, utc_now(), zone))
        office.changed()
        return rows.shift_row(gone, zone)


def _add_templates(office: RosterOffice) -> None:
    web = office.web
    path = "/api/v1/rosters/templates"

    @web.app.get(path, response_model=Page[shape.Template], tags=["rosters"])
    async def listed(_user: Planning) -> dict[str, Any]:
        found = await web.in_session(roster_templates.templates)
        return {"items": [rows.template_row(one) for one in found], "next": None}

    @web.app.post(path, response_model=shape.Template, status_code=201, tags=["rosters"])
    async def add(wanted: TemplateRequest, user: Editor) -> dict[str, Any]:
        return await save(wanted, 0, user.name)

    @web.app.post(f"{path}/examples", response_model=Page[shape.Template], tags=["rosters"])
    async def examples(user: Editor) -> dict[str, Any]:
        """The shipped templates, for a site that has none."""
        found = await web.in_session(lambda session: roster_templates.load_examples(session, user.name, utc_now()))
        office.changed()
        return {"items": [rows.template_row(one) for one in found], "next": None}

    @web.app.put(f"{path}/{{template_id}}", response_model=shape.Template, tags=["rosters"])
    async def change(template_id: int, wanted: TemplateRequest, user: Editor) -> dict[str, Any]:
        """Shifts that were made from it keep their times."""
        return await save(wanted, template_id, user.name)

    @web.app.delete(f"{path}/{{template_id}}", status_code=204, tags=["rosters"])
    async def remove(template_id: int, user: Editor) -> None:
        await web.in_session(
            lambda session: roster_templates.remove_template(session, template_id, user.name, utc_now())
        )
        office.changed()

    async def save(wanted: TemplateRequest, template_id: int, by: str) -> dict[str, Any]:
        template = rows.template_of(wanted, template_id)
        kept = await web.in_session(lambda session: roster_templates.save_template(session, template, by, utc_now()))
        office.changed()
        return rows.template_row(kept)


def _add_settings(office: RosterOffice) -> None:
    web = office.web

    @web.app.get("/api/v1/rosters/settings", response_model=shape.RosterSettings, tags=["rosters"])
    async def read(_user: Planning) -> dict[str, Any]:
        return rows.settings_row(await web.in_session(rosters.settings))

    @web.app.put("/api/v1/rosters/settings", response_model=shape.RosterSettings, tags=["rosters"])
    async def change(wanted: SettingsRequest, user: Editor) -> dict[str, Any]:
        rules = Rules(wanted.least_rest_h * 3600, wanted.most_week_h * 3600, wanted.most_days_in_row)
        settings = RosterSettings(
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
        office.changed()
        return rows.settings_row(kept)
