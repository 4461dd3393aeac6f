"""Once an hour every call is proved to be counted: offered = answered + abandoned + redirected. Health tells of others.

Waits until the feed has taken everything in: before that a call may be half there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

import duckdb

from core.clock import iso, utc_now
from core.errors import Unavailable
from core.process import Key
from etl.families import installed
from etl.feed import Feeder
from etl.runner import name_of, statements
from etl.warehouse import Warehouse

log = logging.getLogger(__name__)

EVERY_S = 3600.0
# As soon as the feed has caught up.
SOON_S = 5.0
NAMED = 5


class Reconciling:
    """A task of the web process. ``once`` is one round, for tests."""

    def __init__(self, warehouse: Warehouse, feeder: Feeder) -> None:
        self._warehouse, self._feeder = warehouse, feeder
        self._task: asyncio.Task[None] | None = None
        self._broken: list[str] = []
        self._looked_at: float | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def status(self) -> dict[str, Any]:
        """For health: how many calls no figure counts rightly, and some of them by name."""
        return {
            "status": "degraded" if self._broken else "ok",
            "broken": len(self._broken),
            "looked_at": None if self._looked_at is None else iso(self._looked_at),
            **({"detail": "not_reconciled", "calls": self._broken[:NAMED]} if self._broken else {}),
        }

    async def once(self) -> bool:
        """Whether it could be looked at now."""
        known = self._feeder.status()
        if known["state"] != "up" or known["behind"]:
            return False
        broken: list[str] = []
        for family in installed():
            for path in family.files("checks"):
                for sql in statements(name_of(path)):
                    # What each row is about comes first.
                    broken += [str(next(iter(row.values()))) for row in await self._warehouse.fetch(sql)]
        self._broken, self._looked_at = broken, utc_now()
        if broken:
            log.error("%d calls are not counted as they should be: %s", len(broken), ", ".join(broken[:NAMED]))
        return True

    async def _run(self) -> None:
        while True:
            looked = False
            try:
                looked = await self.once()
            except (Unavailable, duckdb.Error) as away:
                log.warning("the figures are not proved now: %s", type(away).__name__)
            await asyncio.sleep(EVERY_S if looked else SOON_S)


RECONCILING = Key[Reconciling]("reconciling")
