"""Datagrams that wait, one line for each place they came from, in turn: who floods waits behind himself. Pure."""

from __future__ import annotations

from collections import deque

MOST_PER_SOURCE = 2_000  # datagrams a second from one port; a busy trunk sends some 600
MOST_PER_ADDRESS = 8_000
MOST_WAITING = 256  # in one line
MOST_LINES = 512

Source = tuple[str, int]


class Turns:
    """``second`` in what is called is any clock's whole second."""

    def __init__(self) -> None:
        self._lines: dict[Source, deque[bytes]] = {}
        self._second = 0
        self._counts: dict[str | Source, int] = {}

    def __len__(self) -> int:
        """How many places have something waiting."""
        return len(self._lines)

    def put(self, data: bytes, place: Source, second: int) -> bool:
        """``False`` when it is one too many and dropped."""
        if self._floods(place, second):
            return False
        line = self._lines.get(place)
        if line is None:
            if len(self._lines) >= MOST_LINES:
                return False
            line = self._lines[place] = deque()
        if len(line) >= MOST_WAITING:
            return False
        line.append(data)
        return True

    def take(self) -> tuple[bytes, Source]:
        """The oldest of the place whose turn it is, which then goes to the end."""
        place = next(iter(self._lines))
        line = self._lines.pop(place)
        data = line.popleft()
        if line:
            self._lines[place] = line
        return data, place

    def clear(self) -> None:
        self._lines.clear()

    def _floods(self, place: Source, second: int) -> bool:
        if second != self._second:
            self._second, self._counts = second, {}
        of_port = self._counts[place] = self._counts.get(place, 0) + 1
        of_host = self._counts[place[0]] = self._counts.get(place[0], 0) + 1
        return of_port > MOST_PER_SOURCE or of_host > MOST_PER_ADDRESS
