"""Alerts over HTTP and on the live socket: who may see them, acknowledge them and change the rules.

Builds the watcher out of the floor, the machine's disk and the site's notifier. Folders above add figures of their
own to ``watcher(web)`` when they are hung in. Every change leaves an audit line in the same transaction.
"""

from __future__ import annotations

import asyncio
import math
import shutil
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Depends, Path, Query
from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import epoch_or_none, utc_now
from core.errors import BadInput, NotFound
from core.i18n import _, set_language
from core.installation.service import has_installation, load_installation
from core.notify import dialling, rule_service, service, words
from core.notify.figures import DISK, FLOOR, HEALTH, LOOKUPS, Figure, floor_readings, health_readings
from core.notify.rules import AlertScope, Comparison, Reading, Rule, Subject
from core.notify.sender import Sender, notifier_for
from core.notify.service import Alert, AlertQuery
from core.notify.watcher import Watcher
from core.people import audit
from core.people.users import Role, User, find_user
from core.ports import Notice
from core.process import Key
from core.rights import Right
from core.web.auth import holding
from core.web.context import Web
from core.web.masking import masked_within, sees_numbers, shown_text
from core.web.routes.telephony import Body
from core.web.shapes import Page
from core.web.shapes import alerts as shape

ALERTS = Key[Watcher]("alerts")
DISK_EVERY_S = 15.0
DIALLING_EVERY_S = 15.0
# What a database takes as an id.
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Reader = Annotated[User, Depends(holding(Right.ALERTS))]
Changer = Annotated[User, Depends(holding(Right.ALERT_RULES))]
Word = Annotated[str | None, Query(max_length=64)]


class Acknowledgement(Body):
    """What was done about it, for those who read it later."""

    words: str = Field("", max_length=500)


class RuleRequest(Body):
    """``comparison`` left out is the figure's usual one. Shares are 0 to 1, times seconds."""

    name: str = Field("", max_length=100)
    figure: str = Field(min_length=1, max_length=40)
    scope: AlertScope
    scope_id: str = Field("", max_length=64)
    comparison: Comparison | None = None
    warn: float | None = None
    alarm: float | None = None
    clear: float | None = None
    queue_limits: bool = False
    raise_after_s: float = 0.0
    clear_after_s: float = 10.0
    least_sample: int = Field(0, ge=0, le=10_000)
    sound: bool = True
    recipients: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = Field((), max_length=20)
    enabled: bool = True


def watcher(web: Web) -> Watcher:
    """For the folders above, which add figures, and for pages."""
    return web.parts[ALERTS]


def add_routes(web: Web) -> None:
    sender = Sender(
        notifier_for(web.settings),
        lambda alert_id, receipt: web.in_session(lambda session: service.add_receipt(session, alert_id, receipt)),
    )
    zone = ZoneInfo(web.settings.timezone)
    made = Watcher(
        web.in_session,
        lambda message: _say(web, message),
        # In a context of its own: the words are in the site's language, not in that of whoever asks just now.
        lambda event, alert: sender.put(alert.id, event, copy_context().run(_notice, web, made, event, alert)),
        lambda now: _midnight(now, zone),
    )
    web.parts[ALERTS] = made
    logged = Logged()
    made.add_source((*FLOOR, *HEALTH), lambda now: _of_the_floor(web, logged, now))
    made.add_source(
        (LOOKUPS,), lambda _now: {LOOKUPS.id: [Reading(Subject("site"), float(bool(web.lookups.beyond())))]}
    )
    made.add_source((DISK,), lambda _now: _of_the_disk(web), DISK_EVERY_S)

    async def start() -> None:
        sender.start()
        made.start()

    async def stop() -> None:
        await made.stop()
        await sender.stop()

    web.on_start(start)
    web.on_stop(stop)
    _add_alerts(web, made, zone)
    _add_rules(web, made)


