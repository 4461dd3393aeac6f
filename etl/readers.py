"""Lanes for questions to the warehouse: long ones never keep short ones waiting, and none goes on for nobody.

Every question begins in the light lane, unless its asker knows better. One that is not answered there in time is
stopped and asked again in the heavy lane, so that walls, desks and lists of today wait for nobody's year. A question
has a limit in all (``TooLong``), and is stopped when its asker leaves. Knows no SQL and no mart.
"""

from __future__ import annotations

import asyncio
import contextvars
import math
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

import duckdb

from core.asker import asker_left
from core.errors import AskerLeft, TooLong, Unavailable

T = TypeVar("T")
Cursor = duckdb.DuckDBPyConnection

LIGHT_THREADS = 2
# The machine also carries voice.
HEAVY_THREADS = 1 if (os.cpu_count() or 1) < 4 else 2
# A question that has worked so long, or has run so long on a busy machine, is no light one.
LIGHT_S, LIGHT_ON_THE_WALL_S = 1.0, 8.0
LOOKS_EVERY_S = 0.25
# Nobody waits longer for a page. A file may take its time.
LIMIT_S, FILE_LIMIT_S = 20.0, 60.0
MOST_WAITING_HEAVY = 16
# An interruption between two steps of DuckDB is lost: said again until it is heard.
AGAIN_S = 0.05
# So long after its limit a question does not listen, or a light one waits for its turn: somebody should look.
STUCK_S = 5.0
WAITS_S = 2.0


class ReadJob(Generic[T]):
    """``work`` with a cursor of its own, in a thread of a lane; stopped from any other."""

    def __init__(self, open_cursor: Callable[[], Cursor], work: Callable[[Cursor], T]) -> None:
        self._open, self._work = open_cursor, work
        self._context = contextvars.copy_context()
        self._lock = threading.Lock()
        self._cursor: Cursor | None = None
        self.asked_at = time.monotonic()
        self.began_at = math.inf
        self._clock, self._clock_began = 0, 0.0
        self.stopped_at = math.inf
        self.over = False

    def run(self) -> T:
        with self._lock:
            if self.stopped:
                raise duckdb.InterruptException("stopped before it began")
            self._clock = time.pthread_getcpuclockid(threading.get_ident())
            self._clock_began = time.clock_gettime(self._clock)
            self.began_at = time.monotonic()
            cursor = self._cursor = self._open()
        try:
            return self._context.run(self._work, cursor)
        finally:
            with self._lock:
                self.over, self._cursor = True, None
            cursor.close()

    def is_light(self) -> bool:
        """As long as it waits, and for a moment after that."""
        if self.over or self.began_at == math.inf:
            return True
        worked = time.clock_gettime(self._clock) - self._clock_began
        return worked < LIGHT_S and time.monotonic() - self.began_at < LIGHT_ON_THE_WALL_S

    @property
    def stopped(self) -> bool:
        return self.stopped_at < math.inf

    def stop(self) -> None:
        with self._lock:
            self.stopped_at = min(self.stopped_at, time.monotonic())
            if self._cursor is not None:
                self._cursor.interrupt()

    def stop_for_good(self, loop: asyncio.AbstractEventLoop) -> None:
        self.stop()
        if not self.over and self.began_at < math.inf:
            loop.call_later(AGAIN_S, self.stop_for_good, loop)


class Lane:
    """Threads of their own, and who is in them or waits for one."""

    def __init__(self, name: str, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"warehouse-{name}")
        self._asked: set[ReadJob[Any]] = set()

    def submit(self, question: ReadJob[T]) -> asyncio.Future[T]:
        self._asked.add(question)
        running = asyncio.get_running_loop().run_in_executor(self._pool, question.run)
        running.add_done_callback(lambda _done: self._seen(question, running))
        return running

    def _seen(self, question: ReadJob[Any], running: asyncio.Future[Any]) -> None:
        if not running.cancelled():
            # Also when nobody waits for it any more.
            running.exception()
        self._forget()
        if question.began_at == math.inf:
            self._asked.discard(question)

    def _forget(self) -> None:
        self._asked = {one for one in self._asked if not one.over}

    @property
    def running(self) -> list[ReadJob[Any]]:
        self._forget()
        return [one for one in self._asked if one.began_at < math.inf]

    @property
    def waiting(self) -> list[ReadJob[Any]]:
        return [one for one in self._asked if one.began_at == math.inf and not one.stopped]

    def about(self) -> dict[str, Any]:
        """For health: how many ask and wait, and for how long in seconds."""
        now = time.monotonic()
        running, waiting = self.running, self.waiting
        return {
            "threads": self.threads,
            "busy": len(running),
            "waiting": len(waiting),
            "longest_s": round(max((now - one.began_at for one in running), default=0.0), 1),
            "longest_wait_s": round(max((now - one.asked_at for one in waiting), default=0.0), 1),
        }

    def close(self) -> None:
        for one in tuple(self._asked):
            one.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)


