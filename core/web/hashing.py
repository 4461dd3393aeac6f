"""Where passwords are looked at: two threads of their own, each with a short queue, both behind everything else.

Hashing is dear on purpose. In the pool of everything else a flood of log-ins would make all pages wait; here it waits
for itself, and strangers never take the thread of those who are known.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from core.errors import Unavailable

MOST_WAITING = 16
# Of a thread (Linux): pages and pushes go first where the processor is short.
NICENESS = 5

T = TypeVar("T")


class Crowded(Unavailable):
    """A flood, or the first minute of a shift. Nobody needs a line of the log for each."""

    code = "crowded"


class Hashing:
    """``run`` for strangers and for those who are familiar; each has its own thread and its own queue."""

    def __init__(self) -> None:
        self._lanes = {familiar: _Lane(familiar=familiar) for familiar in (False, True)}

    async def run(self, work: Callable[[], T], *, familiar: bool) -> T:
        return await self._lanes[familiar].run(work)

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.pool.shutdown(wait=False, cancel_futures=True)


class _Lane:
    def __init__(self, *, familiar: bool) -> None:
        self.pool = ThreadPoolExecutor(1, "log-in-known" if familiar else "log-in", initializer=_step_back)
        self.waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        if self.waiting >= MOST_WAITING:
            raise Crowded("Too many people sign in at this moment.", remedy="Try again in a moment.")
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, work)
        finally:
            self.waiting -= 1


def _step_back() -> None:
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
