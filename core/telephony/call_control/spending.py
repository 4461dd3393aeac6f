"""What was refused and what was dear in the last hour, for alerts on toll fraud. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from core.telephony.call_control.states import Segment
from core.telephony.inputs import LegId

MOST_KEPT = 2000


@dataclass(slots=True)
class Costly:
    """A call to an expensive number; ``segment`` is the floor's own record, which says when it was answered."""

    segment: Segment
    started_at: float
    answered_at: float | None = None
    ended_at: float | None = None


@dataclass(slots=True)
class Spending:
    """What the last hour saw of refusals and of expensive calls, for alerts, and what is up now: ``out`` are the legs
    that we dialled to the outside, with some that are over. Lost with the process."""

    out: dict[LegId, Segment] = field(default_factory=dict)
    refusals: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    costly: deque[Costly] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    # Those of ``costly`` that are not over.
    running: list[Costly] = field(default_factory=list)
