"""The list's rows for a filter that stands in the URL. Reads through ``etl.calls``, which knows the rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from core.clock import utc_now
from core.errors import BadInput
from core.people.users import User
from etl import calls
from etl.warehouse import Warehouse

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Local days, both included; empty texts mean all."""

    first: date
    last: date
    queue: str = ""
    agent: str = ""
    outcome: str = ""
    caller: str = ""

    @classmethod
    def of(cls, parameters: dict[str, Any], timezone: str) -> Self:
        """From the URL's parameters; raises ``BadInput`` naming the one that cannot be read."""
        today = datetime.fromtimestamp(utc_now(), ZoneInfo(timezone)).date()
        words = {name: str(parameters.get(name) or "").strip() for name in ("queue", "agent", "outcome", "caller")}
        first = _day(parameters, "from", today)
        last = _day(parameters, "to", max(first, today) if parameters.get("from") else today)
        return cls(first, last, **words)

    def wanted(self, timezone: str) -> calls.CallFilter:
        zone = ZoneInfo(timezone)
        begin = datetime.combine(self.first, datetime.min.time(), zone)
        end = datetime.combine(self.last + timedelta(days=1), datetime.min.time(), zone)
        return calls.CallFilter(
            begin.astimezone(UTC),
            end.astimezone(UTC),
            self.queue or None,
            self.agent or None,
            self.caller or None,
            self.outcome or None,
            MOST_ROWS,
        )


async def rows(warehouse: Warehouse, user: User, chosen: Filter, timezone: str) -> tuple[list[dict[str, Any]], bool]:
    """At most ``MOST_ROWS`` calls, newest first, and whether there are more."""
    page = await calls.page(warehouse, user, chosen.wanted(timezone))
    return page["calls"], page["next"] is not None


def _day(parameters: dict[str, Any], name: str, usual: date) -> date:
    text = str(parameters.get(name) or "").strip()
    if not text:
        return usual
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise BadInput("{text} is not a day.", field=name, remedy="Write it like 2026-11-23.", text=text) from wrong
