"""Who waits in which queue, kept in order while calls come and go: no question costs more in a longer queue. Pure.

Calls that no agent can tell apart (the same queue, skills, priority, and whether they go ahead of it) stand in one
line, the longest wait first. There are as many lines as menus and supervisors make kinds of calls: a handful. A call
for which a phone rings keeps its place, for it may come back.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from core.telephony.call_control.states import Call
from core.telephony.inputs import CallId

Kind = tuple[int, bool, tuple[str, ...]]


class Lines:
    """``join`` whatever has come to stand elsewhere, ``leave`` before it belongs to no queue any more."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[Kind, list[Call]]] = {}
        self._stands: dict[CallId, tuple[str, Kind, tuple[float, int]]] = {}

    def __len__(self) -> int:
        return len(self._stands)

    def join(self, call: Call) -> None:
        """Where its queue, priority and time of entry say, and no longer where it stood before."""
        assert call.queue is not None
        self.leave(call)
        kind = (-call.priority, not call.ahead, call.skills)
        self._stands[call.id] = call.queue, kind, _since(call)
        insort(self._queues.setdefault(call.queue, {}).setdefault(kind, []), call, key=_since)

    def leave(self, call: Call) -> None:
        if (stood := self._stands.pop(call.id, None)) is None:
            return
        queue, kind, since = stood
        line = self._queues[queue][kind]
        # Its own time may be another by now.
        del line[bisect_left(line, since, key=lambda one: since if one is call else _since(one))]
        if not line:
            del self._queues[queue][kind]
        if not self._queues[queue]:
            del self._queues[queue]

    def queues(self) -> list[str]:
        """Those in which somebody waits."""
        return list(self._queues)

    def waiting(self, queue: str) -> int:
        return sum(map(len, self._queues.get(queue, {}).values()))

    def not_behind(self, queue: str, priority: int) -> int:
        """Who waits there with at least this priority."""
        return sum(len(line) for kind, line in self._queues.get(queue, {}).items() if -kind[0] >= priority)

    def place(self, call: Call) -> int:
        """1 is served first."""
        queue, own, since = self._stands[call.id]
        ahead = 0
        for kind, line in self._queues[queue].items():
            if kind[:2] < own[:2]:
                ahead += len(line)
            elif kind[:2] == own[:2]:
                ahead += bisect_left(line, since, key=_since)
        return ahead + 1

    def longest_since(self, queue: str) -> float | None:
        """When the one came who has waited longest."""
        return min((line[0].queued_at or 0.0 for line in self._queues.get(queue, {}).values()), default=None)

    def of(self, queue: str) -> list[Call]:
        """Everybody there, first come first; costs what its length costs."""
        return sorted((call for line in self._queues.get(queue, {}).values() for call in line), key=Call.turn)

    def heads(self) -> Iterator[Call]:
        """Of each line the first for whom no phone rings yet, who is served before all others of it."""
        for lines in self._queues.values():
            for line in lines.values():
                head = next((call for call in line if call.state == "queued"), None)
                if head is not None:
                    yield head


def _since(call: Call) -> tuple[float, int]:
    return call.queued_at or 0.0, call.number
