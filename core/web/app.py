"""Builds the web application: the core's routes, then the upper folders, the guard around everything."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from core.config import load_settings
from core.installation.service import follow_timezone
from core.web import doors, problems
from core.web.context import Web
from core.web.guard import Guard
from core.web.packing import Packing
from core.web.routes import (
    accounts,
    agents,
    alerts,
    audit,
    break_reasons,
    calendars,
    call_notes,
    categories,
    changes,
    dialling,
    docs_page,
    flows,
    health,
    live,
    login,
    numbers,
    own_password,
    people,
    queues,
    role_rights,
    rosters,
    steering,
    supervision,
    telephony,
    trunks,
    unreadable,
    wall_links,
    workorders,
)

log = logging.getLogger(__name__)

GROUP = "hotline.web"


def build(home: Path, group: str = GROUP) -> FastAPI:
    """The whole application of the site in ``home``; ``group`` lists the upper folders to hang in."""
    web = Web(load_settings(home))
    web.on_start(lambda: _follow_timezone(web))
    problems.add_handlers(web.app)
    changes.add_problems(web)
    calls = (telephony, call_notes, supervision, steering)
    installation = (trunks, numbers, queues, agents, flows, calendars, dialling, categories, break_reasons)
    for part in (
        login,
        own_password,
        audit,
        live,
        *calls,
        *installation,
        wall_links,
        alerts,
        workorders,
        people,
        accounts,
        role_rights,
        rosters,
        unreadable,
        health,
        docs_page,
    ):
        part.add_routes(web)
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        mount(entry, web)
    doors.check(web.app)
    web.app.add_middleware(Packing)
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
