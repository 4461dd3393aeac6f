"""The list's filter as it stands in the URL: read, checked in words, written again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from core.i18n import N_
from core.numbering import normal
from dashboards.components import filters
from dashboards.components.words import DIRECTIONS, OUTCOMES
from kpi.lists.call_list import ListLevel

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
    "decided": N_("answered and abandoned"),
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
# What a row is with a choice of these: a queue's figures count entries, the house's each caller once.
LEVELS = {"entry": N_("every entry"), "caller": N_("each caller once")}
# What an agent did in a call that may be a sign of working for the score.
SIGNS = {
    "short_talk": N_("Talk under 10 s"),
    "agent_hung_up": N_("Hung up by the agent"),
    "late_transfer": N_("Handed on before going home"),
}
NAMES = (
    "from",
    "to",
    "queue",
    "agent",
    "direction",
    "outcome",
    "visit",
    "level",
    "sign",
    "state",
    "kept",
    "caller",
    "page",
)
CHOICES = {
    "direction": DIRECTIONS,
    "outcome": OUTCOMES,
    "visit": VISITS,
    "level": LEVELS,
    "sign": SIGNS,
    "state": STATES,
    "kept": KEPT,
}


@dataclass(frozen=True, slots=True)
class CallFilter:
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
    level: str = ""
    sign: str = ""
    state: str = ""
    kept: str = ""
    caller: str = ""
    caller_sealed: str = ""
    page: int = 1

    def as_parameters(self) -> dict[str, Any]:
        """What was chosen, for the audit: the words of the address without the empty ones."""
        plain = {
            name: value for name, value in asdict(self).items() if name not in ("begin", "end", "page", "caller_sealed")
        }
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def of(cls, parameters: Mapping[str, Any], now: datetime) -> Self:
        """``now`` in the site's zone. Raises ``BadInput`` naming the parameter that cannot be read."""
        given = filters.texts_of(parameters)
        reading = filters.FilterReading()
        with reading.part():
            filters.check_choices(given, CHOICES)
        found = cls(
            None,
            None,
            **{name: given.get(name, "") for name in ("queue", "agent", *CHOICES)},
            caller=normal(given.get("caller", "")),
            caller_sealed=given.get("caller_sealed", ""),
            page=filters.page_of(given),
        )
        if found.state:
            reading.end()
            return found
        one = given.get("day", "")
        with reading.part():
            period = filters.period(given.get("from", "") or one or "today", given.get("to", "") or one, now)
        reading.end()
        return replace(found, begin=period.begin, end=period.end, first=period.first, last=period.last)

    @classmethod
    def typed(cls, parameters: Mapping[str, Any]) -> Self:
        """As it was typed, where it cannot be read: for the form that says what is wrong."""
        given = filters.texts_of(parameters)
        first, last = filters.as_typed(given)
        names = ("queue", "agent", "caller", "caller_sealed", *CHOICES)
        texts: dict[str, Any] = {name: given.get(name, "") for name in names}
        return cls(None, None, first, last, **texts)

    @property
    def counted(self) -> ListLevel:
        """What the rows are of: empty for calls, else entries into queues or callers, as the figures count them."""
        if not self.visit:
            return ""
        return "entry" if self.queue or self.level == "entry" else "caller"

    def query(self, **changes: Any) -> str:
        """The filter as the URL's query, without what is empty."""
        caller = self.caller_sealed or self.caller
        chosen = {**asdict(self), "from": self.first, "to": self.last, "caller": caller, **changes}
        return filters.query(chosen, NAMES)

    def period(self) -> str:
        return filters.in_words(self.first, self.last)
