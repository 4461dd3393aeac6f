"""Facts that could not be read, of the journal and of the event log: which they are, and feeding mended ones."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Depends

from core.people.users import User
from core.process import UnreadableFacts
from core.rights import Right
from core.telephony.set_aside import SetAside
from core.web.auth import holding
from core.web.context import Web
from core.web.shapes import Page
from core.web.shapes import health as shape

Keeper = Annotated[User, Depends(holding(Right.INSTALLATION))]
Row = dict[str, Any]


def add_routes(web: Web) -> None:
    aside = web.journal_aside

    async def feed_lines() -> None:
        await asyncio.to_thread(aside.feed_again, web.database)

    web.unreadable["journal"] = UnreadableFacts(lambda: _lines(aside), feed_lines)

    async def begin() -> None:
        await asyncio.to_thread(aside.recover)

    web.on_start(begin)

    @web.app.get("/api/v1/unreadable", response_model=Page[shape.Unreadable], tags=["site"])
    async def listed(_user: Keeper) -> Row:
        """Every fact that was set aside, by where it lies."""
        found = {name: await asyncio.to_thread(source.listed) for name, source in web.unreadable.items()}
        return {"items": [{"of": name, **row} for name, rows in found.items() for row in rows], "next": None}

    @web.app.post("/api/v1/unreadable/feed", response_model=dict[str, int], tags=["site"])
    async def feed(user: Keeper) -> dict[str, int]:
        """Takes in those that can be read by now; says how many are left, by where they lie."""
        for source in web.unreadable.values():
            await source.feed()
        left = {name: len(await asyncio.to_thread(source.listed)) for name, source in web.unreadable.items()}
        await web.audit.record(user.name, "unreadable_fed", "journal", **left)
        return left


def _lines(aside: SetAside) -> list[Row]:
    return [{"place": f"{aside.path.name}:{number}", "problem": ""} for number, _ in enumerate(aside.lines(), 1)]
