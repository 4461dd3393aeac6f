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
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

HEADER_BYTES = 58
BYTES_PER_SECOND = 16_000


def header(data_bytes: int) -> bytes:
    """RIFF, fmt (A-law, two channels), fact, data."""
    return struct.pack(
        "<4sI4s4sIHHIIHHH4sII4sI",
        *(b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE"),
        *(b"fmt ", 18, 6, 2, 8000, BYTES_PER_SECOND, 2, 8, 0),
        *(b"fact", 4, data_bytes // 2),
        *(b"data", data_bytes),
    )


class Recorder:
    """``write`` and ``close`` return at once; ``closed`` and ``broke`` are called from the writer's thread."""

    def __init__(
        self,
        folder: Path,
        closed: Callable[[str, str, float], None],
        broke: Callable[[str, str, str], None],
    ) -> None:
        self.folder = folder
        self._closed, self._broke = closed, broke
        self._work: queue.SimpleQueue[tuple[str, str, bytes | None] | None] = queue.SimpleQueue()
        self._files: dict[str, tuple[int, int]] = {}
        self._broken: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def write(self, call: str, path: str, data: bytes) -> None:
        self._work.put((call, path, data))

    def close(self, call: str, path: str) -> None:
        self._work.put((call, path, None))

    def stop(self) -> None:
        """Everything handed over so far is on disk when this returns."""
        self._work.put(None)
        self._thread.join(5.0)

    def _run(self) -> None:
        while (item := self._work.get()) is not None:
            call, path, data = item
            try:
                if data is None:
                    self._finish(call, path)
                elif path not in self._broken:
                    self._append(path, data)
            except OSError as problem:
                self._broken.add(path)
                reason = "disk_full" if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else str(problem)
                log.warning("recording %s ends: %s", path, reason)
                self._broke(call, path, reason)

    def _append(self, path: str, data: bytes) -> None:
        if path not in self._files:
            self._files[path] = self._open(path)
        descriptor, size = self._files[path]
        done = 0
        while done < len(data):
            done += os.pwrite(descriptor, data[done:], HEADER_BYTES + size + done)
        size += len(data)
        os.pwrite(descriptor, header(size), 0)
        self._files[path] = (descriptor, size)

    def _open(self, path: str) -> tuple[int, int]:
        full = self.folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(full, os.O_CREAT | os.O_RDWR, 0o640)
        # An existing file goes on where it stopped: the media process was restarted in mid-call.
        size = max(os.fstat(descriptor).st_size - HEADER_BYTES, 0) & ~1
        return descriptor, size

    def _finish(self, call: str, path: str) -> None:
        descriptor, size = self._files.pop(path, (-1, 0))
        if descriptor >= 0:
            os.close(descriptor)
        if path in self._broken:
            self._broken.discard(path)
        else:
            self._closed(call, path, size / BYTES_PER_SECOND)


def repair(folder: Path) -> int:
    """Headers whose length differs from the file's, put right; the number mended."""
    mended = 0
    for path in folder.rglob("*.wav"):
        with contextlib.suppress(OSError), path.open("r+b") as file:
            size = path.stat().st_size
            head = file.read(HEADER_BYTES)
            wanted = header(max(size - HEADER_BYTES, 0) & ~1)
            if head[20:22] in (b"\x06\x00", b"", b"\x00\x00") and head != wanted:
                file.seek(0)
                file.write(wanted)
                mended += 1
    return mended
