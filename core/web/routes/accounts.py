"""Accounts over HTTP: the list, new ones, their end, passwords, sessions. Takes effect in the running site at once.

Rules are in ``core.people.accounts``; here is what follows in the running house: the core reads the site anew, sockets
close, supervisions end.
"""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import HotlineError, NotFound, Unavailable
from core.people import accounts, audit, users
from core.people.accounts import Ended
from core.people.sealing import installation_vault
from core.people.service import NewUser, add_user, with_sip_password
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.person import about
from core.web.routes.telephony import Body
from core.web.shapes import Page
from core.web.shapes import people as shape

log = logging.getLogger(__name__)

Keeper = Annotated[User, Depends(holding(Right.USERS))]


class UserRequest(Body):
    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=300)
    role: str
    display_name: str = Field("", max_length=64)
    extension: str | None = None
    sip_password: str | None = Field(None, max_length=128)
    queues: tuple[str, ...] = ()
    group: str = Field("", max_length=64)


class EndRequest(Body):
    reason: str = Field("", max_length=200)


class PasswordRequest(Body):
    password: str = Field(min_length=1, max_length=300)


class SipPasswordRequest(Body):
    """Without one the house makes it."""

    sip_password: str | None = Field(None, min_length=1, max_length=128)


def add_routes(web: Web) -> None:
    _add_list(web)
    _add_changes(web)
    _add_passwords(web)


def _add_list(web: Web) -> None:
    @web.app.get("/api/v1/users", response_model=Page[shape.Account], tags=["people"])
    async def listed(
        _keeper: Keeper,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str, Query(max_length=64)] = "",
    ) -> dict[str, Any]:
        """Who may sign in, by name."""
        known = [one for one in await web.in_session(users.list_users) if one.name > cursor]
        shown = known[:limit]
        return {
            "items": [{**about(one), "id": one.id} for one in shown],
            "next": shown[-1].name if len(known) > limit else None,
        }

    @web.app.get("/api/v1/users/{name}", response_model=shape.AccountWithSessions, tags=["people"])
    async def one(name: str, _keeper: Keeper) -> dict[str, Any]:
        """One person, with the sessions that are open."""

        def work(session: Session) -> dict[str, Any]:
            user = accounts.named(session, name)
            return {
                **about(user),
                "id": user.id,
                "sessions": accounts.account_json(accounts.sessions_of(session, name)),
            }

        return await web.in_session(work)

    @web.app.get("/api/v1/users/{name}/sessions", response_model=Page[shape.OpenSession], tags=["people"])
    async def sessions(name: str, _keeper: Keeper) -> dict[str, Any]:
        """The open sessions, newest first."""
        found = await web.in_session(lambda session: accounts.sessions_of(session, name))
        return {"items": accounts.account_json(found), "next": None}


def _add_changes(web: Web) -> None:
    @web.app.post("/api/v1/users", response_model=shape.NewAccount, status_code=201, tags=["people"])
    async def new_user(wanted: UserRequest, keeper: Keeper) -> dict[str, Any]:
        """Adds a user and, with an extension, the phone and agent. ``telephony`` says whether the core knows it yet.

        ``sip_password`` of the answer is the one made for the phone, when none was given; it is shown this once.
        """
        request = with_sip_password(NewUser(**wanted.model_dump()))

        def work(session: Session) -> User:
            user = add_user(session, request, installation_vault(session, web.settings))
            detail = {"role": user.role.value, "extension": user.extension, "queues": list(wanted.queues)}
            audit.record(session, keeper.name, "user_added", user.name, detail, utc_now())
            return user

        user = await web.in_session(work)
        made = {} if wanted.sip_password or not request.sip_password else {"sip_password": request.sip_password}
        return {**about(user), "id": user.id, "telephony": await reloaded(web), **made}

    @web.app.post("/api/v1/users/{name}/end", response_model=shape.Ended, tags=["people"])
    async def end(name: str, wanted: EndRequest, keeper: Keeper) -> dict[str, Any]:
        """Closes the account: no log-in, no registration, nothing of it stays open. A call that is up goes on."""
        return await _closed(
            web, lambda session: accounts.end_account(session, name, keeper.name, reason=wanted.reason)
        )

    @web.app.post("/api/v1/users/{name}/sessions/end", response_model=shape.Ended, tags=["people"])
    async def end_sessions(name: str, keeper: Keeper) -> dict[str, Any]:
        """Signs the person out everywhere."""
        return await _closed(web, lambda session: accounts.end_sessions(session, name, keeper.name))

    @web.app.delete("/api/v1/users/{name}/sessions", response_model=shape.Ended, tags=["people"])
    async def delete_sessions(name: str, keeper: Keeper) -> dict[str, Any]:
        """The same."""
        return await _closed(web, lambda session: accounts.end_sessions(session, name, keeper.name))


def _add_passwords(web: Web) -> None:
    @web.app.post("/api/v1/users/{name}/password", response_model=shape.Ended, tags=["people"])
    async def password(name: str, wanted: PasswordRequest, keeper: Keeper) -> dict[str, Any]:
        """A new password; all sessions of the person end."""
        return await _closed(web, lambda session: accounts.change_password(session, name, wanted.password, keeper.name))

    @web.app.post("/api/v1/users/{name}/sip-password", response_model=shape.Ended, tags=["people"])
    async def sip_password(name: str, wanted: SipPasswordRequest, keeper: Keeper) -> dict[str, Any]:
        """A new password of the phone, which must register anew; the one that was made is shown this once."""
        chosen = wanted.sip_password or accounts.new_sip_password()

        def work(session: Session) -> Ended:
            vault = installation_vault(session, web.settings)
            return accounts.change_sip_password(session, name, chosen, keeper.name, vault)

        told = await _closed(web, work)
        return {**told, **({} if wanted.sip_password else {"sip_password": chosen})}


async def change_own(web: Web, user: User, old: str, password: str) -> dict[str, Any]:
    """For the page and the interface."""
    if user.id == 0:
        raise NotFound("There is no user {name}.", field="name", name=user.name)
    return await _closed(web, lambda session: accounts.change_own_password(session, user.name, old, password))


async def _closed(web: Web, work: Any) -> dict[str, Any]:
    """The change in the database, and then what follows from it in the processes that run."""
    ended: Ended = await web.in_session(work)
    web.sessions.ended_of(ended.user.id)
    await _end_supervisions(web, ended.user)
    telephony = await reloaded(web) if ended.extension else "unchanged"
    return {"name": ended.user.name, "sessions": ended.sessions, "telephony": telephony}


async def _end_supervisions(web: Web, user: User) -> None:
    """Also those on a phone; a browser's ends with its socket as well."""
    try:
        calls = (await web.telephony.request("live")).get("calls", ())
    except HotlineError as away:
        log.warning("supervisions of %s are not looked for: %s", user.name, away)
        return
    for call in calls:
        for _one in [one for one in call.get("supervision", ()) if one.get("by") == user.name]:
            try:
                await web.telephony.request("supervise_stop", call_id=call["id"], by=user.name, tab="")
            except HotlineError as over:
                log.info("a supervision of %s had ended: %s", user.name, over)


async def reloaded(web: Web) -> str:
    """Whether the core knows the site as it is now; it reads it at its next start at the latest."""
    try:
        await web.telephony.request("reload")
    except Unavailable:
        return "pending"
    return "reloaded"
