"""The list's filter as it stands in the URL: read, checked in words, written again. Pure.

Times are typed as people write them: ``2026-11-25``, ``11-25``, ``2026-11-25 06:15``, ``today``; links give
seconds, too. A day as the end is included, a time as the end is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from core.errors import BadInput
from core.i18n import N_
from dashboards.components.words import DIRECTIONS, OUTCOMES

# Of the floor at this moment; a period would only hide some of them.
STATES = {
    "open": N_("in progress"),
    "ivr": N_("in the menu"),
    "waiting": N_("in the queue"),
    "ringing": N_("agent's phone rings"),
    "talking": N_("agent talks"),
    "held": N_("agent holds"),
}
# What became of an entry into a queue; the sums behind the indicators.
VISITS = {
    "offered": N_("all that are over"),
    "answered": N_("answered"),
    "in_time": N_("answered in time"),
    "late": N_("missed the target"),
    "abandoned": N_("abandoned"),
    "redirected": N_("redirected"),
    "counted": N_("counted in the service level"),
    # These two by another moment than the entry: what the figures of a quarter of an hour and alerts of a wait count.
    "ended": N_("counted, by the end of the wait"),
    "waited": N_("waited in the period"),
    "not_short": N_("counted in the abandon rate"),
}
# Put aside by supervisors, and calls that check a finished order.
KEPT = {
    "qa": N_("marked for QA"),
    "training": N_("marked for training"),
    "return_visit": N_("return visits"),
}
TODAY, YESTERDAY = ("today", "今天", "今日"), ("yesterday", "昨天", "昨日")
DAY = re.compile(r"^(?:(\d{4})[-/.年]?)?(\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:：](\d\d)(?:[:：](\d\d))?)?$")
COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)$")


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty texts mean all; ``begin`` and ``end`` are ``None`` for a state of the floor, which is of now."""

    begin: datetime | None
    end: datetime | None
    first: str = ""
    last: str = ""
    queue: str = ""
    agent: str = ""
    direction: str = ""
    outcome: str = ""
    visit: str = ""
    state: str = ""
    kept: str = ""
    caller: str = ""
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, Any], now: datetime) -> Self:
        """``now`` in the site's zone. Raises ``BadInput`` naming the parameter that cannot be read."""
        given = {name: str(value).strip() for name, value in parameters.items() if value is not None}
        choices = {"direction": DIRECTIONS, "outcome": OUTCOMES, "visit": VISITS, "state": STATES, "kept": KEPT}
        words = {name: given.get(name, "") for name in ("queue", "agent", *choices)}
        for name, known in choices.items():
            if words[name] and words[name] not in known:
                raise BadInput(
                    "{text} is not a choice here.", field=name, remedy="Choose from the list.", text=words[name]
                )
        page = given.get("page", "")
        found = cls(
            None,
            None,
            **words,
            caller=re.sub(r"[\s-]", "", given.get("caller", "")),
            page=max(1, int(page)) if page.isdigit() else 1,
        )
        if found.state:
            return found
        try:
            return found._of_period(given, now)
        except OverflowError as beyond:
            raise BadInput(
                "{text} is not a day or a time.",
                field="to",
                remedy="Write it like 2026-11-23 or 2026-11-23 08:30.",
                text=given.get("to") or given.get("from"),
            ) from beyond

    def _of_period(self, given: Mapping[str, str], now: datetime) -> Self:
        one = given.get("day", "")
        first, last = given.get("from", "") or one or "today", given.get("to", "") or one
        begin, whole = moment(first, now, "from")
        if last:
            end, last_whole = moment(last, now, "to")
        else:
            end, last_whole = (max(begin, now), True) if given.get("from") else (begin, whole)
        if last_whole:
            end = midnight(end) + timedelta(days=1)
        if end <= begin:
            raise BadInput("The end of the period is not after its start.", field="to", remedy="Choose a later end.")
        texts = written(begin, whole=whole), written(end - timedelta(days=1) if last_whole else end, whole=last_whole)
        return replace(self, begin=begin, end=end, first=texts[0], last=texts[1])

    def query(self, **changes: Any) -> str:
        """The filter as the URL's query, without what is empty."""
        chosen = {**asdict(self), "from": self.first, "to": self.last, **changes}
        names = ("from", "to", "queue", "agent", "direction", "outcome", "visit", "state", "kept", "caller", "page")
        return urlencode({name: chosen[name] for name in names if chosen[name] and chosen[name] != 1})

    def period(self) -> str:
        return self.first if self.first == self.last else f"{self.first} – {self.last}"


def moment(text: str, now: datetime, field: str) -> tuple[datetime, bool]:
    """A local time, and whether the text named only its day."""
    if text.lower() in TODAY:
        return midnight(now), True
    if text.lower() in YESTERDAY:
        return midnight(now - timedelta(days=1)), True
    match = COMPACT.match(text) or DAY.match(text)
    try:
        if match is None:
            raise ValueError(text)
        year, month, day, hour, minute, second = (*match.groups(""), "", "", "")[:6]
        local = date(int(year or now.year), int(month), int(day))
        at = datetime.combine(local, datetime.min.time(), now.tzinfo)
        if not hour:
            return at, True
        # 24:00 is the end of the day, as on any timetable.
        clock = timedelta(hours=int(hour), minutes=int(minute or 0), seconds=int(second or 0))
        if clock > timedelta(hours=24) or int(minute or 0) > 59 or int(second or 0) > 59:
            raise ValueError(text)
        return at + clock, False
    except ValueError as wrong:
        raise BadInput(
            "{text} is not a day or a time.",
            field=field,
            remedy="Write it like 2026-11-23 or 2026-11-23 08:30.",
            text=text,
        ) from wrong


def midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def written(at: datetime, *, whole: bool) -> str:
    return at.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M:%S" if at.second else "%Y-%m-%d %H:%M")


def local_now(at: float, timezone: str) -> datetime:
    """Epoch seconds in the site's zone."""
    return datetime.fromtimestamp(at, ZoneInfo(timezone))
