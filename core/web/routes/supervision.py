"""Supervisors and the calls of the floor: listen, whisper, barge, take over, steer. Rights and audit, no rules.

Every request that touches a call carries a reason and leaves an audit line before anything is heard. What takes
something from somebody is also told to that person's desk, with the reason.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import BadInput, Conflict, NotAllowed
from core.people import audit
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.routes import desk_words
from core.web.routes.listening import Tickets, add_socket
from core.web.routes.telephony import Body, live_row
from core.web.shapes import floor as shape

Listener = Annotated[User, Depends(holding(Right.LISTEN))]
Steerer = Annotated[User, Depends(holding(Right.STEER))]
# What takes something from somebody, and what to say when no reason is given.
REASONS = {
    "end": "Say why you end this call.",
    "transfer": "Say why you move this call.",
}
TARGETS = {"assign": "extension", "move": "queue", "transfer": "target"}


class SupervisionRequest(Body):
    """``browser`` answers with a socket; without it the user's own phone rings, and ``extension`` can name no other.

    ``tab`` names the browser window, which has a supervision of its own; ``instead_of`` is the ``id`` of a supervision
    that ends with this one's beginning: another window's, or another person's.
    """

    mode: Literal["listen", "whisper", "barge", "take_over", "stop"]
    extension: str = Field("", max_length=20)
    browser: bool = False
    reason: str = Field("", max_length=200)
    tab: str = Field("", max_length=64)
    instead_of: str = Field("", max_length=64)


class Steering(Body):
    """``extension`` for assign, ``queue`` for move, ``priority`` for prioritise (higher is served first).

    ``target`` for transfer: an extension, a number or queue:ID that the talking call goes to.
    """

    do: Literal["assign", "move", "prioritise", "transfer", "end"]
    extension: str = Field("", max_length=20)
    queue: str = Field("", max_length=40)
    priority: int = Field(0, ge=-100, le=100)
    target: str = Field("", max_length=80)
    reason: str = Field("", max_length=200)


class StateForced(Body):
    """``break_reason`` is one of the site's when ``state`` is break."""

    state: Literal["ready", "break", "offline"]
    break_reason: str = Field("", max_length=64)
    reason: str = Field("", max_length=200)


def add_routes(web: Web) -> None:
    tickets = Tickets()
    add_socket(web, tickets)
    _add_supervision(web, tickets)
    _add_steering(web)
    _add_states(web)


def _add_supervision(web: Web, tickets: Tickets) -> None:
    @web.app.post("/api/v1/calls/{call_id}/supervision", response_model=shape.Supervision, tags=["supervision"])
    async def supervise(call_id: str, wanted: SupervisionRequest, user: Listener) -> dict[str, Any]:
        """Begins, changes or ends what this window does in the call; with ``browser`` the answer names the socket."""
        if wanted.mode == "stop":
            await web.telephony.request("supervise_stop", call_id=call_id, by=user.name, tab=wanted.tab)
            return {"mode": "stop"}
        if wanted.mode != "listen" and not user.may(Right.STEER):
            raise NotAllowed("Your role may listen only.", field="mode", remedy="Ask a supervisor.")
        if not wanted.reason:
            raise BadInput("The reason is missing.", field="reason", remedy="Say why you enter this call.")
        row = await live_row(web, call_id)
        other = _other(row, wanted, user)
        detail = {"mode": wanted.mode, "reason": wanted.reason, "agent": row.get("agent"), "browser": wanted.browser}
        await noted(web, user, "supervision", call_id, {**detail, **({"instead_of": other} if other else {})})
        answer = await _enter(web, tickets, call_id, row, wanted, user)
        if wanted.mode == "take_over":
            await desk_words.taken_over(web, row, wanted.reason, user)
        return answer


