"""Looks at the orders that came since the last look, and raises incidents. Runs in the web process.

What places usually bring is learnt anew once an hour from the last months; the look itself reads two hours.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.tables import IncidentRow
from core.i18n import N_
from core.notify.figures import WHOLE, WHOLE_ONLY, Figure
from core.notify.rounds import ended, evaluate_forever
from core.notify.rules import Reading
from core.process import Key
from core.web.context import Web
from core.web.routes.alerts import watcher
from geo_analysis.incidents import service
from geo_analysis.incidents.detect import DAY_S, BurstRule, Usual, burst_at

LOOK_EVERY_S = 10.0
LEARN_EVERY_S = 3600.0
HISTORY_DAYS = 180.0
# What is learnt from ends before what is judged.
GAP_S = 4 * 3600.0
CATEGORY = "repair"
SUSPECTED = Figure(
    "suspected_incidents", N_("Suspected incidents on the map"), "orders", WHOLE_ONLY, says_limit=False
)  # fmt: skip


class IncidentWatch:
    """``check`` is one round, for tests too."""

    def __init__(self, web: Web, rule: BurstRule) -> None:
        self._web, self._rule = web, rule
        self._zone = ZoneInfo(web.settings.timezone)
        self._usual: Usual | None = None
        self._learnt = -1e9
        self._seen: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(evaluate_forever(self.check, LOOK_EVERY_S, "incidents"))

    async def stop(self) -> None:
        await ended(self._task)
        self._task = None

    async def check(self, now: float) -> None:
        await self._web.in_session(lambda session: self.judge(session, now))

    def judge(self, session: Session, now: float) -> int:
        """How many incidents are new. In a thread; one at a time."""
        longest = max(self._rule.windows_s)
        recent = service.reports(session, now - 2 * longest, CATEGORY)
        fresh = [one for one in recent if one.id not in self._seen and one.at >= now - longest]
        if not fresh:
            return 0
        if self._usual is None or not 0 <= now - self._learnt < LEARN_EVERY_S:
            self._usual, self._learnt = self._learn(session, now), now
        count, near = 0, service.still_near(session, now)
        for report in fresh:
            there = service.nearby(near, report)
            if there is not None:
                service.add_report(there, report)
                continue
            burst = burst_at(report, recent, self._usual, self._rule)
            if burst is not None:
                near.insert(0, service.raised(session, burst, now))
                count += 1
        session.commit()
        self._seen = {one.id for one in recent}
        return count

    def _learn(self, session: Session, now: float) -> Usual:
        until = now - GAP_S
        past = [one for one in service.reports(session, now - HISTORY_DAYS * DAY_S, CATEGORY) if one.at < until]
        columns = np.array([(one.longitude, one.latitude, one.at) for one in past], np.float64).reshape(-1, 3).T
        shift = datetime.fromtimestamp(now, self._zone).utcoffset()
        return Usual(columns[0], columns[1], columns[2], until, shift.total_seconds() if shift else 0.0)


def add_watch(web: Web, rule: BurstRule) -> None:
    watch = IncidentWatch(web, rule)
    web.parts[INCIDENT_WATCH] = watch

    async def suspected(_now: float) -> dict[str, list[Reading]]:
        query = select(func.count(IncidentRow.id)).where(IncidentRow.state == "suspected")
        count = await web.in_session(lambda session: session.scalar(query))
        return {SUSPECTED.id: [Reading(WHOLE, float(count or 0))]}

    watcher(web).add_source((SUSPECTED,), suspected, LOOK_EVERY_S)

    async def start() -> None:
        watch.start()

    web.on_start(start)
    web.on_stop(watch.stop)


INCIDENT_WATCH = Key[IncidentWatch]("incident_watch")
