"""One leg's RTP: its socket, a short jitter buffer, sequence numbers both ways, keys in and out (RFC 3550, 4733)."""

from __future__ import annotations

import os
import socket
import struct
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.telephony.media import g711
from core.telephony.media.dtmf import EVENTS, KeyEar

MOST_BUFFERED = 12
# Two frames in hand before the first is played: what a jittery sender needs, for 40 ms of delay.
PREFILL = 2
STRANGERS_BEFORE_LATCH = 5
_HEAD = struct.Struct("!BBHII")


class Stream:
    """``index`` is the leg's row in the tick's arrays."""

    def __init__(self, leg: str, sock: socket.socket, index: int) -> None:
        self.leg, self.sock, self.index = leg, sock, index
        self.remote: tuple[str, int] | None = None
        self.latched: tuple[str, int] | None = None
        self.strangers = 0
        self.payload_type = g711.PCMA
        self.dtmf_payload_type: int | None = None
        self.sends = self.receives = False
        self.frames: deque[bytes] = deque()
        self.playing_out = False
        self.hears: tuple[str, ...] = ()
        self.prompt: NDArray[np.int16] | None = None
        self.prompt_at = 0
        self.prompt_token = ""
        self.prompt_loop = self.prompt_mix = False
        self.ear = KeyEar()
        self.keys_out: deque[tuple[int, int, bool]] = deque()
        self.last_event: int | None = None
        self.last_sequence: int | None = None
        self.last_heard = 0.0
        self.silence_told = 0.0
        self.received = self.lost = self.sent = 0
        self.packet = bytearray(12 + g711.FRAME)
        self.sequence = int.from_bytes(os.urandom(2), "big")
        self.timestamp = int.from_bytes(os.urandom(4), "big")
        self.ssrc = int.from_bytes(os.urandom(4), "big")
        self.marker = 0x80
        self.event_began = 0

    def connect(
        self, remote: tuple[str, int] | None, payload_type: int, dtmf: int | None, *, sends: bool, receives: bool
    ) -> None:
        if remote != self.remote:
            self.latched, self.strangers = None, 0
            self.marker = 0x80
        self.remote = remote
        self.payload_type, self.dtmf_payload_type = payload_type, dtmf
        self.sends, self.receives = sends, receives

    def take(self, data: bytes, source: Any, now: float) -> str:
        """One datagram; returns a key that was pressed, or an empty string."""
        if len(data) < 12 or data[0] >> 6 != 2:
            return ""
        if source != self.latched and not self._latch(source):
            return ""
        self.last_heard, self.silence_told = now, 0.0
        self.received += 1
        kind = data[1] & 0x7F
        start = 12 + 4 * (data[0] & 0x0F)
        if kind == self.dtmf_payload_type:
            return self._event(data, start)
        if kind != self.payload_type:
            return ""
        sequence = data[2] << 8 | data[3]
        if self.last_sequence is not None:
            step = sequence - self.last_sequence & 0xFFFF
            if step == 0 or step > 0x8000:
                return ""
            self.lost += min(step - 1, 50)
        self.last_sequence = sequence
        payload = data[start:]
        # Phones may send 10, 20, 30 or 40 ms a packet.
        for at in range(0, len(payload) - len(payload) % 80, g711.FRAME):
            piece = payload[at : at + g711.FRAME]
            self.frames.append(
                piece if len(piece) == g711.FRAME else piece + g711.SILENCE[self.payload_type][len(piece) :]
            )
        while len(self.frames) > MOST_BUFFERED:
            self.frames.popleft()
        return ""

    def _latch(self, source: Any) -> bool:
        """Symmetric RTP: the SDP's own address at once, another after a few packets when that one is silent."""
        if source != self.remote:
            self.strangers += 1
            if self.latched is not None or self.strangers < STRANGERS_BEFORE_LATCH:
                return False
        self.latched = source
        return True

    def _event(self, data: bytes, start: int) -> str:
        timestamp = int.from_bytes(data[4:8], "big")
        if timestamp == self.last_event or len(data) < start + 4 or data[start] >= len(EVENTS):
            return ""
        self.last_event = timestamp
        return EVENTS[data[start]]

    def next_frame(self) -> bytes | None:
        """What is heard of this leg in this tick."""
        if not self.playing_out:
            if len(self.frames) < PREFILL:
                return None
            self.playing_out = True
        if not self.frames:
            self.playing_out = False
            return None
        return self.frames.popleft()

    def press(self, digits: str) -> None:
        for digit in digits:
            code = EVENTS.find(digit)
            if code >= 0:
                self.keys_out.extend((code, n, False) for n in range(1, 6))
                self.keys_out.extend([(code, 5, True)] * 3)

    def send(self, codes: bytes) -> None:
        """One frame to the peer; keys waiting to be sent take its place."""
        target = self.latched or self.remote
        if target is None or not self.receives:
            self.timestamp = self.timestamp + g711.FRAME & 0xFFFFFFFF
            return
        if self.keys_out and self.dtmf_payload_type is not None:
            code, step, last = self.keys_out.popleft()
            if step == 1:
                self.event_began = self.timestamp
            marker = 0x80 if step == 1 else 0
            head = _HEAD.pack(0x80, marker | self.dtmf_payload_type, self.sequence, self.event_began, self.ssrc)
            packet: bytes | bytearray = head + struct.pack("!BBH", code, (0x80 if last else 0) | 10, step * g711.FRAME)
        else:
            packet = self.packet
            _HEAD.pack_into(packet, 0, 0x80, self.marker | self.payload_type, self.sequence, self.timestamp, self.ssrc)
            packet[12:] = codes
            self.marker = 0
        self.sequence = self.sequence + 1 & 0xFFFF
        self.timestamp = self.timestamp + g711.FRAME & 0xFFFFFFFF
        try:
            self.sock.sendto(packet, target)
            self.sent += 1
        except OSError:
            # A full buffer or an unreachable peer: voice that is late is worth nothing.
            return
