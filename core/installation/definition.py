"""What the floor must know of the site: queues, agents, flows, numbers, hours. Data, edited by the office.

Built from the operational database by ``core.installation.service`` and kept as a file beside it, so that
calls connect while the database is away. ``Installation.from_json`` checks everything and names field and remedy.
Targets are strings: ``queue:ID``, ``extension:N``, ``number:N``, ``flow:ID``, ``hangup``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.errors import ConfigError
from core.numbering import DialRight, NumberRule
from core.records import record

TARGET_KINDS = ("queue", "extension", "number", "flow", "hangup")
# What a queue may answer instead of a word, before the call costs its caller anything.
REFUSALS = ("refuse:480", "refuse:486", "refuse:503")


# Who is rung among agents of one level: who has been free the longest; who has answered the fewest calls of queues
# since signing on; the next one by extension after whom the queue rang last; the first one by extension.
RingStrategy = Literal["longest_idle", "fewest_calls", "round_robin", "linear"]
RING_STRATEGIES: tuple[RingStrategy, ...] = get_args(RingStrategy)
# The threshold T of a queue that names none, in seconds.
THRESHOLD_S = 20.0


@dataclass(frozen=True, slots=True)
class Queue:
    """``ring_s``: how long one phone rings; ``wrap_up_s``: after-call time; ``service_level_s``: threshold T.

    ``override`` is a supervisor's word over the calendar. Where ``on_…`` says ``hangup`` the caller is told why before;
    ``refuse:486`` (480, 503) refuses a call that is not answered yet with this status.
    """

    id: str
    name: str
    ring_s: float = 20.0
    wrap_up_s: float = 20.0
    max_wait_s: float = 600.0
    service_level_s: float = THRESHOLD_S
    priority: int = 0
    skills: tuple[str, ...] = ()
    announce_every_s: float = 30.0
    announce_position: bool = True
    announce_wait: bool = True
    overflow_waiting: int | None = None
    on_overflow: str = "hangup"
    on_max_wait: str = "hangup"
    on_no_agents: str | None = None
    calendar: str | None = None
    on_closed: str = "hangup"
    warn_wait_s: float = 60.0
    alarm_wait_s: float = 120.0
    override: Literal["", "open", "closed"] = ""
    name_en: str = ""
    ring_strategy: RingStrategy = "longest_idle"


@dataclass(frozen=True, slots=True)
class BreakReason:
    """Facts and live rows carry ``id`` as the reason of a break; names may change. One that is ``retired`` is no longer
    offered, and still names the breaks that were."""

    id: str
    name: str
    name_en: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Agent:
    """``queues`` maps queue id to level: 1 is served first, 9 last. ``group`` is the work group for boards."""

    extension: str
    name: str
    queues: Mapping[str, int] = field(default_factory=dict)
    skills: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class SipAccount:
    """A phone that may register. ``ha1`` is MD5(extension:realm:password), RFC 2617 3.2.2.2, in hex.

    ``nat``: everything is sent to where the phone's packets come from, ``on``, ``off``, or, when empty, if the address
    in its Contact is another one, as at a remote site.
    """

    extension: str
    ha1: str
    ha1_sha256: str = ""
    nat: Literal["", "on", "off"] = ""


# A gateway of this name leads back to ourselves; the flow of this name answers there as whoever was rung up.
LOOPBACK = "loopback"


@dataclass(frozen=True, slots=True)
class Trunk:
    """``peers``: addresses that calls may come from (``ip`` or ``ip:port``); ``gateway``: where ours go, one or several
    with commas, tried in turn. Of a ``trusted`` one we believe who calls (RFC 3325)."""

    id: str
    peers: tuple[str, ...]
    gateway: str | None = None
    caller: str = ""
    trusted: bool = True

    @property
    def gateways(self) -> tuple[str, ...]:
        return tuple(one.strip() for one in (self.gateway or "").split(",") if one.strip())

    @property
    def loops(self) -> bool:
        return self.gateway == LOOPBACK


@dataclass(frozen=True, slots=True)
class Did:
    number: str
    target: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours: ``weekly[0]`` is Monday, a tuple of ``("08:00", "20:00")`` pairs. ``holidays`` and
    ``workdays`` (make-up days, 调休) are local dates ``YYYY-MM-DD``; a make-up day uses Monday's hours."""

    id: str
    weekly: tuple[tuple[tuple[str, str], ...], ...]
    holidays: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"

    def hours_of(self, day: date) -> tuple[tuple[str, str], ...]:
        """What opens on this local day; what goes on past midnight belongs to the day on which it begins."""
        name = day.isoformat()
        weekday = 0 if name in self.workdays else day.weekday()
        return () if name in self.holidays or weekday >= len(self.weekly) else self.weekly[weekday]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What callers hear before anything else while it stands. ``numbers`` are the callers of its area, None is all;
    ``until`` is UTC epoch seconds, None until somebody ends it."""

    id: str
    text: str
    area: str = ""
    numbers: tuple[str, ...] | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """``nodes`` maps node id to its definition; the node kinds are defined and checked in ``core.telephony.ivr``."""

    id: str
    version: int
    start: str
    nodes: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything together; ids are unique within their kind. ``version`` rises with every edit.

    ``dial_rights`` by subject and ``number_rules`` by pattern are what the office has set over the shipped tables of
    ``core.numbering``; ``roles`` says who sits at an extension; ``area_code`` is the house's own, such as 0571.
    """

    version: int
    name: str
    realm: str = "hotline"
    demo: bool = False
    timezone: str = "Asia/Shanghai"
    queues: Mapping[str, Queue] = field(default_factory=dict)
    agents: Mapping[str, Agent] = field(default_factory=dict)
    accounts: Mapping[str, SipAccount] = field(default_factory=dict)
    trunks: Mapping[str, Trunk] = field(default_factory=dict)
    dids: Mapping[str, Did] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    announcements: Mapping[str, Announcement] = field(default_factory=dict)
    dial_rights: Mapping[str, DialRight] = field(default_factory=dict)
    number_rules: Mapping[str, NumberRule] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    area_code: str = ""
    break_reasons: Mapping[str, BreakReason] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Installation:
        """Parses and checks; raises ``ConfigError`` naming the field."""
        raw = json.loads(text)
        # A file of earlier versions: categories were in it, and breaks by their names alone.
        raw.pop("categories", None)
        if isinstance(raw.get("break_reasons"), list):
            raw["break_reasons"] = {name: {"id": name, "name": name} for name in raw["break_reasons"]}
        parts: dict[str, Any] = {}
        for name, kind in _PARTS.items():
            parts[name] = {
                key: record(kind, value, f"{name}.{key}", ConfigError) for key, value in raw.pop(name, {}).items()
            }
        installation = record(cls, {**raw, **parts}, "site", ConfigError)
        installation.check()
        return installation

    def check(self) -> None:
        """Every reference leads somewhere; raises ``ConfigError`` naming the first that does not."""
        for queue in self.queues.values():
            for at in ("on_overflow", "on_max_wait", "on_no_agents", "on_closed"):
                if getattr(queue, at) not in REFUSALS:
                    self._check_target(getattr(queue, at), f"queues.{queue.id}.{at}")
            if queue.calendar and queue.calendar not in self.calendars:
                raise ConfigError(
                    "Unknown calendar {id}.",
                    field=f"queues.{queue.id}.calendar",
                    remedy="Choose a calendar that is there, or make it first.",
                    id=queue.calendar,
                )
        _check_zone(self.timezone, "timezone")
        for calendar in self.calendars.values():
            _check_calendar(calendar, f"calendars.{calendar.id}")
        for did in self.dids.values():
            self._check_target(did.target, f"dids.{did.number}.target")
        for right in self.dial_rights.values():
            if right.hours and right.hours not in self.calendars:
                raise ConfigError(
                    "Unknown calendar {id}.",
                    field=f"dial_rights.{right.subject}.hours",
                    remedy="Choose a calendar that is there, or make it first.",
                    id=right.hours,
                )
        for agent in self.agents.values():
            for queue_id in agent.queues:
                if queue_id not in self.queues:
                    raise ConfigError(
                        "Unknown queue {id}.",
                        field=f"agents.{agent.extension}.queues",
                        remedy="Choose a queue that is there, or make it first.",
                        id=queue_id,
                    )

    def _check_target(self, target: str | None, where: str) -> None:
        if target is None:
            return
        kind, _, rest = target.partition(":")
        known: Mapping[str, object] | None = {"queue": self.queues, "flow": self.flows}.get(kind)
        if kind not in TARGET_KINDS or (known is not None and rest not in known):
            raise ConfigError(
                "{target} leads nowhere.",
                field=where,
                remedy="Use queue:ID, extension:N, number:N, flow:ID or hangup; queues also refuse:480, 486 or 503.",
                target=target,
            )


