"""Another SQLite file in the place of ours, under a running site: noticed before anything is read or written.

``mv`` leaves open connections with the file that was there, which nobody sees any more, and its write-ahead log under
the name that SQLite would take for the new file's. So every connection remembers which file it has open, and a log that
belongs to the one before is put aside, once, whichever process comes first.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.clock import utc_now
from core.durable import remove

log = logging.getLogger(__name__)

FileId = tuple[int, int]
BEFORE = ".before-"


@dataclass(frozen=True, slots=True)
class Opened:
    """The file and what SQLite keeps beside it, by device and inode."""

    file: FileId
    wal: FileId | None
    shm: FileId | None


# Of this process, by path: several engines may open one file, each with its number.
_opened: dict[Path, Opened] = {}
_engines: dict[Path, set[int]] = {}
_lock = threading.Lock()


def file_id(path: Path | None) -> FileId | None:
    """``None`` where no file is."""
    try:
        about = path.stat() if path is not None else None
    except OSError:
        return None
    return (about.st_dev, about.st_ino) if about else None


def before_opening(path: Path) -> None:
    """``sqlite3.OperationalError`` when the file that was open here is gone: SQLite would make an empty one."""
    with _lock:
        known = _opened.get(path)
        if known is None or known.file == (now := file_id(path)):
            return
        if now is None:
            raise sqlite3.OperationalError("the database file is gone")
        with _alone(path.parent):
            _put_aside(path, known)
        del _opened[path]


def opened(path: Path, engine: int) -> FileId | None:
    """To be called once a connection has its write-ahead log."""
    found = file_id(path)
    if found is not None:
        with _lock:
            _engines.setdefault(path, set()).add(engine)
            _opened[path] = Opened(found, file_id(_beside(path, "-wal")), file_id(_beside(path, "-shm")))
    return found


def closed(path: Path, engine: int) -> None:
    """Nobody's connections are open any more once the last engine says so: a file may come and go."""
    with _lock:
        left = _engines.get(path, set())
        left.discard(engine)
        if not left:
            _engines.pop(path, None)
            _opened.pop(path, None)


def put_aside(path: Path) -> list[Path]:
    """Logs of files that were replaced: what was written last to these is in them only."""
    return sorted(path.parent.glob(f"{path.name}-wal{BEFORE}*"))


def _put_aside(path: Path, known: Opened) -> None:
    wal, shm = _beside(path, "-wal"), _beside(path, "-shm")
    log.warning("%s was replaced by another file", path.name)
    if known.wal is not None and file_id(wal) == known.wal:
        wal.replace(f"{wal}{BEFORE}{int(utc_now())}")
    if known.shm is not None and file_id(shm) == known.shm:
        # An index of the log only.
        remove(shm)


def _beside(path: Path, end: str) -> Path:
    return Path(f"{path}{end}")


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Of all processes that have noticed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
