"""One press of a key may come by several ways, as an event, by INFO and as a tone; it counts once. Pure.

Each way tells every press once, so that a press is paired with the oldest of the other ways' that it may be: keys that
are dialled faster than one of the ways tells them are still paired rightly.
"""

from __future__ import annotations

from core.telephony.call_control.states import Press
from core.telephony.inputs import DigitPressed

# By which the slowest way lags behind the fastest: INFO is often sent when the key is let go.
LAG_S = 1.0


def is_new(presses: list[Press], given: DigitPressed, now: float) -> bool:
    """Keeps ``presses``, those of the last moment."""
    presses[:] = [one for one in presses if now - one.at < LAG_S]
    for one in presses:
        if (one.leg, one.digit) == (given.leg, given.digit) and given.source not in one.sources:
            one.sources.add(given.source)
            return False
    presses.append(Press(given.leg, given.digit, now, {given.source}))
    return True
