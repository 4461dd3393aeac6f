"""Is the office open: weekly hours, holidays and make-up days of a calendar, in its own time zone. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.installation.definition import Calendar


def state_at(calendar: Calendar, now: float) -> Literal["open", "closed", "holiday"]:
    """``now``: UTC epoch seconds. A make-up day (调休) follows Monday's hours; ``22:00`` to ``06:00`` goes on into the
    morning of the next day, whatever day that is."""
    local = datetime.fromtimestamp(now, ZoneInfo(calendar.timezone))
    today, minute = local.date(), local.strftime("%H:%M")
    if any(start > end and minute < end for start, end in calendar.hours_of(today - timedelta(days=1))):
        return "open"
    if today.isoformat() in calendar.holidays:
        return "holiday"
    spans = calendar.hours_of(today)
    return "open" if any(start <= minute and (minute < end or end < start) for start, end in spans) else "closed"
