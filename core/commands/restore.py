"""Puts a site back from the file of ``hotline backup``: all that is in it is looked at before anything is written.

Writes below HOME only, and into the database that the settings name. What is no plain file of a site (a link, a device,
a path that leads elsewhere) makes the whole file refused. Knows the form of the file, nothing of what the rows mean but
one thing: the phones' secrets are sealed, and are sealed anew with the key that holds here.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import shutil
import tarfile
import tomllib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from sqlalchemy import Connection, Table, delete, insert, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.commands.init import folder_in_words
from core.commands.site_door import running_site
from core.config import FILE, Settings, load_settings
from core.db import audit_log, connect, migrate
from core.db.tables import AccountRow, Base, SiteRow
from core.errors import BadInput, ConfigError, Conflict, NotFound
from core.people.site_service import has_site
from core.private import close_to_others
from core.sealed_file import Damaged, SealedReader, WrongPassphrase, is_sealed_file
from core.site import Account
from core.vault import CannotOpen, Vault, keep_key, key_from, make_vault, read_vault

FORMAT = 1
BATCH = 2000
FOLDERS = ("recordings", "clips")
FILES = (FILE, "demo.json")
ABOUT, DATABASE, KEY_FILE = "about.json", "database.jsonl", "secrets.key"
# What is read into memory: nothing of ours comes near it.
LARGEST_SMALL_FILE = 1 << 20
# What the sip process tries the disk with.
ROOM_FILE = ".room"
SMALL = (ABOUT, FILE, KEY_FILE)

NO_FILE_OF_OURS = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, Damaged)


@dataclass
class Contents:
    """What the first reading found."""

    small: dict[str, bytes] = field(default_factory=dict)
    rows: int | None = None

    def about(self, file: Path) -> dict[str, Any]:
        try:
            about: dict[str, Any] = json.loads(self.small[ABOUT])
        except (KeyError, ValueError) as problem:
            raise BadInput("{file} is not a backup.", field="FILE", file=file) from problem
        return about


@dataclass(frozen=True, slots=True)
class Keys:
    """``old`` sealed what is in the file, ``new`` is the one that holds here."""

    old: Vault
    new: Vault

    def turned(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.old.key == self.new.key and row["ha1"].startswith("v1:"):
            return row
        account = Account(row["extension"], row["ha1"], row["ha1_sha256"])
        try:
            account = self.new.sealed(self.old.opened(account))
        except CannotOpen as lost:
            raise BadInput(
                "The key in the file does not open the phones' secrets in it.",
                field="FILE",
                remedy="Use another copy.",
            ) from lost
        return {**row, "ha1": account.ha1, "ha1_sha256": account.ha1_sha256}


def put_back(home: Path, file: Path, passphrase: Callable[[], str] | None = None) -> int:
    """The number of rows read. All rows go in at once or none; ``passphrase`` is asked when the file is sealed.

    A ``hotline.toml`` that stands in ``home`` stays: it says where things are on this machine.
    """
    home = home.resolve()
    if running_site(home) is not None:
        raise Conflict(
            "The site in {home} is running.", field="--home", remedy="End hotline run, then restore.", home=home
        )
    empty = not home.exists() or not any(home.iterdir())
    word = _passphrase(file, passphrase)
    found = _looked_at(file, word)
    about = found.about(file)
    if about.get("format") != FORMAT:
        raise BadInput(
            "{file} is not a backup that this version reads.",
            field="FILE",
            remedy="Use the version of hotline that wrote it.",
            file=file,
        )
    if found.rows is None:
        raise BadInput("{file} holds no database.", field="FILE", file=file)
    if found.rows != about.get("rows"):
        raise _damaged(file)
    with folder_in_words(home):
        try:
            rows = _unpack(file, word, found, home, empty=empty)
        except BaseException:
            if empty:
                # As it was before: a folder that holds half a site would pass for one.
                shutil.rmtree(home, ignore_errors=True)
            raise
        close_to_others(home)
    return rows


def _passphrase(file: Path, asked: Callable[[], str] | None) -> str | None:
    if not file.is_file():
        raise NotFound("There is no file {file}.", field="FILE", file=file)
    with file.open("rb") as below:
        if not is_sealed_file(below):
            return None
    if asked is None:
        raise BadInput(
            "{file} is sealed with a passphrase.",
            field="--passphrase-file",
            remedy="Give --passphrase-file.",
            file=file,
        )
    return asked()


@contextlib.contextmanager
def _opened(file: Path, passphrase: str | None) -> Iterator[tarfile.TarFile]:
    """As one stream: nothing of a sealed file lies open on the disk meanwhile."""
    try:
        with contextlib.ExitStack() as ends:
            below: IO[bytes] = ends.enter_context(file.open("rb"))
            if passphrase is not None:
                below = io.BufferedReader(SealedReader(below, passphrase))
            packed = gzip.GzipFile(fileobj=below, mode="rb")
            yield ends.enter_context(tarfile.open(fileobj=packed, mode="r|"))
            # To the end: a copy that was cut short or changed behind the last member is found, too.
            while packed.read(1 << 20):
                pass
    except WrongPassphrase as wrong:
        raise BadInput(
            "The passphrase does not open {file}.",
            field="--passphrase-file",
            remedy="Check it; capitals matter.",
            file=file,
        ) from wrong
    except NO_FILE_OF_OURS as problem:
        raise _damaged(file) from problem


def _looked_at(file: Path, passphrase: str | None) -> Contents:
    """Reads all of it and writes nothing; refuses what no backup of ours holds."""
    found = Contents()
    with _opened(file, passphrase) as archive:
        for member in archive:
            name = _name(member, file)
            if not member.isreg():
                continue
            content = archive.extractfile(member)
            assert content is not None
            if name in SMALL:
                if member.size > LARGEST_SMALL_FILE:
                    raise _damaged(file)
                found.small[name] = content.read()
            elif name == DATABASE:
                found.rows = sum(1 for _line in content)
    return found


def _name(member: tarfile.TarInfo, file: Path) -> str:
    """The member's path below HOME; refuses what leads elsewhere or is neither a plain file nor a folder."""
    path = PurePosixPath(member.name)
    strange = (
        not (member.isreg() or member.isdir())
        or not member.name
        or path.is_absolute()
        or ".." in path.parts
        or "\0" in member.name
    )
    if strange:
        raise BadInput(
            "{file} holds {name}, which is no plain file of a site; nothing was put back.",
            field="FILE",
            remedy="Use a file that hotline backup wrote.",
            file=file,
            name=member.name[:200],
        )
    return str(path)


