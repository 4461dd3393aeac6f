"""Which calls are begun when more come than can be served. Pure; ``now`` is any clock's seconds.

What belongs to calls that are up or on their way goes first; a call that would begin waits for its turn. How long it
waits says how busy the house is, whatever the reason: when its sender would soon send it again, it is refused in a few
words (RFC 3261 21.5.4), before any work was put into it. Whatever was said of an INVITE stands for its repeats: one
that was begun is never refused, and one that was refused is never begun.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from typing import Literal

from core.telephony.signalling.refusal import Refusal

Place = tuple[str, int]
Verdict = Literal["begun", "refused", "waits"]

# Before the sender's first repeat, at T1 = 500 ms.
LONGEST_WAIT_S = 0.25
MOST_WAITING = 512
REMEMBERED_S = 32.0  # 64 * T1, as long as a request may be sent again
RETRY_AFTER_S = 2
BUSY = Refusal(503, "Service Unavailable", (("Retry-After", str(RETRY_AFTER_S)),))
_TAG_IN_TO = re.compile(rb"\n(?:to|t)[ \t]*:[^\n]*;[ \t]*tag[ \t]*=", re.IGNORECASE)
_CALL_ID = re.compile(rb"\n(?:call-id|i)[ \t]*:[ \t]*([^\r\n]+)", re.IGNORECASE)


def begins_call(data: bytes) -> bool:
    """An INVITE outside of any dialog; one that is written oddly may be taken for one that is inside."""
    return data[:7] == b"INVITE " and _TAG_IN_TO.search(data) is None


class CallsToBegin:
    """First come, first served. ``absorbed`` and ``refused`` count what never cost a call's work."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[bytes, Place, float]] = deque()
        self._said: OrderedDict[int, tuple[Verdict, float]] = OrderedDict()
        self.absorbed = self.refused = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, data: bytes, place: Place, now: float) -> Verdict:
        """What is to be done with it now."""
        while self._said and now - next(iter(self._said.values()))[1] > REMEMBERED_S:
            self._said.popitem(last=False)
        key = hash((data, place))
        if (known := self._said.get(key)) is not None:
            self.absorbed += 1
            return known[0]
        verdict: Verdict = "waits" if len(self._waiting) < MOST_WAITING else "refused"
        self._said[key] = verdict, now
        if verdict == "waits":
            self._waiting.append((data, place, now))
        else:
            self.refused += 1
        return verdict

    def take(self, now: float) -> tuple[bytes, Place, Verdict]:
        """The one that has waited longest: begun, or refused because it has waited too long."""
        data, place, since = self._waiting.popleft()
        return data, place, self._say(data, place, "refused" if now - since > LONGEST_WAIT_S else "begun", since)

    def cancelled(self, data: bytes, place: Place) -> bytes | None:
        """The waiting INVITE that this CANCEL from the same place is about: to be begun first, so that it can end."""
        if not self._waiting or data[:7] != b"CANCEL " or (named := _CALL_ID.search(data)) is None:
            return None
        for one in self._waiting:
            known = _CALL_ID.search(one[0]) if one[1] == place else None
            if known is not None and known.group(1).strip() == named.group(1).strip():
                self._waiting.remove(one)
                self._say(one[0], place, "begun", one[2])
                return one[0]
        return None

    def clear(self) -> None:
        self._waiting.clear()
        self._said.clear()

    def _say(self, data: bytes, place: Place, verdict: Verdict, since: float) -> Verdict:
        self.refused += verdict == "refused"
        self._said[hash((data, place))] = verdict, since
        return verdict
