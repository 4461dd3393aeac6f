"""A supervisor's browser in a call: a websocket on one side, RTP with the media process on the other.

Down: binary frames of a 32-bit sequence number (big endian) and 20 ms of µ-law. Up: 20 ms of µ-law from the microphone.
The line is opened by a ticket that ``POST …/supervision`` gave out once the reason was noted; it ends with the socket,
with the supervision, or with the call, whichever is first.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import struct
import time
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, WebSocket
from starlette.websockets import WebSocketDisconnect

from core.errors import HotlineError
from core.i18n import translate_error
from core.people.users import User
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web

FRAME = 160
SILENCE = b"\xff" * FRAME
TICKET_S = 30.0
# A word now and then, so that the core knows the browser is there, and media knows where it is.
BREATH_S = 1.0
LOOK_S = 0.25
APPEARS_S = 2.0
MOST_WAITING = 25
OVER, REFUSED, NOT_YOURS = 4410, 4409, 4403


@dataclass(frozen=True, slots=True)
class Ticket:
    """``tab`` is the browser window; ``instead_of`` the supervision that it takes the place of."""

    user: str
    call_id: str
    mode: str
    reason: str
    until: float
    tab: str
    instead_of: str = ""


class Tickets:
    """Each opens one socket, once, soon."""

    def __init__(self) -> None:
        self._open: dict[str, Ticket] = {}

    def issue(self, user: User, call_id: str, mode: str, reason: str, *, tab: str = "", instead_of: str = "") -> str:
        """The ticket's name; a program that names no window gets one of its own."""
        now = time.monotonic()
        self._open = {name: one for name, one in self._open.items() if one.until > now}
        name = secrets.token_urlsafe(16)
        self._open[name] = Ticket(user.name, call_id, mode, reason, now + TICKET_S, tab or name, instead_of)
        return name

    def take(self, name: str, user: User) -> Ticket | None:
        one = self._open.pop(name, None)
        return one if one is not None and one.user == user.name else None


class RtpReceiver(asyncio.DatagramProtocol):
    """RTP with the media process (RFC 3550, PCMU); what is not fetched in time is dropped, oldest first."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[bytes] = asyncio.Queue(MOST_WAITING)
        self.transport: asyncio.DatagramTransport | None = None
        self.peer: tuple[str, int] | None = None
        self._ssrc = os.urandom(4)
        self._sequence = self._timestamp = 0
        self._turns = 0
        self._last = -1

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, source: Any) -> None:
        if source != self.peer or len(data) < 12 + FRAME or data[1] & 0x7F != 0:
            return
        sequence = data[2] << 8 | data[3]
        if self._last >= 0 and sequence < self._last - 0x8000:
            self._turns += 1
        self._last = sequence
        if self.frames.full():
            self.frames.get_nowait()
        self.frames.put_nowait(struct.pack("!I", self._turns << 16 | sequence) + data[12 : 12 + FRAME])

    def say(self, frame: bytes) -> None:
        if self.transport is None or self.peer is None or len(frame) != FRAME:
            return
        head = struct.pack("!BBHI", 0x80, 0, self._sequence & 0xFFFF, self._timestamp & 0xFFFFFFFF) + self._ssrc
        self._sequence += 1
        self._timestamp += FRAME
        self.transport.sendto(head + frame, self.peer)


def add_socket(web: Web, tickets: Tickets) -> None:
    @web.app.websocket("/ws/listen/{name}")
    async def listen(socket: WebSocket, name: str, user: Annotated[User, Depends(holding(Right.LISTEN))]) -> None:
        ticket = tickets.take(name, user)
        if ticket is None:
            await socket.close(NOT_YOURS)
            return
        await socket.accept()
        loop = asyncio.get_running_loop()
        # On the address of our own voice: media sends from there, and nobody outside knows the port.
        transport, line = await loop.create_datagram_endpoint(RtpReceiver, local_addr=(web.settings.rtp_host, 0))
        try:
            ip, port = transport.get_extra_info("sockname")
            address = await web.telephony.request(
                "supervise",
                call_id=ticket.call_id,
                by=ticket.user,
                mode=ticket.mode,
                reason=ticket.reason,
                tab=ticket.tab,
                instead_of=ticket.instead_of,
                rtp_ip=ip,
                rtp_port=port,
            )
            line.peer = (address["ip"], address["port"])
            await _relay(web, socket, line, ticket)
        except HotlineError as no:
            message, _remedy = translate_error(no)
            # RFC 6455 5.5: a reason is at most 123 bytes.
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(REFUSED, message.encode()[:120].decode(errors="ignore"))
        finally:
            transport.close()


async def _relay(web: Web, socket: WebSocket, line: RtpReceiver, ticket: Ticket) -> None:
    tasks = {
        asyncio.create_task(_down(socket, line)),
        asyncio.create_task(_up(socket, line)),
        asyncio.create_task(_breathe(line)),
        asyncio.create_task(_until_over(web, ticket)),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(HotlineError):
            await _leave(web, ticket)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(OVER)


async def _leave(web: Web, ticket: Ticket) -> None:
    """After a take-over the browser is the caller's party: closing it is hanging up."""
    row = web.live.call(ticket.call_id)
    if row is not None and ticket.tab in row.get("tabs", ()):
        await web.telephony.request("action", call_id=ticket.call_id, by=ticket.user, action="hangup", target="")
    elif row is not None:
        await web.telephony.request("supervise_stop", call_id=ticket.call_id, by=ticket.user, tab=ticket.tab)


async def _down(socket: WebSocket, line: RtpReceiver) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError):
        while True:
            await socket.send_bytes(await line.frames.get())


async def _up(socket: WebSocket, line: RtpReceiver) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        line.say(message.get("bytes") or b"")


async def _breathe(line: RtpReceiver) -> None:
    while True:
        line.say(SILENCE)
        await asyncio.sleep(BREATH_S)


async def _until_over(web: Web, ticket: Ticket) -> None:
    """The supervision is gone from the floor, where it must have appeared by now."""
    loop = asyncio.get_running_loop()
    appears_by, seen = loop.time() + APPEARS_S, False
    while seen or loop.time() < appears_by:
        await asyncio.sleep(LOOK_S)
        there = _is_in(web, ticket)
        if seen and not there:
            return
        seen = there


def _is_in(web: Web, ticket: Ticket) -> bool:
    row = web.live.call(ticket.call_id)
    if row is None:
        return False
    return ticket.tab in row.get("tabs", ()) or any(
        (one["by"], one.get("tab")) == (ticket.user, ticket.tab) for one in row.get("supervision", ())
    )
