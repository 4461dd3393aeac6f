"""Leave over HTTP: of whole days or of a part of one, asked for, entered, decided, ended."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import NotAllowed
from core.rights import Right
from core.rosters import leave as roster_leave
from core.rosters.leave import LeaveRequest
from core.rosters.records import Leave
from core.rosters.rules import stands_beside
from core.web.routes import roster_rows as rows
from core.web.routes.roster_office import Agent, Editor, Reader, RosterOffice, limited_to, own_extension
from core.web.routes.roster_rows import DAY
from core.web.routes.telephony import Body
from core.web.shapes import rosters as shape


class OwnLeave(Body):
    """Whole days without ``start`` and ``end``; else from ``start`` on the first day to ``end`` on the last one."""

    first_day: str = Field(pattern=DAY)
    last_day: str = Field(pattern=DAY)
    start: str = Field("", max_length=5)
    end: str = Field("", max_length=5)
    reason: str = Field(min_length=1, max_length=40)
    note: str = Field("", max_length=200)


class LeaveBody(OwnLeave):
    extension: str = Field(min_length=1, max_length=20)
    take_shifts_away: bool = False


class LeaveDecision(Body):
    approve: bool
    words: str = Field("", max_length=200)
    take_shifts_away: bool = False


def leave_request(said: OwnLeave, extension: str, *, take_shifts_away: bool = False) -> LeaveRequest:
    days = rows.checked_day(said.first_day, "first_day"), rows.checked_day(said.last_day, "last_day")
    times = (rows.minute(said.start, "start"), rows.minute(said.end, "end")) if said.start or said.end else (0, 1440)
    return LeaveRequest(extension, *days, said.reason, said.note, take_shifts_away, *times)


def with_shifts(session: Session, leave: Leave, office: RosterOffice) -> dict[str, Any]:
    """The leave with the shifts it touches, and whether each may stand beside it."""
    met = roster_leave.met_by(session, leave, office.zone)
    return {
        **rows.leave_row(leave, office.zone),
        "shifts": [
            {**rows.shift_row(shift, office.zone), "stays": stands_beside(shift, leave, office.zone)} for shift in met
        ],
    }


def add_routes(office: RosterOffice) -> None:
    web, zone = office.web, office.zone

    async def ask(wanted: LeaveRequest, by: str, *, approve: bool) -> dict[str, Any]:
        def work(session: Session) -> dict[str, Any]:
            return with_shifts(
                session, roster_leave.ask_leave(session, wanted, by, utc_now(), zone, approve=approve), office
            )

        kept = await web.in_session(work)
        office.changed()
        return kept

    @web.app.post("/api/v1/rosters/leaves", response_model=shape.LeaveWithShifts, status_code=201, tags=["rosters"])
    async def enter(said: LeaveBody, user: Editor) -> dict[str, Any]:
        """Leave that counts at once; ``take_shifts_away`` clears its time of shifts that cannot stand beside it.
        ``shifts`` are those that stay, less the leave."""
        wanted = leave_request(said, said.extension, take_shifts_away=said.take_shifts_away)
        return await ask(wanted, user.name, approve=True)

    @web.app.post("/api/v1/rosters/leaves/own", response_model=shape.LeaveWithShifts, status_code=201, tags=["rosters"])
    async def ask_own(said: OwnLeave, user: Agent) -> dict[str, Any]:
        """An agent asks; a supervisor decides."""
        return await ask(leave_request(said, own_extension(user)), user.name, approve=False)

    @web.app.post("/api/v1/rosters/leaves/{leave_id}/decision", response_model=shape.LeaveWithShifts, tags=["rosters"])
    async def decide(leave_id: int, said: LeaveDecision, user: Editor) -> dict[str, Any]:
        def work(session: Session) -> dict[str, Any]:
            decided = roster_leave.decide_leave(
                session,
                leave_id,
                user.name,
                utc_now(),
                zone,
                approve=said.approve,
                words=said.words,
                take_shifts_away=said.take_shifts_away,
            )
            return with_shifts(session, decided, office)

        kept = await web.in_session(work)
        office.changed()
        return kept

    @web.app.delete("/api/v1/rosters/leaves/{leave_id}", response_model=shape.Leave, tags=["rosters"])
    async def end(leave_id: int, user: Reader) -> dict[str, Any]:
        """A supervisor takes any leave back, an agent what the own request still waits for."""
        own = limited_to(user)
        if own is None and not user.may(Right.ROSTER_EDITS):
            raise NotAllowed("Your role does not permit this.", remedy="Ask a shift supervisor.")
        ended = await web.in_session(
            lambda session: roster_leave.end_leave(session, leave_id, user.name, utc_now(), own=own)
        )
        office.changed()
        return rows.leave_row(ended, zone)
