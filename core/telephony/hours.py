"""Is the office open: weekly hours, holidays and make-up days of a calendar, in its own time zone. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from core.site import Calendar


def state_at(calendar: Calendar, now: float) -> Literal["open", "closed", "holiday"]:
    """``now``: UTC epoch seconds. A make-up day (调休) follows Monday's hours."""
    local = datetime.fromtimestamp(now, ZoneInfo(calendar.timezone))
    day = local.date().isoformat()
    if day in calendar.holidays:
        return "holiday"
    spans = calendar.weekly[0 if day in calendar.workdays else local.weekday()]
    minute = local.strftime("%H:%M")
    return "open" if any(start <= minute < end for start, end in spans) else "closed"
