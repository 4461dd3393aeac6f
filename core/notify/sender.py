"""Carries notices out of the house in the background: in order, again when nobody answered, with a receipt kept.

The alert itself is on disk before its notice is sent; one that was not sent when the process died is sent after the
next start, under the same id.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.chosen import driver
from core.clock import iso, utc_now
from core.config import Settings
from core.errors import DriverUnavailable, HotlineError
from core.notify.rounds import ended
from core.ports import Notice, Notifier

log = logging.getLogger(__name__)

MOST_WAITING = 1000
PAUSES_S = (5.0, 30.0, 120.0)

Keep = Callable[[int, Mapping[str, Any]], Awaitable[None]]


class Sender:
    """``keep(alert_id, receipt)`` writes down how a sending went."""

    def __init__(self, notifier: Notifier, keep: Keep, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
        self._notifier = notifier
        self._keep = keep
        self._pauses_s = pauses_s
        self._waiting: asyncio.Queue[tuple[int, str, Notice]] = asyncio.Queue(MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await ended(self._task)
        self._task = None

    def put(self, alert_id: int, event: str, notice: Notice) -> None:
        try:
            self._waiting.put_nowait((alert_id, event, notice))
        except asyncio.QueueFull:
            log.error("too many notices wait; %s is not sent", notice.id)

    async def _run(self) -> None:
        while True:
            alert_id, event, notice = await self._waiting.get()
            receipt = {"event": event, "at": iso(utc_now()), **await self._sent(notice)}
            try:
                await self._keep(alert_id, receipt)
            except Exception:
                log.exception("the receipt of notice %s is not kept", notice.id)

    async def _sent(self, notice: Notice) -> dict[str, Any]:
        problem: Exception | None = None
        for pause_s in (0.0, *self._pauses_s):
            await asyncio.sleep(pause_s)
            try:
                receipt = await asyncio.to_thread(self._notifier.send, notice)
                return {"sent": True, "reference": receipt.reference[:64]}
            except DriverUnavailable as away:
                problem = away
            except HotlineError as no:
                problem = no
                break
            except Exception as bug:
                log.exception("the notifier failed at %s", notice.id)
                problem = bug
                break
        log.warning("notice %s is not sent: %s", notice.id, problem)
        return {"sent": False, "problem": str(problem)[:200]}


def notifier_for(settings: Settings) -> Notifier:
    """The driver that the site chose; ``ConfigError`` when there is none of that name or its settings are wrong."""
    made: Notifier = driver("notify", settings.notify, settings.drivers)
    return made
