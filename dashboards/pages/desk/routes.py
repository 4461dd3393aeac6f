"""What the desk's script asks for: the caller of one's own call with everything known, and one's own day."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.customers.service import CustomerCard, find_by_phone, normal_number
from core.db import event_log
from core.errors import BadInput, NotAllowed, NotFound
from core.numbering import normal
from core.people.users import User
from core.rights import Right, Scope
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import masked, shown, shown_text
from core.web.order_people import person
from core.web.shapes.floor import Originated
from dashboards.components import earlier_calls
from dashboards.components.filters import local_now
from dashboards.pages.desk import queries, shapes
from dashboards.pages.desk.orders import caller_orders
from etl.warehouse import WAREHOUSE
from kpi.lists import calls

Desk = Annotated[User, Depends(holding(Right.DESK))]
EARLIER_DAYS = 90


def register(_app: Any, web: Web) -> None:
    timezone = web.settings.timezone

    @web.app.get("/api/v1/desk/today", response_model=shapes.OwnDay, tags=["desk"])
    async def today(user: Desk) -> dict[str, Any]:
        """The agent's own calls today and their mean handling time in seconds."""
        day = local_now(utc_now(), timezone).date()
        return await queries.today(web.parts[WAREHOUSE], user.extension or "", day)

    @web.app.get("/api/v1/desk/calls/{call_id}", response_model=shapes.CallerCard, tags=["desk"])
    async def caller(call_id: str, user: Desk) -> dict[str, Any]:
        """Who is on the line of one's own call: customer, and every earlier call of the number, whoever answered it."""
        number = await number_of(web, user, call_id)
        card, orders, count_open = await web.in_session(lambda session: caller_card(session, number, user))
        since = local_now(utc_now(), timezone).date() - timedelta(days=EARLIER_DAYS)
        earlier, count = await earlier_calls.earlier(web.parts[WAREHOUSE], number, call_id, since)
        # Only while the call is up; of an earlier one the number is rung up by a button.
        whole = web.live.call(call_id) is not None and takes_part(web, user.extension, web.live.call(call_id) or {})
        # Also of an earlier call, whose number stays masked: name, address and meters are shown.
        await web.lookups.shown(user, number, call_id)
        return {
            "number": shown(user, number, in_hand=whole),
            "masked": masked(number),
            "customer": _card(card, user) if card else None,
            "orders": orders,
            "orders_open": count_open,
            "earlier": [{**one, "note": shown_text(user, one["note"] or "")} for one in earlier],
            "earlier_count": count,
            "earlier_days": EARLIER_DAYS,
        }

    @web.app.post("/api/v1/desk/calls/{call_id}/call-back", response_model=Originated, status_code=201, tags=["desk"])
    async def call_back(call_id: str, user: Desk) -> dict[str, Any]:
        """Rings the own phone, then the other party of one's own call, whether or not its number is shown whole."""
        if not user.extension:
            raise NotAllowed("You have no phone here.", remedy="Ask a supervisor for an extension.")
        number = await number_of(web, user, call_id)
        if not number.isdigit():
            raise BadInput("This caller gave no number to ring up.", remedy="Wait for the next call.")
        return await web.telephony.request("originate", from_extension=user.extension, to=number, order_id=None)

    @web.app.get("/api/v1/desk/calls/{call_id}/wrap-up", response_model=shapes.WrapUpLimit, tags=["desk"])
    async def wrap_up(call_id: str, user: Desk) -> dict[str, Any]:
        """How long the person's wrap-up of this call may last; null as long as the marts have not heard of it."""
        call = await calls.whole(web.parts[WAREHOUSE], user, call_id)
        limits = [
            event["facts"]["limit_s"]
            for event in call["events"]
            if event["kind"] == "wrap_up_started" and event["facts"].get("extension") == user.extension
        ]
        return {"limit_s": limits[-1] if limits else None}


def _card(card: CustomerCard, user: User) -> dict[str, Any]:
    """The customer, whose other numbers are shown by the rule."""
    return {
        **dataclasses.asdict(card),
        "phones": [shown(user, one) for one in card.phones],
        "note": shown_text(user, card.note),
    }


def caller_card(session: Session, number: str, user: User) -> tuple[CustomerCard | None, list[dict[str, Any]], int]:
    """The customer behind a number, and the orders of both: open ones first, how many of them are open."""
    card = find_by_phone(session, number)
    orders, count_open = caller_orders(session, normal_number(number), card.id if card else None, person(session, user))
    return card, orders, count_open


async def number_of(web: Web, user: User, call_id: str) -> str:
    """The outside party's number. Only of calls that the person takes part in, or took part in a moment ago."""
    row = web.live.call(call_id)
    if row is None:
        try:
            ended = await calls.find(web.parts[WAREHOUSE], user, call_id)
        except NotFound:
            # Of this very moment: the log knows it before the marts do.
            ended = await web.in_session(lambda session: just_ended(session, user, call_id))
        row = {"direction": ended["direction"], "caller": ended["caller"], "did": ended["dialled"]}
    elif user.scope(Right.DESK) is not Scope.ALL and not takes_part(web, user.extension, row):
        raise NotAllowed("This is another agent's call.", remedy="Ask a supervisor.")
    return normal(str(row["caller"] if row["direction"] == "inbound" else row["did"]))


def just_ended(session: Session, user: User, call_id: str) -> dict[str, Any]:
    told = event_log.for_subject(session.connection(), call_id)
    arrived = next((event.payload for event in told if event.kind == "call_arrived"), None)
    mine = any(event.payload.get("extension") == user.extension for event in told)
    if arrived is None or not (mine or user.scope(Right.DESK) is Scope.ALL):
        raise NotFound("There is no call {call}.", field="id", call=call_id[:64])
    return {name: arrived[name] for name in ("direction", "caller", "dialled")}


def takes_part(web: Web, extension: str | None, row: dict[str, Any]) -> bool:
    seat = web.live.agent(extension or "") or {}
    return extension is not None and (
        extension in (row.get("agent"), *row.get("parties", ())) or seat.get("call_id") == row["id"]
    )
