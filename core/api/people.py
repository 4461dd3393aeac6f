"""Users and customers over HTTP: new users take effect in the running site, callers are looked up by number."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query
from pydantic import Field
from sqlalchemy.orm import Session

from core.api.auth import signed_in
from core.api.login import about
from core.api.telephony import Body
from core.clock import utc_now
from core.errors import NotFound, Unavailable
from core.people import audit
from core.people.sealing import site_vault
from core.people.service import NewUser, add_user
from core.people.users import Role, User

if TYPE_CHECKING:
    from core.api.app import Web

Keeper = Annotated[User, Depends(signed_in(Role.ADMIN))]
Desk = Annotated[User, Depends(signed_in(Role.AGENT, Role.SUPERVISOR, Role.DIRECTOR))]


class UserWanted(Body):
    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=300)
    role: str
    display_name: str = Field("", max_length=64)
    extension: str | None = None
    sip_password: str | None = Field(None, max_length=128)
    queues: tuple[str, ...] = ()
    group: str = Field("", max_length=64)


def add_routes(web: Web) -> None:
    @web.app.post("/api/v1/users", status_code=201, tags=["people"])
    async def new_user(wanted: UserWanted, keeper: Keeper) -> dict[str, Any]:
        """Adds a user and, with an extension, the phone and agent. ``telephony`` says whether the core knows it yet."""

        def work(session: Session) -> User:
            user = add_user(session, NewUser(**wanted.model_dump()), site_vault(session, web.settings))
            detail = {"role": user.role.value, "extension": user.extension, "queues": list(wanted.queues)}
            audit.record(session, keeper.name, "user_added", user.name, detail, utc_now())
            return user

        user = await web.in_session(work)
        known = "reloaded"
        try:
            await web.telephony.request("reload")
        except Unavailable:
            known = "pending"  # it reads the site at its next start
        return {**about(user), "id": user.id, "telephony": known}

    @web.app.get("/api/v1/customers", tags=["people"])
    async def customer(phone: Annotated[str, Query(min_length=3, max_length=40)], _user: Desk) -> dict[str, Any]:
        """Who calls from this number: name, account, address, meters, bills."""
        # Imported here: a house without customer records still takes calls.
        from core.customers.service import find_by_phone

        card = await web.in_session(lambda session: find_by_phone(session, phone))
        if card is None:
            raise NotFound("No customer has the number {phone}.", field="phone", phone=phone)
        return dataclasses.asdict(card)
