"""Wrong SIP passwords as facts: the first of a phone and address at once, what follows within a minute as one number.

A guesser may send thousands a second, so nothing here grows with that: so many phones and addresses at a time have a
count of their own, all others share one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.events import RegistrationRefused

TOGETHER_S = 60.0
MOST_AT_A_TIME = 200


@dataclass(slots=True)
class _Count:
    until: float
    more: int = 0


class RefusedPhones:
    """``tell`` takes a fact into the journal; ``flush`` is called every second."""

    def __init__(
        self, tell: Callable[[RegistrationRefused], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._counts: dict[tuple[str, str], _Count] = {}

    def add(self, extension: str, address: str) -> None:
        """``extension`` is what a stranger wrote."""
        key = (extension.encode("utf-8", "replace").decode()[:20], address[:64])
        if key not in self._counts and len(self._counts) >= MOST_AT_A_TIME:
            key = ("", "")
        count = self._counts.get(key)
        if count is not None:
            count.more += 1
            return
        self._counts[key] = _Count(self._clock() + TOGETHER_S)
        self._tell(RegistrationRefused(*key, 1))

    def flush(self, *, all_of_them: bool = False) -> None:
        now = self._clock()
        for key, count in list(self._counts.items()):
            if all_of_them or now >= count.until:
                del self._counts[key]
                if count.more:
                    self._tell(RegistrationRefused(*key, count.more))
