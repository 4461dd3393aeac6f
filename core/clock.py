"""Time as values: the only place that reads the machine's clock for facts and for timers.

Facts carry UTC epoch seconds (``float``) or microseconds (``int``, in the event log). Timers run on the
monotonic clock, which never steps. Pure code receives ``now`` as an argument and reads no clock.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo


def utc_now() -> float:
    """Seconds since 1970-01-01T00:00Z, for facts."""
    return time.time()


def to_micros(at: float) -> int:
    """Epoch seconds to the event log's whole microseconds."""
    return round(at * 1_000_000)


def from_micros(at_us: int) -> float:
    """The event log's microseconds back to epoch seconds."""
    return at_us / 1_000_000


def iso(at: float) -> str:
    """Epoch seconds as ISO 8601 in UTC with milliseconds, the form used on every wire: ``2026-11-23T02:42:18.120Z``."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(at: float | None) -> str | None:
    return None if at is None else iso(at)


def from_iso(text: str) -> float:
    """ISO 8601 with an offset, as on every wire, back to epoch seconds."""
    return datetime.fromisoformat(text).timestamp()


def epoch_or_none(at: datetime | None, zone: tzinfo) -> float | None:
    """Epoch seconds of a time that somebody gave; one without an offset is in ``zone``, the site's."""
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()


def naive_utc(at: float | datetime) -> datetime:
    """UTC without a zone, as databases of analytics keep times. ``at`` in epoch seconds, or with its zone."""
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return moment.astimezone(UTC).replace(tzinfo=None)
