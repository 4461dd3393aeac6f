"""``hotline init``: a data folder with settings file and database, empty or filled with the labelled demo site."""

from __future__ import annotations

import contextlib
import heapq
import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.commands.folders import folder_in_words
from core.commands.restoring import finish_restore
from core.config import FILE, Settings, load_settings
from core.db import connect, event_log, migrate
from core.demo import customers, installation
from core.errors import Conflict, NotFound, Unavailable
from core.events import Event
from core.i18n import _
from core.installation.definition import Installation
from core.installation.ours import see_that_it_is_ours, see_that_it_is_there
from core.installation.service import has_installation, load_installation, save_installation
from core.notify.rule_service import load_examples
from core.people import role_rights
from core.people.sealing import seal_accounts
from core.people.users import create_user
from core.private import close_to_others
from core.vault import make_vault
from core.workorders import office

# (session, settings, now in UTC epoch seconds); not committed.
Past = Callable[[Session, Settings, float], Installation]

# Of folders above: each is fill(session, settings, now), called when the site and its history are there.
DEMO = "hotline.demo"
HISTORY_DAYS = 8
HISTORY_SEED = 96000
# A file of ours in the folder says that the folder is ours.
MARKS = (FILE, "hotline.db")
# Disks for recordings are mounted before the first start; a fresh disk has its lost+found.
MAY_BE_THERE = {"recordings", "clips", "lost+found"}

FIRST_FILE = """\
# Settings of this site; docs/settings.md explains each. Without a line the default holds.
# The environment (HOTLINE_HTTP_PORT=...) and the options of hotline run win over this file.
# http_host = "127.0.0.1"
# http_port = 8050
# sip_host = "127.0.0.1"
# sip_port = 5060
# database_url = "postgresql://USER@HOST/NAME"
# language = "zh_CN"
"""


def register(app: typer.Typer) -> None:
    @app.command("init")
    def init(
        home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)],
        demo: Annotated[bool, typer.Option(help="Fill it with the labelled demo site.")] = False,
    ) -> None:
        """Create a data folder."""
        if init_installation(home, demo=demo):
            print(_("The site in {home} is ready; start it with hotline run.", home=home.resolve()))
        else:
            print(_("There is already a site in {home}; nothing was changed.", home=home.resolve()))


def ensure_installation(home: Path, *, demo: bool) -> None:
    """For ``hotline run``: the site exists and its tables are of this version. A real one stays a real one."""
    home = home.resolve()
    if not demo and not _is_installation(home):
        raise NotFound(
            "There is no site in {home}.",
            field="--home",
            remedy="Create one with hotline init, or give --demo.",
            home=home,
        )
    with folder_in_words(home):
        _make(home, demo=demo, only_demo=False, past=_past)


def init_installation(home: Path, *, demo: bool, past: Past | None = None) -> bool:
    """True when a site was made, False when one was there; its tables are brought up to date either way.

    ``past`` fills a demo site's customers, orders and facts in place of the usual days, and gives its definition.
    """
    home = home.resolve()
    with folder_in_words(home):
        finish_restore(home)
        return _make(home, demo=demo, only_demo=demo, past=past or _past)


def _make(home: Path, *, demo: bool, only_demo: bool, past: Past) -> bool:
    if home.exists() and not home.is_dir():
        raise Conflict("{home} is not a folder.", field="--home", remedy="Choose an empty folder.", home=home)
    before = {path.name for path in home.iterdir()} - MAY_BE_THERE if home.exists() else None
    if before and not _is_installation(home):
        raise Conflict(
            "{home} holds files that are not of a site.",
            field="--home",
            remedy="Choose an empty folder.",
            home=home,
        )
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        close_to_others(home)
        if not (home / FILE).exists():
            (home / FILE).write_text(FIRST_FILE, "utf-8")
        made = _make_in_database(load_settings(home), demo=demo, only_demo=only_demo, past=past)
        close_to_others(home)
        return made
    except BaseException:
        if not before:
            _take_back(home, made=before is None)
        raise


def _take_back(home: Path, *, made: bool) -> None:
    """A site that could not be made leaves nothing behind that would look like one."""
    for name in (FILE, "demo.json", "secrets.key", "hotline.db", "hotline.db-wal", "hotline.db-shm"):
        (home / name).unlink(missing_ok=True)
    if made:
        with contextlib.suppress(OSError):
            home.rmdir()


def _make_in_database(settings: Settings, *, demo: bool, only_demo: bool, past: Past) -> bool:
    see_that_it_is_there(settings)
    engine = connect(settings.database)
    try:
        with engine.connect() as connection:
            see_that_it_is_ours(settings, connection)
        migrate(engine)
        with Session(engine) as session:
            if has_installation(session):
                seal_accounts(session, settings)
                if only_demo and not load_installation(session).demo:
                    raise Conflict(
                        "The site in {home} is a real one.",
                        field="--demo",
                        remedy="Choose another folder for the demo site.",
                        home=settings.home,
                    )
                return False
            _fill(session, settings, demo=demo, past=past)
    except DBAPIError as down:
        raise Unavailable(
            "The operational database cannot be opened: {problem}.",
            field="database_url",
            remedy="Start the database, or correct database_url in hotline.toml.",
            problem=str(down.orig).strip().partition("\n")[0].rstrip("."),
        ) from down
    finally:
        engine.dispose()
    return True


def _fill(session: Session, settings: Settings, *, demo: bool, past: Past) -> None:
    """One transaction: a site that is half there would never be completed. What folders above tell of the demo comes
    after it."""
    vault = make_vault(settings.key_path)
    load_examples(session, "hotline init", utc_now())
    office.fill_shipped(session, utc_now())
    role_rights.fill_shipped(session, utc_now())
    if not demo:
        save_installation(session, installation.empty_installation(_("Hotline"), settings.timezone))
        return
    for user in installation.USERS:
        create_user(
            session,
            user.name,
            user.password,
            user.role,
            display_name=user.display_name,
            extension=user.extension,
            secret=False,
            commit=False,
        )
    save_installation(session, vault.sealed_installation(past(session, settings, utc_now())))
    (settings.home / "demo.json").write_text(
        json.dumps(installation.about(customers.caller_numbers()), ensure_ascii=False, indent=1), "utf-8"
    )
    if past is _past:
        for entry in sorted(entry_points(group=DEMO), key=lambda one: one.name):
            entry.load()(session, settings, utc_now())


def _past(session: Session, settings: Settings, now: float) -> Installation:
    """Some days as a small house has them."""
    from core.demo import history, orders, recordings, roster
    from core.demo.voices import voices_or_none

    today = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(settings.timezone))
    customers.fill(session, today.year, today.month)
    told = list(history.events(HISTORY_DAYS, HISTORY_SEED, now))
    orders.fill_office(session, now)
    made = orders.fill(session, told, HISTORY_SEED, now)
    kept: list[Event] = []
    # A machine without speech has a history without recordings.
    if (spoken := voices_or_none(settings.tts, settings.drivers)) is not None:
        kept = recordings.fill(told, settings.recordings_dir, spoken, HISTORY_SEED, now)
    event_log.append(session, heapq.merge(told, made, kept, key=lambda event: event.at_us))
    roster.fill(session, now, settings.timezone)
    return installation.demo_installation()


def _is_installation(home: Path) -> bool:
    return any((home / mark).exists() for mark in MARKS)
