"""The robots' voice: one RTP stream of G.711 over UDP, 20 ms a packet, with RFC 4733 keys.

One ticker serves all streams of the process. What is heard is counted, and kept when asked for.
"""

from __future__ import annotations

import asyncio
import math
import os
import struct
from typing import Any, ClassVar

FRAME = 160
PACKET_S = 0.02
EVENT_PAYLOAD = 101
EVENTS = "0123456789*#ABCD"
SILENCE = {8: b"\xd5" * FRAME, 0: b"\xff" * FRAME}


class RtpStream(asyncio.DatagramProtocol):
    """``say`` is a loop of encoded G.711 bytes; ``heard`` collects payloads while ``keep`` is set."""

    _live: ClassVar[set[RtpStream]] = set()
    _ticker: ClassVar[asyncio.Task[None] | None] = None

    def __init__(self, payload_type: int) -> None:
        self.payload_type = payload_type
        self.port = 0
        self.say = SILENCE[payload_type]
        self.keep = False
        self.heard = bytearray()
        self.received = 0
        self.mute = False
        self._at = 0
        self._peer: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._sequence = int.from_bytes(os.urandom(2), "big")
        self._timestamp = int.from_bytes(os.urandom(4), "big")
        self._ssrc = os.urandom(4)
        self._keys: list[tuple[int, int]] = []
        self._event_began = 0

    @classmethod
    async def open(cls, host: str, payload_type: int) -> RtpStream:
        stream = cls(payload_type)
        loop = asyncio.get_running_loop()
        stream._transport, _ = await loop.create_datagram_endpoint(lambda: stream, local_addr=(host, 0))
        stream.port = stream._transport.get_extra_info("sockname")[1]
        return stream

    def start(self, peer: tuple[str, int]) -> None:
        self._peer = peer
        self._live.add(self)
        if RtpStream._ticker is None or RtpStream._ticker.done():
            RtpStream._ticker = asyncio.get_running_loop().create_task(RtpStream._tick())

    def close(self) -> None:
        self._live.discard(self)
        if self._transport is not None:
            self._transport.close()

    def begin(self, say: bytes) -> None:
        """Says this from its first sample on, over and over."""
        self.say, self._at = say, 0

    def press(self, digits: str) -> None:
        """Queues keys: five packets of 20 ms each, three times the end, then a pause."""
        for digit in digits:
            code = EVENTS.index(digit)
            self._keys += [(code, n) for n in range(1, 6)] + [(code, -5)] * 3 + [(-1, 0)] * 5

    def datagram_received(self, data: bytes, _address: Any) -> None:
        self.received += 1
        if self.keep and len(data) > 12 and data[1] & 0x7F == self.payload_type:
            self.heard += data[12:]

    @classmethod
    async def _tick(cls) -> None:
        loop = asyncio.get_running_loop()
        at = loop.time()
        while cls._live:
            for stream in tuple(cls._live):
                stream._send()
            at += PACKET_S
            await asyncio.sleep(max(0.0, at - loop.time()))

    def _send(self) -> None:
        if self._transport is None or self._transport.is_closing() or self._peer is None or self.mute:
            return
        payload_type, marker = self.payload_type, 0
        stamp = self._timestamp
        if self._keys:
            code, step = self._keys.pop(0)
            if code >= 0:
                if step == 1:
                    self._event_began, marker = self._timestamp, 0x80
                stamp = self._event_began
                payload_type = EVENT_PAYLOAD
                ended = 0x80 if step < 0 else 0
                payload = struct.pack("!BBH", code, ended | 10, abs(step) * FRAME)
            else:
                payload = SILENCE[self.payload_type]
        else:
            payload = self._next_frame()
        head = struct.pack("!BBHI", 0x80, marker | payload_type, self._sequence, stamp)
        self._transport.sendto(head + self._ssrc + payload, self._peer)
        self._sequence = self._sequence + 1 & 0xFFFF
        self._timestamp = self._timestamp + FRAME & 0xFFFFFFFF

    def _next_frame(self) -> bytes:
        frame = self.say[self._at : self._at + FRAME]
        if len(frame) < FRAME:
            self._at = FRAME - len(frame)
            return frame + self.say[: self._at]
        self._at = (self._at + FRAME) % len(self.say)
        return frame


def tone(frequency_hz: float, payload_type: int = 8, seconds: float = 1.0, level: float = 0.4) -> bytes:
    """A loop of a sine, encoded; whole seconds of a whole frequency join without a click."""
    return encode(
        [level * math.sin(2 * math.pi * frequency_hz * n / 8000) for n in range(int(8000 * seconds))], payload_type
    )


def encode(samples: list[float], payload_type: int) -> bytes:
    """Samples in [-1, 1] as A-law (8) or mu-law (0), ITU-T G.711, written from the definition."""
    return bytes((_alaw if payload_type == 8 else _mulaw)(round(max(-1.0, min(1.0, s)) * 32767)) for s in samples)


def _alaw(sample: int) -> int:
    magnitude = (sample if sample >= 0 else -sample - 1) >> 3
    segment = max(magnitude.bit_length() - 5, 0)
    code = segment << 4 | (magnitude >> max(segment, 1) & 0x0F)
    return code ^ (0xD5 if sample >= 0 else 0x55)


def _mulaw(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    mantissa = magnitude >> (exponent + 3) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
