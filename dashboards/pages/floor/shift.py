"""Who should be here now by the roster: the shift's name and times, and the extensions planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.rosters import service as rosters
from core.rosters.records import Leave, Shift
from core.web.routes.roster_rows import clock, local_day


def planned(session: Session, now: float, zone: ZoneInfo) -> dict[str, Any] | None:
    """Shifts that began yesterday may last until this morning."""
    first = rosters.later(local_day(now, zone), -1)
    found = rosters.roster(session, first, 2, zone)
    return current(found.shifts, found.leaves, now, zone)


def current(shifts: Iterable[Shift], leaves: Iterable[Leave], now: float, zone: ZoneInfo) -> dict[str, Any] | None:
    """The shift that most have now, how many others there are besides, and everybody planned; ``None`` without any."""
    away = {one.extension for one in leaves if one.state == "approved" and one.starts_at <= now < one.ends_at}
    here = [one for one in shifts if one.starts_at <= now < one.ends_at and one.extension not in away]
    if not here:
        return None
    kinds = Counter((one.name, one.name_en, one.starts_at, one.ends_at) for one in here)
    (name, english, start, end), _count = kinds.most_common(1)[0]
    return {
        "name": name,
        "name_en": english,
        "start": clock(start, zone),
        "end": clock(end, zone),
        "others": len(kinds) - 1,
        "planned": sorted({one.extension for one in here}),
    }
