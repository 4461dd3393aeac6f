"""What is to outlive a power cut: files that stand whole under their name, and room that is ours before it is needed.

A write is on the disk when it was synced, and a name when its folder was. Knows files, nothing of what stands in them.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
FALLOC_FL_KEEP_SIZE = 1
# File systems that know no such thing: room is then found, or not, when it is written to.
_CANNOT = frozenset({errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def sync_folder(folder: Path) -> None:
    """The names in it are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_disk(folder: Path) -> None:
    """Everything on the file system that ``folder`` lies on (syncfs(2)): thousands of files for one wait."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _libc.syncfs(descriptor) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
    finally:
        os.close(descriptor)


def put(fresh: Path, path: Path) -> None:
    """``fresh`` takes the name ``path``: after a power cut either the old file stands there or the new one, whole."""
    sync_file(fresh)
    fresh.replace(path)
    sync_folder(path.parent)


def allocate(descriptor: int, size: int) -> None:
    """So many bytes of the file are ours from now on; how long it is does not change (fallocate(2)).

    ``OSError`` without room; nothing happens on a file system that cannot promise any.
    """
    # ctypes takes plain integers for int; the two lengths are off_t.
    args = (ctypes.c_int(descriptor), ctypes.c_int(FALLOC_FL_KEEP_SIZE), ctypes.c_int64(0), ctypes.c_int64(size))
    while _libc.fallocate(*args) < 0:
        number = ctypes.get_errno()
        if number in _CANNOT:
            return
        if number != errno.EINTR:
            raise OSError(number, os.strerror(number))


def try_folder(folder: Path) -> None:
    """``OSError`` when no file can be made there. One that is not there is made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    probe = folder / f".may-write-{os.getpid()}"
    os.close(os.open(probe, os.O_CREAT | os.O_WRONLY, 0o600))
    remove(probe)


def remove(path: Path) -> None:
    """Gone or not there."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
