"""Flows over HTTP: drafts, the check of them, versions. The rules are in ``core.installation.flows``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.installation import editing, flows
from core.installation.editing import By
from core.installation.flow_check import TONES
from core.installation.flows import FLOWS
from core.web.context import Web
from core.web.problems import short
from core.web.routes.changes import Change, Id, Keeper, Key, Version, changed, noted, page
from core.web.routes.telephony import Body
from core.web.shapes import Page
from core.web.shapes import installation as shape

PATH = "/api/v1/flows"


class DraftRequest(Change):
    """Steps by name, as ``docs/installation.md`` describes them; ``version`` is that of the draft as it was seen."""

    start: str = Field(max_length=64)
    nodes: dict[str, dict[str, Any]] = Field(max_length=500)


class Publishing(Body):
    """``version`` is that of the draft that was looked at."""

    version: str | None = Field(None, max_length=40)


def add_routes(web: Web) -> None:
    def clips() -> set[str]:
        return recordings(web.settings.home / "clips")

    def one(session: Session, flow: str) -> dict[str, Any]:
        return _in_words(flows.one(session, flow, clips()))

    @web.app.get(PATH, response_model=shape.Flows, tags=["installation"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every flow with its draft and what is wrong with that; ``choices`` is what a step can name."""
        found = await web.in_session(lambda session: flows.listed(session, clips()))
        return page({**found, "items": [_in_words(flow) for flow in found["items"]]})

    @web.app.get(f"{PATH}/{{flow}}", response_model=shape.Flow, tags=["installation"])
    async def read(flow: Id, _keeper: Keeper) -> dict[str, Any]:
        return await web.in_session(lambda session: one(session, flow))

    @web.app.get(f"{PATH}/{{flow}}/versions", response_model=Page[shape.FlowVersion], tags=["installation"])
    async def versions(flow: Id, _keeper: Keeper) -> dict[str, Any]:
        """All that were ever published, newest first."""
        return {"items": await web.in_session(lambda session: flows.versions(session, flow)), "next": None}

    @web.app.put(f"{PATH}/{{flow}}/draft", response_model=shape.Flow, tags=["installation"])
    async def save_draft(flow: Id, wanted: DraftRequest, keeper: Keeper) -> dict[str, Any]:
        """Kept, also with faults, which the answer names; callers hear nothing of it. A new id is a new flow."""

        def work(session: Session, by: By) -> dict[str, Any]:
            flows.save_draft(session, flow, wanted.start, wanted.nodes, by, wanted.version)
            return one(session, flow)

        return await noted(web, keeper, work)

    @web.app.delete(f"{PATH}/{{flow}}/draft", status_code=204, response_model=None, tags=["installation"])
    async def drop_draft(flow: Id, keeper: Keeper) -> None:
        await noted(web, keeper, lambda session, by: flows.drop_draft(session, flow, by))

    @web.app.post(f"{PATH}/{{flow}}/publish", response_model=shape.FlowSaved, tags=["installation"])
    async def publish(flow: Id, wanted: Publishing, keeper: Keeper, key: Key = "") -> dict[str, Any]:
        """The draft is what callers hear from the next call on; 422 with all its faults when it has some."""

        def work(session: Session, by: By) -> dict[str, Any]:
            flows.publish(session, flow, by, clips(), wanted.version)
            return one(session, flow)

        found, telephony = await changed(web, keeper, work, key)
        return {**found, "telephony": telephony}

    @web.app.delete(f"{PATH}/{{flow}}", response_model=shape.Retired, tags=["installation"])
    async def retire(flow: Id, keeper: Keeper, version: Version = None) -> dict[str, Any]:
        """Refused while a number, a queue or another flow leads there; its versions stay, a new draft revives it."""
        _, telephony = await changed(web, keeper, lambda session, by: editing.retire(session, FLOWS, flow, by, version))
        return {"id": flow, "telephony": telephony}


def recordings(folder: Path) -> set[str]:
    """The names of all that can be played: built-in tones, and what lies in the folder of clips."""
    return {*TONES, *(file.stem for file in folder.glob("*.wav"))}


def _in_words(flow: dict[str, Any]) -> dict[str, Any]:
    if flow["draft"] is None:
        return flow
    faults = [{key: value or "" for key, value in short(fault).items()} for fault in flow["draft"]["faults"]]
    return {**flow, "draft": {**flow["draft"], "faults": faults}}
