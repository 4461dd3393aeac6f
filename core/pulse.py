"""The heartbeat of a process: its main loop says twice a second, over a pipe, that it turns.

Whoever started it reads the other end (``core.bootstrap.hanging``). A pipe needs no disk and no clock; nobody waits for
it: what finds no room in it, or no reader, is dropped. Without the variable a process beats for nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

VARIABLE = "HOTLINE_PULSE"
BEAT_EVERY_S = 0.5
# Of a process that hangs the keeper asks where it stands: every thread's lines go to the log, no values.
WHERE = signal.SIGUSR1
# ``hotline run`` itself writes the monotonic clock into its lock, as text at the file's beginning.
LOCK = "lock"
WATCHED_S = 8.0


def watched(run_dir: Path) -> bool:
    """Whether ``hotline run`` has looked at the processes just now: one that is stopped does not."""
    try:
        age_s = time.monotonic() - float((run_dir / LOCK).read_text("ascii"))
    except (OSError, ValueError):
        return False
    return 0 <= age_s < WATCHED_S


class Pulse:
    """Of this process; made once, early."""

    def __init__(self) -> None:
        faulthandler.register(WHERE, all_threads=True)
        given = os.environ.pop(VARIABLE, "")
        self._pipe = int(given) if given else -1
        if self._pipe >= 0:
            os.set_blocking(self._pipe, False)
            os.set_inheritable(self._pipe, False)

    def beat(self) -> None:
        if self._pipe >= 0:
            with contextlib.suppress(OSError):
                os.write(self._pipe, b".")

    async def keep(self, well: Callable[[], bool] = lambda: True) -> None:
        """A task of the event loop. ``well``: whether the threads that the process cannot do without turn, too."""
        while True:
            if well():
                self.beat()
            await asyncio.sleep(BEAT_EVERY_S)
