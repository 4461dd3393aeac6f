"""Queues over HTTP: how long, how urgent, who is rung, every way out. The rules are in ``core.installation.queues``."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.installation import editing, queues
from core.installation.definition import THRESHOLD_S, RingStrategy
from core.installation.editing import By
from core.installation.queues import QUEUES
from core.installation.service import load_installation
from core.web.context import Web
from core.web.routes.changes import Change, Id, Keeper, Key, Version, changed, page
from core.web.shapes import installation as shape

PATH = "/api/v1/queues"
Target = Field("hangup", max_length=80)


class QueueRequest(Change):
    name: str = Field("", max_length=64)
    ring_s: float = 20.0
    wrap_up_s: float = 20.0
    max_wait_s: float = 600.0
    service_level_s: float = THRESHOLD_S
    priority: int = 0
    skills: list[str] = Field([], max_length=100)
    announce_every_s: float = 30.0
    announce_position: bool = True
    announce_wait: bool = True
    overflow_waiting: int | None = None
    on_overflow: str = Target
    on_max_wait: str = Target
    on_no_agents: str | None = Field(None, max_length=80)
    calendar: str | None = Field(None, max_length=40)
    on_closed: str = Target
    warn_wait_s: float = 60.0
    alarm_wait_s: float = 120.0
    name_en: str = Field("", max_length=64)
    ring_strategy: RingStrategy = "longest_idle"


class NewQueue(QueueRequest):
    """What is left out is as usual. Its ``id`` is for ever: facts and reports name the queue by it."""

    id: str = Field(max_length=40)
    name: str = Field(max_length=64)
    version: None = None


def add_routes(web: Web) -> None:
    @web.app.get(PATH, response_model=shape.Queues, tags=["installation"])
    async def listed(_keeper: Keeper) -> dict[str, Any]:
        """Every queue with who serves it and what leads to it; ``choices`` is what a form offers."""
        return page(await web.in_session(queues.listed))

    @web.app.get(f"{PATH}/{{queue}}", response_model=shape.Queue, tags=["installation"])
    async def read(queue: Id, _keeper: Keeper) -> dict[str, Any]:
        return await web.in_session(lambda session: _one(session, queue))

    @web.app.post(PATH, response_model=shape.QueueSaved, status_code=201, tags=["installation"])
    async def create(wanted: NewQueue, keeper: Keeper, key: Key = "") -> dict[str, Any]:
        """The same once more changes nothing; another one of that id is a conflict."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.create(session, QUEUES, wanted.given(), by)
            return _one(session, wanted.id)

        found, telephony = await changed(web, keeper, work, key)
        return {**found, "telephony": telephony}

    @web.app.put(f"{PATH}/{{queue}}", response_model=shape.QueueSaved, tags=["installation"])
    async def change(queue: Id, wanted: QueueRequest, keeper: Keeper) -> dict[str, Any]:
        """Counts from the next call on, and for those who wait from their next turn; what is left out stays."""

        def work(session: Session, by: By) -> dict[str, Any]:
            editing.change(session, QUEUES, queue, wanted.given(), by, wanted.version)
            return _one(session, queue)

        found, telephony = await changed(web, keeper, work)
        return {**found, "telephony": telephony}

    @web.app.delete(f"{PATH}/{{queue}}", response_model=shape.Retired, tags=["installation"])
    async def retire(queue: Id, keeper: Keeper, version: Version = None) -> dict[str, Any]:
        """Refused while anything leads there or somebody waits in it. What was is still told by its name."""
        _nobody_waits(web, queue)
        _, telephony = await changed(
            web, keeper, lambda session, by: editing.retire(session, QUEUES, queue, by, version)
        )
        return {"id": queue, "telephony": telephony}


def _one(session: Session, queue: str) -> dict[str, Any]:
    installation = load_installation(session)
    return {
        **editing.item(session, QUEUES, installation, queue),
        "override": installation.queues[queue].override,
        "agents": queues.serving(installation, queue),
    }


def _nobody_waits(web: Web, queue: str) -> None:
    waiting = sum(row["waiting"] for row in web.live.state()["queues"] if row["id"] == queue)
    if waiting:
        raise Conflict(
            "{count} callers wait in this queue.",
            field="id",
            remedy="Close the queue, and retire it when nobody waits any more.",
            count=waiting,
        )
