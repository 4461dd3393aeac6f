"""Two-channel A-law recordings, written by a thread of their own so that the tick never waits for a disk.

The header is right after every flush, so the file plays at any time and after ``kill -9``; ``repair`` mends the
last flush that a crash cut short. WAVE format tag 6 (RFC 2361): left caller, right agent, 8 kHz.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import queue
import struct
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger(__name__)

HEADER_BYTES = 58
BYTES_PER_SECOND = 16_000
FOLDERS_REPAIRED = 3
CUT_SHORT_WITHIN_S = 3600.0
# Why there is no recording of which nothing was ever written.
NEVER_BEGAN = "never_began"


def header(data_bytes: int) -> bytes:
    """RIFF, fmt (A-law, two channels), fact, data."""
    return struct.pack(
        "<4sI4s4sIHHIIHHH4sII4sI",
        *(b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE"),
        *(b"fmt ", 18, 6, 2, 8000, BYTES_PER_SECOND, 2, 8, 0),
        *(b"fact", 4, data_bytes // 2),
        *(b"data", data_bytes),
    )


class RecordingChunk(NamedTuple):
    """Sound for a call's file, by its path below the folder; ``None`` closes it, and so it does one from before: either
    way it is told how the file ended."""

    call: str
    path: str
    sound: bytes | None


class _File:
    """One recording on disk; it goes on where it stopped when the media process was started again in mid-call."""

    __slots__ = ("_descriptor", "size")

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o640)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o640)
        self.size = self._on_disk()

    def append(self, data: bytes) -> None:
        if not self.size:
            # A short call is one write.
            self._put(header(len(data)) + data, 0)
            self.size = len(data)
            return
        self._put(data, HEADER_BYTES + self.size)
        self.size += len(data)
        self._put(header(self.size), 0)

    def close_early(self) -> None:
        """A write failed: the header is made to tell what the disk still took."""
        with contextlib.suppress(OSError):
            self._put(header(self._on_disk()), 0)
        self.close()

    def _put(self, data: bytes, at: int) -> None:
        done = 0
        while done < len(data):
            done += os.pwrite(self._descriptor, data[done:], at + done)

    def _on_disk(self) -> int:
        return max(os.fstat(self._descriptor).st_size - HEADER_BYTES, 0) & ~1

    def close(self) -> None:
        os.close(self._descriptor)


class Recorder:
    """``write`` returns at once; ``closed`` and ``broke`` are called from the writer's thread."""

    def __init__(
        self,
        folder: Path,
        closed: Callable[[str, str, float], None],
        broke: Callable[[str, str, str], None],
    ) -> None:
        self.folder = folder
        self._closed, self._broke = closed, broke
        self._work: queue.SimpleQueue[Sequence[RecordingChunk]] = queue.SimpleQueue()
        self._files: dict[str, _File] = {}
        self._broken: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def write(self, pieces: Sequence[RecordingChunk]) -> None:
        if pieces:
            self._work.put(pieces)

    def stop(self) -> None:
        """Everything handed over so far is on disk when this returns."""
        self._work.put([])
        self._thread.join(5.0)

    def _run(self) -> None:
        going_on = True
        while going_on:
            batch: list[RecordingChunk] = []
            going_on = self._take(batch, self._work.get())
            # What has come meanwhile goes along, so that each file is one write however late this thread is: it falls
            # behind by what one round takes, and no further.
            with contextlib.suppress(queue.Empty):
                while going_on:
                    going_on = self._take(batch, self._work.get_nowait())
            self._write(batch)

    @staticmethod
    def _take(batch: list[RecordingChunk], pieces: Sequence[RecordingChunk]) -> bool:
        batch += pieces
        return bool(pieces)

    def _write(self, batch: Sequence[RecordingChunk]) -> None:
        sounds: dict[str, tuple[str, list[bytes]]] = {}
        for call, path, sound in batch:
            if sound is not None:
                sounds.setdefault(path, (call, []))[1].append(sound)
                continue
            if path in sounds:
                self._append(path, *sounds.pop(path))
            self._finish(call, path)
        for path, (call, pieces) in sounds.items():
            self._append(path, call, pieces)

    def _append(self, path: str, call: str, sounds: Sequence[bytes]) -> None:
        if path in self._broken:
            return
        try:
            file = self._files.get(path)
            if file is None:
                file = self._files[path] = _File(self.folder / path)
            file.append(b"".join(sounds))
        except OSError as problem:
            self._give_up(call, path, problem)

    def _give_up(self, call: str, path: str, problem: OSError) -> None:
        """What was written stays; the rest of this call is not recorded even when there is room again."""
        self._broken.add(path)
        if (file := self._files.pop(path, None)) is not None:
            file.close_early()
        reason = "disk_full" if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else str(problem)
        log.warning("recording %s ends: %s", path, reason)
        self._broke(call, path, reason)

    def _finish(self, call: str, path: str) -> None:
        if path in self._broken:
            self._broken.discard(path)
            return
        file = self._files.pop(path, None)
        if file is not None:
            file.close()
            size = file.size
        else:
            # Begun by a process before this one, or never.
            _mend(self.folder / path)
            size = _sound_bytes(self.folder / path)
        if size:
            self._closed(call, path, size / BYTES_PER_SECOND)
        else:
            self._broke(call, path, NEVER_BEGAN)


def repair(folder: Path) -> int:
    """Headers whose length differs from the file's, put right; the number mended.

    Only what was written last can have been cut short: the newest folders, and there the last hour, so that a site
    with years of recordings starts as quickly as a new one.
    """
    found = [(path.stat().st_mtime, path) for day in _newest_folders(folder) for path in day.glob("*.wav")]
    newest = max((at for at, _ in found), default=0.0)
    return sum(_mend(path) for at, path in found if at > newest - CUT_SHORT_WITHIN_S)


def _newest_folders(folder: Path) -> list[Path]:
    """Those with recordings, by name (``2026/11/24``), the newest first."""
    found: list[Path] = []
    for at, folders, files in os.walk(folder):
        # ``os.walk`` goes down in the order in which it finds this list afterwards.
        folders.sort(reverse=True)
        if any(name.endswith(".wav") for name in files):
            found.append(Path(at))
        if len(found) == FOLDERS_REPAIRED:
            break
    return found


def _sound_bytes(path: Path) -> int:
    with contextlib.suppress(OSError):
        return max(path.stat().st_size - HEADER_BYTES, 0) & ~1
    return 0


def _mend(path: Path) -> bool:
    with contextlib.suppress(OSError), path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(HEADER_BYTES)
        wanted = header(max(size - HEADER_BYTES, 0) & ~1)
        # Nothing yet, or A-law: other WAV files are not ours.
        if head[20:22] in (b"\x06\x00", b"", b"\x00\x00") and head != wanted:
            file.seek(0)
            file.write(wanted)
            return True
    return False