def _damaged(file: Path) -> BadInput:
    return BadInput("{file} is not a whole backup.", field="FILE", remedy="Copy it again, or use another.", file=file)


def _unpack(file: Path, passphrase: str | None, found: Contents, home: Path, *, empty: bool) -> int:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings_file = found.small.get(FILE)
    if settings_file is not None and not (home / FILE).exists():
        _must_stay_here(settings_file, home)
        _write(home / FILE, io.BytesIO(settings_file))
    settings = load_settings(home)
    if empty:
        _must_hold_no_site(settings)
    keys = _keys(found, settings, file)
    rows = 0
    with _opened(file, passphrase) as archive:
        for member in archive:
            name = _name(member, file)
            if not member.isreg() or name in SMALL:
                continue
            content = archive.extractfile(member)
            assert content is not None
            if name == DATABASE:
                try:
                    rows = _load(settings, content, keys)
                except (ValueError, KeyError, TypeError, SQLAlchemyError) as problem:
                    raise _damaged(file) from problem
            elif name in FILES or PurePosixPath(name).parts[0] in FOLDERS:
                _write(_place(home, name, file), content)
    # Made again from the event log and the database; what they hold now belongs to the site that was here before.
    old = [
        settings.warehouse_path,
        settings.warehouse_path.with_suffix(".duckdb.wal"),
        settings.state_dir / "site.json",
        settings.audit_heads_path,
    ]
    for path in (*old, *settings.journal_dir.glob("*.jsonl")):
        path.unlink(missing_ok=True)
    return rows


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


def _keys(found: Contents, settings: Settings, file: Path) -> Keys:
    """The key of this folder goes on holding; a folder without one takes the file's."""
    try:
        old = Vault(key_from(found.small[KEY_FILE].decode("ascii")) if KEY_FILE in found.small else None)
    except ValueError as broken:
        raise _damaged(file) from broken
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
        return Keys(old, make_vault(settings.key_path))
    keep_key(settings.key_path, old.key)
    return Keys(old, old)


def _place(home: Path, name: str, file: Path) -> Path:
    """Where it goes. The two folders may be links of the keeper's to another disk, nothing below them may."""
    parts = PurePosixPath(name).parts
    at = home
    for depth, part in enumerate(parts[:-1]):
        at = at / part
        if at.is_symlink() and depth > 0:
            raise Conflict("{path} is a link; {file} is not put back through it.", field="--home", path=at, file=file)
        at.mkdir(exist_ok=True, mode=0o700)
    return at / parts[-1]


def _write(path: Path, content: IO[bytes]) -> None:
    """A new file in the place of the old one, never through a link that stands there."""
    fresh = path.with_name(f".{path.name[:100]}.part")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(content, file, 1 << 20)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _load(settings: Settings, lines: IO[bytes], keys: Keys) -> int:
    engine = connect(settings.database)
    known = {table.name: table for table in tables()}
    rows = 0
    try:
        migrate(engine)
        with engine.begin() as connection:
            for table in reversed(tables()):
                connection.execute(delete(table))
            batch: list[dict[str, Any]] = []
            at = ""
            for line in lines:
                name, row = orjson.loads(line)
                if name != at or len(batch) >= BATCH:
                    _insert(connection, known.get(at), batch)
                    at, batch = name, []
                batch.append(keys.turned(row) if name == AccountRow.__tablename__ else row)
                rows += 1
            _insert(connection, known.get(at), batch)
            if engine.dialect.name == "postgresql":
                for table in known.values():
                    _continue_numbers(connection, table)
            # A file from before there was a chain holds none.
            audit_log.begin_chain(connection)
    finally:
        engine.dispose()
    return rows


def _insert(connection: Connection, table: Table | None, batch: list[dict[str, Any]]) -> None:
    if table is not None and batch:
        connection.execute(insert(table), batch)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Rows came with their ids: the sequence goes on behind the highest."""
    if table.autoincrement_column is None or table.name in ("site", "audit_head"):
        return
    connection.execute(
        text(
            f"select setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608 - names of our own tables
            f"(select coalesce(max(id), 0) + 1 from {table.name}), false)",
        ),
    )


def tables() -> list[Table]:
    return Base.metadata.sorted_tables


def _must_hold_no_site(settings: Settings) -> None:
    """The settings in the file may name the database of the site that it is a copy of."""
    engine = connect(settings.database)
    try:
        with Session(engine) as session:
            taken = inspect(engine).has_table(SiteRow.__tablename__) and has_site(session)
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
