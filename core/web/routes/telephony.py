"""What desks may ask of the floor: states, wrap-up, calls, actions. Rights here, rules in the sip process."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.exc import SQLAlchemyError

from core.errors import BadInput, NotAllowed, NotFound
from core.people.users import User
from core.rights import Right, Scope
from core.telephony.inputs import DeskAction
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import calls_for
from core.web.order_people import check_order
from core.web.shapes import floor as shape
from core.workorders.office import category_of

Desk = Annotated[User, Depends(holding(Right.PHONES))]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _words_only(cls, value: Any) -> Any:
        """No voice can say a control character, and not every database keeps it."""
        if isinstance(value, str) and any(sign < " " and sign not in "\n\t" for sign in value):
            raise ValueError("control characters are not possible")
        return value


class AgentStateRequest(Body):
    state: Literal["ready", "break", "offline"]
    reason: str = Field("", max_length=64)


class WrapUp(Body):
    """``category`` is an id of the tree; a name of it is understood as well."""

    category: str = Field("", max_length=130)
    note: str = Field("", max_length=2000)


class NewCall(Body):
    from_extension: str = Field(min_length=1, max_length=20)
    to: str = Field(min_length=1, max_length=40, pattern=r"^[0-9*#+]+$")
    order_id: str | None = Field(None, max_length=64)


class CallAction(Body):
    """``target`` is for transfer and consult; ``by`` is the extension acting, the call's agent when left out."""

    action: DeskAction
    target: str = Field("", max_length=80)
    by: str | None = Field(None, max_length=20)


def everybodys(user: User) -> bool:
    """Whether the person acts for every phone and not only for the own one."""
    return user.scope(Right.PHONES) is Scope.ALL


def only_own(user: User, extension: str) -> None:
    """Agents act for their own phone, supervisors for every one."""
    if not everybodys(user) and user.extension != extension:
        raise NotAllowed(
            "Extension {extension} is not yours.",
            field="extension",
            remedy="Ask a supervisor.",
            extension=extension,
        )


def add_routes(web: Web) -> None:
    app = web.app

    @app.post("/api/v1/agents/{extension}/state", response_model=shape.AgentNow, tags=["telephony"])
    async def agent_state(extension: str, wanted: AgentStateRequest, user: Desk) -> dict[str, Any]:
        """Ready, break (with its reason) or offline; the agent's live row."""
        only_own(user, extension)
        return await web.telephony.request("agent_state", extension=extension, state=wanted.state, reason=wanted.reason)

    @app.post("/api/v1/agents/{extension}/wrap-up", response_model=shape.AgentNow, tags=["telephony"])
    async def wrap_up(extension: str, done: WrapUp, user: Desk) -> dict[str, Any]:
        """Ends the after-call time, with what the call was about."""
        only_own(user, extension)
        category = await chosen(web, done.category)
        return await web.telephony.request("wrap_up_done", extension=extension, category=category, note=done.note)

    @app.post("/api/v1/calls", response_model=shape.Originated, status_code=201, tags=["telephony"])
    async def originate(call: NewCall, user: Desk) -> dict[str, Any]:
        """Rings the agent's phone, then dials. With ``order_id`` the call is one to that order's caller, and proves a
        return visit: only who may ring up from the order now names it, and only its number is dialled."""
        only_own(user, call.from_extension)
        if call.order_id is not None:
            await check_order(web, user, call.order_id, call.to)
        return await web.telephony.request(
            "originate", from_extension=call.from_extension, to=call.to, order_id=call.order_id
        )

    @app.post("/api/v1/calls/{call_id}/actions", response_model=shape.CallAfter, tags=["telephony"])
    async def act(call_id: str, wanted: CallAction, user: Desk) -> dict[str, Any]:
        """Call control from a desk; 409 says what is possible instead."""
        row = await live_row(web, call_id)
        if everybodys(user):
            by = wanted.by or row.get("agent") or user.extension
        else:
            by = wanted.by or user.extension
            only_own(user, by or "")
            if row.get("agent") != user.extension and not _takes_part(web, user, call_id):
                raise NotAllowed("This is another agent's call.", remedy="Ask a supervisor.")
        if not by:
            raise BadInput("Whose phone acts is missing.", field="by", remedy="Give the extension in by.")
        if wanted.action in ("transfer", "consult") and not wanted.target:
            raise BadInput("{field} is missing.", field="target", remedy="Give an extension, a number or queue:ID.")
        result = await web.telephony.request(
            "action", call_id=call_id, by=by, action=wanted.action, target=wanted.target
        )
        return calls_for(user, [result])[0] if result else {}


async def chosen(web: Web, category: str) -> str:
    """The category's id. While the database is away, what was said: no after-call time waits for it."""
    if not category:
        return ""
    try:
        return await web.in_session(lambda session: category_of(session, category))
    except SQLAlchemyError:
        return category


async def live_row(web: Web, call_id: str) -> dict[str, Any]:
    """The call's live row; a call of this very moment may be with the sip process only."""
    row = web.live.call(call_id)
    if row is None:
        calls = (await web.telephony.request("live")).get("calls", ())
        row = next((one for one in calls if one["id"] == call_id), None)
    if row is None:
        raise NotFound("There is no live call {id}.", field="id", remedy="It may have ended.", id=call_id)
    return row


def _takes_part(web: Web, user: User, call_id: str) -> bool:
    """A consulted or conferenced agent is in the call without being its agent."""
    agent = web.live.agent(user.extension or "")
    return agent is not None and agent.get("call_id") == call_id
