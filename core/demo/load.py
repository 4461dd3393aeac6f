"""Load for benchmarks: many phones against a running core, with voice cheap enough not to be what is measured.

One thread sends every leg's 20 ms packet from plain sockets; only a few legs are read, to measure the gaps between the
packets that come back. Bounded in calls and time.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import ClassVar, Self

from core.demo.phone import Phone, PhoneCall
from core.demo.rtp_stream import FRAME, PACKET_S, RtpStream, tone

SAMPLED_LEGS = 12
VOICE = tone(700)[:FRAME]


class LoadStream(RtpStream):
    """A leg whose packets one thread sends for all; the first few are listened to."""

    legs: ClassVar[list[LoadStream]] = []
    sampled: ClassVar[list[LoadStream]] = []
    lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, payload_type: int) -> None:
        super().__init__(payload_type)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.gaps: list[float] = []
        self.heard_at = 0.0
        self.sequence = 0

    @classmethod
    async def open(cls, host: str, payload_type: int) -> Self:
        stream = cls(payload_type)
        stream.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.sock.bind((host, 0))
        stream.port = stream.sock.getsockname()[1]
        return stream

    def start(self, peer: tuple[str, int]) -> None:
        self._peer = peer
        with self.lock:
            if self not in self.legs:
                self.legs.append(self)
                if len(self.sampled) < SAMPLED_LEGS:
                    self.sampled.append(self)

    def close(self) -> None:
        with self.lock:
            if self in self.legs:
                self.legs.remove(self)
        self.sock.close()

    def send_packet(self) -> None:
        if self._peer is None:
            return
        self.sequence = self.sequence + 1 & 0xFFFF
        head = struct.pack("!BBHII", 0x80, self.payload_type, self.sequence, self.sequence * FRAME & 0xFFFFFFFF, 7)
        try:
            self.sock.sendto(head + VOICE, self._peer)
        except OSError:
            return

    def listen(self) -> None:
        while True:
            try:
                self.sock.recv(2048)
            except OSError:
                return
            now = time.monotonic()
            if self.heard_at:
                self.gaps.append(now - self.heard_at)
            self.heard_at = now


class RtpSender(threading.Thread):
    """Sends for all legs every 20 ms until stopped, and listens to the sampled ones every millisecond."""

    def __init__(self) -> None:
        super().__init__(name="speaker", daemon=True)
        self.stopping = False

    def run(self) -> None:
        due = time.monotonic()
        while not self.stopping:
            with LoadStream.lock:
                legs, sampled = tuple(LoadStream.legs), tuple(LoadStream.sampled)
            for leg in legs:
                leg.send_packet()
            due += PACKET_S
            while (left := due - time.monotonic()) > 0:
                for leg in sampled:
                    leg.listen()
                time.sleep(min(left, 0.001))


@dataclass(slots=True)
class Load:
    """Agents that answer at once, callers that come at a rate; what was seen."""

    server: tuple[str, int]
    passwords: dict[str, str]
    number: str
    voice: type[RtpStream] = LoadStream
    events: bool = True
    answered: int = 0
    failed: int = 0
    ring_s: list[float] = field(default_factory=list)
    agents: list[Phone] = field(default_factory=list)
    callers: list[Phone] = field(default_factory=list)
    up: list[PhoneCall] = field(default_factory=list)
    _invited: dict[str, float] = field(default_factory=dict)

    async def sign_on(self) -> None:
        for extension, password in self.passwords.items():
            phone = Phone(self.server, extension, password, on_call=self._ring, voice=self.voice, events=self.events)
            await phone.open()
            if await phone.register(600) != 200:
                self.failed += 1
            self.agents.append(phone)

    async def _ring(self, call: PhoneCall) -> None:
        caller = call.remote_uri.removeprefix("sip:").partition("@")[0]
        if (at := self._invited.pop(caller, None)) is not None:
            self.ring_s.append(time.monotonic() - at)
        await call.answer()

    async def place(self, count: int, per_second: float, hold_s: float | None) -> None:
        """``hold_s`` None leaves the calls up until ``hang_up_all``."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        work = []
        for n in range(count):
            await asyncio.sleep(max(0.0, start + n / per_second - loop.time()))
            work.append(loop.create_task(self._call(n, hold_s)))
        await asyncio.gather(*work)

    async def wait_in_menu(self, count: int) -> None:
        """So many callers who are answered and press nothing."""
        for n in range(count):
            phone = Phone(self.server, f"139{n:08d}", voice=self.voice, events=self.events)
            self.callers.append(phone)
            await phone.open()
            call = await phone.call(self.number)
            await call.answered.wait()
            if call.ended.is_set():
                self.failed += 1
            else:
                self.answered += 1
                self.up.append(call)

    async def _call(self, n: int, hold_s: float | None) -> None:
        caller = f"138{n:08d}"
        phone = Phone(self.server, caller, voice=self.voice, events=self.events)
        self.callers.append(phone)
        await phone.open()
        self._invited[caller] = time.monotonic()
        call = await phone.call(self.number)
        await call.answered.wait()
        if call.ended.is_set():
            self.failed += 1
            return
        for _ in range(400):
            if caller not in self._invited or call.ended.is_set():
                break
            await asyncio.sleep(0.01)
        if caller in self._invited:
            self.failed += 1
            await call.hang_up()
            return
        self.answered += 1
        self.up.append(call)
        if hold_s is not None:
            await asyncio.sleep(hold_s)
            await call.hang_up()
            await phone.close()

    async def close(self) -> None:
        for call in self.up:
            if not call.ended.is_set():
                await call.hang_up()
        for phone in self.agents:
            await phone.register(0)
        for phone in (*self.callers, *self.agents):
            await phone.close()