def _add_alerts(web: Web, made: Watcher, zone: ZoneInfo) -> None:
    @web.app.get("/api/v1/alerts", response_model=Page[shape.Alert], tags=["alerts"])
    async def listed(
        user: Reader,
        open: bool | None = None,
        acknowledged: bool | None = None,
        start: Annotated[datetime | None, Query(alias="from", description="Raised at or after; ISO 8601.")] = None,
        end: Annotated[datetime | None, Query(alias="to", description="Raised before; ISO 8601.")] = None,
        severity: Literal["warn", "alarm"] | None = None,
        figure: Word = None,
        subject: Word = None,
        limit: Annotated[int, Query(ge=1, le=service.LONGEST_PAGE)] = 100,
        cursor: Annotated[int | None, Query(description="``next`` of the page before.")] = None,
    ) -> dict[str, Any]:
        """Alerts, newest first; those that are open with their figures of now."""
        since, until = epoch_or_none(start, zone), epoch_or_none(end, zone)
        wanted = AlertQuery(open, acknowledged, since, until, severity, figure, subject, cursor, limit)
        found = await web.in_session(lambda session: service.alerts(session, wanted))
        live = {row["id"]: row for row in made.message(utc_now())["open"]}
        rows = [_told(user, live.get(alert.id) or made.row(alert)) for alert in found]
        return {"items": rows, "next": found[-1].id if len(found) == limit else None}

    @web.app.get("/api/v1/alerts/now", response_model=shape.AlertsNow, tags=["alerts"])
    async def now(user: Reader) -> dict[str, Any]:
        """What the live socket says whenever it changes: open alerts, the last settled ones, the day's sums."""
        return _told(user, made.message(utc_now()))

    @web.app.get("/api/v1/alerts/{alert_id:int}", response_model=shape.AlertWithRule, tags=["alerts"])
    async def one(alert_id: Number, user: Reader) -> dict[str, Any]:
        alert = await web.in_session(lambda session: service.alert(session, alert_id))
        return _told(user, {**made.row(alert), "rule": asdict(alert.rule)})

    @web.app.post("/api/v1/alerts/{alert_id:int}/acknowledge", response_model=shape.Alert, tags=["alerts"])
    async def acknowledge(alert_id: Number, said: Acknowledgement, user: Changer) -> dict[str, Any]:
        """Somebody has seen it and says what is done; it stays open until the figure is well again."""
        at = utc_now()
        return made.row(await made.change(lambda session: _acknowledged(session, alert_id, user, said.words, at)))

    @web.app.post("/api/v1/alerts/acknowledge", response_model=shape.Acknowledged, tags=["alerts"])
    async def acknowledge_over(said: Acknowledgement, user: Changer) -> dict[str, Any]:
        """All that were raised today, are over by themselves and nobody has acknowledged; open ones want one each."""
        at = utc_now()
        wanted = AlertQuery(open=False, acknowledged=False, since=_midnight(at, zone), limit=service.LONGEST_PAGE)

        def work(session: Session) -> int:
            found = service.alerts(session, wanted)
            for one in found:
                _acknowledged(session, one.id, user, said.words, at)
            return len(found)

        return {"acknowledged": await made.change(work)}


def seen_by(user: User, alert: Alert) -> Alert:
    """With what was said of it as this person may read it."""
    return replace(alert, acknowledged_words=shown_text(user, alert.acknowledged_words))


def _told(user: User, row: dict[str, Any]) -> dict[str, Any]:
    return row if sees_numbers(user) else dict(masked_within(row))


def _say(web: Web, message: dict[str, Any]) -> None:
    """To everybody who reads alerts, in two forms: what was said of one may hold a citizen's number."""
    web.live.say(message, lambda user: user.may(Right.ALERTS) and sees_numbers(user))
    web.live.say(dict(masked_within(message)), lambda user: user.may(Right.ALERTS) and not sees_numbers(user))


