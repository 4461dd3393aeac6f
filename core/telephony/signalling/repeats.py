"""What of the last half minute must not happen twice: requests that came by two ways, and calls that two phones took.

A request outside a dialog that comes again with another branch was forked and merged again (RFC 3261 8.2.2.2); with the
same branch it is a repeat. A 2xx that comes after the first was sent again, or is another phone's (13.2.2.4). Pure;
``now`` is any clock's seconds.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

REMEMBERED_S = 32.0  # 64 * T1, as long as a transaction may be repeated
MOST_REMEMBERED = 30_000

Key = tuple[Any, ...]
_T = TypeVar("_T")


@dataclass(slots=True)
class ServerTransaction:
    """``said`` is our final answer and where it went; who was refused may try another way."""

    branch: str | None
    refused: bool = False
    said: tuple[str, Any] | None = None


@dataclass(slots=True)
class AcceptedCall:
    """``tag`` of the phone whose answer made the call (``None``: it came too late), ``ack`` what it was told."""

    tag: str | None
    ack: tuple[Any, Any] | None = None
    others: set[str] = field(default_factory=set)


class Lately(Generic[_T]):
    """A dictionary that forgets after half a minute, or when there is too much to remember."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, tuple[float, _T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: Key, now: float) -> _T | None:
        found = self._known.get(key)
        return found[1] if found is not None and now - found[0] < REMEMBERED_S else None

    def put(self, key: Key, value: _T, now: float) -> None:
        self._known.pop(key, None)
        self._known[key] = (now, value)
        while len(self._known) > MOST_REMEMBERED or now - next(iter(self._known.values()))[0] >= REMEMBERED_S:
            self._known.popitem(last=False)
