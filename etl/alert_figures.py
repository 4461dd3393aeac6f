"""The figures that only the warehouse knows, for alert rules: service level and abandon rate by queue and together.

Asked on the warehouse's own pool, never on the event loop. While the feed is behind nothing is answered: an old
share must not raise an alert, nor end one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.api.alerts import watcher
from core.api.app import Web
from core.clock import iso
from core.errors import Unavailable
from core.i18n import N_
from core.notify.figures import BY_QUEUE, THE_SITE, Figure
from core.notify.rules import Reading, Subject
from etl.feed import Feeder
from etl.runner import statements
from etl.service_level import Counts, abandon_rate, short_abandons_removed
from etl.warehouse import Warehouse

EVERY_S = 5.0

FIGURES: tuple[Figure, ...] = (
    Figure("service_level_15min", N_("Service level of the last 15 minutes"), "share", BY_QUEUE, "below"),
    Figure("service_level_today", N_("Service level today"), "share", BY_QUEUE, "below"),
    Figure("abandon_rate_today", N_("Abandon rate today"), "share", BY_QUEUE),
)
LAG = Figure("feed_lag_s", N_("Delay of the day's figures"), "seconds", ("site",))

Readings = dict[str, list[Reading]]


def add_to(web: Web, warehouse: Warehouse, feeder: Feeder) -> None:
    async def shares(now: float) -> Readings:
        if feeder.status()["status"] != "ok":
            return {}
        try:
            return await readings(warehouse, now, web.settings.timezone)
        except Unavailable:
            return {}

    alerts = watcher(web)
    alerts.add_source(FIGURES, shares, EVERY_S)
    alerts.add_source((LAG,), lambda _now: {LAG.id: [Reading(THE_SITE, feeder.status()["lag_s"])]})


async def readings(warehouse: Warehouse, now: float, timezone: str) -> Readings:
    """At ``now`` (UTC epoch seconds): live boards count a call where it came to its end. Of whole seconds, so that a
    link can name the quarter of an hour that was counted."""
    now = math.floor(now)
    (sql,) = statements("api/service_now.sql")
    day = datetime.fromtimestamp(now, ZoneInfo(timezone)).date()
    utc = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    rows = await warehouse.fetch(sql, {"day": day, "now": utc})
    today = {_subject(row): _counts(row, "today") for row in rows}
    recent = {_subject(row): _counts(row, "recent") for row in rows}
    return {
        "service_level_15min": _each(recent, short_abandons_removed, _counted, {"at": iso(now)}),
        "service_level_today": _each(today, short_abandons_removed, _counted),
        "abandon_rate_today": _each(today, abandon_rate, lambda c: c.offered - c.short_abandons),
    }


def _subject(row: Mapping[str, Any]) -> Subject:
    """A queue, whose entries count; or the house, where each caller counts once."""
    return THE_SITE if row["queue"] is None else Subject("queue", row["queue"], row["name"])


def _counts(row: Mapping[str, Any], prefix: str) -> Counts:
    return Counts.of({name: row.get(f"{prefix}_{name}") for name in asdict(Counts())})


def _counted(counts: Counts) -> int:
    return counts.answered + counts.abandoned - counts.short_abandons


def _each(
    found: Mapping[Subject, Counts],
    share: Callable[[Counts], float | None],
    sample: Callable[[Counts], int],
    facts: Mapping[str, Any] | None = None,
) -> list[Reading]:
    return [
        Reading(subject, share(counts), sample(counts), facts={"n": sample(counts), **(facts or {})})
        for subject, counts in found.items()
    ]
