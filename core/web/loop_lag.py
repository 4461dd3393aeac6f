"""How late the event loop comes to its work, for health: everything that is live waits for it.

Late may be the machine's fault, busy is ours: ``busy_ms`` is the time on a processor that the loop's own thread had in
one go between two beats.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any

BEAT_S = 0.05
KEPT_S = 60.0
# Somebody hears or sees it.
LATE_S = 2.0


class LoopLag:
    """``start`` and ``stop`` are called by the process."""

    def __init__(self) -> None:
        self._beats: deque[tuple[float, float, float]] = deque(maxlen=round(KEPT_S / BEAT_S))
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._always())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def worst(self) -> tuple[float, float]:
        """Of the last minute, in seconds: late, and busy in one go."""
        since = time.monotonic() - KEPT_S
        beats = [beat for beat in self._beats if beat[0] >= since]
        return max((late for _, late, _ in beats), default=0.0), max((busy for _, _, busy in beats), default=0.0)

    def forget(self) -> None:
        """What has been: for benchmarks."""
        self._beats.clear()

    def status(self) -> dict[str, Any]:
        late, busy = self.worst()
        return {
            "status": "ok" if late < LATE_S else "degraded",
            **({"detail": "late"} if late >= LATE_S else {}),
            "late_ms": round(late * 1000, 1),
            "busy_ms": round(busy * 1000, 1),
        }

    async def _always(self) -> None:
        while True:
            due, worked = time.monotonic() + BEAT_S, time.thread_time()
            await asyncio.sleep(BEAT_S)
            late = time.monotonic() - due
            # Busy more than late is many small turns.
            self._beats.append((due, late, min(max(late, 0.0), time.thread_time() - worked)))
