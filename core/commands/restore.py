"""Puts a site back from the file of ``hotline backup``: all that is in it is looked at before anything is written.

Writes below HOME only, and into the database that the settings name. What is no plain file of a site (a link, a device,
a path that leads elsewhere) makes the whole file refused. Everything is made ready beside what is there and swapped in
at once (``restoring``). Knows nothing of what the rows mean but one thing: the phones' secrets are sealed, and are
sealed anew with the key that holds here.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import shutil
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.commands import restoring, rows
from core.commands.backup_file import (
    DATABASE,
    FILES,
    FOLDERS,
    KEY_FILE,
    SMALL,
    Backup,
    damaged,
    in_words,
    inspect_file,
    is_sealed,
)
from core.commands.folders import folder_in_words
from core.commands.running import running_installation
from core.config import FILE, Settings
from core.db import connect
from core.db.migrate import knows, newest
from core.db.tables import AccountRow, InstallationRow
from core.errors import BadInput, ConfigError, Conflict, Unavailable
from core.installation.definition import SipAccount
from core.installation.service import has_installation
from core.private import close_to_others
from core.pulse import LOCK
from core.vault import CannotOpen, Vault, keep_key, key_from, make_vault, read_vault

# Where rows of older tables become today's.
SCRATCH = "older.db"


@dataclass(frozen=True, slots=True)
class Keys:
    """``old`` sealed what is in the file, ``new`` is the one that holds here."""

    old: Vault
    new: Vault

    def turned(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        """For ``load``."""
        if table != AccountRow.__tablename__ or (self.old.key == self.new.key and row["ha1"].startswith("v1:")):
            return row
        account = SipAccount(row["extension"], row["ha1"], row["ha1_sha256"])
        try:
            account = self.new.sealed(self.old.opened(account))
        except CannotOpen as lost:
            raise BadInput(
                "The key in the file does not open the phones' secrets in it.",
                field="FILE",
                remedy="Use another copy.",
            ) from lost
        return {**row, "ha1": account.ha1, "ha1_sha256": account.ha1_sha256}


def put_back(home: Path, file: Path, passphrase: Callable[[], str] | None = None) -> Backup:
    """What was put back: all of it or, when anything is raised, nothing (``Unavailable`` says where the rest follows).
    ``passphrase`` is asked when the file is sealed.

    A ``hotline.toml`` that stands in ``home`` stays: it says where things are on this machine.
    """
    home = home.resolve()
    with folder_in_words(home), _resting(home):
        restoring.finish_restore(home)
        empty = not home.exists() or not any(home.iterdir())
        backup = inspect_file(file, _passphrase(file, passphrase))
        _must_be_known(backup)
        with restoring.only_restore(home):
            try:
                _make_ready(backup, home, empty=empty)
                restoring.go(home)
            except BaseException:
                _nothing_was(home, empty=empty)
                raise
            _swap(backup, home, empty=empty)
            restoring.clear(home)
        close_to_others(home)
    return backup


@contextlib.contextmanager
def _resting(home: Path) -> Iterator[None]:
    """The site does not run, nor is it started meanwhile."""
    running = Conflict(
        "The site in {home} is running.", field="--home", remedy="End hotline run, then restore.", home=home
    )
    if running_installation(home) is not None:
        raise running
    with contextlib.ExitStack() as ends:
        if (run := home / "run").is_dir():
            # Not emptied: a running site has written there that it is watched.
            descriptor = os.open(run / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            held = ends.enter_context(os.fdopen(descriptor, "r+"))
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                raise running from taken
        yield


def _nothing_was(home: Path, *, empty: bool) -> None:
    restoring.throw_away(home)
    restoring.clear(home)
    if empty:
        # As it was before: a folder that holds half a site would pass for one.
        shutil.rmtree(home, ignore_errors=True)


def _swap(backup: Backup, home: Path, *, empty: bool) -> None:
    try:
        restoring.swap(home)
    except (ValueError, KeyError, TypeError, SQLAlchemyError) as problem:
        # The database refused, and it comes first: nothing else was touched.
        _nothing_was(home, empty=empty)
        raise _refused(problem, backup.file) from problem
    except OSError as problem:
        raise restoring.unfinished(home, problem.strerror or str(problem)) from problem


def _refused(problem: Exception, file: Path) -> BadInput | Unavailable:
    told = rows.database_in_words(problem) if isinstance(problem, SQLAlchemyError) else None
    return told or damaged(file)


def _passphrase(file: Path, asked: Callable[[], str] | None) -> str | None:
    if not is_sealed(file):
        return None
    if asked is None:
        raise BadInput(
            "{file} is sealed with a passphrase.",
            field="--passphrase-file",
            remedy="Give --passphrase-file.",
            file=file,
        )
    return asked()


def _make_ready(backup: Backup, home: Path, *, empty: bool) -> None:
    """Everything beside its place; the parts are weighed once more on their way."""
    stage = restoring.stage(home)
    given = None if (home / FILE).exists() else backup.small.get(FILE)
    if given is not None:
        _must_stay_here(given, home)
        restoring.stage_file(stage / FILE, io.BytesIO(given))
    settings = restoring.staged_settings(home)
    if empty or (given is not None and restoring.database_file(settings) is None):
        _must_hold_no_installation(settings)
    keys = _keys(backup, settings, stage)
    with in_words(backup.file):
        for name, content in backup.read():
            if name in SMALL:
                continue
            if name == DATABASE:
                _make_rows_ready(backup, settings, content, keys, stage)
            elif name in FILES:
                restoring.stage_file(stage / name, content)
            elif (top := PurePosixPath(name).parts[0]) in FOLDERS:
                _must_be_no_link(home, name, backup.file)
                ready = restoring.stage_of(home, top) / PurePosixPath(name).relative_to(top)
                ready.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                restoring.stage_file(ready, content)


def _make_rows_ready(backup: Backup, settings: Settings, lines: IO[bytes], keys: Keys, stage: Path) -> None:
    revision = backup.revision()
    made_ready: Iterable[Any] = map(orjson.loads, lines)
    if revision not in (None, newest()):
        made_ready = rows.of_today(made_ready, str(revision), stage / SCRATCH)
    try:
        if (path := restoring.database_file(settings)) is None:
            rows.write_rows(stage / restoring.ROWS, made_ready, keys.turned)
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = restoring.staged_database(path)
        fresh.unlink(missing_ok=True)
        rows.load(f"sqlite:///{fresh}", made_ready, keys.turned)
    except (ValueError, KeyError, TypeError, SQLAlchemyError) as problem:
        raise _refused(problem, backup.file) from problem


def _must_be_known(backup: Backup) -> None:
    revision = backup.revision()
    if revision is not None and not knows(revision):
        raise BadInput(
            "{file} was made by a newer version of this program ({revision}).",
            field="FILE",
            remedy="Use the version of hotline that wrote it.",
            file=backup.file,
            revision=revision,
        )


def _must_stay_here(settings_file: bytes, home: Path) -> None:
    """Settings from a file of somebody else's must not name a database file elsewhere on this machine."""
    try:
        given = tomllib.loads(settings_file.decode("utf-8"))
        url = make_url(given["database_url"])
    except (KeyError, ValueError, ArgumentError, TypeError):
        return
    if url.get_backend_name() != "sqlite":
        return
    database = url.database or ""
    # SQLite reads a "file:" as an address of its own, which is no path below the working folder.
    if database.startswith("file:") or not Path(database).resolve().is_relative_to(home):
        raise Conflict(
            "The settings in the file name a database outside {home}.",
            field="database_url",
            remedy="Write a hotline.toml with the database's address into {home} first.",
            home=home,
        )