def _acknowledged(session: Session, alert_id: int, user: User, said: str, at: float) -> Alert:
    alert = service.acknowledge(session, alert_id, user.display_name, said, at)
    detail = {"figure": alert.rule.figure, "subject": alert.subject.id, "words": said}
    audit.record(session, user.name, "alert_acknowledged", str(alert_id), detail, at)
    return alert


def _add_rules(web: Web, made: Watcher) -> None:
    path = "/api/v1/alert-rules"

    @web.app.get("/api/v1/alert-figures", response_model=Page[shape.Figure], tags=["alerts"])
    async def figures(_user: Reader) -> dict[str, Any]:
        """What rules may watch, and what it reads now; no reading means no answer, null no data."""
        found = made.values(utc_now())
        return {"items": [_figure(figure, found.get(figure.id, [])) for figure in made.catalogue], "next": None}

    @web.app.get(path, response_model=Page[shape.Rule], tags=["alerts"])
    async def rules(_user: Reader) -> dict[str, Any]:
        return {"items": [asdict(rule) for rule in await web.in_session(rule_service.rules)], "next": None}

    @web.app.get(f"{path}/{{rule_id:int}}", response_model=shape.Rule, tags=["alerts"])
    async def rule(rule_id: Number, _user: Reader) -> dict[str, Any]:
        return asdict(await web.in_session(lambda session: rule_service.rule(session, rule_id)))

    @web.app.post(path, response_model=shape.Rule, status_code=201, tags=["alerts"])
    async def add(wanted: RuleRequest, user: Changer) -> dict[str, Any]:
        return await _saved(made, wanted, 0, user)

    @web.app.put(f"{path}/{{rule_id:int}}", response_model=shape.Rule, tags=["alerts"])
    async def change(rule_id: Number, wanted: RuleRequest, user: Changer) -> dict[str, Any]:
        """The whole rule; what it raised before keeps the rule as it was."""
        return await _saved(made, wanted, rule_id, user)

    @web.app.delete(f"{path}/{{rule_id:int}}", status_code=204, tags=["alerts"])
    async def remove(rule_id: Number, user: Changer) -> None:
        """Its open alerts end."""

        def work(session: Session) -> None:
            removed = rule_service.remove_rule(session, rule_id)
            audit.record(session, user.name, "alert_rule_removed", str(rule_id), asdict(removed), utc_now())

        await made.change(work)

    @web.app.post(f"{path}/examples", response_model=shape.Added, tags=["alerts"])
    async def examples(user: Changer) -> dict[str, Any]:
        """Adds the shipped rules for figures that no rule watches."""

        def work(session: Session) -> int:
            added = rule_service.load_examples(session, user.name, utc_now())
            audit.record(session, user.name, "alert_rules_loaded", "examples", {"added": added}, utc_now())
            return added

        return {"added": await made.change(work)}


async def _saved(made: Watcher, wanted: RuleRequest, rule_id: int, user: User) -> dict[str, Any]:
    figure = made.catalogue.get(wanted.figure)
    usual: Comparison = figure.comparison if figure else "above"
    given = wanted.model_dump(exclude={"comparison"})
    rule = Rule(id=rule_id, **given, comparison=wanted.comparison or usual)

    def work(session: Session) -> Rule:
        _check_names(session, rule)
        at = utc_now()
        saved = rule_service.save_rule(session, rule, made.catalogue, user.name, at)
        action = "alert_rule_changed" if rule_id else "alert_rule_added"
        audit.record(session, user.name, action, str(saved.id), asdict(saved), at)
        return saved

    return asdict(await made.change(work))


