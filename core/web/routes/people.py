"""Customers over HTTP: callers are looked up by number."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from fastapi import Depends, Query

from core.errors import NotFound
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import shown, shown_text
from core.web.shapes import people as shape

Desk = Annotated[User, Depends(holding(Right.CUSTOMERS))]


def add_routes(web: Web) -> None:
    @web.app.get("/api/v1/customers", response_model=shape.Customer, tags=["people"])
    async def customer(phone: Annotated[str, Query(min_length=3, max_length=40)], user: Desk) -> dict[str, Any]:
        """Who calls from this number: name, account, address, meters, bills."""
        # Imported here: a house without customer records still takes calls.
        from core.customers.service import find_by_phone, normal_number

        await web.lookups.look_up(user, phone, "interface")
        card = await web.in_session(lambda session: find_by_phone(session, phone))
        if card is None:
            raise NotFound("No customer has the number {phone}.", field="phone", phone=phone)
        # The number that was asked for is known already; the customer's others are shown by the rule.
        known = normal_number(phone)
        phones = [shown(user, one, in_hand=one == known) for one in card.phones]
        return {**dataclasses.asdict(card), "phones": phones, "note": shown_text(user, card.note)}
