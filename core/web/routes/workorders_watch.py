"""What the web process does about orders by itself: levels of clocks, notices that are owed, and how many are overdue.

A level is written down in the order's turn before anybody is told of it; what was not sent when the process died is
sent after the next start, under the same id.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import copy_context
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.i18n import _, language, set_language
from core.notify.figures import OVERDUE, WHOLE
from core.notify.rounds import ended, evaluate_forever
from core.notify.rules import Reading
from core.notify.sender import Sender, notifier_for
from core.ports import Notice
from core.process import Key
from core.web.context import Web
from core.web.routes.alerts import watcher
from core.web.routes.workorders_rows import URGENCIES, OrderNames
from core.workorders import notices, reading, service, turns
from core.workorders.categories import path
from core.workorders.notices import PendingNotice

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
OVERDUE_EVERY_S = 5.0
RESUME_EVERY_S = 30.0
SEVERITIES = {50: "info", 80: "warn", 100: "alarm", 150: "alarm"}


class OrderWatch:
    """One look every few seconds; ``check`` is one, for tests."""

    def __init__(self, web: Web, sender: Sender) -> None:
        self._web = web
        self._sender = sender
        self._on_their_way: set[int] = set()
        self._resumed = -1e9
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(evaluate_forever(self.check, LOOK_EVERY_S, "clocks of orders"))

    async def stop(self) -> None:
        await ended(self._task)
        self._task = None

    async def check(self, now: float) -> None:
        if now - self._resumed >= RESUME_EVERY_S or now < self._resumed:
            self._resumed = now
            said = copy_context()
            said.run(set_language, self._web.settings.language)
            await self._web.in_session(lambda session: said.run(service.resume_due, session, now))
        await self._web.in_session(lambda session: tell_levels(session, now))
        owed = await self._web.in_session(self._worded)
        self._on_their_way &= {one.id for one, _notice in owed}
        for one, notice in owed:
            if one.id not in self._on_their_way:
                self._on_their_way.add(one.id)
                self._sender.put(one.id, one.kind, notice)

    def _worded(self, session: Session) -> list[tuple[PendingNotice, Notice]]:
        owed = notices.owed(session)
        if not owed:
            return []
        names = OrderNames.read(session)
        # In a context of its own: the words are in the site's language.
        said = copy_context()
        said.run(set_language, self._web.settings.language)
        zone = ZoneInfo(self._web.settings.timezone)
        home = self._web.settings.public_url
        return [(one, said.run(worded, session, one, names, zone, home)) for one in owed]


def tell_levels(session: Session, now: float) -> int:
    """Each order in a turn of its own: one that cannot be read must not hold up the others."""
    told = 0
    for order_id, clock_id in notices.levels_due(session, now):
        try:
            turns.hold(session, order_id)
            case = service.case_of(session, reading.order(session, order_id))
            told += notices.tell_level(session, case, clock_id, now) is not None
            session.commit()
        except SQLAlchemyError:
            session.rollback()
            raise
        except Exception:
            session.rollback()
            log.exception("the clock %s of order %s is not told", clock_id, order_id)
    return told


def worded(session: Session, one: PendingNotice, names: OrderNames, zone: ZoneInfo, home: str) -> Notice:
    """In the language of the site: who reads it has not chosen one."""
    definition = names.definitions[reading.version_of(session, one.order_id)]
    about = one.about
    if one.level:
        clock = _(definition.clock(one.kind).name)
        title = (
            _("Order {id}: {clock} overdue", id=one.order_id, clock=clock)
            if one.level >= 100
            else _("Order {id}: {percent} % of {clock} used up", id=one.order_id, clock=clock, percent=one.level)
        )
    else:
        event = definition.event(one.kind)
        title = _("Order {id}: {event}", id=one.order_id, event=_(event.name) if event else one.kind)
    said = [
        path(names.tree, about["category"], language()),
        _(URGENCIES[about["urgency"]]),
        about["address"],
        names.sites.get(about["site"], about["site"]),
    ]
    if about["due_at"] is not None:
        due = datetime.fromtimestamp(about["due_at"], zone).strftime("%m-%d %H:%M")
        said.append(_("due {time}", time=due))
    severity = SEVERITIES.get(one.level, "alarm" if about["urgency"] == "emergency" else "info")
    text, link = " · ".join(filter(None, said)), f"{home}/orders/{one.order_id}" if home else ""
    return Notice(f"order-{one.id}", severity, title, text, one.recipients, one.at, link)


def add_watch(web: Web) -> None:
    sender = Sender(
        notifier_for(web.settings),
        lambda notice_id, receipt: web.in_session(lambda session: notices.settle(session, notice_id, receipt)),
    )
    watch = OrderWatch(web, sender)
    web.parts[ORDER_WATCH] = watch

    async def late(now: float) -> dict[str, list[Reading]]:
        found = await web.in_session(lambda session: reading.overdue(session, now))
        by_site: dict[str, int] = {}
        for one in found:
            by_site[one.site] = by_site.get(one.site, 0) + one.count
        return {OVERDUE.id: [Reading(WHOLE, float(sum(by_site.values())), facts={"sites": by_site})]}

    watcher(web).add_source((OVERDUE,), late, OVERDUE_EVERY_S)

    async def start() -> None:
        sender.start()
        watch.start()

    async def stop() -> None:
        await watch.stop()
        await sender.stop()

    web.on_start(start)
    web.on_stop(stop)


ORDER_WATCH = Key[OrderWatch]("order_watch")
