"""The figures that only the warehouse knows, for alert rules: service level and abandon rate by queue and together.

Asked on the warehouse's own pool, never on the event loop. While the feed is behind nothing is answered: an old
share must not raise an alert, nor end one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import iso, naive_utc
from core.errors import Unavailable
from core.i18n import N_
from core.notify.figures import BY_QUEUE, WHOLE, Figure
from core.notify.rules import Reading, Subject
from core.web.context import Web
from core.web.routes.alerts import watcher
from etl.warehouse import Warehouse
from kpi.measures import boards
from kpi.measures.ratios import CallCounts, abandon_rate, short_abandons_removed

EVERY_S = 5.0

FIGURES: tuple[Figure, ...] = (
    Figure("service_level_15min", N_("Service level of the last 15 minutes"), "share", BY_QUEUE, "below"),
    Figure("service_level_today", N_("Service level today"), "share", BY_QUEUE, "below"),
    Figure("abandon_rate_today", N_("Abandon rate today"), "share", BY_QUEUE),
)
LAG = Figure("feed_lag_s", N_("Delay of the day's figures"), "seconds", ("site",))

Readings = dict[str, list[Reading]]


def add_to(web: Web, warehouse: Warehouse, feed: Callable[[], Mapping[str, Any]]) -> None:
    """``feed`` tells the feed's state, as its health does."""

    async def shares(now: float) -> Readings:
        if feed()["status"] != "ok":
            return {}
        try:
            return await readings(warehouse, now, web.settings.timezone)
        except Unavailable:
            return {}

    alerts = watcher(web)
    alerts.add_source(FIGURES, shares, EVERY_S)
    alerts.add_source((LAG,), lambda _now: {LAG.id: [Reading(WHOLE, feed()["lag_s"])]})


async def readings(warehouse: Warehouse, now: float, timezone: str) -> Readings:
    """At ``now`` (UTC epoch seconds): live boards count a call where it came to its end. Of whole seconds, so that a
    link can name the quarter of an hour that was counted."""
    now = math.floor(now)
    names = {row["queue"]: row["name"] for row in await warehouse.fetch("select queue, name from marts.dim_queue")}
    day = await boards.today(warehouse, datetime.fromtimestamp(now, ZoneInfo(timezone)).date())
    last = await boards.lately(warehouse, naive_utc(now))
    subjects = {queue: Subject("queue", queue, name) for queue, name in names.items()} | {None: WHOLE}
    today = {subject: day.get(queue, CallCounts()) for queue, subject in subjects.items()}
    recent = {subject: last.get(queue, CallCounts()) for queue, subject in subjects.items()}
    return {
        "service_level_15min": _each(recent, short_abandons_removed, _counted, {"at": iso(now)}),
        "service_level_today": _each(today, short_abandons_removed, _counted),
        "abandon_rate_today": _each(today, abandon_rate, lambda c: c.offered - c.short_abandons),
    }


def _counted(counts: CallCounts) -> int:
    return counts.answered + counts.abandoned - counts.short_abandons


def _each(
    found: Mapping[Subject, CallCounts],
    share: Callable[[CallCounts], float | None],
    sample: Callable[[CallCounts], int],
    facts: Mapping[str, Any] | None = None,
) -> list[Reading]:
    return [
        Reading(subject, share(counts), sample(counts), facts={"n": sample(counts), **(facts or {})})
        for subject, counts in found.items()
    ]
