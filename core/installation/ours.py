"""A house that has worked refuses a database that is not its own, with the way back; nothing is written."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from core.config import Settings
from core.db import identity
from core.errors import Conflict

BACK = (
    "Put the right one back, correct database_url, or bring a backup back with hotline restore. "
    "To go on with this one all the same: hotline database accept."
)


def see_that_it_is_ours(settings: Settings, connection: Connection, *, old_will_do: bool = False) -> None:
    """``Conflict`` says what is wrong. ``old_will_do``: an older copy of our own is not refused."""
    known = identity.read(settings.state_dir)
    verdict = identity.judge(connection, known, worked=has_worked(settings))
    if verdict == "empty":
        raise missing(settings)
    if verdict == "other":
        raise Conflict(
            "The database {database} is of another installation.",
            field="database_url",
            remedy=BACK,
            database=named(settings),
        )
    if verdict == "older" and known is not None and not old_will_do:
        raise Conflict(
            "The database {database} is an older copy: facts that this site wrote until {at} are not in it.",
            field="database_url",
            remedy=BACK,
            database=named(settings),
            at=known.last_at,
        )


def see_that_it_is_there(settings: Settings) -> None:
    """Asked before it is opened: SQLite would make an empty file, or write into one of no bytes."""
    file = file_of(settings)
    gone = file is not None and (not file.exists() or not file.stat().st_size)
    if gone and (has_worked(settings) or identity.read(settings.state_dir)):
        raise missing(settings)


def missing(settings: Settings) -> Conflict:
    return Conflict(
        "The database {database} of this site is missing or empty.",
        field="database_url",
        remedy=BACK,
        database=named(settings),
    )


def has_worked(settings: Settings) -> bool:
    """The telephony core's copy of the site is made by its first start."""
    return (settings.state_dir / "site.json").exists()


def file_of(settings: Settings) -> Path | None:
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def named(settings: Settings) -> str:
    return make_url(settings.database).render_as_string(hide_password=True)
