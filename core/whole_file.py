"""A file that tells whether every bit of it is as it was written. Knows no backup.

Its last bytes hold the SHA-256 of all before them, in the form of an empty member of gzip (RFC 1952) with a comment:
behind a ``.tar.gz`` other programs read over it.
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import IO

_HEAD = bytes((0x1F, 0x8B, 8, 0x10, 0, 0, 0, 0, 0, 0xFF)) + b"sha256:"
# The comment's end, an empty stream (RFC 1951), its check and its length.
_END = bytes((0, 3, 0)) + bytes(8)
TAIL_BYTES = len(_HEAD) + 64 + len(_END)
PIECE_BYTES = 1 << 20


def tail(digest: str) -> bytes:
    return _HEAD + digest.encode("ascii") + _END


class WholeWriter(io.RawIOBase):
    """``close`` writes the tail; the file below stays open."""

    def __init__(self, below: IO[bytes]) -> None:
        self._below = below
        self._digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        given = bytes(data)  # type: ignore[call-overload]
        self._digest.update(given)
        self._below.write(given)
        return len(given)

    def close(self) -> None:
        if not self.closed:
            self._below.write(tail(self._digest.hexdigest()))
        super().close()


def whole_bytes(path: Path) -> int | None:
    """Reads all of it: how many bytes stand before a tail that is right, ``None`` when there is no such tail."""
    with path.open("rb") as file:
        left = size = os.fstat(file.fileno()).st_size - TAIL_BYTES
        if size < 0:
            return None
        digest = hashlib.sha256()
        while left > 0:
            piece = file.read(min(PIECE_BYTES, left))
            if not piece:
                return None
            digest.update(piece)
            left -= len(piece)
        return size if file.read() == tail(digest.hexdigest()) else None


class FirstBytes(io.RawIOBase):
    """The first ``size`` bytes of ``below`` and no more."""

    def __init__(self, below: IO[bytes], size: int) -> None:
        self._below, self._left = below, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._below.read(min(len(view), self._left))
        self._left -= len(data)
        view[: len(data)] = data
        return len(data)
