"""RTP packets (RFC 3550): the header, where the payload is, and what a sequence number says. No I/O."""

from __future__ import annotations

import struct

HEADER = struct.Struct("!BBHII")
HEADER_BYTES = 12
# Version 2 without padding, extension or contributing sources: nearly every packet there is.
PLAIN = 0x80
MARKER = 0x80
# RFC 3550 A.1: a jump further ahead is a sender that began anew, and one further back too.
MOST_LOST = 3000
MOST_LATE = 100


def is_rtcp(payload_type: int) -> bool:
    """A control packet on the port of the voice: its type, without the marker's bit (RFC 5761 4)."""
    return 64 <= payload_type <= 95


def payload(packet: bytes) -> bytes:
    """What is left without contributing sources, extension and padding; empty when the header promises too much."""
    start = HEADER_BYTES + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    padding = packet[-1] if packet[0] & 0x20 else 0
    return packet[start : max(len(packet) - padding, 0)]


class Arrivals:
    """The sequence numbers of one sender."""

    __slots__ = ("_anew", "_next", "lost")

    def __init__(self) -> None:
        self.lost = 0
        self.begin()

    def begin(self) -> None:
        """Another sender: any number may come first."""
        self._next = self._anew = -1

    def follows(self, number: int) -> bool:
        """Whether a packet with this number would be a later one of what has been heard, some of it perhaps lost."""
        return self._next < 0 or (number - self._next & 0xFFFF) <= MOST_LOST

    def gap(self, number: int) -> int:
        """How many packets are missing just before this one; below zero: it comes so many too late, or not to be heard.

        A far jump counts only when the next packet goes on from there (RFC 3550 A.1).
        """
        if number in (self._next, self._anew) or self._next < 0:
            gap = 0
        else:
            gap = (number - self._next + 0x8000 & 0xFFFF) - 0x8000
            if gap < -MOST_LATE or gap > MOST_LOST:
                self._anew = number + 1 & 0xFFFF
                return -MOST_LATE
            if gap < 0:
                return gap
            self.lost += gap
        self._next, self._anew = number + 1 & 0xFFFF, -1
        return gap