async def _enter(
    web: Web, tickets: Tickets, call_id: str, row: dict[str, Any], wanted: SupervisionRequest, user: User
) -> dict[str, Any]:
    mine = any(_is_mine(one, wanted, user) for one in row.get("supervision", ()))
    if wanted.browser and not mine:
        ticket = tickets.issue(user, call_id, wanted.mode, wanted.reason, tab=wanted.tab, instead_of=wanted.instead_of)
        return {"mode": wanted.mode, "socket": f"/ws/listen/{ticket}"}
    if wanted.extension and wanted.extension != user.extension:
        raise NotAllowed(
            "Extension {extension} is not yours.",
            field="extension",
            remedy="Listen at your own phone, or in the browser.",
            extension=wanted.extension,
        )
    extension = user.extension or ""
    if not extension and not mine:
        raise BadInput(
            "You have no phone that could ring.",
            field="extension",
            remedy="Listen in the browser.",
        )
    await web.telephony.request(
        "supervise",
        call_id=call_id,
        by=user.name,
        mode=wanted.mode,
        reason=wanted.reason,
        extension=extension,
        tab=wanted.tab,
        instead_of=wanted.instead_of,
    )
    return {"mode": wanted.mode}


def _is_mine(one: dict[str, Any], wanted: SupervisionRequest, user: User) -> bool:
    return bool(one["by"] == user.name and wanted.tab in ("", one.get("tab")))


def _other(row: dict[str, Any], wanted: SupervisionRequest, user: User) -> str:
    """Whose supervision this one takes the place of; another person's only by those who steer."""
    if not wanted.instead_of:
        return ""
    found = (one["by"] for one in row.get("supervision", ()) if one.get("id") == wanted.instead_of)
    other = str(next(found, ""))
    if other != user.name and not user.may(Right.STEER):
        raise NotAllowed("Your role may listen only.", field="instead_of", remedy="Ask a supervisor.")
    return other


def _add_steering(web: Web) -> None:
    @web.app.post("/api/v1/calls/{call_id}/steering", response_model=shape.Steered, tags=["supervision"])
    async def steer(call_id: str, wanted: Steering, user: Steerer) -> dict[str, Any]:
        """A waiting call to an agent, to a queue, before or behind others; a talking one elsewhere; or its end."""
        if wanted.do in REASONS and not wanted.reason:
            raise BadInput("The reason is missing.", field="reason", remedy=REASONS[wanted.do])
        needed = TARGETS.get(wanted.do)
        if needed and not getattr(wanted, needed):
            raise BadInput("{field} is missing.", field=needed, remedy="Choose one.")
        row = await live_row(web, call_id) if wanted.do in REASONS else {}
        if wanted.do == "transfer" and not row.get("agent"):
            raise Conflict("Nobody talks in this call yet.", field="do", remedy="Wait until an agent has answered.")
        given = wanted.model_dump(exclude={"do"}, exclude_defaults=True)
        await noted(web, user, f"call_{wanted.do}", call_id, {**given, **({"agent": row["agent"]} if row else {})})
        if wanted.do == "transfer":
            await web.telephony.request(
                "action", call_id=call_id, by=row["agent"], action="transfer", target=wanted.target
            )
        else:
            arguments: dict[str, dict[str, Any]] = {
                "assign": {"extension": wanted.extension},
                "move": {"queue": wanted.queue},
                "prioritise": {"priority": wanted.priority, "by": user.name},
                "end": {},
            }
            await web.telephony.request(wanted.do, call_id=call_id, **arguments[wanted.do])
        if wanted.do in REASONS:
            await desk_words.call_steered(web, row, wanted.do, wanted.target, wanted.reason, user)
        return {"done": wanted.do}


def _add_states(web: Web) -> None:
    @web.app.post("/api/v1/agents/{extension}/forced-state", response_model=shape.AgentNow, tags=["supervision"])
    async def force(extension: str, wanted: StateForced, user: Steerer) -> dict[str, Any]:
        """Sets an agent to ready, on a break of the given kind or offline, and tells the agent so; the live row."""
        if not wanted.reason:
            raise BadInput("The reason is missing.", field="reason", remedy="Say why you change this agent's state.")
        detail = wanted.model_dump(exclude_defaults=True)
        await noted(web, user, "agent_state_forced", extension, detail)
        row = await web.telephony.request(
            "agent_state", extension=extension, state=wanted.state, reason=wanted.break_reason
        )
        await desk_words.state_forced(web, extension, wanted.state, wanted.break_reason, wanted.reason, user)
        return row


async def noted(web: Web, user: User, action: str, subject: str, detail: dict[str, Any]) -> None:
    """The audit line; without the database nothing is done, so that nobody listens unseen."""

    def work(session: Session) -> None:
        audit.record(session, user.name, action, subject, detail, utc_now())

    await web.in_session(work)
