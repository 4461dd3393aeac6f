"""Who may try a password now: slows down whoever guesses, never the one who knows it where he usually is.

A try is counted as wrong before its password is looked at, and taken back when it was right: a hundred at once are a
hundred. Counted are the pair of place and name, the place over all names, and the name over all strange places. A
*place* is a network address, or a browser that the person has signed in with before; one that is *familiar* with the
name is held to its own wrong tries only, and is looked at now and then even beyond those, since the guesser may sit
behind the same address. Knows no password and no database.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from core.errors import HotlineError

WINDOW_S = 300.0
OF_PAIR, OF_PLACE, OF_NAME = 5, 30, 30
# Names of a place whose refusals are told each by itself although no password was looked at.
OF_TOLD = 30
# Beyond its wrong tries a familiar place is looked at this often.
FAMILIAR_EVERY_S = 3.0
MOST_REMEMBERED = 50_000
IPV6_OF_ONE = 64

Key = tuple[str, str]


class TooManyAttempts(HotlineError):
    status = 429
    code = "too_many_attempts"


def place_of(address: str) -> str:
    """The address that a person or a house has: of IPv6 the half that a provider gives out."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found, IPV6_OF_ONE), strict=False))


class Attempts:
    """All tries of the last minutes. For one event loop: nothing is awaited between looking and counting."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[Key, deque[float]] = {}
        self._looked: dict[Key, float] = {}

    def begin(self, place: str, name: str, *, familiar: bool) -> Attempt:
        """Counts it, or raises ``TooManyAttempts``."""
        now = self._clock()
        pair: Key = (place, f"name:{name[:64]}")
        limits = [(pair, OF_PAIR)]
        if not familiar:
            limits += [((place, ""), OF_PLACE), (("", f"name:{name[:64]}"), OF_NAME)]
        waits = [self._wait_s(key, most, now) for key, most in limits]
        if max(waits) > 0:
            if not familiar or now - self._looked.get(pair, -FAMILIAR_EVERY_S) < FAMILIAR_EVERY_S:
                raise too_many(max(waits))
            self._looked[pair] = now
        for key, most in limits:
            self._wrong.setdefault(key, deque(maxlen=most)).append(now)
        self._forget_old(now)
        return Attempt(self, [key for key, _most in limits], now)

    def is_reported(self, place: str, name: str) -> bool:
        """Whether a refusal that cost nothing is worth a line of its own: a flood of names is not one of lines."""
        now = self._clock()
        of_name: Key = (place, f"told:{name[:64]}")
        if self._wait_s(of_name, 1, now) > 0:
            return True
        of_place: Key = (place, "told")
        if self._wait_s(of_place, OF_TOLD, now) > 0:
            return False
        self._wrong.setdefault(of_place, deque(maxlen=OF_TOLD)).append(now)
        self._wrong.setdefault(of_name, deque(maxlen=1)).append(now)
        self._forget_old(now)
        return True

    def take_back(self, keys: list[Key], at: float, *, all_of_pair: bool) -> None:
        for number, key in enumerate(keys):
            tries = self._wrong.get(key)
            if tries is None:
                continue
            if number == 0 and all_of_pair:
                del self._wrong[key]
                self._looked.pop(key, None)
            elif at in tries:
                tries.remove(at)

    def _wait_s(self, key: Key, most: int, now: float) -> float:
        """Until one more is possible; 0 when it is now."""
        tries = self._wrong.get(key)
        if tries is None:
            return 0.0
        while tries and now - tries[0] >= WINDOW_S:
            tries.popleft()
        return tries[0] + WINDOW_S - now if len(tries) >= most else 0.0

    def _forget_old(self, now: float) -> None:
        """The memory has an end, too: first what is over, then what is oldest."""
        if len(self._wrong) <= MOST_REMEMBERED:
            return
        for key in [key for key, tries in self._wrong.items() if not tries or now - tries[-1] >= WINDOW_S]:
            del self._wrong[key]
            self._looked.pop(key, None)
        while len(self._wrong) > MOST_REMEMBERED:
            key = next(iter(self._wrong))
            del self._wrong[key]
            self._looked.pop(key, None)


class Attempt:
    """One try, counted as wrong until somebody says otherwise."""

    def __init__(self, attempts: Attempts, keys: list[Key], at: float) -> None:
        self._attempts, self._keys, self._at = attempts, keys, at

    def right(self) -> None:
        """The password was right: the pair begins anew."""
        self._attempts.take_back(self._keys, self._at, all_of_pair=True)

    def unheard(self) -> None:
        """Nobody has looked at the password: it counts for nothing."""
        self._attempts.take_back(self._keys, self._at, all_of_pair=False)


def too_many(wait_s: float) -> TooManyAttempts:
    return TooManyAttempts(
        "Too many failed log-ins.",
        remedy="Try again in {minutes} minutes.",
        minutes=max(1, round(wait_s / 60)),
    )
