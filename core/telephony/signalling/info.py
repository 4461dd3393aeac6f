"""Keys inside INFO (RFC 6086 leaves their form to everybody): what the bodies in the field say. Pure."""

from __future__ import annotations

import re

from core.telephony.media.keys import EVENTS

TYPES = ("application/dtmf-relay", "application/dtmf", "audio/telephone-event")
_NAMED = re.compile(r"(?im)^[ \t]*(?:signal|event|digit|d)[ \t]*[=:][ \t]*([0-9a-d*#]{1,2})[ \t]*$")
_LINE_ENDS = (b"", b"\r\n", b"\n")
# RFC 4733 event numbers, which some phones write instead of the key.
_KEYS = {key: key for key in EVENTS} | {str(code): key for code, key in enumerate(EVENTS)}
_END = 0x80


class InfoKeys:
    """One leg's. A press may come as its beginning and its end (the four octets of RFC 4733 2.3): they are one key."""

    __slots__ = ("_duration", "_held")

    def __init__(self) -> None:
        self._held, self._duration = "", 0

    def take(self, kind: str, body: bytes) -> str:
        """The key when it is a new one, else an empty string."""
        if kind.partition(";")[0].strip().lower() not in TYPES:
            return ""
        words = body.decode("latin-1").replace("\r", "\n")
        found = _NAMED.search(words)
        text = found.group(1) if found is not None else words.strip()
        if (key := _KEYS.get(text.upper())) is not None:
            return key
        if len(body) >= 4 and body[0] < len(EVENTS) and body[4:] in _LINE_ENDS:
            return self._event(body[:4])
        return ""

    def _event(self, body: bytes) -> str:
        key, end = EVENTS[body[0]], bool(body[1] & _END)
        duration = int.from_bytes(body[2:], "big")
        goes_on = key == self._held and (end or duration > self._duration)
        self._held, self._duration = "" if end else key, duration
        return "" if goes_on else key
