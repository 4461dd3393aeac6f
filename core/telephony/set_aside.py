"""Facts of the journal that could not be read, or that no database takes: kept in a file of lines, fed later.

``HOME/journal/refused.log``, each line as it stood in the journal. Somebody who mends a line there has it fed by
``hotline unreadable feed``. The journal's writer adds, the web process counts and feeds.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError

from core.db import event_log
from core.events import Event, checked

log = logging.getLogger(__name__)

FILE = "refused.log"


class SetAside:
    """``folder`` is the journal's. While lines are fed they lie in a file beside, and still count."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._taking = self.path.with_suffix(".taking")
        # One feeding at a time; only the web process feeds.
        self._feeding = threading.Lock()
        self._seen: list[tuple[float, int]] = []
        self._count = 0

    def add(self, lines: Sequence[bytes]) -> None:
        """They outlive a power cut when this returns: the segment that held them may go. Repeats, of a core that was
        killed in between, stand there once."""
        told = [line for line in dict.fromkeys(one.strip(b"\n\0") for one in lines) if line]
        if not told:
            return
        with self._alone() as folder, self.path.open("ab+") as file:
            file.seek(0)
            there = file.read()
            known = set(there.split(b"\n"))
            # A line that a full disk cut off, or an editor left open, is not continued.
            begin = b"\n" if there and not there.endswith(b"\n") else b""
            file.write(begin + b"".join(line + b"\n" for line in told if line not in known))
            file.flush()
            # What is known already may come from a try whose wait for the disk failed.
            os.fsync(file.fileno())
            os.fsync(folder)

    def lines(self) -> list[bytes]:
        found = [*_lines_of(self.path), *_lines_of(self._taking)]
        return list(dict.fromkeys(found))

    def count(self) -> int:
        """How many; the files are read only when they have changed."""
        now = []
        for path in (self.path, self._taking):
            with contextlib.suppress(FileNotFoundError):
                about = path.stat()
                now.append((about.st_mtime, about.st_size))
        if now != self._seen:
            self._seen, self._count = now, len(self.lines())
        return self._count

    def feed_again(self, database: Engine) -> int:
        """What can be read by now goes to the event log, the rest stays. How many went. Raises what the database
        raises, with every line still in its place."""
        with self._feeding:
            if not self.path.parent.exists():
                # Nothing was ever written there.
                return 0
            self._put_back()
            with self._alone():
                try:
                    self.path.replace(self._taking)
                except FileNotFoundError:
                    return 0
            try:
                lines = _lines_of(self._taking)
                left = [line for line in lines if not _fed(line, database)]
            except BaseException:
                self._put_back()
                raise
            self.add(left)
            self._taking.unlink()
            return len(lines) - len(left)

    def recover(self) -> None:
        """A process that ended in the middle of ``feed_again``: its lines are back in their place."""
        with self._feeding:
            self._put_back()

    def _put_back(self) -> None:
        if self._taking.exists():
            self.add(_lines_of(self._taking))
            self._taking.unlink()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[int]:
        """No other process adds to a file that is just taken away. Gives the folder's descriptor; never held while
        a database is waited for."""
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(folder)


def _lines_of(path: Path) -> list[bytes]:
    try:
        return [line for line in path.read_bytes().split(b"\n") if line.strip()]
    except FileNotFoundError:
        return []


def _fed(line: bytes, database: Engine) -> bool:
    try:
        event = event_of(line)
        with database.begin() as connection:
            event_log.append(connection, [event])
    except (ValueError, TypeError, DataError, IntegrityError) as problem:
        log.info("a line that was set aside is still none: %s", type(problem).__name__)
        return False
    return True


def event_of(line: bytes) -> Event:
    """``ValueError`` or ``TypeError`` when the line is no event."""
    return checked(Event(**orjson.loads(line)))
