"""Facts outlive a power cut before anybody's request is answered: one wait for the disk for all who ask meanwhile.

A thread syncs what was appended within the last moments, and keeps spare segments allocated. The call path never waits
for it; who was promised something does (``on_disk``).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from pathlib import Path

from core.errors import Unavailable
from core.telephony.journal import Journal

log = logging.getLogger(__name__)

# What is appended meanwhile goes with the same wait: with the disk's own time an answer is late by 50 ms at most.
GATHER_S = 0.02
# A full disk is asked for room again after so long.
ROOM_EVERY_S = 5.0
# A disk that failed is tried again after so long, ten times as long in the end; the database may be quicker.
AGAIN_S = 0.5
LOOK_S = 0.1
# Who waits longer hears that nobody keeps what they asked for.
LIMIT_S = 3.0


class JournalSync:
    """``start`` before the first ``on_disk``; ``stop`` syncs what is left."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._synced = 0
        self._waiting: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._room_beside: Path | None = None
        self._room_at = 0.0
        self.ill = False
        self._again_s = AGAIN_S
        self._again_at = 0.0
        self._thread = threading.Thread(target=self._run, name="journal-sync", daemon=True)

    def start(self) -> None:
        self._sync()
        self._answer()
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self.journal.dirty.set()
        self._thread.join(5.0)

    async def on_disk(self) -> None:
        """Returns when all that was appended so far outlives a power cut: it is synced here, or in the database (what
        found no room waits in memory). ``Unavailable`` when neither kept it in time: it may still come to that."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._lock:
            upto = self.journal.appended
            if self._synced >= upto:
                return
            self._waiting.append((upto, loop, done))
        self.journal.dirty.set()
        try:
            async with asyncio.timeout(LIMIT_S):
                await done
        except TimeoutError as never:
            raise Unavailable(
                "This was done, but no disk keeps it: a power cut or a kill would undo it.",
                remedy="Look at hotline status: the disk of the data folder fails.",
            ) from never

    def _run(self) -> None:
        while not self._stop.is_set():
            if self.journal.current() != self._room_beside and time.monotonic() >= self._room_at:
                self._make_room()
            woken = self.journal.dirty.wait(LOOK_S if self.ill else ROOM_EVERY_S)
            if woken:
                self._stop.wait(GATHER_S)
                self.journal.dirty.clear()
            if time.monotonic() >= self._again_at if self.ill else woken:
                self._sync()
            self._answer()
        self._sync()
        self._answer()

    def _sync(self) -> None:
        try:
            self._synced = self.journal.sync()
            self.ill, self._again_s = False, AGAIN_S
        except OSError as problem:
            # Calls go on: the facts are in the file, and on their way to the database.
            if not self.ill:
                log.error("the journal cannot be synced, a power cut may cost facts: %s", problem)
            self.ill = True
            self._again_at = time.monotonic() + self._again_s
            self._again_s = min(2 * self._again_s, 10 * AGAIN_S)

    def _answer(self) -> None:
        with self._lock:
            self._synced = safe = max(self._synced, self.journal.taken)
            ready = [one for one in self._waiting if one[0] <= safe]
            self._waiting = [one for one in self._waiting if one[0] > safe and not one[2].done()]
        for _upto, loop, done in ready:
            # A loop that is closed has nobody who waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_resolve, done)

    def _make_room(self) -> None:
        beside = self.journal.current()
        try:
            self.journal.make_room()
        except OSError as full:
            log.warning("no room for the journal ahead: %s", full)
            self._room_at = time.monotonic() + ROOM_EVERY_S
        else:
            self._room_beside = beside


def _resolve(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
