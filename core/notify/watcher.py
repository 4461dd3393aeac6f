"""Looks at every figure once a second and keeps, tells and sends what the rules make of it: the thin shell.

Runs in the web process. Sources give readings; what is slow is read in the background and counts until it is too
old. What happened is on disk before anybody is told of it. Only a new alert is shown and sent also while the
database does not answer, since that may be what it is about; the same look is taken again every second until it is
kept. A person's change goes the same way: database first, then the watching.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import iso, iso_or_none, utc_now
from core.notify import rule_service, service
from core.notify.figures import Figure, FigureCatalogue
from core.notify.rounds import ended, evaluate_forever
from core.notify.rules import OPEN, Happening, Key, Reading, Rule, Watch, evaluate, key_of
from core.notify.service import Alert, AlertQuery

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
TELL_EVERY_S = 3.0
KEEP_VALUES_EVERY_S = 30.0
# Readings of a slow source count this many of its rounds.
ROUNDS_FRESH = 3
SHOWN_SETTLED = 10

T = TypeVar("T")
Readings = Mapping[str, Sequence[Reading]]
Read = Callable[[float], Readings | Awaitable[Readings]]
Row = dict[str, Any]


class Runs(Protocol):
    """``Web.in_session``: work with a database session, in a thread."""

    def __call__(self, work: Callable[[Session], T], /) -> Awaitable[T]: ...


@dataclass
class Source:
    """``every_s`` 0: read at every look, on the event loop. Otherwise in the background, as often as that."""

    read: Read
    every_s: float
    readings: Readings
    read_at: float = -1e9


class Watcher:
    """``tell`` hands a message to the pages, ``notify`` carries an alert out; ``day_start`` is the local midnight."""

    def __init__(
        self,
        run: Runs,
        tell: Callable[[Row], None],
        notify: Callable[[str, Alert], None],
        day_start: Callable[[float], float],
    ) -> None:
        self.catalogue = FigureCatalogue()
        self._run = run
        self._tell = tell
        self._notify = notify
        self._day_start = day_start
        self._sources: list[Source] = []
        self._rules: list[Rule] = []
        self._watches: dict[Key, Watch] = {}
        self._alerts: dict[Key, Alert] = {}
        self._settled: list[Alert] = []
        self._unkept: dict[Key, Watch] = {}
        self._today: dict[str, int] = {"raised": 0, "acknowledged": 0, "over": 0}
        self._day = 0.0
        self._learned = self._begun = False
        self._told = self._kept = -1e9
        self._lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    def add_source(self, figures: Sequence[Figure], read: Read, every_s: float = 0.0) -> None:
        """Before the start. A figure that ``read`` leaves out was not answered this time."""
        self.catalogue.add(figures)
        self._sources.append(Source(read, every_s, {}))

    def start(self) -> None:
        looking = evaluate_forever(self.evaluate, LOOK_EVERY_S, "alerts")
        feeds = (_feed(source) for source in self._sources if source.every_s)
        self._tasks = [asyncio.create_task(work) for work in (looking, *feeds)]

    async def stop(self) -> None:
        await ended(*self._tasks)
        self._tasks = []

    # --- people's ------------------------------------------------------------------------------------------

    async def change(self, work: Callable[[Session], T]) -> T:
        """``work`` changes rules or alerts and commits; the watching follows at once."""
        async with self._lock:
            done = await self._run(work)
            await self._learn(utc_now())
        self._publish(utc_now())
        return done

    def message(self, now: float) -> Row:
        """Everything that a page shows of alerts now."""
        rows = [self._row(key, alert) for key, alert in self._alerts.items()]
        rows += [
            {**self.row(self._of_unkept(watch)), "id": service.open_key(watch), "kept": False}
            for watch in self._unkept.values()
        ]
        return {
            "type": "alerts",
            "at": iso(now),
            "open": sorted(
                rows, key=lambda row: (row["acknowledged_at"] is not None, row["severity"], row["raised_at"])
            ),
            "settled": [self.row(alert) for alert in self._settled],
            "today": self._today,
        }

    def row(self, alert: Alert) -> Row:
        """An alert as pages and programs get it."""
        figure = self.catalogue.get(alert.rule.figure)
        return {
            "id": alert.id,
            "rule_id": alert.rule.id,
            "name": alert.rule.name,
            "figure": alert.rule.figure,
            "unit": figure.unit if figure else "calls",
            "says_limit": figure is None or figure.says_limit,
            "comparison": alert.rule.comparison,
            "kind": alert.subject.kind,
            "subject": alert.subject.id,
            "subject_name": alert.subject.name,
            "severity": alert.severity,
            "threshold": alert.threshold,
            "value": alert.value,
            "worst": alert.worst,
            "sound": alert.rule.sound,
            "call_id": alert.call_id,
            "raised_at": iso(alert.raised_at),
            "cleared_at": iso_or_none(alert.cleared_at),
            "cleared_why": alert.cleared_why,
            "acknowledged_at": iso_or_none(alert.acknowledged_at),
            "acknowledged_by": alert.acknowledged_by,
            "acknowledged_words": alert.acknowledged_words,
            "receipts": list(alert.receipts),
            "facts": {},
            "kept": True,
        }

    def values(self, now: float) -> dict[str, list[Reading]]:
        """What the figures read at this moment, for those who write rules."""
        return {figure: list(found) for figure, found in self._fresh(now).items()}

    # --- looking -------------------------------------------------------------------------------------------

    async def evaluate(self, now: float) -> None:
        """One look: readings, rules, database, pages, notices."""
        async with self._lock:
            if not self._learned or self._day != self._day_start(now):
                await self._learn(now)
            readings = await self._read(now)
            watches, found = await asyncio.to_thread(evaluate, self._rules, self._watches, readings, now)
            happened = [self._as_first_seen(one) for one in found]
            kept = await self._kept_on_disk(happened, now) if happened else {}
            self._watches = dict(watches)
            for happening in happened:
                self._say(happening, kept.get(key_of(happening.watch)))
            self._unkept = {}
            if happened:
                self._learned = False
                await self._learn(now)
            await self._keep_values(now)
        if happened or now - self._told >= TELL_EVERY_S or now < self._told:
            self._publish(now)

    async def _kept_on_disk(self, happened: Sequence[Happening], now: float) -> Mapping[Key, Alert]:
        """Raises what the database raises; then the new alerts are shown and sent all the same, and kept later."""
        try:
            return await self._run(lambda session: service.store(session, happened, self._rules))
        except SQLAlchemyError:
            before = self._unkept
            self._unkept = {key_of(one.watch): one.watch for one in happened if one.kind == "raised"}
            for key, watch in self._unkept.items():
                if key not in before:
                    self._say(Happening("raised", watch, now), self._of_unkept(watch))
            self._publish(now)
            raise

    def _as_first_seen(self, happening: Happening) -> Happening:
        """What could not be kept before is kept with the time at which it was raised then."""
        first = self._unkept.get(key_of(happening.watch))
        if happening.kind != "raised" or first is None:
            return happening
        watch = replace(happening.watch, raised_at=first.raised_at)
        return replace(happening, watch=watch, at=first.raised_at)

    def _of_unkept(self, watch: Watch) -> Alert:
        rule = next(one for one in self._rules if one.id == watch.rule_id)
        value = watch.worst
        return Alert(
            0, rule, watch.subject, watch.severity, watch.threshold, value, value, watch.raised_at, watch.call_id
        )

    async def _read(self, now: float) -> dict[str, list[Reading]]:
        for source in self._sources:
            if not source.every_s:
                source.readings, source.read_at = await _asked(source.read, now), now
        return self.values(now)

    def _fresh(self, now: float) -> dict[str, Sequence[Reading]]:
        found: dict[str, Sequence[Reading]] = {}
        for source in self._sources:
            if not source.every_s or now - source.read_at <= ROUNDS_FRESH * source.every_s:
                found.update(source.readings)
        return found

    async def _learn(self, now: float) -> None:
        """Rules, open alerts and the day's sums as the database has them; ways that are pending go on."""
        day = self._day_start(now)

        def read(session: Session) -> tuple[list[Rule], list[Alert], list[Alert], int, int, int]:
            return (
                rule_service.rules(session),
                service.open_alerts(session),
                service.settled(session, day, SHOWN_SETTLED),
                service.count(session, AlertQuery(since=day)),
                service.count(session, AlertQuery(since=day, acknowledged=True)),
                service.count(session, AlertQuery(since=day, acknowledged=False, open=False)),
            )

        self._rules, opened, self._settled, raised, acknowledged, over = await self._run(read)
        kept: dict[Key, Watch] = {key: watch for key, watch in self._watches.items() if watch.state not in OPEN}
        self._alerts = {}
        for alert in opened:
            restored = service.watch_of(alert)
            key = key_of(restored)
            before = self._watches.get(key, restored)
            kept[key] = replace(before, state=restored.state, alert_id=alert.id, raised_at=alert.raised_at)
            self._alerts[key] = alert
        if not self._begun:
            self._owed(opened)
        self._watches, self._day, self._learned, self._begun = kept, day, True, True
        self._today = {"raised": raised, "acknowledged": acknowledged, "over": over}

    async def _keep_values(self, now: float) -> None:
        if now - self._kept >= KEEP_VALUES_EVERY_S or now < self._kept:
            self._kept = now
            still = [watch for watch in self._watches.values() if watch.state in OPEN]
            if still:
                await self._run(lambda session: service.refresh(session, still))

    def _row(self, key: Key, alert: Alert) -> Row:
        """An open alert with the figure as it is now; no value means that its source is silent."""
        row, watch = self.row(alert), self._watches.get(key)
        if watch is None:
            return row
        return {**row, "value": watch.value, "worst": watch.worst, "call_id": watch.call_id, "facts": dict(watch.facts)}

    def _publish(self, now: float) -> None:
        self._told = now
        self._tell(self.message(now))

    # --- notices -------------------------------------------------------------------------------------------

    def _say(self, happening: Happening, alert: Alert | None) -> None:
        said_before = happening.kind == "raised" and key_of(happening.watch) in self._unkept and alert and alert.id
        if alert is not None and alert.rule.recipients and not said_before:
            self._notify(happening.kind, alert)

    def _owed(self, opened: Sequence[Alert]) -> None:
        """At the start: alerts whose notice the last process did not bring out."""
        for alert in opened:
            if alert.rule.recipients and not alert.receipts:
                self._notify("raised", alert)


async def _asked(read: Read, now: float) -> Readings:
    answer = read(now)
    return answer if isinstance(answer, Mapping) else await answer


async def _feed(source: Source) -> None:
    while True:
        try:
            now = utc_now()
            source.readings, source.read_at = await _asked(source.read, now), now
        except Exception as problem:
            log.warning("figures are not read: %s", problem)
        await asyncio.sleep(source.every_s)
