"""What every route and every mounted folder gets: one web process's middle, with typed parts. Knows no route."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy.orm import Session

from core import __version__
from core.config import Settings
from core.process import Process
from core.telephony.control_client import ControlClient
from core.telephony.set_aside import SetAside
from core.web.answers import BuiltRoute, give_way
from core.web.audit_lines import AuditLines
from core.web.auth import Sessions
from core.web.live_hub import LiveHub
from core.web.lookups import Lookups
from core.web.loop_lag import LoopLag
from core.web.openapi import Application

log = logging.getLogger(__name__)

T = TypeVar("T")


class Web(Process):
    """One site's web process. Routes and mounts must be there before the start: Dash takes every path after it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.telephony = ControlClient(settings.run_dir / "sip.sock")
        self.live = LiveHub(self.telephony)
        self.sessions = Sessions(settings, self.database)
        self.audit = AuditLines(self.in_session)
        self.lookups = Lookups(self.audit, settings.lookups_per_hour)
        self.loop_lag = LoopLag()
        self.add_health("loop", self.loop_lag.status)
        self.journal_aside = SetAside(settings.journal_dir)
        # Paths that take larger bodies than usual, in bytes: what begins with them.
        self.body_limits: dict[str, int] = {}
        self.app = Application(
            title="Hotline",
            version=__version__,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            responses={"default": {"description": "A problem, RFC 9457."}},
            lifespan=self._lifespan,
        )
        self.app.router.route_class = BuiltRoute
        self.app.state.web = self

    async def in_session(self, work: Callable[[Session], T]) -> T:
        """``work`` with a database session, in a thread."""

        def in_thread() -> T:
            with Session(self.database) as session:
                return work(session)

        return await asyncio.to_thread(in_thread)

    @asynccontextmanager
    async def _lifespan(self, _app: Application) -> AsyncIterator[None]:
        give_way()
        await self.loop_lag.start()
        await self.live.start()
        for hook in self.starts:
            await hook()
        yield
        for hook in reversed(self.stops):
            try:
                await hook()
            except Exception:
                log.exception("a part did not end well")
        await self.live.stop()
        await self.loop_lag.stop()
        await self.telephony.close()
        self.sessions.close()
        self.database.dispose()
