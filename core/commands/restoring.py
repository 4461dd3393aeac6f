"""The second half of a restore: what was made ready beside takes its place, all of it or nothing.

Everything that a restore puts back lies ready and synced below ``.restore`` folders (on the disks where it goes) before
the file ``go`` is written. Without ``go`` nothing was replaced, and what lies ready is thrown away. With it the rest is
done, however often it was cut short before: ``finish_restore`` comes first in every command that opens a site.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from core.commands.backup_file import FILES, FOLDERS, KEY_FILE
from core.commands.rows import database_in_words, load
from core.config import FILE, Settings, load_settings
from core.db import identity
from core.db.engine import sqlite_file
from core.durable import remove, sync_disk, sync_folder
from core.errors import Conflict, Unavailable
from core.telephony.set_aside import FILE as REFUSED

STAGE, GO, LOCK, ROWS = ".restore", "go", "lock", "rows.jsonl"


def stage(home: Path) -> Path:
    """Where the small files lie ready, and the rows for a database that is no file of ours."""
    return home / STAGE


def stage_of(home: Path, folder: str) -> Path:
    """Where the files of ``recordings`` or ``clips`` lie ready: behind a link to another disk, on that disk."""
    return (home / folder).resolve() / STAGE


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; ``None`` for any other, which takes rows in one transaction."""
    file = sqlite_file(make_url(settings.database))
    return file.resolve() if file else None


def staged_database(path: Path) -> Path:
    return path.with_name(f"{path.name}{STAGE}")


def staged_settings(home: Path) -> Settings:
    """As they will be: a ``hotline.toml`` that stands in ``home`` stays."""
    return load_settings(home, None if (home / FILE).exists() else stage(home) / FILE)


@contextlib.contextmanager
def only_restore(home: Path) -> Iterator[None]:
    """Nobody else restores into ``home`` meanwhile, nor finishes a restore."""
    stage(home).mkdir(parents=True, exist_ok=True, mode=0o700)
    with (stage(home) / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise Conflict(
                "A restore into {home} is going on.", field="--home", remedy="Wait for its end.", home=home
            ) from taken
        yield


def finish_restore(home: Path) -> bool:
    """Whether there was one to finish. What a restore left that never came to ``go`` is thrown away."""
    home = home.resolve()
    if not stage(home).is_dir():
        return False
    with only_restore(home):
        begun = (stage(home) / GO).exists()
        if begun:
            try:
                swap(home)
            except (SQLAlchemyError, OSError) as problem:
                told = database_in_words(problem) if isinstance(problem, SQLAlchemyError) else None
                raise unfinished(home, told.values["problem"] if told else problem) from problem
        else:
            throw_away(home)
        clear(home)
    return begun


def go(home: Path) -> None:
    """From now on the restore is done, whatever happens."""
    for folder in (stage(home), *(stage_of(home, name) for name in FOLDERS)):
        if folder.is_dir():
            sync_disk(folder)
    if (path := database_file(staged_settings(home))) is not None:
        sync_disk(path.parent)
    with (stage(home) / GO).open("w") as file:
        os.fsync(file.fileno())
    sync_folder(stage(home))


def swap(home: Path) -> None:
    """All that lies ready takes its place. Each step may have been done before."""
    settings = staged_settings(home)
    _swap_database(home, settings)
    for name in FOLDERS:
        _swap_folder(stage_of(home, name), (home / name).resolve())
    aside = settings.journal_dir / REFUSED
    # Made again from the event log and the database; what they hold now belongs to the site that was here before.
    for path in (
        settings.warehouse_path,
        settings.warehouse_path.with_suffix(".duckdb.wal"),
        settings.state_dir / "site.json",
        settings.state_dir / identity.FILE,
        settings.audit_heads_path,
        # Its time would be taken for the moment when the site that is put back was last alive.
        settings.agents_path,
        *settings.journal_dir.glob("*.jsonl"),
        aside,
        aside.with_suffix(".taking"),
    ):
        remove(path)
    # The settings last: where everything goes is in them.
    for name in (KEY_FILE, *FILES[::-1]):
        if (fresh := stage(home) / name).exists():
            fresh.replace(home / name)
    sync_disk(home)
    remove(stage(home) / GO)
    sync_folder(stage(home))


def throw_away(home: Path) -> None:
    """Nothing was replaced, and nothing will be."""
    remove(stage(home) / GO)
    with contextlib.suppress(Exception):
        # Without settings that can be read no database was made ready.
        if (path := database_file(staged_settings(home))) is not None:
            for end in ("", "-wal", "-shm", "-journal"):
                remove(Path(f"{staged_database(path)}{end}"))


def clear(home: Path) -> None:
    """No trace is left of what lay ready."""
    for name in FOLDERS:
        shutil.rmtree(stage_of(home, name), ignore_errors=True)
    shutil.rmtree(stage(home), ignore_errors=True)


def unfinished(home: Path, problem: object) -> Unavailable:
    return Unavailable(
        "The restore into {home} is not finished: {problem}.",
        field="--home",
        remedy="Make room or start the database; the next hotline run or hotline restore does the rest.",
        home=home,
        problem=problem,
    )


def _swap_database(home: Path, settings: Settings) -> None:
    path, rows = database_file(settings), stage(home) / ROWS
    if path is not None and (fresh := staged_database(path)).exists():
        # The log of the old file must never be taken for one of the new.
        for end in ("-wal", "-shm", "-journal"):
            remove(Path(f"{path}{end}"))
        sync_folder(path.parent)
        fresh.replace(path)
        sync_folder(path.parent)
    elif rows.exists():
        with rows.open("rb") as lines:
            load(settings.database, map(orjson.loads, lines))


def _swap_folder(ready: Path, target: Path) -> None:
    for at, _folders, names in os.walk(ready):
        for name in names:
            place = target / Path(at, name).relative_to(ready)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            Path(at, name).replace(place)


def stage_file(path: Path, content: IO[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
