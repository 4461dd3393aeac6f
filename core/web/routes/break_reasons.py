"""Reasons of a break over HTTP. The rules are in ``core.installation.break_reasons``."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.installation import break_reasons, editing
from core.installation.break_reasons import BREAK_REASONS
from core.installation.editing import By
from core.web.context import Web
from core.web.routes.categories import Id, Keeper
from core.web.routes.changes import Change, Key, Version, changed, page
from core.web.shapes import categories as shape

PATH = "/api/v1/break-reasons"


class BreakReasonRequest(Change):
    name: str = Field("", max_length=64)
    name_en: str = Field("", max_length=64)


class NewBreakReason(BreakReasonRequest):
    """Without an ``id`` it is given one, which is for ever: facts name it by that."""

    id: str = Field("", max_length=40)
    name: str = Field(max_length=64)
    version: None = None


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.BreakReasons, tags=["installation"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every reason in the order in which agents see it, and what was retired."""
        return page(await web.in_session(break_reasons.listed))

    @web.app.get(f"{PATH}/{{reason}}", response_model=shape.BreakReason, tags=["installation"])
    async def read(reason: Id, _keeper: Keeper) -> dict[str, Any]:
        return await web.in_session(lambda session: _one(session, reason))

    @web.app.post(PATH, response_model=shape.BreakReasonSaved, status_code=201, tags=["installation"])
    async def create(wanted: NewBreakReason, keeper: Keeper, key: Key = "") -> dict[str, Any]:
        def work(session: Session, by: By) -> dict[str, Any]:
            return _one(session, editing.create(session, BREAK_REASONS, wanted.given(), by).id)

        found, telephony = await changed(web, keeper, work, key)
        return {**found, "telephony": telephony}

    @web.app.put(f"{PATH}/{{reason}}", response_model=shape.BreakReasonSaved, tags=["installation"])
    async def change(reason: Id, wanted: BreakReasonRequest, keeper: Keeper) -> dict[str, Any]:
        """A new name is that of past breaks, too. What is left out stays."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.change(session, BREAK_REASONS, reason, wanted.given(), by, wanted.version)
            return _one(session, reason)

        found, telephony = await changed(web, keeper, work)
        return {**found, "telephony": telephony}

    @web.app.delete(f"{PATH}/{{reason}}", response_model=shape.BreakReasonRetired, tags=["installation"])
    async def retire(reason: Id, keeper: Keeper, version: Version = None) -> dict[str, Any]:
        """Nobody can choose it any more; who is on such a break stays on it."""
        _, telephony = await changed(
            web, keeper, lambda session, by: editing.retire(session, BREAK_REASONS, reason, by, version)
        )
        return {"id": reason, "telephony": telephony}

    @web.app.post(f"{PATH}/{{reason}}/restore", response_model=shape.BreakReasonSaved, tags=["installation"])
    async def restore(reason: Id, keeper: Keeper) -> dict[str, Any]:
        """What was retired can be chosen again."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.restore(session, BREAK_REASONS, reason, by)
            return _one(session, reason)

        found, telephony = await changed(web, keeper, work)
        return {**found, "telephony": telephony}


def _one(session: Session, reason: str) -> dict[str, Any]:
    found = [one for one in break_reasons.listed(session)["items"] if one["id"] == reason]
    if not found:
        raise NotFound(BREAK_REASONS.missing, field="id", id=reason)
    return dict(found[0])