class Readers:
    """Both lanes of one warehouse; ``open_cursor`` gives a cursor that its question closes."""

    def __init__(self, open_cursor: Callable[[], Cursor]) -> None:
        self._open = open_cursor
        self.light, self.heavy = Lane("light", LIGHT_THREADS), Lane("heavy", HEAVY_THREADS)
        self.given_up = self.moved = 0

    async def ask(
        self,
        work: Callable[[Cursor], T],
        *,
        is_long: bool = False,
        limit_s: float = LIMIT_S,
        open_cursor: Callable[[], Cursor] | None = None,
    ) -> T:
        """``work`` off the event loop, with a cursor of its own or what ``open_cursor`` gives. ``TooLong`` at the
        limit, ``AskerLeft`` when nobody waits any more, ``Unavailable`` where the heavy lane is full."""
        end, opened = time.monotonic() + limit_s, open_cursor or self._open
        if not is_long:
            try:
                return await self._answer(self.light, ReadJob(opened, work), end)
            except TooLong:
                if time.monotonic() >= end:
                    raise
                self.moved += 1
        if len(self.heavy.waiting) >= MOST_WAITING_HEAVY:
            raise _crowded()
        return await self._answer(self.heavy, ReadJob(opened, work), end)

    async def _answer(self, lane: Lane, question: ReadJob[T], end: float) -> T:
        """``end`` on the monotonic clock."""
        running, gone = lane.submit(question), asker_left()
        waited_for: set[asyncio.Future[Any]] = {running} if gone is None else {running, gone}
        try:
            while True:
                left_s = end - time.monotonic()
                if left_s <= 0:
                    raise _crowded() if question.began_at == math.inf else _too_long()
                if lane is self.light and not question.is_light():
                    raise _too_long()
                wait_s = min(left_s, LOOKS_EVERY_S) if lane is self.light else left_s
                await asyncio.wait(waited_for, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    return running.result()
                if gone is not None and gone.done():
                    self.given_up += 1
                    raise AskerLeft("Nobody waits for the answer any more.")
        except duckdb.InterruptException as stopped:
            raise Unavailable("The analytics database is not open.", remedy="Try again in a few seconds.") from stopped
        finally:
            if not running.done():
                running.cancel()
                question.stop_for_good(asyncio.get_running_loop())

    def about(self) -> dict[str, Any]:
        """For health: degraded when light questions wait, or one goes on long after it was stopped."""
        light, heavy = self.light.about(), self.heavy.about()
        now = time.monotonic()
        deaf = sum(now - one.stopped_at > STUCK_S for one in (*self.light.running, *self.heavy.running))
        waiting = light["longest_wait_s"] > WAITS_S or heavy["waiting"] >= MOST_WAITING_HEAVY
        detail = "not_stopping" if deaf else "waiting" if waiting else ""
        return {
            "status": "degraded" if detail else "ok",
            **({"detail": detail} if detail else {}),
            "light": light,
            "heavy": heavy,
            "given_up": self.given_up,
            "moved": self.moved,
        }

    def close(self) -> None:
        self.light.close()
        self.heavy.close()


def _too_long() -> TooLong:
    return TooLong(
        "This takes too long to work out.",
        remedy="Choose a shorter period, or more conditions.",
    )


def _crowded() -> Unavailable:
    return Unavailable(
        "Others' long questions are being worked out.",
        remedy="Try again in a minute, or choose a shorter period.",
    )
