"""The live connection is told which announcements stand: when one is entered or ended, and when one is over by itself.

One look at the database for all who listen."""

from __future__ import annotations

import asyncio
from typing import Any

from core.clock import iso, utc_now
from core.installation import steering
from core.notify.rounds import ended, evaluate_forever
from core.web.context import Web

EVERY_S = 5.0


def add(web: Web) -> None:
    task: asyncio.Task[None] | None = None

    async def start() -> None:
        nonlocal task
        task = asyncio.create_task(evaluate_forever(lambda _now: refresh(web), EVERY_S, "announcements"))

    async def stop() -> None:
        await ended(task)

    web.on_start(start)
    web.on_stop(stop)


async def refresh(web: Web) -> None:
    """The database's error without it; what stood stands."""
    now = utc_now()
    rows = await web.in_session(lambda session: steering.announcements(session, now))
    web.live.announce([with_times(row) for row in rows])


def with_times(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **{name: iso(row[name]) if row[name] else None for name in ("active_from", "active_until")}}
