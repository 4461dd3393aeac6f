"""Calendars over HTTP: hours of the week, holidays, make-up days. Rules are in ``core.installation.calendars``."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.installation import calendars, editing
from core.installation.calendars import CALENDARS
from core.installation.editing import By
from core.installation.service import load_installation
from core.web.context import Web
from core.web.routes.changes import Change, Id, Keeper, Key, Version, changed, page
from core.web.shapes import installation as shape

PATH = "/api/v1/calendars"
Hours = list[list[tuple[str, str]]]
Days = list[str]


class CalendarRequest(Change):
    """``weekly`` is a list for each day, Monday first; hours that end before they begin go on into the next morning. A
    make-up day uses Monday's hours."""

    weekly: Hours = Field([], max_length=7)
    holidays: Days = Field([], max_length=2000)
    workdays: Days = Field([], max_length=2000)
    timezone: str = Field("Asia/Shanghai", max_length=40)


class NewCalendar(CalendarRequest):
    """Left out, its zone is that of the installation."""

    id: str = Field(max_length=40)
    weekly: Hours = Field(max_length=7)
    version: None = None


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.Calendars, tags=["installation"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every calendar with what keeps to it."""
        return page(await web.in_session(calendars.listed))

    @web.app.get(f"{PATH}/{{calendar}}", response_model=shape.Calendar, tags=["installation"])
    async def read(calendar: Id, _keeper: Keeper) -> dict[str, Any]:
        return await web.in_session(lambda session: _one(session, calendar))

    @web.app.post(PATH, response_model=shape.CalendarSaved, status_code=201, tags=["installation"])
    async def create(wanted: NewCalendar, keeper: Keeper, key: Key = "") -> dict[str, Any]:
        def work(session: Session, by: By) -> dict[str, Any]:
            editing.create(session, CALENDARS, {"timezone": web.settings.timezone, **wanted.given()}, by)
            return _one(session, wanted.id)

        found, telephony = await changed(web, keeper, work, key)
        return {**found, "telephony": telephony}

    @web.app.put(f"{PATH}/{{calendar}}", response_model=shape.CalendarSaved, tags=["installation"])
    async def change(calendar: Id, wanted: CalendarRequest, keeper: Keeper) -> dict[str, Any]:
        """Counts at once; orders that have begun keep to the calendar as it was. What is left out stays."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.change(session, CALENDARS, calendar, wanted.given(), by, wanted.version)
            return _one(session, calendar)

        found, telephony = await changed(web, keeper, work)
        return {**found, "telephony": telephony}

    @web.app.delete(f"{PATH}/{{calendar}}", response_model=shape.Retired, tags=["installation"])
    async def retire(calendar: Id, keeper: Keeper, version: Version = None) -> dict[str, Any]:
        """Refused while a queue, a flow, a dialling right or a category of orders keeps to it."""
        _, telephony = await changed(
            web, keeper, lambda session, by: editing.retire(session, CALENDARS, calendar, by, version)
        )
        return {"id": calendar, "telephony": telephony}


def _one(session: Session, calendar: str) -> dict[str, Any]:
    return editing.item(session, CALENDARS, load_installation(session), calendar)
