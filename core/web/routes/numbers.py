"""The numbers that callers dial over HTTP, and where each leads. Rules are in ``core.installation.numbers``."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.installation import editing, numbers
from core.installation.definition import Did
from core.installation.editing import By
from core.installation.numbers import NUMBERS
from core.installation.service import load_installation
from core.web.context import Web
from core.web.routes.changes import Change, Id, Keeper, Key, Version, changed, page
from core.web.shapes import installation as shape

PATH = "/api/v1/numbers"


class NumberRequest(Change):
    """``target`` is ``queue:ID``, ``flow:ID``, ``extension:N``, ``number:N`` or ``hangup``."""

    target: str = Field(min_length=1, max_length=80)


class NewNumber(NumberRequest):
    number: str = Field(max_length=40)
    version: None = None


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.Dids, tags=["installation"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every number with where it leads; ``choices`` is what a form offers."""
        return page(await web.in_session(numbers.listed))

    @web.app.get(f"{PATH}/{{number}}", response_model=shape.Did, tags=["installation"])
    async def read(number: Id, _keeper: Keeper) -> dict[str, Any]:
        return await web.in_session(lambda session: _one(session, number))

    @web.app.post(PATH, response_model=shape.DidSaved, status_code=201, tags=["installation"])
    async def create(wanted: NewNumber, keeper: Keeper, key: Key = "") -> dict[str, Any]:
        def work(session: Session, by: By) -> dict[str, Any]:
            editing.create(session, NUMBERS, wanted.given(), by)
            return _one(session, wanted.number)

        found, telephony = await changed(web, keeper, work, key)
        return {**found, "telephony": telephony}

    @web.app.put(f"{PATH}/{{number}}", response_model=shape.DidSaved, tags=["installation"])
    async def change(number: Id, wanted: NumberRequest, keeper: Keeper) -> dict[str, Any]:
        """Counts from the next call on. Without a ``version`` a number that is not there yet is made."""

        def work(session: Session, by: By) -> dict[str, Any]:
            if wanted.version is None:
                editing.put(session, NUMBERS, Did(number, wanted.target), by)
            else:
                editing.change(session, NUMBERS, number, wanted.given(), by, wanted.version)
            return _one(session, number)

        found, telephony = await changed(web, keeper, work)
        return {**found, "telephony": telephony}

    @web.app.delete(f"{PATH}/{{number}}", response_model=shape.Retired, tags=["installation"])
    async def retire(number: Id, keeper: Keeper, version: Version = None) -> dict[str, Any]:
        """Who dials it from now on is told that there is no such number; calls that are up go on."""
        _, telephony = await changed(
            web, keeper, lambda session, by: editing.retire(session, NUMBERS, number, by, version)
        )
        return {"id": number, "telephony": telephony}


def _one(session: Session, number: str) -> dict[str, Any]:
    return editing.item(session, NUMBERS, load_installation(session), number)
