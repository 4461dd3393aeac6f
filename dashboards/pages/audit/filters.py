"""The list's filter as it stands in the URL. Pure. Without a period it is today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from core.people.audit import AuditQuery
from dashboards.components import filters

A_PAGE = 500
NAMES = ("from", "to", "who", "action", "subject", "before")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Empty texts mean all. ``before`` is the id that the page begins under."""

    begin: datetime
    end: datetime
    first: str
    last: str
    who: str = ""
    action: str = ""
    subject: str = ""
    before: int | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, Any], now: datetime) -> Self:
        """``now`` in the site's zone. Raises ``BadInput`` naming the parameter that cannot be read."""
        given = filters.texts_of(parameters)
        period = filters.period(given.get("from") or "today", given.get("to") or "today", now)
        before = given.get("before", "")
        return cls(
            period.begin,
            period.end,
            period.first,
            period.last,
            **{name: given.get(name, "")[:200] for name in ("who", "action", "subject")},
            before=int(before) if before.isdigit() and len(before) < 19 else None,
        )

    def as_query(self) -> AuditQuery:
        return AuditQuery(
            self.begin.timestamp(), self.end.timestamp(), self.who, self.action, self.subject, self.before
        )

    def query(self, **changes: Any) -> str:
        """The filter as the URL's query, without what is empty."""
        chosen = {**asdict(self), "from": self.first, "to": self.last, **changes}
        return filters.query(chosen, NAMES)
