"""Where the tests' folders lie: in memory where there is room, since nothing of theirs is to survive a power cut.

A site syncs what it acknowledges; on a shared virtual disk a sync takes 2 to 50 ms, in memory none. Whoever sets
``TMPDIR`` decides for himself.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path("/dev/shm")
# A run leaves about 3 GB, most of it copies of the demo folder.
NEEDED_BYTES = 8 << 30


def has_room(folder: Path = FOLDER, meminfo: Path = Path("/proc/meminfo")) -> bool:
    """``False`` where the system does not tell: pages of a memory disk are memory."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text("ascii").splitlines())
        available = int(lines["MemAvailable"].split()[0]) << 10
        free = shutil.disk_usage(folder).free
    except (OSError, KeyError, ValueError):
        return False
    return min(available, free) >= NEEDED_BYTES and os.access(folder, os.W_OK)


def use() -> None:
    """For this process and all that it starts."""
    if "TMPDIR" not in os.environ and has_room():
        os.environ["TMPDIR"] = str(FOLDER)
        tempfile.tempdir = None
