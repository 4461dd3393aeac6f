"""Supervisors and the calls of the floor: listen, whisper, barge, take over, steer. Rights and audit, no rules.

Every request that touches a call carries a reason and leaves an audit line before anything is heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends
from pydantic import Field
from sqlalchemy.orm import Session

from core.api.auth import signed_in
from core.api.listening import Tickets, add_socket
from core.api.telephony import Body, live_row
from core.clock import utc_now
from core.errors import BadInput, NotAllowed
from core.people import audit
from core.people.users import Role, User

if TYPE_CHECKING:
    from core.api.app import Web

LISTENERS = (Role.SUPERVISOR, Role.ADMIN, Role.QA, Role.DIRECTOR)
STEERERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
Listener = Annotated[User, Depends(signed_in(*LISTENERS))]
Steerer = Annotated[User, Depends(signed_in(*STEERERS))]


class SupervisionWanted(Body):
    """``extension`` rings that phone, ``browser`` answers with a socket; neither means the user's own phone."""

    mode: Literal["listen", "whisper", "barge", "take_over", "stop"]
    extension: str = Field("", max_length=20)
    browser: bool = False
    reason: str = Field("", max_length=200)


class Steering(Body):
    """``extension`` for assign, ``queue`` for move, ``priority`` for prioritise (higher is served first)."""

    do: Literal["assign", "move", "prioritise", "end"]
    extension: str = Field("", max_length=20)
    queue: str = Field("", max_length=40)
    priority: int = Field(0, ge=-100, le=100)
    reason: str = Field("", max_length=200)


def add_routes(web: Web) -> None:
    tickets = Tickets()
    add_socket(web, tickets)

    @web.app.post("/api/v1/calls/{call_id}/supervision", tags=["supervision"])
    async def supervise(call_id: str, wanted: SupervisionWanted, user: Listener) -> dict[str, Any]:
        """Begins, changes or ends what the user does in the call; with ``browser`` the answer names the socket."""
        if wanted.mode == "stop":
            await web.telephony.request("supervise_stop", call_id=call_id, by=user.name)
            return {"mode": "stop"}
        if wanted.mode != "listen" and user.role not in STEERERS:
            raise NotAllowed("Your role may listen only.", field="mode", remedy="Ask a supervisor.")
        if not wanted.reason:
            raise BadInput("The reason is missing.", field="reason", remedy="Say why you enter this call.")
        row = await live_row(web, call_id)
        detail = {"mode": wanted.mode, "reason": wanted.reason, "agent": row.get("agent")}
        await noted(web, user, "supervision", call_id, {**detail, "browser": wanted.browser})
        mine = any(one["by"] == user.name for one in row.get("supervision", ()))
        if wanted.browser and not mine:
            ticket = tickets.issue(user, call_id, wanted.mode, wanted.reason)
            return {"mode": wanted.mode, "socket": f"/ws/listen/{ticket}"}
        extension = wanted.extension or user.extension or ""
        if not extension and not mine:
            raise BadInput(
                "Which phone to ring is missing.",
                field="extension",
                remedy="Give an extension, or listen in the browser.",
            )
        await web.telephony.request(
            "supervise", call_id=call_id, by=user.name, mode=wanted.mode, reason=wanted.reason, extension=extension
        )
        return {"mode": wanted.mode}

    @web.app.post("/api/v1/calls/{call_id}/steering", tags=["supervision"])
    async def steer(call_id: str, wanted: Steering, user: Steerer) -> dict[str, Any]:
        """A waiting call to an agent, to another queue, before or behind others; or the end of a call."""
        if wanted.do == "end" and not wanted.reason:
            raise BadInput("The reason is missing.", field="reason", remedy="Say why you end this call.")
        needed = {"assign": "extension", "move": "queue"}.get(wanted.do)
        if needed and not getattr(wanted, needed):
            raise BadInput("{field} is missing.", field=needed, remedy="Choose one.")
        await noted(web, user, f"call_{wanted.do}", call_id, wanted.model_dump(exclude={"do"}))
        arguments: dict[str, Any] = {**wanted.model_dump(include={"extension", "queue", "priority"}), "by": user.name}
        await web.telephony.request(wanted.do, call_id=call_id, **arguments)
        return {"done": wanted.do}


async def noted(web: Web, user: User, action: str, subject: str, detail: dict[str, Any]) -> None:
    """The audit line; without the database nothing is done, so that nobody listens unseen."""

    def work(session: Session) -> None:
        audit.record(session, user.name, action, subject, detail, utc_now())

    await web.in_session(work)
