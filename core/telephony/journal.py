"""Facts on disk before anything else: an append-only file that a thread empties into the event log.

``Journal.append`` is one ``write`` to a local file, so the call path never waits for a database, and a killed
process loses nothing that it told. ``JournalWriter`` moves lines to the database in batches; the event log
drops repeats by uid, so a crash between commit and delete does no harm.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import orjson
import sqlalchemy as sa

from core.db import connect, event_log
from core.events import Event
from core.telephony.dangling import close_dangling

log = logging.getLogger(__name__)

SEGMENT_BYTES = 1 << 20
MEMORY_LIMIT = 100_000
BATCH = 500
IDLE_S = 0.1
RETRY_S = 1.0


class Journal:
    """Segments ``NNNNNNNNNN.jsonl`` in ``folder``; one writer process at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        # Full disk: facts wait here and go to the file when there is room again.
        self._memory: deque[bytes] = deque(maxlen=MEMORY_LIMIT)
        self._number = max((int(path.stem) for path in folder.glob("*.jsonl")), default=0)
        self._file = -1
        self._size = 0
        self.wake = threading.Event()
        self._open_next()

    def append(self, events: Sequence[Event]) -> None:
        """Returns when the facts are in the file; with a full disk, when they are in memory."""
        self._memory.append(b"".join(orjson.dumps(asdict(event)) + b"\n" for event in events))
        try:
            while self._memory:
                self._write(self._memory[0])
                self._memory.popleft()
        except OSError as full:
            if full.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
        self.wake.set()

    def segments(self) -> list[Path]:
        """Oldest first; the last one may still grow."""
        return sorted(self.folder.glob("*.jsonl"))

    def current(self) -> Path:
        return self._path(self._number)

    def _write(self, data: bytes) -> None:
        if self._size > SEGMENT_BYTES:
            self._open_next()
        written = os.write(self._file, data)
        self._size += written
        if written < len(data):
            # Half a batch: close this segment, its last line is ignored, and say everything again in the next.
            self._open_next()
            self._size += os.write(self._file, data)

    def _open_next(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._number += 1
        self._file = os.open(self._path(self._number), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._size = 0

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:010d}.jsonl"


class JournalWriter:
    """A thread that empties the journal into the database at ``url``. ``state`` is ``spilling`` while it cannot."""

    def __init__(self, journal: Journal, url: str) -> None:
        self.journal = journal
        self.state: Literal["up", "spilling"] = "up"
        self._engine = connect(url)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._offsets: dict[Path, int] = {}
        self._closed_dangling = False

    def start(self) -> None:
        self._thread.start()

    def stop(self, flush_s: float = 3.0) -> None:
        """Empties what it can within ``flush_s``, then ends."""
        self._stop.set()
        self.journal.wake.set()
        self._thread.join(flush_s)
        self._engine.dispose()

    def lag(self) -> int:
        """Bytes that are not in the database yet."""
        return sum(
            path.stat().st_size - self._offsets.get(path, 0) for path in self.journal.segments() if path.exists()
        )

    def _run(self) -> None:
        while True:
            stopping = self._stop.is_set()
            try:
                moved = self._move()
                self.state = "up"
            except (sa.exc.SQLAlchemyError, OSError) as problem:
                if self.state == "up":
                    log.warning("event log not writable, facts stay in the journal: %s", problem)
                self.state = "spilling"
                moved = 0
                self._stop.wait(RETRY_S)
            if stopping and not moved:
                return
            if not moved:
                self.journal.wake.wait(1.0)
                self.journal.wake.clear()
                # Facts come in bursts; a short wait makes one transaction of a call's set-up.
                time.sleep(IDLE_S if not self._stop.is_set() else 0)

    def _move(self) -> int:
        total = 0
        current = self.journal.current()
        for path in self.journal.segments():
            while True:
                offset = self._offsets.get(path, 0)
                events, end = read_segment(path, offset, BATCH)
                if not events:
                    break
                with self._engine.begin() as connection:
                    event_log.append(connection, events)
                    if not self._closed_dangling:
                        close_dangling(connection, before_us=self._began(events))
                self._closed_dangling = True
                self._offsets[path] = end
                total += len(events)
            if path != current:
                path.unlink()
                self._offsets.pop(path, None)
        return total

    @staticmethod
    def _began(events: Sequence[Event]) -> int:
        return next((event.at_us for event in reversed(events) if event.kind == "core_started"), 0)


def read_segment(path: Path, offset: int, limit: int) -> tuple[list[Event], int]:
    """Whole lines from ``offset``; a line cut off by a crash is not one. Returns events and the offset behind them."""
    events: list[Event] = []
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n") or len(events) >= limit:
                break
            offset += len(line)
            try:
                events.append(Event(**orjson.loads(line)))
            except (ValueError, TypeError):
                log.exception("a line of %s cannot be read and is passed over", path.name)
    return events, offset
