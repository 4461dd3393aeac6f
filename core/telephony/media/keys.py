"""Keys as telephone events (RFC 4733): which packet is a new key, and the packets that say one. No I/O."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.telephony.media import g711

EVENTS = "0123456789*#ABCD"
# A key is sent for 100 ms, its end three times, so that one key takes eight ticks.
UPDATES = 5
ENDS = 3
VOLUME = 10
_BODY = struct.Struct("!BBH")
_LONGEST = 0xFFFF
# An event may be overtaken by the next one, but not by this much: then the sender's clock has begun anew.
_OVERTAKEN = 5 * 8000


class KeysHeard:
    """All packets of one key carry the time at which it began; whichever comes first counts, the others do not."""

    __slots__ = ("_began", "_key")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Another sender, another clock."""
        self._began, self._key = -1, ""

    def take(self, body: bytes, stamp: int) -> str:
        """The key when it is a new one."""
        if len(body) < _BODY.size or body[0] >= len(EVENTS):
            return ""
        key = EVENTS[body[0]]
        if self._began >= 0:
            since = stamp - self._began & 0xFFFFFFFF
            if since == 0 or since > 0xFFFFFFFF - _OVERTAKEN:
                return ""
            if since == _LONGEST and key == self._key:
                # Longer than a duration can say: the next segment of the same key (RFC 4733 2.5.1.3).
                self._began = stamp
                return ""
        self._began, self._key = stamp, key
        return key


def bodies(key: str) -> Iterator[bytes]:
    """What to send in the eight ticks of a key; all of them carry the first one's time."""
    code = EVENTS.index(key)
    for step in range(1, UPDATES + 1):
        yield _BODY.pack(code, VOLUME, step * g711.FRAME)
    for _ in range(ENDS):
        yield _BODY.pack(code, 0x80 | VOLUME, UPDATES * g711.FRAME)
