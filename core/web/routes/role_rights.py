"""The table role → rights over HTTP: to read it whole, and to change one role's cells; counts within seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends
from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.people import audit, role_rights
from core.people.users import User
from core.rights import MEANINGS, Right, Rights, scopes_of
from core.web.auth import holding
from core.web.context import Web
from core.web.problems import log
from core.web.routes.telephony import Body
from core.web.shapes import people as shape

PATH = "/api/v1/rights"
Table = Mapping[str, Rights]
Changes = dict[str, dict[str, str]]
Keeper = Annotated[User, Depends(holding(Right.RIGHTS))]


class RightsRequest(Body):
    """By right, how far it reaches: none, own, site or all; what is left out stays."""

    rights: dict[str, str] = Field(max_length=len(Right))


def add_routes(web: Web) -> None:
    async def fill() -> None:
        def work(session: Session) -> None:
            role_rights.fill_shipped(session, utc_now())
            session.commit()

        try:
            await web.in_session(work)
        except SQLAlchemyError as away:
            # What is not written yet is as it is shipped.
            log.warning("the table of rights is not filled: %s", away)

    web.on_start(fill)

    @web.app.get(PATH, response_model=shape.RightsTable, tags=["people"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every role with every right, what each is about and how far it can reach."""
        found = await web.in_session(role_rights.table)
        about = {one.value: {"about": MEANINGS[one], "scopes": list(scopes_of(one))} for one in Right}
        return {"rights": about, "roles": {role: dict(rights) for role, rights in found.items()}}

    @web.app.put(f"{PATH}/{{role}}", response_model=shape.RoleRights, tags=["people"])
    async def change_role(role: str, wanted: RightsRequest, keeper: Keeper) -> dict[str, Any]:
        """All or nothing. Open connections of the role end, and begin anew with what it may do now."""
        done = (await change(web, keeper, {role: wanted.rights}))[role]
        return {"role": role, "rights": dict((await table(web))[role]), "changed": done}


async def table(web: Web) -> Table:
    return await web.in_session(role_rights.table)


async def change(web: Web, keeper: User, wanted: Mapping[str, Mapping[str, str]]) -> dict[str, Changes]:
    """For the route and the page: right → scope by role, all or nothing; what really changed."""
    at = utc_now()

    def work(session: Session) -> dict[str, Changes]:
        done = {role: role_rights.change(session, role, rights, keeper.name, at) for role, rights in wanted.items()}
        for role, changed in done.items():
            audit.note(session, keeper.name, "rights_changed", role, changed, at)
        session.commit()
        return done

    done = await web.in_session(work)
    web.sessions.forget()
    return done
