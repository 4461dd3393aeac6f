"""Keys inside INFO (RFC 6086 leaves their form to everybody): what the bodies in the field say. Pure."""

from __future__ import annotations

import re

from core.telephony.media.keys import EVENTS

TYPES = ("application/dtmf-relay", "application/dtmf", "audio/telephone-event")
_NAMED = re.compile(r"(?im)^[ \t]*(?:signal|event|digit|d)[ \t]*[=:][ \t]*([0-9a-d*#]{1,2})[ \t]*\r?$")
# RFC 4733 event numbers, which some phones write instead of the key.
_KEYS = {key: key for key in EVENTS} | {str(code): key for code, key in enumerate(EVENTS)}
_END = 0x80


class InfoKeys:
    """One leg's. A press may come as its beginning and its end (the four octets of RFC 4733 2.3): they are one key."""

    __slots__ = ("_duration", "_held")

    def __init__(self) -> None:
        self._held, self._duration = "", 0

    def take(self, kind: str, body: str) -> str:
        """``body`` as octets in Latin-1; the key when it is a new one, else an empty string."""
        if kind.partition(";")[0].strip().lower() not in TYPES:
            return ""
        found = _NAMED.search(body)
        text = found.group(1) if found is not None else body.strip()
        if (key := _KEYS.get(text.upper())) is not None:
            return key
        return self._event(body) if len(body) == 4 and ord(body[0]) < len(EVENTS) else ""

    def _event(self, body: str) -> str:
        key, end = EVENTS[ord(body[0])], bool(ord(body[1]) & _END)
        duration = ord(body[2]) << 8 | ord(body[3])
        goes_on = key == self._held and (end or duration > self._duration)
        self._held, self._duration = "" if end else key, duration
        return "" if goes_on else key
