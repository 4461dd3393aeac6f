"""Two judged periods of the demo house, so that its pages of scores show something at its first start: one that was
published, appealed against and frozen, and one that is open for appeals. Labelled by their data, which is generated.

Made once, in the background, when the feed knows the demo's calls; other houses have none of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import Conflict, HotlineError
from core.installation.service import load_installation
from core.people.users import User, find_user
from core.web.answers import off_loop
from kpi.api.common import Rooms
from kpi.judging import judge
from kpi.periods import appeals, reading, service
from kpi.periods.reading import PeriodQuery, StoredPeriod
from kpi.periods.record import record_of
from kpi.schemes import service as schemes

log = logging.getLogger(__name__)

SCHEME = "example-agents"
# Days before today: from the first, up to the second. The demo has eight days of calls.
EARLIER, LATEST = (7, 4), (4, 0)
HOUR = 3600.0
OPENS_AT = 9 * HOUR
ASKED_EVERY_S = 1.0
PUBLISHER, DECIDER, APPELLANTS = "admin", "director", ("agent8001", "agent8002")


class DemoPeriods:
    """``fed``: whether the warehouse knows all facts."""

    def __init__(self, rooms: Rooms, fed: Callable[[], bool]) -> None:
        self._rooms, self._fed = rooms, fed
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if (self._rooms.web.settings.home / "demo.json").exists():
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._until_fed()
            if await self._rooms.web.in_session(_is_wanted):
                await self._fill()
        except (HotlineError, SQLAlchemyError) as no:
            # Pages do without: they say what is missing.
            log.warning("the demo has no judged periods: %s", no)

    async def _until_fed(self) -> None:
        while True:
            if self._fed():
                return
            await asyncio.sleep(ASKED_EVERY_S)

    async def _fill(self) -> None:
        now, zone = utc_now(), self._rooms.zone
        today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        begin, end = (today - timedelta(days=days) for days in EARLIER)
        published_at = end.timestamp() + OPENS_AT
        earlier = await self._made(begin, end, published_at)
        if earlier is not None:
            await self._rooms.web.in_session(lambda session: _settle(session, earlier, published_at, now))
        begin, end = (today - timedelta(days=days) for days in LATEST)
        latest = await self._made(begin, end, now)
        if latest is not None:
            await self._rooms.web.in_session(lambda session: _open(session, latest, now))

    async def _made(self, begin: datetime, end: datetime, at: float) -> StoredPeriod | None:
        """A draft; ``None`` where the house has no calls of then, as after a long rest."""
        web, zone = self._rooms.web, self._rooms.zone
        days = begin.date().isoformat(), (end - timedelta(days=1)).date().isoformat()
        kept = await web.in_session(lambda session: schemes.holding(session, SCHEME, *days))
        found = await judge(web, self._rooms.warehouse, zone, kept.scheme, begin.timestamp(), end.timestamp(), at)
        if all(one.total is None for one in found.scores):
            return None
        record = await off_loop(lambda: record_of(found, kept.version, example=kept.example))
        made, _new = await web.in_session(lambda session: service.make(session, record, PUBLISHER, at))
        return made


def _is_wanted(session: Session) -> bool:
    people = [find_user(session, name) for name in (PUBLISHER, DECIDER, *APPELLANTS)]
    found, _more = reading.periods(session, PeriodQuery(limit=1))
    return load_installation(session).demo and not found and None not in people


def _settle(session: Session, period: StoredPeriod, at: float, now: float) -> None:
    """Published then, with an appeal that moved the total; frozen where its deadline is over."""
    stored = service.publish(session, period.id, PUBLISHER, at, days=1)
    made = _appeal(session, period, APPELLANTS[0], "示例：那两天带新人，通话时间偏长。", at + HOUR)
    upheld: Mapping[str, Any] = {"effect": 1.5}
    words = "示例：带教属实，按规定加分。"
    appeals.uphold(session, period.id, made, _user(session, DECIDER), words, at + 2 * HOUR, upheld)
    frozen_at = (stored.appeals_until or now) + OPENS_AT
    if frozen_at <= now:
        service.freeze(session, period.id, PUBLISHER, frozen_at)


def _open(session: Session, period: StoredPeriod, now: float) -> None:
    try:
        service.publish(session, period.id, PUBLISHER, now)
    except Conflict:
        # Somebody at the pages was faster.
        return
    _appeal(session, period, APPELLANTS[1], "示例：有两通测试来电不应计入。", now)


def _appeal(session: Session, period: StoredPeriod, by: str, reason: str, at: float) -> int:
    made, _new = appeals.appeal(session, period.id, _user(session, by), 0, reason, at)
    return made.n


def _user(session: Session, name: str) -> User:
    found = find_user(session, name)
    assert found is not None
    return found
