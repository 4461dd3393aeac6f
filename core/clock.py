"""Time as values: the only place that reads the machine's clock for facts.

Facts carry UTC epoch seconds (``float``) or microseconds (``int``, in the event log). Timers run on the
monotonic clock, which never steps. Pure code receives ``now`` as an argument and reads no clock.

All processes of a house may live at another moment than the machine: ``HOTLINE_CLOCK_SHIFT_S`` seconds are added to
the machine's clock, for tests and demonstrations at any hour of any day. Time goes on from there as usual.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path

SHIFT = "HOTLINE_CLOCK_SHIFT_S"


def utc_now() -> float:
    """Seconds since 1970-01-01T00:00Z, for facts."""
    return machine_now() + shift_s()


def machine_now() -> float:
    """Without the shift: only for what other machines judge by clocks of their own (a certificate's days)."""
    return time.time()  # noqa: TID251 - the one place


def shift_s() -> float:
    return float(os.environ.get(SHIFT) or 0)


def set_now(at: float) -> None:
    """From now on it is ``at`` for this process and those that it starts."""
    os.environ[SHIFT] = repr(at - machine_now())


def written_at(path: Path) -> float:
    """When the file was written last, on the clock of the facts; the file system knows the machine's only."""
    return path.stat().st_mtime + shift_s()


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


def wall_text(at: datetime) -> str:
    """A local time as people write it, ``2026-11-23 08:30``; with its offset in the hour that clocks being set back
    repeat, where the text alone would be two moments."""
    text = at.strftime("%Y-%m-%d %H:%M:%S" if at.second else "%Y-%m-%d %H:%M")
    twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    gap = twice and at.astimezone(UTC).astimezone(at.tzinfo).replace(tzinfo=None) != at.replace(tzinfo=None)
    offset = at.strftime("%z")
    return f"{text}{offset[:3]}:{offset[3:5]}" if twice and not gap else text


def epoch_or_none(at: datetime | None, zone: tzinfo) -> float | None:
    """Epoch seconds of a time that somebody gave; one without an offset is in ``zone``, the site's."""
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()


def naive_utc(at: float | datetime) -> datetime:
    """UTC without a zone, as databases of analytics keep times. ``at`` in epoch seconds, or with its zone."""
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return moment.astimezone(UTC).replace(tzinfo=None)
