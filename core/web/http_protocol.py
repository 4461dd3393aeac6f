"""HTTP on the wire, for strangers too: a request comes whole within its time or not at all, and nobody holds many.

uvicorn waits for ever for the rest of a head or a body. Here a head has ten seconds, and a body as long as it keeps
coming faster than a trickle; of half-sent requests an address holds some dozens, the oldest of which gives way. What is
sent on after the answer is thrown away up to a limit, so that the refused can read why. A reader who does not read
ends, too; a handshake of TLS that hangs is ended by the loop after a minute. Knows no paths and no people.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections import Counter
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_S = 10.0
# Each so many bytes of a body are worth another second.
SLOWEST_BYTES_PER_S = 16 << 10
MOST_HALF_SENT = 64
# Who reads an answer so slowly that its next 48 KiB take longer is no reader.
READ_S = 60.0
MOST_OF_ONE = 1024
# After the answer, of a request that was not wanted whole.
MOST_THROWN_AWAY = 1 << 20
OPEN_FILES = 8192

LATE = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 0\r\n"
    b"connection: close\r\n\r\n"
)


class PatientProtocol(H11Protocol):
    """uvicorn's own, with an end to waiting. Class attributes are shared by all connections of the process."""

    half_sent: dict[str, dict[PatientProtocol, None]] = {}  # noqa: RUF012 - shared on purpose
    open_ones: Counter[str] = Counter()  # noqa: RUF012

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._address = ""
        self._timer: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._received = 0
        self._thrown_away = 0
        self._handed_over = False
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self.open_ones[self._address] += 1
        if self.open_ones[self._address] > MOST_OF_ONE:
            transport.abort()
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done_waiting()
        self._done_reading()
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        answered = self.cycle is not None and self.cycle.response_complete
        if answered and self.conn.their_state is h11.SEND_BODY:
            self._thrown_away += len(data)
            if self._thrown_away > MOST_THROWN_AWAY:
                self.transport.close()
                return
        else:
            self._received += len(data)
        self._wait()
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._done_waiting()
        self._leave()
        self._handed_over = True
        super().handle_websocket_upgrade(event)

    # --- slow readers --------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._reading is None:
            self._reading = self.loop.call_later(READ_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._done_reading()
        super().resume_writing()

    def _done_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    # --- waiting -------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Whether the rest of a request is still to come."""
        if self._handed_over:
            return
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0]):
            self._wait()
        else:
            self._done_waiting()

    def _wait(self) -> None:
        if self._timer is not None:
            return
        self._began, self._received, self._thrown_away = self.loop.time(), 0, 0
        self._timer = self.loop.call_later(REQUEST_S, self._late)
        waiting = self.half_sent.setdefault(self._address, {})
        waiting[self] = None
        if len(waiting) > MOST_HALF_SENT:
            next(iter(waiting))._end()

    def _done_waiting(self) -> None:
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        waiting = self.half_sent.get(self._address, {})
        waiting.pop(self, None)
        if not waiting:
            self.half_sent.pop(self._address, None)

    def _late(self) -> None:
        in_body = self.cycle is not None and self.conn.their_state is h11.SEND_BODY
        until = self._began + REQUEST_S + (self._received / SLOWEST_BYTES_PER_S if in_body else 0.0)
        now = self.loop.time()
        if until - now > 0.01:
            self._timer = self.loop.call_later(until - now, self._late)
            return
        self._end()

    def _end(self) -> None:
        self._done_waiting()
        if self.transport.is_closing():
            return
        begun = self.conn.their_state is h11.SEND_BODY or bool(self.conn.trailing_data[0])
        answered = self.cycle is not None and self.conn.our_state is not h11.IDLE and self.cycle.response_started
        if begun and not answered:
            self.transport.write(LATE)
        if self.cycle is not None and not self.cycle.response_complete:
            # The handler is told that nobody is there any more.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()

    def _leave(self) -> None:
        self.open_ones[self._address] -= 1
        if self.open_ones[self._address] <= 0:
            del self.open_ones[self._address]


def allow_open_files() -> None:
    """Sockets are files: as many as the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
