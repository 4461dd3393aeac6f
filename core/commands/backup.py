"""``hotline backup`` and ``hotline restore``: a whole site in one file, in a form that either database reads.

The database is written table by table as lines of JSON from one read transaction, so calls go on meanwhile and a
site may move from SQLite to PostgreSQL by the same file. The warehouse is left out: it is made again from the log.
"""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Any

import orjson
import typer
from sqlalchemy import Connection, Table, delete, insert, select, text

from core import __version__
from core.clock import iso, utc_now
from core.commands.site_door import running_site
from core.config import FILE, Settings, load_settings
from core.db import connect, migrate
from core.db.tables import Base
from core.errors import BadInput, Conflict, NotFound
from core.i18n import _

FORMAT = 1
BATCH = 2000
FOLDERS = ("recordings", "clips")
FILES = (FILE, "demo.json")


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
    fresh = file.with_name(file.name + ".part")
    rows = 0
    with tarfile.open(fresh, "w:gz", compresslevel=3) as archive, tempfile.TemporaryFile() as dump:
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
            if (settings.home / name).is_dir():
                archive.add(settings.home / name, name)
    fresh.replace(file)
    return rows


def put_back(home: Path, file: Path) -> int:
    """The number of rows read. All rows go in at once or none."""
    home = home.resolve()
    if running_site(home) is not None:
        raise Conflict(
            "The site in {home} is running.", field="--home", remedy="End hotline run, then restore.", home=home
        )
    try:
        archive = tarfile.open(file, "r:gz")  # noqa: SIM115 - closed below, opened here for the message
    except (OSError, tarfile.TarError) as problem:
        raise BadInput("{file} cannot be read: {problem}.", field="FILE", file=file, problem=problem) from problem
    with archive:
        if _about(archive, file).get("format") != FORMAT:
            raise BadInput(
                "{file} is not a backup that this version reads.",
                field="FILE",
                remedy="Use the version of hotline that wrote it.",
                file=file,
            )
        home.mkdir(parents=True, exist_ok=True)
        for member in archive.getmembers():
            if member.name in FILES or PurePosixPath(member.name).parts[0] in FOLDERS:
                archive.extract(member, home, filter="data")
        settings = load_settings(home)
        database = archive.extractfile("database.jsonl")
        if database is None:
            raise BadInput("{file} holds no database.", field="FILE", file=file)
        rows = _load(settings, database)
    # Made again from the event log; its watermark would point into another one.
    for old in (settings.warehouse_path, settings.warehouse_path.with_suffix(".duckdb.wal")):
        old.unlink(missing_ok=True)
    return rows


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
