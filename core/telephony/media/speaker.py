"""What one leg's peer gets to hear, as RTP packets: voice, and keys in its place (RFC 3550, 4733). No I/O."""

from __future__ import annotations

import os
from collections import deque

from core.telephony.media import dtmf, g711, keys, rtp


class Speaker:
    """One packet a tick; a key takes eight of them."""

    __slots__ = (
        *("payload_type", "events", "_kind", "_sequence", "_timestamp", "_ssrc"),
        *("_digits", "_key", "_key_began"),
    )

    def __init__(self) -> None:
        self.payload_type = g711.PCMA
        self.events: int | None = None
        start = os.urandom(10)
        self._sequence = int.from_bytes(start[:2], "big")
        self._timestamp = int.from_bytes(start[2:6], "big")
        self._ssrc = int.from_bytes(start[6:], "big")
        self._kind = rtp.MARKER | self.payload_type
        self._digits: deque[str] = deque()
        self._key: deque[bytes] = deque()
        self._key_began = 0

    def speak(self, payload_type: int, events: int | None, *, anew: bool) -> None:
        """In this law from now on, keys as events of this payload type or as tones; ``anew``: to another address."""
        if events != self.events or payload_type != self.payload_type:
            self._key.clear()
        self.payload_type, self.events = payload_type, events
        self._kind = (self._kind & rtp.MARKER or (rtp.MARKER if anew else 0)) | payload_type

    def press(self, digits: str) -> None:
        self._digits.extend(digit for digit in digits if digit in keys.EVENTS)

    def skip(self) -> None:
        """Nobody is spoken to in this tick; the first packet afterwards is marked (RFC 3551 4.1)."""
        self._kind |= rtp.MARKER
        self._timestamp = self._timestamp + g711.FRAME & 0xFFFFFFFF

    def packet(self, codes: bytes) -> bytes:
        """The next packet: this frame, or a piece of a key."""
        stamp, kind = self._timestamp, self._kind
        if self._digits or self._key:
            stamp, kind, codes = self._piece(stamp)
        packet = rtp.HEADER.pack(rtp.PLAIN, kind, self._sequence, stamp, self._ssrc) + codes
        self._sequence = self._sequence + 1 & 0xFFFF
        self._timestamp = self._timestamp + g711.FRAME & 0xFFFFFFFF
        self._kind = self.payload_type
        return packet

    def _piece(self, now: int) -> tuple[int, int, bytes]:
        first = not self._key
        if first:
            self._begin(self._digits.popleft(), now)
        piece = self._key.popleft()
        if self.events is None:
            return now, self.payload_type, piece
        return self._key_began, (rtp.MARKER if first else 0) | self.events, piece

    def _begin(self, key: str, now: int) -> None:
        self._key_began = now
        if self.events is not None:
            self._key.extend(keys.bodies(key))
        else:
            self._key.extend(dtmf.tones(key, keys.UPDATES, self.payload_type))
            self._key.extend([g711.SILENCE[self.payload_type]] * keys.ENDS)
