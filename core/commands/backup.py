"""``hotline backup`` and ``hotline restore``: a whole site in one file, in a form that either database reads.

The database is written table by table as lines of JSON from one read transaction, so calls go on meanwhile and a
site may move from SQLite to PostgreSQL by the same file. The warehouse is left out: it is made again from the log.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Any

import orjson
import typer
from sqlalchemy import Connection, Table, delete, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import __version__
from core.clock import iso, utc_now
from core.commands.init import folder_in_words
from core.commands.site_door import running_site
from core.config import FILE, Settings, load_settings
from core.db import connect, migrate
from core.db.tables import Base, SiteRow
from core.errors import BadInput, Conflict, NotFound, Unavailable
from core.i18n import _
from core.people.site_service import has_site

FORMAT = 1
BATCH = 2000
FOLDERS = ("recordings", "clips")
FILES = (FILE, "demo.json")
# What the sip process tries the disk with.
ROOM_FILE = ".room"


def register(app: typer.Typer) -> None:
    @app.command("backup")
    def backup(
        file: Annotated[Path, typer.Argument(help="The file to write (.tar.gz).")],
        home: Annotated[Path, typer.Option(help="The site's data folder.", readable=False)],
    ) -> None:
        """Write the whole site into one file; it may be running."""
        rows = back_up(home, file)
        print(_("{rows} rows and all recordings are in {file}.", rows=rows, file=file))

    @app.command("restore")
    def restore(
        file: Annotated[Path, typer.Argument(help="A file that hotline backup wrote.")],
        home: Annotated[Path, typer.Option(help="The site's data folder; what it holds is replaced.", readable=False)],
    ) -> None:
        """Put a site back from its file."""
        rows = put_back(home, file)
        print(_("{rows} rows were put back into {home}.", rows=rows, home=home))


def back_up(home: Path, file: Path) -> int:
    """The number of rows written. The file appears only when it is complete."""
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
            rows = _write(settings, fresh)
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


def _write(settings: Settings, fresh: Path) -> int:
    rows = 0
    with tarfile.open(fresh, "w:gz", compresslevel=3) as archive, tempfile.TemporaryFile(dir=fresh.parent) as dump:
        fresh.chmod(0o600)
        for line in _dump(settings):
            dump.write(line)
            rows += 1
        about = {"format": FORMAT, "version": __version__, "at": iso(utc_now()), "rows": rows}
        _add(archive, "about.json", io.BytesIO(json.dumps(about).encode()))
        _add(archive, "database.jsonl", dump)
        for name in FILES:
            if (settings.home / name).exists():
                archive.add(settings.home / name, name)
        for name in FOLDERS:
            # Large recordings often lie on another disk, behind a link.
            _add_folder(archive, (settings.home / name).resolve(), name)
    return rows


def _add_folder(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    """As the folder is now: a file that grows meanwhile is taken as long as it was, one that goes is left out."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.name != ROOM_FILE:
            with contextlib.suppress(FileNotFoundError):
                archive.add(path, f"{name}/{path.relative_to(folder)}")


def put_back(home: Path, file: Path) -> int:
    """The number of rows read. All rows go in at once or none.

    A ``hotline.toml`` that stands in ``home`` stays: it says where things are on this machine.
    """
    home = home.resolve()
    if running_site(home) is not None:
        raise Conflict(
            "The site in {home} is running.", field="--home", remedy="End hotline run, then restore.", home=home
        )
    empty = not home.exists() or not any(home.iterdir())
    with _opened(file) as archive, folder_in_words(home):
        about = _about(archive, file)
        if about.get("format") != FORMAT:
            raise BadInput(
                "{file} is not a backup that this version reads.",
                field="FILE",
                remedy="Use the version of hotline that wrote it.",
                file=file,
            )
        try:
            rows = _unpack(archive, home, empty=empty)
        except BaseException:
            if empty:
                # As it was before: a folder that holds half a site would pass for one.
                shutil.rmtree(home, ignore_errors=True)
            raise
        if rows != about.get("rows"):
            raise _damaged(file)
    return rows


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    if not file.is_file():
        raise NotFound("There is no file {file}.", field="FILE", file=file)
    try:
        with tarfile.open(file, "r:gz") as archive:
            # To the end: a copy that was cut short is found before anything is replaced.
            archive.getmembers()
            yield archive
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise _damaged(file) from problem


