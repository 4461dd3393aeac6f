"""``hotline backup``: a whole site in one file, in a form that either database reads; ``restore`` puts it back.

The database is written table by table as lines of JSON from one read transaction, so calls go on meanwhile and a
site may move from SQLite to PostgreSQL by the same file. The warehouse is left out: it is made again from the log.
The key of the phones' secrets goes along, for without it no phone of the restored site could register.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import orjson
import typer
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from core import __version__
from core.clock import iso, utc_now
from core.commands.backup_file import (
    ABOUT,
    DATABASE,
    FILES,
    FOLDERS,
    FORMAT,
    KEY_FILE,
    BackupWriter,
    backup_writer,
    inspect_file,
    is_sealed,
)
from core.commands.folders import folder_in_words
from core.commands.restore import put_back
from core.commands.restoring import finish_restore
from core.commands.rows import rows_of
from core.commands.secrets_given import optional_secret, secret_given
from core.config import Settings, load_settings
from core.db import connect
from core.db.migrate import revision_of
from core.durable import put
from core.errors import BadInput, NotFound, Unavailable
from core.i18n import _
from core.whole_file import whole_bytes

# What the sip process tries the disk with.
ROOM_FILE = ".room"
SHORTEST_PASSPHRASE = 10


def register(app: typer.Typer) -> None:
    @app.command("backup")
    def backup(
        file: Annotated[Path, typer.Argument(help="The file to write (.tar.gz), or to look at with --verify.")],
        home: Annotated[Path | None, typer.Option(help="The site's data folder.", readable=False)] = None,
        passphrase_file: Annotated[
            Path | None, typer.Option(help="Seals the file with the passphrase in this one; - is the standard input.")
        ] = None,
        encrypt: Annotated[bool, typer.Option("--encrypt", help="Asks for a passphrase that seals the file.")] = False,
        verify: Annotated[
            bool, typer.Option("--verify", help="Writes nothing: is FILE whole, to the last bit?")
        ] = False,
    ) -> None:
        """Write the whole site into one file; it may be running."""
        if verify:
            print(verified(file, optional_secret(None, passphrase_file, "--passphrase")))
            return
        if home is None:
            raise BadInput("{field} is missing.", field="--home", remedy="Give the site's data folder.")
        passphrase = None
        if passphrase_file is not None or encrypt:
            passphrase = secret_given(None, passphrase_file, "--passphrase", _("Passphrase"))
        rows = back_up(home, file, passphrase)
        print(_("{rows} rows and all recordings are in {file}.", rows=rows, file=file))
        if passphrase is None:
            print(
                _(
                    "Warning: whoever reads {file} reads the whole site; --encrypt seals it with a passphrase.",
                    file=file,
                ),
                file=sys.stderr,
            )

    @app.command("restore")
    def restore(
        file: Annotated[Path, typer.Argument(help="A file that hotline backup wrote.")],
        home: Annotated[Path, typer.Option(help="The site's data folder; what it holds is replaced.", readable=False)],
        passphrase_file: Annotated[
            Path | None, typer.Option(help="The passphrase of a sealed file; - is the standard input.")
        ] = None,
    ) -> None:
        """Put a site back from its file."""
        given = optional_secret(None, passphrase_file, "--passphrase")

        def passphrase() -> str:
            return given or secret_given(None, None, "--passphrase", _("Passphrase"), twice=False)

        found = put_back(home, file, passphrase)
        print(_("{rows} rows were put back into {home}.", rows=found.rows, home=home))
        if not found.has_checksums:
            print(
                _(
                    "Warning: {file} is from a version without checksums; a changed recording would not be found.",
                    file=file,
                ),
                file=sys.stderr,
            )


def back_up(home: Path, file: Path, passphrase: str | None = None) -> int:
    """The number of rows written. The file appears only when it is complete."""
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput(
            "The passphrase is too short.",
            field="--passphrase",
            remedy="Use at least {shortest} characters.",
            shortest=SHORTEST_PASSPHRASE,
        )
    finish_restore(home)
    settings = load_settings(home)
    if settings.database_url is None and not (settings.home / "hotline.db").exists():
        raise NotFound(
            "There is no site in {home}.", field="--home", remedy="Create one with hotline init.", home=settings.home
        )
    if not file.absolute().parent.is_dir():
        raise NotFound("There is no folder {folder}.", field="FILE", folder=file.absolute().parent)
    fresh = file.with_name(file.name + ".part")
    try:
        with folder_in_words(file.parent.resolve(), field="FILE"):
            rows = _write(settings, fresh, passphrase)
            put(fresh, file)
    except DBAPIError as away:
        raise Unavailable(
            "The operational database cannot be read: {problem}.",
            remedy="Start the database, or correct database_url in hotline.toml.",
            problem=str(away.orig).strip().partition("\n")[0].rstrip("."),
        ) from away
    finally:
        fresh.unlink(missing_ok=True)
    return rows


def verified(file: Path, passphrase: str | None) -> str:
    """What can be said of a file that is whole; raises ``BadInput`` for any other. Nothing is written."""
    if passphrase is None and is_sealed(file):
        if whole_bytes(file) is None:
            # Damaged, or from before there were checksums: either way nobody can say without the passphrase.
            raise BadInput(
                "{file} is not as it was written, or from a version without checksums.",
                field="FILE",
                remedy="With --passphrase-file all of it is read.",
                file=file,
            )
        return _("{file} is as it was written; it is sealed, and --passphrase-file looks into it.", file=file)
    found = inspect_file(file, passphrase if is_sealed(file) else None)
    about = found.about()
    values = {
        "file": file,
        "parts": found.parts,
        "rows": found.rows,
        "at": about.get("at"),
        "version": about.get("version"),
    }
    if not found.has_checksums:
        return _(
            "{file} can be read to its end: {parts} parts, {rows} rows, written {at} by version {version}, which made "
            "no checksums.",
            **values,
        )
    return _("{file} is whole: {parts} parts, {rows} rows, written {at} by version {version}.", **values)


def _write(settings: Settings, fresh: Path, passphrase: str | None) -> int:
    rows = 0
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    with (
        fresh.open("wb") as file,
        backup_writer(file, passphrase) as archive,
        tempfile.TemporaryFile(dir=fresh.parent) as dump,
    ):
        with _standing(settings) as connection:
            revision = revision_of(connection)
            for row in rows_of(connection):
                dump.write(orjson.dumps(row) + b"\n")
                rows += 1
        about = {"format": FORMAT, "version": __version__, "at": iso(utc_now()), "rows": rows, "tables": revision}
        told = json.dumps(about).encode()
        archive.add(ABOUT, io.BytesIO(told), len(told))
        size = dump.tell()
        dump.seek(0)
        archive.add(DATABASE, dump, size)
        for name in FILES:
            _add_file(archive, settings.home / name, name)
        _add_file(archive, settings.key_path, KEY_FILE)
        for name in FOLDERS:
            # Large recordings often lie on another disk, behind a link.
            _add_folder(archive, (settings.home / name).resolve(), name)
    return rows


def _add_folder(archive: BackupWriter, folder: Path, name: str) -> None:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.name != ROOM_FILE:
            _add_file(archive, path, f"{name}/{path.relative_to(folder)}")


def _add_file(archive: BackupWriter, path: Path, name: str) -> None:
    """As it is now; one that is gone meanwhile is left out."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as content:
        archive.add(name, content, os.fstat(content.fileno()).st_size)


@contextlib.contextmanager
def _standing(settings: Settings) -> Iterator[Connection]:
    """The database as it stands at one moment; calls go on writing meanwhile."""
    engine = connect(settings.database)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("set transaction isolation level repeatable read read only"))
            else:
                # The driver opens no transaction for reads by itself.
                connection.exec_driver_sql("begin")
            yield connection
            connection.rollback()
    finally:
        engine.dispose()
