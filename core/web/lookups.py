"""Looking customers up by hand: each look is a line of the audit; who looks far too often is slowed.

The limit is a number of look-ups by one person within an hour (``lookups_per_hour``). Beyond it each waits longer than
the one before, up to a few seconds, one after the other, and an alert says so: work goes on, but no copy of the
customers is made unseen, nor faster by asking for many at once. A list asked for by number counts, too, for those to
whom numbers are masked: thousands of tries would tell what the mask hides. The card that a desk shows of its caller
is no look-up by hand: it is a line, and is not counted.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.errors import HotlineError
from core.people.users import User
from core.rights import Right
from core.web.audit_lines import AuditLines

WINDOW_S = 3600.0
FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 8.0
# Beyond: told once in that time.
TOLD_EVERY_S = 600.0
# A list that draws itself anew asks for the same number again.
SAME_S = 300.0
# Looks of one person that wait for their turn; nobody types so many.
MOST_WAITING = 20


class TooManyLookups(HotlineError):
    status = 429
    code = "too_many_lookups"


@dataclass
class _Looks:
    at: deque[float] = field(default_factory=deque)
    told_at: float = -TOLD_EVERY_S
    searched: dict[str, float] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Lookups:
    """One for the process; a restart forgets the counts and not the lines."""

    def __init__(
        self,
        audit: AuditLines,
        limit: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._audit = audit
        self._limit = limit
        self._clock = clock
        self._sleep = sleep
        self._people: dict[str, _Looks] = {}

    async def look_up(self, user: User, subject: str, where: str) -> None:
        """Writes the line before anything is shown; takes its time when there were too many."""
        over = self._counted(user.name)
        await self._audit.record(user.name, "customer_looked_up", subject, where=where)
        if over <= 0:
            return
        looks = self._people[user.name]
        if self._clock() - looks.told_at >= TOLD_EVERY_S:
            looks.told_at = self._clock()
            await self._audit.record(user.name, "lookups_beyond_limit", user.name, limit=self._limit, n=len(looks.at))
        if looks.waiting >= MOST_WAITING:
            raise TooManyLookups("Too many look-ups at once.", remedy="Try again in a moment.")
        looks.waiting += 1
        try:
            async with looks.turn:
                await self._sleep(delay_s(over))
        finally:
            looks.waiting -= 1

    async def searched(self, user: User, number: str, where: str) -> None:
        """A list asked for by number: a look-up of those who see numbers masked, once in five minutes for the same."""
        if not number or user.may(Right.NUMBERS):
            return
        looks = self._people.setdefault(user.name, _Looks())
        now = self._clock()
        if now - looks.searched.get(number, now - SAME_S) < SAME_S:
            return
        await self.look_up(user, number, where)
        # Only now: whoever asks twice at once waits twice.
        now = self._clock()
        looks.searched = {one: at for one, at in looks.searched.items() if now - at < SAME_S}
        looks.searched[number] = now

    async def shown(self, user: User, subject: str, call_id: str) -> None:
        """The customer of a call that the person takes part in."""
        await self._audit.record_once(user.name, "customer_shown", subject, call=call_id)

    def beyond(self) -> list[str]:
        """Who is over the limit now."""
        now = self._clock()
        for name, looks in list(self._people.items()):
            self._forget(looks, now)
            if not looks.at:
                del self._people[name]
        return sorted(name for name, looks in self._people.items() if len(looks.at) > self._limit)

    def _counted(self, name: str) -> int:
        now = self._clock()
        looks = self._people.setdefault(name, _Looks())
        self._forget(looks, now)
        looks.at.append(now)
        return len(looks.at) - self._limit

    @staticmethod
    def _forget(looks: _Looks, now: float) -> None:
        while looks.at and now - looks.at[0] > WINDOW_S:
            looks.at.popleft()


def delay_s(over: int) -> float:
    """How long the so-many-eth look beyond the limit waits."""
    return min(FIRST_DELAY_S * over, LONGEST_DELAY_S)
