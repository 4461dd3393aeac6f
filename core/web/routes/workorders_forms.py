"""What is asked for about work orders: the forms of requests, and what a call adds to an order taken in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from sqlalchemy.orm import Session

from core.clock import epoch_or_none
from core.customers.service import normal_number
from core.db import event_log
from core.errors import BadInput, NotAllowed
from core.events import Event
from core.people.users import User
from core.rights import Right, Scope
from core.web.routes.telephony import Body
from core.workorders.intake import IntakeRequest


class NewOrder(Body):
    """``then`` is how far it goes at once: kept as a draft, accepted, dispatched, or answered on the spot.

    What is left out is filled in from the call, the customer, the gazetteer and the category.
    """

    category: str = Field(min_length=1, max_length=64)
    summary: str = Field("", max_length=2000)
    channel: Literal["phone", "web", "wechat", "sms", "hotline_12345", "counter", "field"] = "phone"
    urgency: Literal["normal", "urgent", "emergency"] | None = None
    district: str = Field("", max_length=64)
    address: str = Field("", max_length=200)
    longitude: float | None = Field(None, allow_inf_nan=False)
    latitude: float | None = Field(None, allow_inf_nan=False)
    diameter_mm: int | None = Field(None, ge=1, le=10_000)
    site: str = Field("", max_length=40)
    assignee: str = Field("", max_length=64)
    customer_id: int | None = Field(None, ge=1, le=2**31 - 1)
    contact: str = Field("", max_length=100)
    caller: str = Field("", max_length=40)
    from_call: str | None = Field(None, max_length=64)
    due_at: datetime | None = None
    note: str = Field("", max_length=2000)
    fields: dict[str, Any] = Field(default_factory=dict, max_length=40)
    then: Literal["draft", "accept", "dispatch", "answer"] = "accept"
    confirmed: bool = False


class PositionIn(Body):
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)


class NewStep(Body):
    """``version`` is the order's as it was looked at: when it has changed since, the step is refused.

    ``confirmed`` says that what was asked about (a place at 0, 0) is meant.
    """

    event: str = Field(min_length=1, max_length=40)
    fields: dict[str, Any] = Field(default_factory=dict, max_length=40)
    note: str = Field("", max_length=2000)
    position: PositionIn | None = None
    device_time: datetime | None = None
    version: int | None = Field(None, ge=0, le=2**31 - 1)
    confirmed: bool = False

    @field_validator("fields")
    @classmethod
    def _plain(cls, fields: dict[str, Any]) -> dict[str, Any]:
        for value in fields.values():
            if isinstance(value, str) and any(sign < " " and sign not in "\n\t" for sign in value):
                raise ValueError("control characters are not possible")
        return fields


class SiteRequest(Body):
    """A unit that does the work: ``districts`` by default, ``people`` are its managers and workers by user name."""

    name: str = Field(min_length=1, max_length=64)
    districts: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = Field((), max_length=200)
    people: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = Field((), max_length=500)


def intake_of(given: NewOrder, zone: ZoneInfo) -> IntakeRequest:
    # Masked: whoever sends it back does not know the number; the call does.
    caller = "" if "*" in given.caller and given.from_call else given.caller
    number = normal_number(caller)
    if caller and not 3 <= len(number) <= 20:
        raise BadInput("{field} is no telephone number.", field="caller", remedy="Use digits.")
    values = given.model_dump(exclude={"due_at", "caller"})
    return IntakeRequest(**values, caller=number, given_due_at=epoch_or_none(given.due_at, zone))


def with_call(
    session: Session, wanted: IntakeRequest, live: dict[str, Any] | None, live_agent: dict[str, Any] | None, user: User
) -> IntakeRequest:
    """With the number and the label of the call that it was taken in, from the floor or from the log.

    Who does not see all calls names only those that rang on the own phone: the number would tell who called a
    colleague. ``live_agent`` is the agent's own line of the floor; after a call it knows more than the log does yet.
    """
    if wanted.from_call is None:
        return wanted
    told = event_log.for_subject(session.connection(), wanted.from_call)
    known = bool(told) or live is not None
    in_hand = live_agent is not None and live_agent.get("call_id") == wanted.from_call
    if user.scope(Right.CALLS) is not Scope.ALL and known and not in_hand and not _took_part(user, told, live):
        raise NotAllowed("This is another agent's call.", field="from_call", remedy="Ask a supervisor.")
    arrived = next((event.payload for event in told if event.kind == "call_arrived"), None)
    if arrived is None and live is not None:
        arrived = {**live, "dialled": live.get("did")}
    if arrived is None:
        return wanted
    number = arrived.get("caller") if arrived.get("direction") == "inbound" else arrived.get("dialled")
    return replace(wanted, caller=wanted.caller or normal_number(str(number or "")), demo=bool(arrived.get("demo")))


def _took_part(user: User, told: Sequence[Event], live: dict[str, Any] | None) -> bool:
    mine = user.extension
    on_the_floor = live is not None and mine in (live.get("agent"), *live.get("parties", ()))
    return mine is not None and (on_the_floor or any(event.payload.get("extension") == mine for event in told))
