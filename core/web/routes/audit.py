"""The audit over HTTP: who did what, newest first, and whether the chain of its lines is whole. Administrators only."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Query
from pydantic import Field

from core.clock import iso
from core.db import audit_log
from core.errors import BadInput
from core.people import audit, audit_heads
from core.people.audit import AuditEntry, AuditQuery
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import masked, masked_text, masked_within, sees_numbers
from core.web.routes.telephony import Body
from core.web.shapes import Page
from core.web.shapes import people as shape

log = logging.getLogger(__name__)

Keeper = Annotated[User, Depends(holding(Right.AUDIT))]
Word = Annotated[str, Query(max_length=200)]
LONGEST_PAGE = 500
NOTE_HEAD_EVERY_S = 60.0
# Acts whose subject is a telephone number, and details that hold one.
ABOUT_NUMBERS = ("customer_looked_up", "customer_shown", "dial_refused")
PRIVATE = ("caller", "number", "target", "dialled", "phone")


class VerifyRequest(Body):
    """``head`` as an earlier answer gave it, to see that the chain still holds it."""

    head: str = Field("", max_length=100)


def add_routes(web: Web) -> None:
    zone = ZoneInfo(web.settings.timezone)

    @web.app.get("/api/v1/audit", response_model=Page[shape.AuditLine], tags=["people"])
    async def lines(
        keeper: Keeper,
        start: Annotated[datetime | None, Query(alias="from", description="At or after; ISO 8601.")] = None,
        end: Annotated[datetime | None, Query(alias="to", description="Before; ISO 8601.")] = None,
        who: Word = "",
        action: Word = "",
        subject: Word = "",
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 100,
        cursor: Annotated[str, Query(max_length=20)] = "",
    ) -> dict[str, Any]:
        """Lines of the audit, newest first. A time without an offset is the site's."""
        wanted = AuditQuery(_at(start, zone), _at(end, zone), who, action, subject, _position(cursor))
        found, more = await read(web, keeper, wanted, limit)
        return {"items": [line_json(one) for one in found], "next": str(more) if more is not None else None}

    @web.app.post("/api/v1/audit/verify", response_model=shape.Verdict, tags=["people"])
    async def verify(wanted: VerifyRequest, keeper: Keeper) -> dict[str, Any]:
        """Reads the whole chain; ``head`` is worth writing down elsewhere."""
        verdict = await verified(web, keeper, wanted.head)
        return {
            "whole": verdict.whole,
            "lines": verdict.head.n,
            "head": str(verdict.head),
            "broken_at": verdict.broken_at,
            "why": verdict.why,
        }

    task: list[asyncio.Task[None]] = []

    async def begin() -> None:
        await web.audit.start()
        task.append(asyncio.create_task(_note_heads(web)))

    async def end() -> None:
        for one in task:
            one.cancel()
        await asyncio.gather(*task, return_exceptions=True)
        await web.audit.stop()

    web.on_start(begin)
    web.on_stop(end)


async def verified(web: Web, user: User, head: str) -> audit_log.Verdict:
    """For the route and the page."""
    await web.audit.write()

    def work() -> audit_log.Verdict:
        return audit_heads.verdict(web.database.connect, web.settings.audit_heads_path, head)

    verdict = await asyncio.to_thread(work)
    await web.audit.record(user.name, "audit_verified", "audit", whole=verdict.whole, broken_at=verdict.broken_at)
    return verdict


async def read(web: Web, user: User, wanted: AuditQuery, limit: int) -> tuple[list[AuditEntry], int | None]:
    """For the route and the page; that somebody reads the audit is a line of it, too."""
    if wanted.since is not None and wanted.until is not None and wanted.since >= wanted.until:
        raise BadInput("The end of the period is not after its start.", field="to", remedy="Choose a later end.")
    asked = {"who": wanted.who, "action": wanted.action, "subject": wanted.subject}
    web.audit.seen(user.name, "audit_read", "audit", **{key: value for key, value in asked.items() if value})
    lines, more = await web.in_session(lambda session: audit.page(session, wanted, limit))
    return (lines if sees_numbers(user) else [_without_numbers(one) for one in lines]), more


def _without_numbers(one: AuditEntry) -> AuditEntry:
    """The line for those who administer the house and serve no citizen; the chain holds it whole."""
    subject = masked(one.subject) if one.action in ABOUT_NUMBERS else masked_text(one.subject)
    return replace(one, subject=subject or "", detail=masked_within(one.detail, PRIVATE))


def line_json(one: AuditEntry) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": iso(one.at),
        "who": one.who,
        "action": one.action,
        "subject": one.subject,
        "detail": one.detail,
        "hash": one.hash,
    }


async def _note_heads(web: Web) -> None:
    """Beside the database, once a minute when something was added."""

    def work() -> None:
        with web.database.connect() as connection:
            head = audit_log.head(connection)
        audit_heads.store(web.settings.audit_heads_path, head)

    while True:
        try:
            await asyncio.to_thread(work)
        except Exception as problem:
            log.warning("the audit's head is not noted: %s", type(problem).__name__)
        await asyncio.sleep(NOTE_HEAD_EVERY_S)


def _at(given: datetime | None, zone: ZoneInfo) -> float | None:
    if given is None:
        return None
    return (given if given.tzinfo is not None else given.replace(tzinfo=zone)).timestamp()


def _position(cursor: str) -> int | None:
    if not cursor:
        return None
    if not cursor.isdigit():
        raise BadInput("This cursor is not one of ours.", field="cursor", remedy="Take the next of the page before.")
    return int(cursor)
