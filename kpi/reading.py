"""What planning reads from the marts and from the site's definition, as the records its pure parts take.

The only module of the folder that queries DuckDB. Times go in and come out as epoch seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.clock import naive_utc
from core.installation.definition import Installation
from core.rosters.records import epoch
from core.telephony.hours import state_at
from core.web.answers import off_loop
from etl.warehouse import Row, Snapshot, Warehouse
from kpi.planning.adherence import Stretch
from kpi.planning.adherence_sums import StateTimes
from kpi.planning.forecast import SLOTS, History, SpecialDays, Volumes
from kpi.sql_files import sql_of

# Ten weeks: what is older weighs less than a twentieth of the last one.
HISTORY_DAYS = 70
HANDLING_DAYS = 28
# For a site that has not answered a call yet.
FIRST_AHT_S = 180.0
LEAST_ABANDONED = 30


@dataclass(frozen=True, slots=True)
class Handling:
    """Sums over answered calls; ``aht_s`` is (talk + hold + wrap-up) / answered, assumed where nothing was answered.

    ``patience_s`` is the mean patience of callers, as if it were exponential: time waited by all / those who gave up
    (who was answered would have waited longer, which this counts rightly); ``None`` where too few gave up to tell.
    """

    answered: int
    talk_s: float
    hold_s: float
    wrap_up_s: float
    abandoned: int = 0
    wait_s: float = 0.0
    assumed: bool = False

    @property
    def patience_s(self) -> float | None:
        return self.wait_s / self.abandoned if self.abandoned >= LEAST_ABANDONED and self.wait_s > 0 else None

    def __add__(self, other: Handling) -> Handling:
        return Handling(
            self.answered + other.answered,
            self.talk_s + other.talk_s,
            self.hold_s + other.hold_s,
            self.wrap_up_s + other.wrap_up_s,
            self.abandoned + other.abandoned,
            self.wait_s + other.wait_s,
        )

    @property
    def aht_s(self) -> float:
        if not self.answered:
            return FIRST_AHT_S
        return max(1.0, (self.talk_s + self.hold_s + self.wrap_up_s) / self.answered)


async def histories(warehouse: Warehouse, installation: Installation, now: float, timezone: str) -> dict[str, History]:
    """Every queue's quarters up to the last whole one before ``now``, from the first call that was ever written down.

    A day on which no queue got a call was a day without a house: not known, not zero.
    """
    zone = ZoneInfo(timezone)
    until = now - now % 900
    today = datetime.fromtimestamp(now, zone).date()
    known = (await warehouse.fetch(sql_of("planning/known_from")))[0]["calls_from"]
    if known is None:
        return {}
    first = max(_local(known, zone).date(), today - timedelta(days=HISTORY_DAYS))
    rows = await warehouse.fetch(
        sql_of("planning/arrivals"),
        {"timezone": timezone, "since": naive_utc(epoch(first.isoformat(), 0, zone)), "until": naive_utc(until)},
    )
    return await off_loop(_histories, rows, installation, first, today, _local(known, zone), until)


def _histories(
    rows: list[Row], installation: Installation, first: date, today: date, known_from: datetime, until: float
) -> dict[str, History]:
    days = (today - first).days + 1
    counts = {queue: np.zeros((days, SLOTS)) for queue in installation.queues}
    for row in rows:
        if row["queue"] in counts and 0 <= (n := (row["day"] - first).days) < days:
            counts[row["queue"]][n, row["slot"]] = row["calls"]
    everybody = sum(counts.values(), np.zeros((days, SLOTS)))
    unknown = _unknown(everybody, first, known_from, until, known_from.tzinfo)
    calendar = calendar_of(installation)
    return {queue: History(first, np.where(unknown, np.nan, grid), calendar) for queue, grid in counts.items()}


def _unknown(everybody: Volumes, first: date, known_from: datetime, until: float, zone: Any) -> Any:
    mask = np.zeros(everybody.shape, dtype=bool)
    mask[everybody.sum(axis=1) == 0] = True
    if known_from.date() == first:
        mask[0, : known_from.hour * 4 + known_from.minute // 15] = True
    end = datetime.fromtimestamp(until, zone)
    mask[(end.date() - first).days, end.hour * 4 + end.minute // 15 :] = True
    return mask


async def handling(warehouse: Warehouse, installation: Installation, now: float) -> dict[str, Handling]:
    """By queue over the last four weeks; a queue that answered nothing takes the mean of all."""
    since = {"since": naive_utc(now - HANDLING_DAYS * 86_400), "until": naive_utc(now)}
    rows = await warehouse.fetch(sql_of("planning/handling"), since)
    found = {row["queue"]: _handling(row) for row in rows if row["answered"]}
    whole = replace(sum(found.values(), Handling(0, 0.0, 0.0, 0.0)), assumed=True)
    return {queue: found.get(queue, whole) for queue in installation.queues}


def _handling(row: Mapping[str, Any]) -> Handling:
    return Handling(
        row["answered"],
        row["talk_seconds"],
        row["hold_seconds"],
        row["wrap_up_seconds"],
        row["abandoned"],
        row["wait_seconds"],
    )


async def states_from(warehouse: Warehouse | Snapshot) -> float | None:
    """Since when states of agents are known."""
    at = (await warehouse.fetch(sql_of("planning/known_from")))[0]["states_from"]
    return None if at is None else _epoch(at)


async def stretches(
    warehouse: Warehouse | Snapshot,
    since: float,
    until: float,
    now: float,
    extension: str | None = None,
) -> dict[str, list[Stretch]]:
    """By agent; what has not ended goes on until ``now``."""
    sql = sql_of("planning/states")
    rows = await warehouse.fetch(sql, {"since": naive_utc(since), "until": naive_utc(until), "extension": extension})

    def by_agent() -> dict[str, list[Stretch]]:
        found: dict[str, list[Stretch]] = {}
        for row in rows:
            end = _epoch(row["ended_at"]) if row["ended_at"] is not None else now
            stretch = Stretch(row["state"], _epoch(row["started_at"]), end, row["reason"])
            found.setdefault(row["extension"], []).append(stretch)
        return found

    return await off_loop(by_agent)


async def state_times(
    warehouse: Warehouse | Snapshot, since: float, until: float, now: float, extension: str | None = None
) -> dict[str, StateTimes]:
    """The same for sums over many: by agent, what adherence must know of each state."""
    asked = {"since": naive_utc(since), "until": naive_utc(until), "at": naive_utc(now), "extension": extension}
    found = await warehouse.columns(sql_of("planning/state_times"), asked)

    def by_agent() -> dict[str, StateTimes]:
        names = found["extension"]
        borders = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist(), len(names)]
        return {
            str(names[begin]): StateTimes(
                found["started_us"][begin:end], found["ended_us"][begin:end], found["sort"][begin:end]
            )
            for begin, end in pairwise(borders)
            if begin < end
        }

    return await off_loop(by_agent)


def calendar_of(installation: Installation) -> SpecialDays:
    """Holidays and make-up days of all of the site's calendars."""
    known = installation.calendars.values()
    return SpecialDays(
        frozenset(day for one in known for day in one.holidays), frozenset(day for one in known for day in one.workdays)
    )


def closed(installation: Installation, queue: str, days: list[date], zone: ZoneInfo) -> Any:
    """Quarters in which the queue's calendar is closed, as a mask over the days."""
    hours = installation.calendars.get(installation.queues[queue].calendar or "")
    if hours is None:
        return np.zeros((len(days), SLOTS), dtype=bool)
    return np.array(
        [[state_at(hours, epoch(d.isoformat(), 15 * slot, zone)) != "open" for slot in range(SLOTS)] for d in days]
    )


def _epoch(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at.replace(tzinfo=UTC).astimezone(zone)