def _keys(backup: Backup, settings: Settings, stage: Path) -> Keys:
    """The key of this folder goes on holding; a folder without one takes the file's."""
    try:
        old = Vault(key_from(backup.small[KEY_FILE].decode("ascii")) if KEY_FILE in backup.small else None)
    except ValueError as broken:
        raise damaged(backup.file) from broken
    if settings.key_path.exists():
        return Keys(old, read_vault(settings.key_path))
    if settings.secrets_key_file is not None:
        raise ConfigError(
            "There is no file {file}.",
            field="secrets_key_file",
            remedy="Put the key there, or take the setting out of {home}/hotline.toml.",
            file=settings.key_path,
            home=settings.home,
        )
    if old.key is None:
        return Keys(old, make_vault(stage / KEY_FILE))
    keep_key(stage / KEY_FILE, old.key)
    return Keys(old, old)


def _must_be_no_link(home: Path, name: str, file: Path) -> None:
    """The two folders may be links of the keeper's to another disk, nothing below them may."""
    at = home
    for depth, part in enumerate(PurePosixPath(name).parts[:-1]):
        at = at / part
        if at.is_symlink() and depth > 0:
            raise Conflict("{path} is a link; {file} is not put back through it.", field="--home", path=at, file=file)


def _must_hold_no_installation(settings: Settings) -> None:
    """The settings in the file may name the database of the site that it is a copy of."""
    engine = connect(settings.database)
    try:
        with Session(engine) as session:
            taken = inspect(engine).has_table(InstallationRow.__tablename__) and has_installation(session)
    finally:
        engine.dispose()
    if taken:
        raise Conflict(
            "The database named in {file} holds a site already.",
            field="database_url",
            remedy="Write the address of an empty database into {home}/hotline.toml first.",
            file=FILE,
            home=settings.home,
        )