def _damaged(file: Path) -> BadInput:
    return BadInput("{file} is not a whole backup.", field="FILE", remedy="Copy it again, or use another.", file=file)


def _unpack(archive: tarfile.TarFile, home: Path, *, empty: bool) -> int:
    home.mkdir(parents=True, exist_ok=True)
    members = {member.name: member for member in archive.getmembers()}
    if FILE in members and not (home / FILE).exists():
        archive.extract(members[FILE], home, filter="data")
    settings = load_settings(home)
    if empty:
        _must_hold_no_site(settings)
    for name, member in members.items():
        if name != FILE and (name in FILES or PurePosixPath(name).parts[0] in FOLDERS):
            archive.extract(member, home, filter="data")
    database = archive.extractfile(members["database.jsonl"]) if "database.jsonl" in members else None
    if database is None:
        raise BadInput("{file} holds no database.", field="FILE", file=archive.name)
    rows = _load(settings, database)
    # Made again from the event log and the database; what they hold now belongs to the site that was here before.
    old = [
        settings.warehouse_path,
        settings.warehouse_path.with_suffix(".duckdb.wal"),
        settings.state_dir / "site.json",
    ]
    for path in (*old, *settings.journal_dir.glob("*.jsonl")):
        path.unlink(missing_ok=True)
    return rows


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


def _about(archive: tarfile.TarFile, file: Path) -> dict[str, Any]:
    try:
        found = archive.extractfile("about.json")
        about: dict[str, Any] = json.loads(found.read()) if found else {}
    except (KeyError, ValueError) as problem:
        raise BadInput("{file} is not a backup.", field="FILE", file=file) from problem
    return about


def _dump(settings: Settings) -> Iterator[bytes]:
    engine = connect(settings.database)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("set transaction isolation level repeatable read read only"))
            else:
                # The driver opens no transaction for reads by itself.
                connection.exec_driver_sql("begin")
            for table in _tables():
                order = list(table.primary_key.columns)
                for row in connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*order)):
                    yield orjson.dumps([table.name, dict(row._mapping)]) + b"\n"
            connection.rollback()
    finally:
        engine.dispose()


def _load(settings: Settings, lines: IO[bytes]) -> int:
    engine = connect(settings.database)
    known = {table.name: table for table in _tables()}
    rows = 0
    try:
        migrate(engine)
        with engine.begin() as connection:
            for table in reversed(_tables()):
                connection.execute(delete(table))
            batch: list[dict[str, Any]] = []
            at = ""
            for line in lines:
                name, row = orjson.loads(line)
                if name != at or len(batch) >= BATCH:
                    _insert(connection, known.get(at), batch)
                    at, batch = name, []
                batch.append(row)
                rows += 1
            _insert(connection, known.get(at), batch)
            if engine.dialect.name == "postgresql":
                for table in known.values():
                    _continue_numbers(connection, table)
    finally:
        engine.dispose()
    return rows


def _insert(connection: Connection, table: Table | None, batch: list[dict[str, Any]]) -> None:
    if table is not None and batch:
        connection.execute(insert(table), batch)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Rows came with their ids: the sequence goes on behind the highest."""
    if table.autoincrement_column is None or table.name == "site":
        return
    connection.execute(
        text(
            f"select setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608 - names of our own tables
            f"(select coalesce(max(id), 0) + 1 from {table.name}), false)",
        ),
    )


def _tables() -> list[Table]:
    return Base.metadata.sorted_tables


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    info = tarfile.TarInfo(name)
    info.size = content.seek(0, io.SEEK_END)
    info.mtime = int(utc_now())
    info.mode = 0o600
    content.seek(0)
    archive.addfile(info, content)
