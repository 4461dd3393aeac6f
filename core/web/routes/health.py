"""``GET /healthz``: every part's state in one answer, for ``hotline status`` and for alarms.

A part is ``ok``, ``degraded`` (works, somebody should look) or ``down``; any part down makes a 503, also one
without which calls go on (docs/health.md says which). ``detail`` is a word for programs, not a text for people.
"""

from __future__ import annotations

import asyncio
import errno
import inspect
import logging
import math
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi.responses import JSONResponse
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from core.config import Settings
from core.db import identity
from core.db.engine import WAL_LIMIT_BYTES, sqlite_file, wal_bytes
from core.db.replaced import put_aside
from core.db.tables import InstallationRow
from core.durable import try_folder
from core.process import HealthCheck, Part
from core.pulse import LOCK, watched
from core.web.context import Web
from core.web.shapes import health as shape

log = logging.getLogger(__name__)

CHECK_LIMIT_S = 3.0
# Asked by everybody, also anonymously: one look serves all who ask within this time.
FRESH_S = 0.5
# A look that takes longer is not waited for, as long as the last one is not old.
PATIENCE_S = 0.1
OLD_S = 5.0
LOW_DISK_BYTES = 500 << 20
# Four times what it is cut to when nobody holds it.
HELD_WAL_BYTES = 4 * WAL_LIMIT_BYTES
# What a folder says that may not be written, or is none; a full disk has its own part.
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST})
RANK = {"ok": 0, "degraded": 1, "down": 2}


def add_routes(web: Web) -> None:
    looks = HealthCache(lambda: examine(web, database, complained))
    database = _Database(web.database, web.settings.state_dir)
    complained: dict[str, str] = {}

    @web.app.get("/healthz", response_model=shape.Health, tags=["site"])
    async def healthz() -> JSONResponse:
        """200 with every part's health, 503 when a part is down."""
        body = await looks.newest()
        return JSONResponse(body, 503 if body["status"] == "down" else 200, {"Cache-Control": "no-store"})


class HealthCache:
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


async def examine(web: Web, database: _Database, complained: dict[str, str]) -> dict[str, Any]:
    checks: dict[str, HealthCheck] = {
        "database": database.look,
        "disk": lambda: _disk(web),
        "folders": lambda: asyncio.to_thread(folders, web.settings),
        "keeper": lambda: _keeper(web),
        **web.health,
    }
    found = await asyncio.gather(*(_checked(name, check, complained) for name, check in checks.items()))
    parts = {**_telephony(web), **dict(zip(checks, found, strict=True))}
    worst = max((part["status"] for part in parts.values()), key=lambda status: RANK.get(status, 2))
    return {"status": worst if worst in RANK else "down", "parts": parts}


async def _checked(name: str, check: HealthCheck, complained: dict[str, str]) -> Part:
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
        "journal": _journal(web, str(ping.get("database"))),
        **_trunks(ping.get("gateways") or {}),
    }


def _trunks(gateways: Mapping[str, Mapping[str, str]]) -> dict[str, Part]:
    """Counted, not named: anybody may ask. Calls come in all the same, and go out by what still answers."""
    states = [state for each in gateways.values() for state in each.values()]
    if not states:
        return {}
    away = states.count("down")
    cut_off = any(each and set(each.values()) == {"down"} for each in gateways.values())
    detail = {"detail": "no_way_out" if cut_off else "gateway_away"} if away else {}
    return {"trunks": {"status": "degraded" if away else "ok", "gateways": len(states), "away": away, **detail}}


def _journal(web: Web, state: str) -> Part:
    aside = web.journal_aside.count()
    status = "ok" if state == "up" and not aside else "degraded"
    return {"status": status, "state": state, **({"unreadable": aside} if aside else {})}


class _Database:
    """A database that hangs holds one thread, not one more at every look."""

    def __init__(self, engine: Engine, state_dir: Path) -> None:
        self.engine, self.state_dir = engine, state_dir
        self.asking: asyncio.Future[float | None] | None = None

    async def look(self) -> Part:
        if self.asking is None or self.asking.done():
            self.asking = asyncio.ensure_future(asyncio.to_thread(self._ask))
            # Seen, also when nobody waits for it any more.
            self.asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
        took_s = await asyncio.shield(self.asking)
        if took_s is None:
            return {"status": "down", "detail": "not_ours"}
        answer_ms = round(took_s * 1000, 1)
        if (held := wal_bytes(self.engine)) > HELD_WAL_BYTES:
            return {"status": "degraded", "detail": "wal_held", "answer_ms": answer_ms, "wal_mb": held >> 20}
        if (file := sqlite_file(self.engine.url)) and (aside := put_aside(file)):
            return {"status": "degraded", "detail": "replaced", "answer_ms": answer_ms, "log_aside": aside[-1].name}
        return {"status": "ok", "answer_ms": answer_ms}

    def _ask(self) -> float | None:
        """Seconds that it took; ``None``: it is another house's database."""
        before = time.monotonic()
        with self.engine.connect() as connection:
            if identity.judge(connection, identity.read(self.state_dir), worked=False) in ("empty", "other"):
                return None
            # A table of ours: a file that is there but cannot be read would still count to one.
            connection.execute(select(InstallationRow.version)).first()
        return time.monotonic() - before


def _keeper(web: Web) -> Part:
    """``hotline run``, which would bring a dead or hanging process back."""
    alone = not (web.settings.run_dir / LOCK).exists()
    return {"status": "ok"} if alone or watched(web.settings.run_dir) else {"status": "degraded", "detail": "stopped"}


def folders(settings: Settings) -> Part:
    """Those that the telephony core writes to: it goes on without, and a fall would then cost what it knows."""
    closed = []
    for folder in (settings.state_dir, settings.journal_dir):
        try:
            try_folder(folder)
        except OSError as problem:
            if problem.errno in FORBIDDEN:
                closed.append(folder.name)
    return (
        {"status": "degraded", "detail": "not_writable", "folders": ", ".join(closed)} if closed else {"status": "ok"}
    )


def _disk(web: Web) -> Part:
    folder = web.settings.recordings_dir
    free = shutil.disk_usage(folder if folder.exists() else web.settings.home).free
    return {"status": "ok" if free > LOW_DISK_BYTES else "degraded", "free_gb": round(free / 1e9, 1)}
