"""How commands reach a site: a running one is asked over HTTP, and only when none runs is its database opened."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.orm import Session

from core.commands.restoring import finish_restore
from core.config import load_settings
from core.db import connect, migrate
from core.errors import BadInput, Conflict, HotlineError, NotAllowed, NotFound, Unavailable
from core.installation.service import load_installation

# Who acts in the audit when a command does.
SITE = "site"

_BY_STATUS: dict[int, type[HotlineError]] = {
    400: BadInput,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    422: BadInput,
}


def running_installation(home: Path) -> dict[str, Any] | None:
    """What ``hotline run`` wrote about itself, when its process is alive."""
    try:
        about: dict[str, Any] = json.loads((home / "run" / "site.json").read_text("utf-8"))
        os.kill(int(about["pid"]), 0)
    except PermissionError:
        return about
    except (OSError, ValueError, KeyError):
        return None
    return about


@contextmanager
def stopped_installation(home: Path) -> Iterator[Session]:
    """The database of a site that does not run; refuses, with the remedy, where no site was made yet."""
    finish_restore(home)
    settings = load_settings(home)
    if settings.database_url is None and not (settings.home / "hotline.db").exists():
        raise NotFound(
            "There is no site in {home}.", field="--home", remedy="Create one with hotline init.", home=settings.home
        )
    engine = connect(settings.database)
    try:
        migrate(engine)
        with Session(engine) as session:
            load_installation(session)
            yield session
    finally:
        engine.dispose()


def ask(
    about: dict[str, Any], method: str, path: str, body: dict[str, Any] | None, *, limit_s: float = 20.0
) -> dict[str, Any]:
    """The running site's answer; what it refuses is raised in its own words."""
    try:
        answer = httpx.request(
            method,
            f"{about['http']}{path}",
            json=body,
            headers={"Authorization": f"Bearer {about['token']}"},
            timeout=limit_s,
            trust_env=False,
        )
    except httpx.HTTPError as problem:
        raise Unavailable(
            "The running site does not answer: {problem}.",
            remedy="Look at hotline status, or end hotline run and try again.",
            problem=problem,
        ) from problem
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if answer.is_success:
        return dict(told)
    kind = _BY_STATUS.get(answer.status_code, Unavailable)
    raise kind(
        "{problem}",
        field=told.get("field"),
        remedy="{hint}" if told.get("remedy") else None,
        problem=told.get("detail") or told.get("title") or f"HTTP {answer.status_code}",
        hint=told.get("remedy"),
    )
