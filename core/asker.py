"""Who waits for an answer: whatever is worked out for them can be given up as soon as they have gone.

The guard makes one for each request. Only what can be thrown away watches it (questions to the warehouse do): an order
that is being saved is saved, whether somebody waits for it or not. Knows no route and no question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

# As ASGI has them.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
GONE = "http.disconnect"


class Asker:
    """``receive`` takes the place of the server's own, which two may not read from."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._coming: asyncio.Queue[Message | Exception] = asyncio.Queue()
        self._watching: asyncio.Task[None] | None = None
        self._over = False

    async def receive(self) -> Message:
        if self._watching is None:
            return await self._receive()
        message = await self._coming.get()
        if isinstance(message, Exception):
            raise message
        if message["type"] == GONE:
            # It stays so for everybody who asks again.
            self._coming.put_nowait(message)
        return message

    def left(self) -> asyncio.Task[None] | None:
        """Ends when the asker has gone; ``None`` when the answer was given already."""
        if self._over:
            return None
        if self._watching is None:
            self._watching = asyncio.create_task(self._until_gone())
        return self._watching

    def answered(self) -> None:
        """Nobody is waited for any more."""
        self._over = True
        if self._watching is not None:
            self._watching.cancel()

    async def _until_gone(self) -> None:
        while True:
            try:
                message = await self._receive()
            except Exception as problem:
                # A body that is too large, say: for whoever reads it.
                self._coming.put_nowait(problem)
                return
            self._coming.put_nowait(message)
            if message["type"] == GONE:
                return


_asker: ContextVar[Asker | None] = ContextVar("asker", default=None)


def set_asker(asker: Asker | None) -> None:
    _asker.set(asker)


def asker_left() -> asyncio.Task[None] | None:
    """Ends when whoever asked has gone; ``None`` where nobody waits: in the background, in commands."""
    asker = _asker.get()
    return asker.left() if asker is not None else None
