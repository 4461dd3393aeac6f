"""The table role → rights over HTTP: to read it whole, and to change one role's cells; counts within seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends
from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.api.auth import holding
from core.api.problems import log
from core.api.telephony import Body
from core.clock import utc_now
from core.people import audit, role_rights
from core.people.users import User
from core.rights import MEANINGS, Right, scopes_of

if TYPE_CHECKING:
    from core.api.app import Web

PATH = "/api/v1/rights"
Keeper = Annotated[User, Depends(holding(Right.RIGHTS))]


class RightsWanted(Body):
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

    @web.app.get(PATH, tags=["people"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every role with every right, what each is about and how far it can reach."""
        found = await web.in_session(role_rights.table)
        about = {one.value: {"about": MEANINGS[one], "scopes": list(scopes_of(one))} for one in Right}
        return {"rights": about, "roles": {role: dict(rights) for role, rights in found.items()}}

    @web.app.put(f"{PATH}/{{role}}", tags=["people"])
    async def change(role: str, wanted: RightsWanted, keeper: Keeper) -> dict[str, Any]:
        """All or nothing. Open connections of the role end, and begin anew with what it may do now."""
        at = utc_now()

        def work(session: Session) -> dict[str, Any]:
            changed = role_rights.change(session, role, wanted.rights, keeper.name, at)
            audit.record(session, keeper.name, "rights_changed", role, changed, at)
            return {"role": role, "rights": dict(role_rights.table(session)[role]), "changed": changed}

        done = await web.in_session(work)
        web.sessions.forget()
        return done