def _check_zone(name: str, where: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as unknown:
        raise ConfigError(
            "{zone} is no time zone.", field=where, remedy="Use a name such as Asia/Shanghai.", zone=name
        ) from unknown


def _check_calendar(calendar: Calendar, where: str) -> None:
    _check_zone(calendar.timezone, f"{where}.timezone")
    if len(calendar.weekly) != 7:
        raise ConfigError(
            "A week has seven days.", field=f"{where}.weekly", remedy="Give a list for each, Monday first."
        )
    for day in calendar.weekly:
        for start, end in day:
            if not (_TIME.fullmatch(start) and _TIME.fullmatch(end)) or start == end:
                raise ConfigError(
                    "{start} to {end} are no opening hours.",
                    field=f"{where}.weekly",
                    remedy="Write 08:00 and 20:00; hours that end before they begin go on into the next morning.",
                    start=start,
                    end=end,
                )
    for named in ("holidays", "workdays"):
        for day_name in getattr(calendar, named):
            try:
                date.fromisoformat(day_name)
            except ValueError as no_date:
                raise ConfigError(
                    "{day} is no date.", field=f"{where}.{named}", remedy="Write 2026-10-01.", day=day_name
                ) from no_date


_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_PARTS: dict[str, type] = {
    "queues": Queue,
    "agents": Agent,
    "accounts": SipAccount,
    "trunks": Trunk,
    "dids": Did,
    "flows": Flow,
    "calendars": Calendar,
    "announcements": Announcement,
    "dial_rights": DialRight,
    "number_rules": NumberRule,
    "break_reasons": BreakReason,
}
