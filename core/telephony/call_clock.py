"""The clock of calls: never steps, whatever becomes of the machine's.

When somebody sets the machine's clock, what goes on keeps the time that it began with, so that no length and no order
of facts is wrong; what begins later has the new one. An agent changes over in the next idle state. Opening hours follow
the machine's clock at once, and people see times of it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

from core.clock import utc_now
from core.events import AgentStateChanged, Fact
from core.telephony.call_control.states import BUSY

log = logging.getLogger(__name__)

# Less is the daily work of NTP, which is followed at once.
SET_S = 2.0
AT_WORK = frozenset({*BUSY, "wrap_up"})


class CallClock:
    """``wall`` is the machine's clock (UTC epoch seconds), ``steady`` one that is never set."""

    def __init__(self, wall: Callable[[], float] = utc_now, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._base = wall() - steady()
        # What the machine's clock says more than this one.
        self.ahead_s = 0.0
        # Calls and agents that began before the clock was set, with what it said more then.
        self._began: dict[str, float] = {}

    def now(self) -> float:
        return self._base + self._steady()

    def check(self, going_on: Callable[[], Iterable[str]]) -> bool:
        """Whether the machine's clock was set since the last look. ``going_on``: calls, and extensions at work."""
        off_s = self._wall() - self.now() - self.ahead_s
        if abs(off_s) < SET_S:
            self._base += off_s
            return False
        log.warning("the machine's clock was set by %.0f s; what goes on keeps its time", off_s)
        self._began = {subject: self._began.get(subject, self.ahead_s) for subject in going_on()}
        self.ahead_s += off_s
        return True

    def moment_of(self, fact: Fact, at: float) -> float:
        """UTC epoch seconds for the log of what happened ``at``, by this clock."""
        subject = fact.subject
        ahead_s = self._began.get(subject, self.ahead_s)
        if isinstance(fact, AgentStateChanged) and fact.state not in AT_WORK:
            self._began.pop(subject, None)
        return at + ahead_s