def _check_names(session: Session, rule: Rule) -> None:
    """Whom to tell and what to watch must be of this house."""
    for name in rule.recipients:
        if name not in set(Role) and find_user(session, name) is None:
            raise BadInput(
                "There is no role and no user {name}.",
                field="recipients",
                remedy="Use roles or log-in names.",
                name=name,
            )
    if rule.scope_id and has_installation(session):
        installation = load_installation(session)
        known: dict[str, Callable[[], set[str]]] = {
            "queue": lambda: set(installation.queues),
            "agent": lambda: set(installation.agents),
            "group": lambda: {agent.group for agent in installation.agents.values()},
            "trunk": lambda: set(installation.trunks),
        }
        if rule.scope in known and rule.scope_id not in known[rule.scope]():
            raise NotFound(
                "There is no {scope} {id}.", field="scope_id", scope=_(words.SCOPES[rule.scope]), id=rule.scope_id
            )


def _figure(figure: Figure, readings: list[Reading]) -> dict[str, Any]:
    return {
        "id": figure.id,
        "name": _(figure.name),
        "unit": figure.unit,
        "scopes": list(figure.scopes),
        "comparison": figure.comparison,
        "readings": [
            {
                "kind": one.subject.kind,
                "subject": one.subject.id,
                "subject_name": one.subject.name,
                "value": one.value,
                "sample": one.sample,
            }
            for one in readings
        ],
    }


# --- sources -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Logged:
    """What the log says of dialling, read now and then."""

    counts: dialling.RefusalCounts = field(default_factory=dict)
    at: float = -math.inf

    async def fresh(self, web: Web, now: float) -> dialling.RefusalCounts:
        # A clock that was set back must not hold the counts until it is there again.
        if now - self.at >= DIALLING_EVERY_S or now < self.at:
            self.at = now
            # With the database away what was known stands.
            with suppress(SQLAlchemyError):
                self.counts = await web.in_session(lambda session: dialling.counted(session.connection(), now))
        return self.counts


async def _of_the_floor(web: Web, logged: Logged, now: float) -> dict[str, list[Reading]]:
    """In a thread: of a large floor it takes longer than a push may wait."""
    state = web.live.state()
    told = dialling.at_least(state["health"].get("dialling") or {}, await logged.fresh(web, now))
    state = {**state, "health": {**state["health"], "dialling": told}}
    return await asyncio.to_thread(lambda: {**floor_readings(state, now), **health_readings(state, now)})


async def _of_the_disk(web: Web) -> dict[str, list[Reading]]:
    """Where the recordings go: voice fills a disk first."""
    folder = web.settings.recordings_dir
    usage = await asyncio.to_thread(shutil.disk_usage, folder if folder.exists() else web.settings.home)
    return {DISK.id: [Reading(Subject("site"), usage.free / 1e9)]}


# --- words and times -----------------------------------------------------------------------------------------


def _notice(web: Web, made: Watcher, event: str, alert: Alert) -> Notice:
    """In the site's language: who reads it has not chosen one."""
    set_language(web.settings.language)
    figure = made.catalogue.get(alert.rule.figure)
    title = words.title(figure, alert.rule.name, alert.subject, alert.rule.comparison, alert.threshold)
    if event == "cleared":
        title = _("Over: {title}", title=title)
    unit = figure.unit if figure else "calls"
    value = words.measured(alert.worst if event == "cleared" else alert.value, unit)
    at = alert.cleared_at if event == "cleared" and alert.cleared_at else alert.raised_at
    clock = datetime.fromtimestamp(at, ZoneInfo(web.settings.timezone)).strftime("%m-%d %H:%M:%S")
    said = [_(words.SEVERITIES[alert.severity]), clock]
    if unit != "flag":
        said.append(_("worst {value}", value=value) if event == "cleared" else _("now {value}", value=value))
    # One that could not be kept has no number yet.
    number = alert.id or f"{alert.rule.id}-{alert.subject.id}-{round(alert.raised_at)}"
    home = web.settings.public_url
    link = f"{home}/alerts" if home else ""
    return Notice(f"{number}-{event}", alert.severity, title, " · ".join(said), alert.rule.recipients, at, link)


def _midnight(now: float, zone: ZoneInfo) -> float:
    return datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
