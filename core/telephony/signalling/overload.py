"""Which calls are begun when more come than can be served. Pure; ``now`` is any clock's seconds.

What belongs to calls that are up or on their way goes first; a call that would begin waits for its turn. How busy the
house is says the work that was done before its turn came, in seconds of our own on the processor (``worked``): a
machine that gives us little of it makes everything slow, and is no reason to turn away who can be served. Many calls at
one moment are a burst, which is worked off. When the work before each has not come down for ``STANDING_S`` of it, more
come than can be served: until it has, whoever is behind more than ``SHORT_WAIT_S`` is refused in a few words (RFC 3261
21.5.4), and no work was put into it by then. Refused is also who has waited ``LONGEST_WAIT_S`` by the clock on the
wall: nobody is there any more. So something is refused only while something waits, and what is left still is work
enough (CoDel, RFC 8289, for calls). Whatever was said of an INVITE stands for its repeats: one that was begun is never
refused, one that was refused is never begun.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Literal

from core.telephony.signalling.refusal import Refusal

Source = tuple[str, int]
Admission = Literal["begun", "refused", "waits"]

SHORT_WAIT_S = 1.0
STANDING_S = 3.0
LONGEST_WAIT_S = 6.0
MOST_WAITING = 512  # from one place
MOST_PLACES = 512
REMEMBERED_S = 32.0  # 64 * T1, as long as a request may be sent again
MOST_REMEMBERED = 100_000
RETRY_AFTER_S = 2
BUSY = Refusal(503, "Service Unavailable", (("Retry-After", str(RETRY_AFTER_S)),))
_TAG_IN_TO = re.compile(rb"\n(?:to|t)[ \t]*:[^\n]*;[ \t]*tag[ \t]*=", re.IGNORECASE)
_VIA = re.compile(rb"\n(?:via|v)[ \t]*:[ \t]*([^\r\n]+)", re.IGNORECASE)
_CALL_ID = re.compile(rb"\n(?:call-id|i)[ \t]*:[ \t]*([^\r\n]+)", re.IGNORECASE)


def begins_call(data: bytes) -> bool:
    """An INVITE outside of any dialog; one that is written oddly may be taken for one that is inside."""
    return data[:7] == b"INVITE " and _TAG_IN_TO.search(data) is None


class CallsToBegin:
    """One line for each place, served in turn: who sends too many waits behind himself, as in ``turns``.

    ``absorbed`` and ``refused`` count what never cost a call's work.
    """

    def __init__(self) -> None:
        self._lines: dict[Source, deque[_Waiting]] = {}
        # Since when, in work, the wait of a place has been longer than a short one.
        self._busy_since: dict[Source, float] = {}
        self._said: OrderedDict[int, tuple[Admission, float]] = OrderedDict()
        # The top Via of those refused, which their ACKs repeat (RFC 3261 17.1.1.3) and no other ACK has.
        self._turned_away: OrderedDict[tuple[bytes, Source], None] = OrderedDict()
        self.absorbed = self.refused = 0

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def put(self, data: bytes, place: Source, now: float, worked: float) -> Admission:
        """What is to be done with it now."""
        while self._said and (
            now - next(iter(self._said.values()))[1] > REMEMBERED_S or len(self._said) >= MOST_REMEMBERED
        ):
            self._said.popitem(last=False)
        key = hash((data, place))
        if (known := self._said.get(key)) is not None:
            self.absorbed += 1
            return known[0]
        line = self._lines.get(place)
        full = len(self._lines) >= MOST_PLACES if line is None else len(line) >= MOST_WAITING
        verdict: Admission = "refused" if full else "waits"
        one = _Waiting(data, _call_id(data), now, worked)
        if verdict == "waits":
            self._said[key] = verdict, now
            self._lines.setdefault(place, deque()).append(one)
        else:
            self._say(one, place, verdict)
        return verdict

    def take(self, now: float, worked: float) -> tuple[bytes, Source, Admission]:
        """The one that has waited longest at the place whose turn it is: begun, or refused when that was too long."""
        place = next(iter(self._lines))
        line = self._lines.pop(place)
        one = line.popleft()
        late = self._is_late(place, worked - one.worked, worked) or now - one.since > LONGEST_WAIT_S
        if line:
            self._lines[place] = line
        else:
            self._busy_since.pop(place, None)
        return one.data, place, self._say(one, place, "refused" if late else "begun")

    def _is_late(self, place: Source, before_s: float, worked: float) -> bool:
        if before_s <= SHORT_WAIT_S:
            self._busy_since.pop(place, None)
            return False
        return worked - self._busy_since.setdefault(place, worked) > STANDING_S

    def absorbs(self, data: bytes, place: Source) -> bool:
        """The ACK of a refusal: nobody waits for it, and nothing is to be done."""
        if data[:4] != b"ACK " or not self._turned_away or (_via(data), place) not in self._turned_away:
            return False
        self.absorbed += 1
        return True

    def cancelled(self, data: bytes, place: Source) -> bytes | None:
        """The waiting INVITE that this CANCEL from the same place is about: to be begun first, so that it can end."""
        line = self._lines.get(place)
        if line is None or data[:7] != b"CANCEL " or not (named := _call_id(data)):
            return None
        one = next((one for one in line if one.call_id == named), None)
        if one is None:
            return None
        line.remove(one)
        if not line:
            del self._lines[place]
            self._busy_since.pop(place, None)
        self._say(one, place, "begun")
        return one.data

    def clear(self) -> None:
        self._lines.clear()
        self._busy_since.clear()
        self._said.clear()
        self._turned_away.clear()

    def _say(self, one: _Waiting, place: Source, verdict: Admission) -> Admission:
        if verdict == "refused":
            self.refused += 1
            self._turned_away[_via(one.data), place] = None
            if len(self._turned_away) > MOST_REMEMBERED:
                self._turned_away.popitem(last=False)
        self._said[hash((one.data, place))] = verdict, one.since
        return verdict


@dataclass(frozen=True, slots=True)
class _Waiting:
    """``call_id`` is looked for once, not for every CANCEL."""

    data: bytes
    call_id: bytes
    since: float
    worked: float


def _call_id(data: bytes) -> bytes:
    found = _CALL_ID.search(data)
    return found.group(1).strip() if found is not None else b""


def _via(data: bytes) -> bytes:
    found = _VIA.search(data)
    return found.group(1).strip() if found is not None else b""
