"""Agents over HTTP: which queues they serve at what level, skills, group. Rules are in ``core.installation.agents``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends
from pydantic import Field
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.installation import agents, editing
from core.installation.agents import AGENTS
from core.installation.editing import By
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.routes.changes import Change, Id, Key, Version, changed, page
from core.web.shapes import installation as shape

PATH = "/api/v1/agents"
Keeper = Annotated[User, Depends(holding(Right.AGENTS))]


class AgentRequest(Change):
    """``queues`` are levels by queue, 1 is rung first; all of them, for what is not named is not served."""

    name: str = Field("", max_length=64)
    queues: dict[str, int] = Field({}, max_length=100)
    skills: list[str] = Field([], max_length=100)
    group: str = Field("", max_length=64)


class NewAgent(AgentRequest):
    """For a phone that is there already."""

    extension: str = Field(max_length=20)
    name: str = Field(max_length=64)
    version: None = None


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.Agents, tags=["installation"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every agent with queues, levels and skills; ``choices`` is what a form offers."""
        return page(await web.in_session(agents.listed))

    @web.app.get(f"{PATH}/{{extension}}", response_model=shape.Agent, tags=["installation"])
    async def read(extension: Id, _keeper: Keeper) -> dict[str, Any]:
        return await web.in_session(lambda session: _one(session, extension))

    @web.app.post(PATH, response_model=shape.AgentSaved, status_code=201, tags=["installation"])
    async def create(wanted: NewAgent, keeper: Keeper, key: Key = "") -> dict[str, Any]:
        """Makes an agent of a phone; people with a phone of their own are added by ``POST /api/v1/users``."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.create(session, AGENTS, wanted.given(), by)
            return _one(session, wanted.extension)

        found, telephony = await changed(web, keeper, work, key)
        return {**found, "telephony": telephony}

    @web.app.put(f"{PATH}/{{extension}}", response_model=shape.AgentSaved, tags=["installation"])
    async def change(extension: Id, wanted: AgentRequest, keeper: Keeper) -> dict[str, Any]:
        """Counts from the next call on; what is left out stays."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.change(session, AGENTS, extension, wanted.given(), by, wanted.version)
            return _one(session, extension)

        found, telephony = await changed(web, keeper, work)
        return {**found, "telephony": telephony}

    @web.app.delete(f"{PATH}/{{extension}}", response_model=shape.Retired, tags=["installation"])
    async def retire(extension: Id, keeper: Keeper, version: Version = None) -> dict[str, Any]:
        """No queue rings this phone any more; the phone and the person stay. Refused during a call."""
        row = web.live.agent(extension)
        if row is not None and row.get("call_id"):
            raise Conflict(
                "{name} is in a call.",
                field="extension",
                remedy="Wait for its end, then retire the agent.",
                name=row.get("name") or extension,
            )
        _, telephony = await changed(
            web, keeper, lambda session, by: editing.retire(session, AGENTS, extension, by, version)
        )
        return {"id": extension, "telephony": telephony}


def _one(session: Session, extension: str) -> dict[str, Any]:
    found = [one for one in agents.listed(session)["items"] if one["extension"] == extension]
    if not found:
        raise NotFound(AGENTS.missing, field="extension", id=extension)
    return dict(found[0])
