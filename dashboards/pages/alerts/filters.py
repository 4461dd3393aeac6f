"""The history's filter as it stands in the URL: read, checked in words, written again. Pure.

Without a period it is the last seven days. Times are typed as on the page of calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from core.i18n import N_
from core.notify.service import AlertQuery
from core.notify.words import SEVERITIES
from dashboards.components import filters

DAYS = 7
A_PAGE = 500
STATES: Mapping[str, str] = {
    "open": N_("open now"),
    "to_acknowledge": N_("not acknowledged"),
    "acknowledged": N_("acknowledged"),
    "over": N_("over"),
}
CHOICES = {"state": STATES, "severity": SEVERITIES}
NAMES = ("from", "to", "state", "severity", "figure", "subject", "before")


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Empty texts mean all. ``before`` is the id that the page begins under."""

    begin: datetime
    end: datetime
    first: str
    last: str
    state: str = ""
    severity: str = ""
    figure: str = ""
    subject: str = ""
    before: int | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, Any], now: datetime) -> Self:
        """``now`` in the site's zone. Raises ``BadInput`` naming the parameter that cannot be read."""
        given = filters.texts_of(parameters)
        reading = filters.FilterReading()
        with reading.part():
            filters.check_choices(given, CHOICES)
        first = given.get("from") or filters.written(filters.midnight(now) - timedelta(days=DAYS - 1), whole=True)
        with reading.part():
            period = filters.period(first, given.get("to") or "today", now)
        reading.end()
        before = given.get("before", "")
        return cls(
            period.begin,
            period.end,
            period.first,
            period.last,
            **{name: given.get(name, "") for name in ("state", "severity", "figure", "subject")},
            before=int(before) if before.isdigit() else None,
        )

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], now: datetime) -> Self:
        """As it was typed, where it cannot be read: for the form that says what is wrong."""
        given = filters.texts_of(parameters)
        first, last = filters.as_typed(given)
        texts: dict[str, Any] = {name: given.get(name, "") for name in (*CHOICES, "figure", "subject")}
        return cls(now, now, first, last, **texts)

    def as_query(self, limit: int) -> AlertQuery:
        return AlertQuery(
            open={"open": True, "over": False}.get(self.state),
            acknowledged={"acknowledged": True, "to_acknowledge": False}.get(self.state),
            since=self.begin.timestamp(),
            until=self.end.timestamp(),
            severity=self.severity or None,
            figure=self.figure or None,
            subject=self.subject or None,
            before=self.before,
            limit=limit,
        )

    def query(self, **changes: Any) -> str:
        """The filter as the URL's query, without what is empty."""
        chosen = {**asdict(self), "from": self.first, "to": self.last, **changes}
        return filters.query(chosen, NAMES)
