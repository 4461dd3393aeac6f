"""``GET /healthz``: every part's state in one answer, for ``hotline status`` and for alarms.

A part is ``ok``, ``degraded`` (works, somebody should look) or ``down``; any part down makes a 503, also one
without which calls go on (docs/health.md says which). ``detail`` is a word for programs, not a text for people.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import math
import shutil
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from core.db.tables import SiteRow

if TYPE_CHECKING:
    from core.api.app import Web

log = logging.getLogger(__name__)

Part = dict[str, Any]
Check = Callable[[], Part | Awaitable[Part]]

CHECK_LIMIT_S = 3.0
# Asked by everybody, also anonymously: one look serves all who ask within this time.
FRESH_S = 0.5
# A look that takes longer is not waited for, as long as the last one is not old.
PATIENCE_S = 0.1
OLD_S = 5.0
LOW_DISK_BYTES = 500 << 20
RANK = {"ok": 0, "degraded": 1, "down": 2}


def add_routes(web: Web) -> None:
    looks = Looks(lambda: look(web, database, complained))
    database = _Database(web.database)
    complained: dict[str, str] = {}

    @web.app.get("/healthz", tags=["site"])
    async def healthz() -> JSONResponse:
        """200 with every part's health, 503 when a part is down."""
        body = await looks.newest()
        return JSONResponse(body, 503 if body["status"] == "down" else 200, {"Cache-Control": "no-store"})


class Looks:
    """The newest look, made once for all who ask. Where one takes long, who asks is given the last meanwhile."""

    def __init__(self, make: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._make = make
        self._at = -math.inf
        self._last: dict[str, Any] = {}
        self._looking: asyncio.Task[None] | None = None

    async def newest(self) -> dict[str, Any]:
        age_s = time.monotonic() - self._at
        if age_s > FRESH_S:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            patience_s = PATIENCE_S if age_s < OLD_S else None
            await asyncio.wait({self._looking}, timeout=patience_s)
        return self._last

    async def _look(self) -> None:
        found = await self._make()
        self._at, self._last = time.monotonic(), found


async def look(web: Web, database: _Database, complained: dict[str, str]) -> dict[str, Any]:
    checks: dict[str, Check] = {"database": database.look, "disk": lambda: _disk(web), **web.health}
    found = await asyncio.gather(*(_checked(name, check, complained) for name, check in checks.items()))
    parts = {**_telephony(web), **dict(zip(checks, found, strict=True))}
    worst = max((part["status"] for part in parts.values()), key=lambda status: RANK.get(status, 2))
    return {"status": worst if worst in RANK else "down", "parts": parts}


async def _checked(name: str, check: Check, complained: dict[str, str]) -> Part:
    try:
        async with asyncio.timeout(CHECK_LIMIT_S):
            part = check()
            found = dict(await part if inspect.isawaitable(part) else part)
        complained.pop(name, None)
        return found
    except Exception as problem:
        if complained.get(name) != str(problem):
            # Asked twice a second: said once.
            complained[name] = str(problem)
            log.warning("health of %s: %s", name, problem or type(problem).__name__)
        away = isinstance(problem, TimeoutError | OSError | SQLAlchemyError)
        return {"status": "down", "detail": "no_answer" if away else "failed"}


def _telephony(web: Web) -> dict[str, Part]:
    """What the sip process said within the last seconds about itself and the media process."""
    ping = web.live.ping
    if ping is None or web.live.stale:
        return {"sip": {"status": "down"}, "media": {"status": "down", "detail": "unknown"}}
    recording, voice = ping.get("recording", "ok"), ping.get("voice", "up")
    return {
        "sip": {"status": "ok", "calls": ping.get("calls"), "version": ping.get("version")},
        "media": {"status": "ok" if ping.get("media") == "up" else "down"},
        "recording": {"status": "ok"} if recording == "ok" else {"status": "down", "detail": recording},
        # Tones are heard instead of words.
        "voice": {"status": "ok"} if voice == "up" else {"status": "degraded", "detail": voice},
        # Facts wait in files and are taken in later: nothing is lost, nobody is cut off.
        "journal": {"status": "ok" if ping.get("database") == "up" else "degraded", "state": ping.get("database")},
    }


class _Database:
    """A database that hangs holds one thread, not one more at every look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asking: asyncio.Future[float] | None = None

    async def look(self) -> Part:
        if self.asking is None or self.asking.done():
            self.asking = asyncio.ensure_future(asyncio.to_thread(self._ask))
            # Seen, also when nobody waits for it any more.
            self.asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        took_s = await asyncio.shield(self.asking)
        return {"status": "ok", "answer_ms": round(took_s * 1000, 1)}

    def _ask(self) -> float:
        before = time.monotonic()
        with self.engine.connect() as connection:
            # A table of ours: a file that is there but cannot be read would still count to one.
            connection.execute(select(SiteRow.version)).first()
        return time.monotonic() - before


def _disk(web: Web) -> Part:
    folder = web.settings.recordings_dir
    free = shutil.disk_usage(folder if folder.exists() else web.settings.home).free
    return {"status": "ok" if free > LOW_DISK_BYTES else "degraded", "free_gb": round(free / 1e9, 1)}
