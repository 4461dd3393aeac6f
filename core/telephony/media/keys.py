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
_END = 0x80
_LONGEST = 0xFFFF
# An event may be overtaken by the next one, but not by this much: then the sender's clock has begun anew.
_OVERTAKEN = 5 * 8000
# Senders that let the time run on within a key stay this close to where it was; two presses are further apart.
_RUNS_ON = 2 * g711.FRAME
_APART = 3 * g711.FRAME


class EventDecoder:
    """All packets of one key carry the time at which it began; whichever comes first counts, the others do not.

    So says the book. Senders there are give two keys one time, or the packets of one key several: a key is another one
    by its code as well as by its time, and the packets that only carry a key on are known by their durations.
    """

    __slots__ = ("_at_once", "_began", "_duration", "_ended", "_key", "_last")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Another sender, another clock."""
        self._began = self._last = -1
        self._key, self._duration, self._ended = "", 0, False
        # The keys that carry the time of the newest one, and whether their end was seen.
        self._at_once: dict[str, bool] = {}

    def take(self, body: bytes, stamp: int, *, late: bool = False) -> str:
        """The key when it is a new one. ``late``: a packet that was sent after this one came before it."""
        if len(body) < _BODY.size or body[0] >= len(EVENTS):
            return ""
        code, flags, duration = _BODY.unpack_from(body)
        key, end = EVENTS[code], bool(flags & _END)
        if self._began >= 0:
            since = stamp - self._began & 0xFFFFFFFF
            if since > 0xFFFFFFFF - _OVERTAKEN:
                return ""
            if since == 0:
                return self._at_the_same_time(key, duration, end=end, late=late)
            if key == self._key and self._goes_on(stamp, since, duration, end=end):
                if since == _LONGEST:
                    # Longer than a duration can say: the next segment of the same key (RFC 4733 2.5.1.3).
                    self._began = stamp
                self._carry(stamp, duration, end=end)
                return ""
        self._began, self._key, self._ended, self._duration, self._last = stamp, key, end, duration, stamp
        self._at_once = {key: end}
        return key

    def _at_the_same_time(self, key: str, duration: int, *, end: bool, late: bool) -> str:
        known = self._at_once.get(key)
        # A key that had ended, and another one since, begins again.
        if known is None or (known and not end and not late and key != self._key):
            self._key, self._ended, self._duration = key, end, duration
            self._at_once[key] = end
            return key
        self._at_once[key] = known or end
        if key == self._key:
            self._carry(self._began, duration, end=end)
        return ""

    def _goes_on(self, stamp: int, since: int, duration: int, *, end: bool) -> bool:
        if since == _LONGEST:
            return True
        near = since <= duration + _RUNS_ON
        if not end:
            return near and not self._ended and duration > self._duration
        return near or (self._ended and duration == self._duration and stamp - self._last & 0xFFFFFFFF <= _APART)

    def _carry(self, stamp: int, duration: int, *, end: bool) -> None:
        self._last, self._duration, self._ended = stamp, duration, self._ended or end


def bodies(key: str) -> Iterator[bytes]:
    """What to send in the eight ticks of a key; all of them carry the first one's time."""
    code = EVENTS.index(key)
    for step in range(1, UPDATES + 1):
        yield _BODY.pack(code, VOLUME, step * g711.FRAME)
    for _ in range(ENDS):
        yield _BODY.pack(code, _END | VOLUME, UPDATES * g711.FRAME)
