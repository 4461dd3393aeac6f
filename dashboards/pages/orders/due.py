"""How times of orders are said: what is left of a deadline and what is over, how long ago something was. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.i18n import _

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Said:
    """``level`` is bad, warn (most of the limit is used up) or none; ``stamp`` stands beside what is left."""

    words: str
    stamp: str = ""
    level: str = ""


def due(at: float, now: float, timezone: str, *, soon: bool) -> Said:
    """A deadline: what is left within the hour, what is over, else its time. ``soon``: most of its limit is used up.
    Times in epoch seconds."""
    left = at - now
    if left < -2 * DAY:
        return Said(_("{n} days over", n=int(-left // DAY)), level="bad")
    if left < -HOUR:
        return Said(_("{n} h over", n=int(-left // HOUR)), level="bad")
    if left < 0:
        return Said(_("{n} min over", n=int(-left // MINUTE)), level="bad")
    level, stamp = "warn" if soon else "", when(at, now, timezone)
    if left < HOUR:
        return Said(_("{n} min left", n=int(-(-left // MINUTE))), stamp, level)
    return Said(stamp, level=level)


def when(at: float, now: float, timezone: str) -> str:
    """A time of this day, else with its date."""
    local, today = (datetime.fromtimestamp(moment, ZoneInfo(timezone)) for moment in (at, now))
    return local.strftime("%H:%M" if local.date() == today.date() else "%m-%d %H:%M")


def ago(at: float, now: float) -> str:
    """Within the hour, how many minutes ago."""
    minutes = int((now - at) // MINUTE)
    if not 0 <= minutes < 60:
        return ""
    return _("{n} min ago", n=minutes) if minutes else _("just now")
