"""How the web process writes the audit: before the answer leaves, or, for looks at lists, a moment later in one go.

``kept`` is for what must not be lost: what was refused, heard, exported, revealed or changed. ``seen`` is for lists
that pages read over and over: the same look is one line in five minutes, a queue takes it, and one task writes all of
a moment in one transaction. With the database away ``seen`` and ``record_or_queue`` wait in memory, within bounds; what
had no room is counted, and the count is a line itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.db.audit_log import Line
from core.people import audit

log = logging.getLogger(__name__)

ONE_LOOK_S = 300.0
WRITE_EVERY_S = 0.25
MOST_AT_ONCE = 500
MOST_WAITING = 5000
MOST_REMEMBERED = 5000

T = TypeVar("T")


class Runs(Protocol):
    """``Web.in_session``: work with a database session, in a thread."""

    def __call__(self, work: Callable[[Session], T], /) -> Awaitable[T]: ...


class AuditLines:
    """One for the process; ``start`` and ``stop`` are called by it."""

    def __init__(self, run: Runs) -> None:
        self._run = run
        self._waiting: list[Line] = []
        self._lost = 0
        self._looks: dict[tuple[str, str, str, str], float] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def record(self, who: str, action: str, subject: str, /, **detail: Any) -> None:
        """In the database when this returns; without it the request fails, so that nothing happens unseen."""
        line = Line(who, action, subject, detail, utc_now())
        await self._run(lambda session: _write(session, [line]))

    async def record_or_queue(self, who: str, action: str, subject: str, /, **detail: Any) -> None:
        """For what is shown also while the database is away: the line waits for it then."""
        try:
            await self.record(who, action, subject, **detail)
        except SQLAlchemyError as away:
            log.info("a line of the audit waits: %s", type(away).__name__)
            self._later(Line(who, action, subject, detail, utc_now()))

    async def record_once(self, who: str, action: str, subject: str, /, **detail: Any) -> None:
        """As ``record_or_queue``, once in five minutes for the same thing seen."""
        if self._is_new(who, action, subject, detail):
            await self.record_or_queue(who, action, subject, **detail)
            self._remember(who, action, subject, detail)

    async def once(self, who: str, action: str, subject: str, /, **detail: Any) -> None:
        """As ``kept``, once in five minutes for the same: remembered only when it is in the database."""
        if self._is_new(who, action, subject, detail):
            await self.record(who, action, subject, **detail)
            self._remember(who, action, subject, detail)

    def seen(self, who: str, action: str, subject: str, /, **detail: Any) -> None:
        """Costs the page nothing."""
        if self._is_new(who, action, subject, detail):
            self._later(Line(who, action, subject, detail, utc_now()))
            self._remember(who, action, subject, detail)

    def _is_new(self, who: str, action: str, subject: str, detail: dict[str, Any]) -> bool:
        """Not the same look again within five minutes."""
        at = self._looks.get((who, action, subject, repr(sorted(detail.items()))), -ONE_LOOK_S)
        return time.monotonic() - at >= ONE_LOOK_S

    def _remember(self, who: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        now = time.monotonic()
        if len(self._looks) >= MOST_REMEMBERED:
            self._looks = {one: at for one, at in self._looks.items() if now - at < ONE_LOOK_S}
        if len(self._looks) >= MOST_REMEMBERED:
            self._looks.clear()
        self._looks[who, action, subject, repr(sorted(detail.items()))] = now

    def _later(self, line: Line) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._lost += 1
        else:
            self._waiting.append(line)
        self._news.set()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._always())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.write()

    async def _always(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(WRITE_EVERY_S)
            if not await self.write():
                await asyncio.sleep(5.0)
                self._news.set()

    async def write(self) -> bool:
        """All that waits; false when the database does not take it."""
        while self._waiting or self._lost:
            batch, lost = self._waiting[:MOST_AT_ONCE], self._lost
            if lost:
                batch = [*batch, Line("site", "audit_gap", "looks", {"lines": lost}, utc_now())]
            try:
                await self._run(lambda session, batch=batch: _write(session, batch))  # type: ignore[misc]
            except Exception as away:
                log.warning("%d lines of the audit wait: %s", len(self._waiting), type(away).__name__)
                return False
            del self._waiting[: len(batch) - bool(lost)]
            self._lost -= lost
        return True


def _write(session: Session, lines: list[Line]) -> None:
    for line in lines:
        audit.note(session, line.user_name, line.action, line.subject, line.detail, line.at)
    session.commit()
