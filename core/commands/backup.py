"""``hotline backup``: a whole site in one file, in a form that either database reads; ``restore`` puts it back.

The database is written table by table as lines of JSON from one read transaction, so calls go on meanwhile and a
site may move from SQLite to PostgreSQL by the same file. The warehouse is left out: it is made again from the log.
The key of the phones' secrets goes along, for without it no phone of the restored site could register.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

import orjson
import typer
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core import __version__
from core.clock import iso, utc_now
from core.commands.init import folder_in_words
from core.commands.restore import FILES, FOLDERS, FORMAT, KEY_FILE, ROOM_FILE, put_back, tables
from core.commands.secrets_given import optional_secret, secret_given
from core.config import Settings, load_settings
from core.db import connect
from core.errors import BadInput, NotFound, Unavailable
from core.i18n import _
from core.sealed_file import SealedWriter

BATCH = 2000
SHORTEST_PASSPHRASE = 10


def register(app: typer.Typer) -> None:
    @app.command("backup")
    def backup(
        file: Annotated[Path, typer.Argument(help="The file to write (.tar.gz).")],
        home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)],
        passphrase_file: Annotated[
            Path | None, typer.Option(help="Seals the file with the passphrase in this one; - is the standard input.")
        ] = None,
        encrypt: Annotated[bool, typer.Option("--encrypt", help="Asks for a passphrase that seals the file.")] = False,
    ) -> None:
        """Write the whole site into one file; it may be running."""
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

        rows = put_back(home, file, passphrase)
        print(_("{rows} rows were put back into {home}.", rows=rows, home=home))


def back_up(home: Path, file: Path, passphrase: str | None = None) -> int:
    """The number of rows written. The file appears only when it is complete."""
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput(
            "The passphrase is too short.",
            field="--passphrase",
            remedy="Use at least {shortest} characters.",
            shortest=SHORTEST_PASSPHRASE,
        )
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
            fresh.replace(file)
    except DBAPIError as away:
        raise Unavailable(
            "The operational database cannot be read: {problem}.",
            remedy="Start the database, or correct database_url in hotline.toml.",
            problem=str(away.orig).strip().partition("\n")[0].rstrip("."),
        ) from away
    finally:
        fresh.unlink(missing_ok=True)
    return rows


def _write(settings: Settings, fresh: Path, passphrase: str | None) -> int:
    rows = 0
    with _archive(fresh, passphrase) as archive, tempfile.TemporaryFile(dir=fresh.parent) as dump:
        for line in _dump(settings):
            dump.write(line)
            rows += 1
        about = {"format": FORMAT, "version": __version__, "at": iso(utc_now()), "rows": rows}
        _add(archive, "about.json", io.BytesIO(json.dumps(about).encode()))
        _add(archive, "database.jsonl", dump)
        for name in FILES:
            if (settings.home / name).exists():
                archive.add((settings.home / name).resolve(), name)
        if settings.key_path.exists():
            archive.add(settings.key_path.resolve(), KEY_FILE)
        for name in FOLDERS:
            # Large recordings often lie on another disk, behind a link.
            _add_folder(archive, (settings.home / name).resolve(), name)
    return rows


@contextlib.contextmanager
def _archive(fresh: Path, passphrase: str | None) -> Iterator[tarfile.TarFile]:
    """One stream from the tar through gzip and, with a passphrase, the seal into the file."""
    with contextlib.ExitStack() as ends:
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.chmod(0o600)
        below: IO[bytes] = ends.enter_context(fresh.open("wb"))
        if passphrase is not None:
            below = ends.enter_context(io.BufferedWriter(SealedWriter(below, passphrase)))
        packed = ends.enter_context(gzip.GzipFile(fileobj=below, mode="wb", compresslevel=3, filename=""))
        yield ends.enter_context(tarfile.open(fileobj=packed, mode="w|"))


def _add_folder(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    """As the folder is now: a file that grows meanwhile is taken as long as it was, one that goes is left out."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.name != ROOM_FILE:
            with contextlib.suppress(FileNotFoundError):
                archive.add(path, f"{name}/{path.relative_to(folder)}")


def _dump(settings: Settings) -> Iterator[bytes]:
    engine = connect(settings.database)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("set transaction isolation level repeatable read read only"))
            else:
                # The driver opens no transaction for reads by itself.
                connection.exec_driver_sql("begin")
            for table in tables():
                order = list(table.primary_key.columns)
                for row in connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*order)):
                    yield orjson.dumps([table.name, dict(row._mapping)]) + b"\n"
            connection.rollback()
    finally:
        engine.dispose()


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    info = tarfile.TarInfo(name)
    info.size = content.seek(0, io.SEEK_END)
    info.mtime = int(utc_now())
    info.mode = 0o600
    content.seek(0)
    archive.addfile(info, content)
