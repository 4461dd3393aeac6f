"""The web process's middle: builds the application, hangs the upper folders into it, starts and ends its parts.

Knows which parts there are and none of their business. ``Web`` is what ``mount(web)`` of an upper folder gets.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import __version__
from core.api import (
    accounts,
    alerts,
    audit,
    call_notes,
    dialling,
    docs_page,
    doors,
    health,
    live,
    login,
    own_password,
    people,
    problems,
    role_rights,
    steering,
    supervision,
    telephony,
    trunks,
    wall_links,
    workorders,
)
from core.api.audit_lines import AuditLines
from core.api.auth import Sessions
from core.api.guard import Guard
from core.api.live_hub import LiveHub
from core.api.lookups import Lookups
from core.config import Settings, load_settings
from core.db import connect
from core.people.site_service import follow_timezone
from core.telephony.control_client import ControlClient

log = logging.getLogger(__name__)

GROUP = "hotline.web"
T = TypeVar("T")
Hook = Callable[[], Awaitable[None]]


class Web:
    """One site's web process. Routes and mounts must be there before the start: Dash takes every path after it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database: Engine = connect(settings.database)
        self.telephony = ControlClient(settings.run_dir / "sip.sock")
        self.live = LiveHub(self.telephony)
        self.sessions = Sessions(settings, self.database)
        self.audit = AuditLines(self.in_session)
        self.lookups = Lookups(self.audit, settings.lookups_per_hour)
        self.parts: dict[str, Any] = {}
        self.health: dict[str, health.Check] = {}
        # Paths that take larger bodies than usual, in bytes: what begins with them.
        self.body_limits: dict[str, int] = {}
        self._starts: list[Hook] = []
        self._stops: list[Hook] = []
        self.app = FastAPI(
            title="Hotline",
            version=__version__,
            docs_url=None,
            redoc_url=None,
            lifespan=self._lifespan,
        )
        self.app.state.web = self

    def on_start(self, hook: Hook) -> None:
        """Runs once before the first request, in the order of the calls."""
        self._starts.append(hook)

    def on_stop(self, hook: Hook) -> None:
        """Runs once after the last request, the last one first."""
        self._stops.append(hook)

    def add_health(self, name: str, check: health.Check) -> None:
        """``check`` returns ``{"status": "ok" | "degraded" | "down", …}``; it may be a coroutine function."""
        self.health[name] = check

    async def in_session(self, work: Callable[[Session], T]) -> T:
        """``work`` with a database session, in a thread."""

        def in_thread() -> T:
            with Session(self.database) as session:
                return work(session)

        return await asyncio.to_thread(in_thread)

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        await self.live.start()
        for hook in self._starts:
            await hook()
        yield
        for hook in reversed(self._stops):
            try:
                await hook()
            except Exception:
                log.exception("a part did not end well")
        await self.live.stop()
        await self.telephony.close()
        self.sessions.close()
        self.database.dispose()


def build(home: Path, group: str = GROUP) -> FastAPI:
    """The whole application of the site in ``home``; ``group`` lists the upper folders to hang in."""
    web = Web(load_settings(home))
    web.on_start(lambda: _follow_timezone(web))
    problems.add_handlers(web.app)
    calls = (telephony, call_notes, supervision, steering, trunks, dialling)
    for part in (
        login,
        own_password,
        audit,
        live,
        *calls,
        wall_links,
        alerts,
        workorders,
        people,
        accounts,
        role_rights,
        health,
        docs_page,
    ):
        part.add_routes(web)
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        mount(entry, web)
    doors.check(web.app)
    # Last, so that it stands outside of everything, Dash included.
    web.app.add_middleware(
        Guard,
        sessions=web.sessions,
        language=web.settings.language,
        https_port=web.settings.https_port,
        body_limits=web.body_limits,
    )
    return web.app


async def _follow_timezone(web: Web) -> None:
    """Orders and working hours read the site's zone in the database: it is that of the settings."""
    try:
        await web.in_session(lambda session: follow_timezone(session, web.settings.timezone))
    except SQLAlchemyError as away:
        log.warning("the site's zone is not looked at: %s", type(away).__name__)


def mount(entry: EntryPoint, web: Web) -> None:
    """Hangs an upper folder in; the core also runs without it."""
    try:
        hang_in = entry.load()
    except ModuleNotFoundError as missing:
        if missing.name is None or not f"{entry.module}.".startswith(f"{missing.name}."):
            raise
        log.warning("%s is not there: %s", entry.name, missing)
        return
    hang_in(web)
