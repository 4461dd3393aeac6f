"""RTP packets written by hand, so that the engine is not tested with its own words (RFC 3550 5.1, RFC 4733 2.3)."""

from __future__ import annotations

import struct

SENDER = 0x1234ABCD


def packet(number: int, body: bytes, kind: int = 8, *, stamp: int | None = None, sender: int = SENDER) -> bytes:
    stamp = number * 160 if stamp is None else stamp
    return struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, stamp & 0xFFFFFFFF, sender) + body


def key(number: int, code: int, stamp: int, duration: int, *, end: bool = False, kind: int = 101) -> bytes:
    return packet(number, struct.pack("!BBH", code, (0x80 if end else 0) | 10, duration), kind, stamp=stamp)


def read(data: bytes) -> tuple[int, bool, int, int, int, bytes]:
    """Payload type, marker, sequence number, timestamp, SSRC, payload."""
    first, second, number, stamp, sender = struct.unpack("!BBHII", data[:12])
    assert first == 0x80
    return second & 0x7F, bool(second & 0x80), number, stamp, sender, data[12:]
