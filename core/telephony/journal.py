"""Facts on disk before anything else: an append-only file that a thread empties into the event log.

``Journal.append`` is one ``write`` to a local file, so the call path never waits for a database, and a killed
process loses nothing that it told; ``journal_sync`` has it outlive a power cut. ``JournalWriter`` moves lines to the
database in batches; the event log drops repeats by uid, so a crash between commit and delete does no harm. Knows no
call rules.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import math
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

from core.clock import from_micros, to_micros, utc_now
from core.db import audit_log, connect, event_log
from core.db.audit_log import Line
from core.db.engine import sqlite_file
from core.db.identity import Memory
from core.db.replaced import file_id
from core.durable import allocate, remove, sync_folder
from core.events import Event
from core.telephony.dangling import close_dangling, owed_recordings
from core.telephony.set_aside import SetAside, event_of

log = logging.getLogger(__name__)

SEGMENT_BYTES = 1 << 20
# Segments whose room is ours before it is needed: 3,000 calls on a disk that is full, also after a kill or two.
SPARES = 8
MEMORY_LIMIT = 100_000
# Appends that are written again on a disk that failed to sync; older ones are on their way to the database.
MOST_UNSYNCED = 10_000
BATCH = 1000
# Facts come in bursts: one look a fifth of a second makes one transaction of a call's set-up, and the call path need
# not wake the writer, which would take the interpreter from it a dozen times a call.
LOOK_EVERY_S = 0.2
RETRY_S = 1.0
ASK_EVERY_S = 2.0


class Journal:
    """Segments ``NNNNNNNNNN.jsonl`` in ``folder``; one process appends, and always begins a segment of its own."""

    def __init__(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
        self.folder = folder
        self.appended = 0
        self._lock = threading.Lock()
        # Set by every append, for whoever syncs (``journal_sync``).
        self.dirty = threading.Event()
        # How many appends are in the database, which synced them.
        self.taken = 0
        # Files that are full and not synced: theirs to close.
        self._full: list[int] | None = None
        # What was appended since the last sync, each with its number.
        self._unsynced: deque[tuple[int, bytes]] = deque(maxlen=MOST_UNSYNCED)
        self._sync_failed = False
        # Full disk: facts wait here and go to the file or straight to the database, whichever has room first.
        self._kept: deque[bytes] = deque(maxlen=MEMORY_LIMIT)
        self._number = max((int(path.stem) for path in folder.glob("*.jsonl")), default=0)
        self._file = -1
        self._size = 0
        self._torn = False
        # Whether the newest segment's name is on the disk.
        self._named = True
        # Without room for a file the core starts all the same: the first append asks again.
        with contextlib.suppress(OSError):
            self._open_next()

    def append(self, events: Sequence[Event]) -> None:
        """Returns when the facts are in the file (they outlive ``kill -9``); without room there, when in memory."""
        data = b"".join(orjson.dumps(event) + b"\n" for event in events)
        with self._lock:
            self._kept.append(data)
            try:
                self._write_kept()
            except OSError as full:
                # Calls go on whatever the disk says.
                if len(self._kept) == 1:
                    log.warning("journal not writable, facts stay in memory: %s", full)
            self.appended += 1
            self._unsynced.append((self.appended, data))
        if not self.dirty.is_set():
            self.dirty.set()

    def segments(self) -> list[Path]:
        """Oldest first; the last one may still grow."""
        return sorted(self.folder.glob("*.jsonl"))

    def current(self) -> Path:
        return self._path(self._number)

    def unwritten(self) -> list[bytes]:
        """What found no room on the disk."""
        with self._lock:
            return list(self._kept)

    def forget(self, batches: Sequence[bytes]) -> None:
        """The database has these now."""
        gone = {id(batch) for batch in batches}
        with self._lock:
            self._kept = deque((batch for batch in self._kept if id(batch) not in gone), maxlen=MEMORY_LIMIT)

    def make_room(self) -> None:
        """Spare segments are allocated until there are enough; ``OSError`` without room. Takes a disk's time."""
        there = {path.stem for path in self.folder.glob("*.room")}
        for name in map(str, range(SPARES)):
            if name in there:
                continue
            fresh = self.folder / f"{name}.new"
            descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            try:
                allocate(descriptor, SEGMENT_BYTES)
                os.fsync(descriptor)
                fresh.replace(fresh.with_suffix(".room"))
            finally:
                os.close(descriptor)
                remove(fresh)

    def sync(self) -> int:
        """What was appended before is on the disk, names and all; how many appends that are. Takes a disk's time.
        ``OSError``: what did not reach it is written again, into a segment of its own, and synced with the next one."""
        with self._lock:
            if self._sync_failed:
                self._write_again()
            upto, named, self._named = self.appended, self._named, True
            full, self._full = self._full or [], []
            # Another number for the same file: this one stays open whatever is closed meanwhile.
            current = os.dup(self._file) if self._file >= 0 else -1
        synced = False
        try:
            for descriptor in full:
                os.fdatasync(descriptor)
            if current >= 0:
                os.fdatasync(current)
            if not named:
                sync_folder(self.folder)
            synced = True
        finally:
            for descriptor in (*full, *([current] if current >= 0 else ())):
                os.close(descriptor)
            with self._lock:
                self._sync_failed = not synced
                if synced:
                    self._forget_unsynced(upto)
                else:
                    self._named = False
        return upto

    def take(self, upto: int) -> None:
        """So many appends are in the database."""
        with self._lock:
            self.taken = upto
            self._forget_unsynced(upto)
        self.dirty.set()

    def close(self) -> None:
        """Nothing may be appended afterwards."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _write_again(self) -> None:
        """The system says once that a page was not written, and then takes it for clean: another try on the same file
        would succeed and keep nothing. Repeats are dropped by the event log."""
        kept = {id(data) for data in self._kept}
        again = [data for _number, data in self._unsynced if id(data) not in kept]
        if again:
            self._open_next()
            for data in again:
                self._write(data)

    def _forget_unsynced(self, upto: int) -> None:
        while self._unsynced and self._unsynced[0][0] <= upto:
            self._unsynced.popleft()

    def _write_kept(self) -> None:
        while self._kept:
            try:
                self._write(self._kept[0])
            except OSError:
                if not any(self.folder.glob("*.room")):
                    raise
                # This segment found no room as it grew; the next one has some of its own.
                self._open_next()
                self._write(self._kept[0])
            self._kept.popleft()

    def _write(self, data: bytes) -> None:
        if self._file < 0 or self._torn:
            self._open_next()
        elif self._size and self._size + len(data) > SEGMENT_BYTES:
            # In a folder that may not be written any more this segment goes on.
            with contextlib.suppress(PermissionError):
                self._open_next()
        written = os.write(self._file, data)
        self._size += written
        if written < len(data):
            # A cut line ends this segment and is ignored; everything is said again in the next one.
            self._torn = True
            raise OSError(errno.ENOSPC, "short write")

    def _open_next(self) -> None:
        path = self._path(self._number + 1)
        spare = next(self.folder.glob("*.room"), None)
        if spare is not None:
            spare.rename(path)
        fresh = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        if spare is None:
            # Without room it finds some, or not, as it grows.
            with contextlib.suppress(OSError):
                allocate(fresh, SEGMENT_BYTES)
        if self._file >= 0:
            if self._full is None:
                os.close(self._file)
            else:
                self._full.append(self._file)
        self._file, self._number, self._size, self._torn, self._named = fresh, self._number + 1, 0, False, False

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:010d}.jsonl"


class Replaced(OSError):
    """Another file stands where the database was."""


class ForeignLog(Exception):
    """Facts of this house must not go into the database of another one."""


class JournalWriter:
    """A thread that empties the journal into the database at ``url``. ``state`` is ``spilling`` while it cannot.

    ``owed`` is called once, on that thread, when all is in that was told before: with the recordings (call, path) whose
    end nobody told. ``replaced`` is called when another file of ours was put in the database's place."""

    def __init__(
        self,
        journal: Journal,
        url: str,
        *,
        busy_timeout_s: float = 5.0,
        owed: Callable[[list[tuple[str, str]]], None] | None = None,
        memory: Memory | None = None,
        replaced: Callable[[], None] = lambda: None,
    ) -> None:
        self.journal = journal
        self.state: Literal["up", "spilling", "not_ours"] = "up"
        self._engine: Engine = connect(url, busy_timeout_s=busy_timeout_s)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._offsets: dict[Path, int] = {}
        self._owed = owed
        self._began_us = to_micros(utc_now())
        self._set_aside = SetAside(journal.folder)
        self._stuck: set[Path] = set()
        self._memory = memory
        self._replaced = replaced
        self._database = sqlite_file(self._engine.url)
        self._file = file_id(self._database)

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
        looked = -math.inf
        while True:
            stopping = self._stop.is_set()
            appended = self.journal.appended
            try:
                if (file := file_id(self._database)) != self._file:
                    # What its own segments still hold is taken in again: repeats are dropped by uid.
                    self._offsets.clear()
                    moved, looked = -1, -math.inf
                if time.monotonic() >= looked + ASK_EVERY_S or self.state != "up" or stopping:
                    self._see_that_it_is_ours()
                    looked = time.monotonic()
                if file != self._file:
                    self._file = file
                    self._replaced()
                if appended != moved or stopping:
                    self._move()
                    self.journal.take(appended)
                    moved = appended
                    self._tell_owed()
                elif self.state != "up" or time.monotonic() >= asked + ASK_EVERY_S:
                    self._ask()
                    asked = time.monotonic()
                if self.state != "up":
                    log.warning("event log writable again, the journal is taken in")
                self.state = "up"
            except ForeignLog:
                if self.state != "not_ours":
                    log.error("the database is not the one of this house: facts stay in the journal")
                self.state = "not_ours"
            except (SQLAlchemyError, OSError) as problem:
                if self.state == "up":
                    log.warning("event log not writable, facts stay in the journal: %s", problem)
                self.state = "spilling"
            except Exception:
                # This thread is the only way into the database: it must not end, and health must say that it is stuck.
                log.exception("the journal is not taken in")
                self.state = "spilling"
            if stopping:
                if kept := self.journal.unwritten():
                    log.error("%d facts found no room on the disk nor in the database and are lost", len(kept))
                return
            self._stop.wait(LOOK_EVERY_S if self.state == "up" else RETRY_S)

    def _see_that_it_is_ours(self) -> None:
        if self._memory is not None:
            with self._engine.connect() as connection:
                if not self._memory.allows(connection):
                    raise ForeignLog

    def _ask(self) -> None:
        """On a quiet day, too, somebody should hear that the database went away."""
        with self._engine.connect() as connection:
            connection.execute(select(1))

    def _tell_owed(self) -> None:
        if self._owed is not None:
            with self._engine.connect() as connection:
                found = owed_recordings(connection, self._began_us)
            tell, self._owed = self._owed, None
            tell(found)

    def _move(self) -> None:
        for path in self.journal.segments():
            # Asked before reading, and of this one alone: the core may begin the next segment at any moment.
            done_with = path < self.journal.current()
            while True:
                unreadable: list[bytes] = []
                events, end = read_segment(path, self._offsets.get(path, 0), BATCH, unreadable)
                if unreadable:
                    self._set_aside.add(unreadable)
                if events:
                    self._commit(events)
                if end == self._offsets.get(path, 0):
                    break
                self._offsets[path] = end
            if done_with:
                try:
                    remove(path)
                except OSError as problem:
                    # All that follows comes in all the same.
                    if path not in self._stuck:
                        log.warning("%s is taken in and cannot be removed: %s", path.name, problem)
                    self._stuck.add(path)
                    continue
                self._offsets.pop(path, None)
        if kept := self.journal.unwritten():
            self._commit([event_of(line) for batch in kept for line in batch.splitlines()])
            self.journal.forget(kept)

    def _commit(self, events: Sequence[Event]) -> None:
        try:
            with self._engine.begin() as connection:
                take_in(connection, events)
            if file_id(self._database) != self._file:
                # Who knows which of the two has it: all is told to the new one.
                raise Replaced
        except (DataError, IntegrityError, ValueError, TypeError, KeyError, ArithmeticError):
            if len(events) == 1:
                # One fact that no database takes must not dam up all others.
                log.exception("a fact cannot be stored and is set aside: %s %s", events[0].kind, events[0].uid)
                self._set_aside.add([orjson.dumps(events[0])])
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
            alive = event.payload.get("last_alive")
            close_dangling(connection, event.at_us, None if alive is None else to_micros(alive))
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


def read_segment(path: Path, offset: int, limit: int, unreadable: list[bytes] | None = None) -> tuple[list[Event], int]:
    """Whole lines from ``offset``; a line cut off by a crash is not one. Returns events and the offset behind them.
    Lines that are no events are added to ``unreadable``."""
    events: list[Event] = []
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n") or len(events) >= limit:
                break
            offset += len(line)
            try:
                events.append(event_of(line))
            except (ValueError, TypeError):
                if unreadable is not None:
                    log.exception("a line of %s cannot be read and is set aside", path.name)
                    unreadable.append(line)
    return events, offset
