"""Rosters as iCalendar files, and links that a calendar subscribes to: their token reads one roster and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import NotAllowed, NotFound
from core.rights import Right
from core.rosters import links as roster_links
from core.rosters import service as rosters
from core.rosters.calendar_file import calendar
from core.web.routes.roster_office import Reader, RosterOffice, may_see
from core.web.shapes import rosters as shape

# Known to the guard as a path that checks its own token: calendars send no cookie.
FEED = "/api/v1/roster.ics"
DAYS_BACK, DAYS_AHEAD = 28, 92


class CalendarFile(Response):
    """RFC 5545."""

    media_type = "text/calendar"


def add_routes(office: RosterOffice) -> None:
    web, zone = office.web, office.zone

    def written(session: Session, extension: str) -> str:
        agent, now = rosters.agent_row(session, extension), utc_now()
        first = (office.today() - timedelta(days=DAYS_BACK)).isoformat()
        found = rosters.roster(session, first, DAYS_BACK + DAYS_AHEAD, zone, own=extension)
        return calendar(f"{extension} {agent.name}", found.shifts, found.leaves, zone, now)

    def answer(text: str, extension: str) -> Response:
        headers = {"Content-Disposition": f'inline; filename="roster-{extension}.ics"'}
        return CalendarFile(text, headers=headers)

    @web.app.get("/api/v1/rosters/{extension}.ics", response_class=CalendarFile, tags=["rosters"])
    async def own_file(extension: str, user: Reader) -> Response:
        """Shifts and approved leave of four weeks back and three months ahead; an agent's own, a supervisor's any."""
        may_see(user, extension)
        return answer(await web.in_session(lambda session: written(session, extension)), extension)

    @web.app.get(FEED, response_class=CalendarFile, tags=["rosters"])
    async def feed(token: Annotated[str, Query(max_length=100)]) -> Response:
        """The same for a calendar that subscribes; without signing in, by the link's token alone."""

        def work(session: Session) -> tuple[str, str]:
            extension = roster_links.extension_of_link(session, token)
            if extension is None:
                raise NotFound("This calendar link is not valid any more.", remedy="Make a new one on the roster page.")
            return written(session, extension), extension

        return answer(*await web.in_session(work))

    @web.app.post(
        "/api/v1/rosters/{extension}/link", response_model=shape.CalendarLink, status_code=201, tags=["rosters"]
    )
    async def make(extension: str, user: Reader) -> dict[str, Any]:
        """A new link; earlier ones of this roster end. It is shown this once, only its hash is kept."""
        may_change(user, extension)
        token = await web.in_session(lambda session: roster_links.make_link(session, extension, user.name, utc_now()))
        return {"path": f"{FEED}?token={token}"}

    @web.app.delete("/api/v1/rosters/{extension}/link", status_code=204, tags=["rosters"])
    async def end(extension: str, user: Reader) -> None:
        may_change(user, extension)
        await web.in_session(lambda session: roster_links.end_links(session, extension, user.name, utc_now()))

    def may_change(user: Reader, extension: str) -> None:
        may_see(user, extension)
        if user.extension != extension and not user.may(Right.ROSTER_EDITS):
            raise NotAllowed("Your role does not permit this.", remedy="Ask a shift supervisor.")
