"""Facts on disk before anything else: an append-only file that a thread empties into the event log.

``Journal.append`` is one ``write`` to a local file, so the call path never waits for a database, and a killed
process loses nothing that it told. ``JournalWriter`` moves lines to the database in batches; the event log
drops repeats by uid, so a crash between commit and delete does no harm. Knows no call rules.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import orjson
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from core.clock import from_micros, utc_now
from core.db import audit_log, connect, event_log
from core.db.audit_log import Line
from core.events import Event
from core.telephony.dangling import close_dangling

log = logging.getLogger(__name__)

SEGMENT_BYTES = 1 << 20
MEMORY_LIMIT = 100_000
BATCH = 1000
# Facts come in bursts: one look a fifth of a second makes one transaction of a call's set-up, and the call path need
# not wake the writer, which would take the interpreter from it a dozen times a call.
LOOK_EVERY_S = 0.2
RETRY_S = 1.0
ASK_EVERY_S = 2.0


class Journal:
    """Segments ``NNNNNNNNNN.jsonl`` in ``folder``; one process appends, and always begins a segment of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.appended = 0
        self._lock = threading.Lock()
        # Full disk: facts wait here and go to the file or straight to the database, whichever has room first.
        self._kept: deque[bytes] = deque(maxlen=MEMORY_LIMIT)
        self._number = max((int(path.stem) for path in folder.glob("*.jsonl")), default=0)
        self._file = -1
        self._size = 0
        self._torn = False
        # Without room for a file the core starts all the same: the first append asks again.
        with contextlib.suppress(OSError):
            self._open_next()

    def append(self, events: Sequence[Event]) -> None:
        """Returns when the facts are in the file (they outlive ``kill -9``); without room there, when in memory."""
        data = b"".join(orjson.dumps(event) + b"\n" for event in events)
        with self._lock:
            self._kept.append(data)
            try:
                while self._kept:
                    self._write(self._kept[0])
                    self._kept.popleft()
            except OSError as full:
                # Calls go on whatever the disk says.
                if len(self._kept) == 1:
                    log.warning("journal not writable, facts stay in memory: %s", full)
        self.appended += 1

    def segments(self) -> list[Path]:
        """Oldest first; the last one may still grow."""
        return sorted(self.folder.glob("*.jsonl"))

    def current(self) -> Path:
        return self._path(self._number)

    def kept(self) -> list[bytes]:
        """What found no room on the disk."""
        with self._lock:
            return list(self._kept)

    def forget(self, batches: Sequence[bytes]) -> None:
        """The database has these now."""
        gone = {id(batch) for batch in batches}
        with self._lock:
            self._kept = deque((batch for batch in self._kept if id(batch) not in gone), maxlen=MEMORY_LIMIT)

    def close(self) -> None:
        """Nothing may be appended afterwards."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _write(self, data: bytes) -> None:
        if self._file < 0 or self._torn or self._size > SEGMENT_BYTES:
            self._open_next()
        written = os.write(self._file, data)
        self._size += written
        if written < len(data):
            # A cut line ends this segment and is ignored; everything is said again in the next one.
            self._torn = True
            raise OSError(errno.ENOSPC, "short write")

    def _open_next(self) -> None:
        fresh = os.open(self._path(self._number + 1), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._number, self._size, self._torn = fresh, self._number + 1, 0, False

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:010d}.jsonl"


class JournalWriter:
    """A thread that empties the journal into the database at ``url``. ``state`` is ``spilling`` while it cannot."""

    def __init__(self, journal: Journal, url: str, *, busy_timeout_s: float = 5.0) -> None:
        self.journal = journal
        self.state: Literal["up", "spilling"] = "up"
        self._engine: Engine = connect(url, busy_timeout_s=busy_timeout_s)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._offsets: dict[Path, int] = {}

    def start(self) -> None:
        self._thread.start()

    def stop(self, flush_s: float = 3.0) -> None:
        """Empties what it can within ``flush_s``, then ends; the rest stays on disk for the next start."""
        self._stop.set()
        self._thread.join(flush_s)
        self._engine.dispose()

    def lag(self) -> float:
        """Age in seconds of the oldest fact that is not in the database, 0 when there is none."""
        for path in self.journal.segments():
            try:
                events, _end = read_segment(path, self._offsets.get(path, 0), 1)
            except FileNotFoundError:
                continue
            if events:
                return max(0.0, utc_now() - from_micros(events[0].at_us))
        return 0.0

    def _run(self) -> None:
        moved = -1
        asked = time.monotonic()
        while True:
            stopping = self._stop.is_set()
            appended = self.journal.appended
            try:
                if appended != moved or stopping:
                    self._move()
                    moved = appended
                elif self.state != "up" or time.monotonic() >= asked + ASK_EVERY_S:
                    self._ask()
                    asked = time.monotonic()
                if self.state == "spilling":
                    log.warning("event log writable again, the journal is taken in")
                self.state = "up"
            except (SQLAlchemyError, OSError) as problem:
                if self.state == "up":
                    log.warning("event log not writable, facts stay in the journal: %s", problem)
                self.state = "spilling"
            except Exception:
                # This thread is the only way into the database: it must not end, and health must say that it is stuck.
                log.exception("the journal is not taken in")
                self.state = "spilling"
            if stopping:
                if kept := self.journal.kept():
                    log.error("%d facts found no room on the disk nor in the database and are lost", len(kept))
                return
            self._stop.wait(LOOK_EVERY_S if self.state == "up" else RETRY_S)

    def _ask(self) -> None:
        """On a quiet day, too, somebody should hear that the database went away."""
        with self._engine.connect() as connection:
            connection.execute(select(1))

    def _move(self) -> None:
        for path in self.journal.segments():
            # Asked before reading, and of this one alone: the core may begin the next segment at any moment.
            done_with = path < self.journal.current()
            while True:
                events, end = read_segment(path, self._offsets.get(path, 0), BATCH)
                if events:
                    self._commit(events)
                if end == self._offsets.get(path, 0):
                    break
                self._offsets[path] = end
            if done_with:
                path.unlink()
                self._offsets.pop(path, None)
        if kept := self.journal.kept():
            self._commit([_event(line) for batch in kept for line in batch.splitlines()])
            self.journal.forget(kept)

    def _commit(self, events: Sequence[Event]) -> None:
        try:
            with self._engine.begin() as connection:
                take_in(connection, events)
        except (DataError, IntegrityError):
            if len(events) == 1:
                # One fact that no database takes must not dam up all others.
                log.exception("a fact cannot be stored and is set aside: %s %s", events[0].kind, events[0].uid)
                with (self.journal.folder / "refused.log").open("ab") as aside:
                    aside.write(orjson.dumps(events[0]) + b"\n")
                return
            half = len(events) // 2
            self._commit(events[:half])
            self._commit(events[half:])


def take_in(connection: Connection, events: Sequence[Event]) -> None:
    """Appends, and where a start of the core is seen for the first time first ends what was open before it."""
    # Before the facts: what is in the log already has its line.
    told = [one for one in events if one.kind in AUDITED and not event_log.contains(connection, one.uid)]
    lines = [AUDITED[one.kind](one) for one in told]
    begin = 0
    for place, event in enumerate(events):
        if event.kind == "core_started" and not event_log.contains(connection, event.uid):
            event_log.append(connection, events[begin:place])
            close_dangling(connection, event.at_us)
            begin = place
    event_log.append(connection, events[begin:])
    audit_log.append(connection, lines)


def _refused_phone(event: Event) -> Line:
    told = event.payload
    detail = {"address": told["address"], "tries": told["tries"]}
    return Line(told["extension"], event.kind, told["extension"], detail, event.at_us / 1e6)


def _refused_dial(event: Event) -> Line:
    told = event.payload
    detail = {name: told[name] for name in ("call_id", "number_class", "why")}
    return Line(told["by"] or "outside", event.kind, told["number"], detail, event.at_us / 1e6)


# Facts of the core that are lines of the audit, too: in the same transaction, so that none is lost nor written twice.
AUDITED: Mapping[str, Callable[[Event], Line]] = {
    "registration_refused": _refused_phone,
    "dial_refused": _refused_dial,
}


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
                events.append(_event(line))
            except (ValueError, TypeError):
                log.exception("a line of %s cannot be read and is passed over", path.name)
    return events, offset


def _event(line: bytes) -> Event:
    return Event(**orjson.loads(line))
