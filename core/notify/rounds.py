"""Work that a web process does again and again in the background, and goes on doing whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from core.clock import utc_now

log = logging.getLogger(__name__)


async def evaluate_forever(look: Callable[[float], Awaitable[None]], every_s: float, what: str) -> None:
    """One look after the other. While the database is away that is said once."""
    away = False
    while True:
        try:
            await look(utc_now())
            away = False
        except SQLAlchemyError as problem:
            if not away:
                log.warning("%s wait for the database: %s", what, problem)
            away = True
        except Exception:
            log.exception("a look at the %s failed", what)
        await asyncio.sleep(every_s)


async def ended(*tasks: asyncio.Task[None] | None) -> None:
    """Cancelled, and waited for."""
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    for task in running:
        with contextlib.suppress(asyncio.CancelledError):
            await task
