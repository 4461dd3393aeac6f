"""What happened once, told again some weeks earlier: ids, times and numbers of orders are moved, all else stays.

Pure. Rows and facts are moved by the same rules, so that they agree afterwards as they did before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# uid, at_us, kind, version, subject, payload as JSON text: the columns of the event log.
LogRow = tuple[str, int, str, int, str, str]

DAY_S = 86_400
# Ids of calls and facts, numbers of orders, and UTC epoch seconds, which orjson writes with their point.
MOVED = re.compile(r"[0-9a-f]{32}|\b\d{6}-\d{4}\b|\b1[4-9]\d{8}\.\d+\b")
ID_LENGTH = 32
# The time within an id (RFC 9562, version 7), in hex digits.
ID_TIME = 12
EPOCHS = (1.4e9, 2.0e9)


@dataclass(slots=True)
class Earlier:
    """``days`` earlier. Whole days, so that numbers of orders and hours of the day keep their sense."""

    days: int
    _numbers: dict[str, str] = field(default_factory=dict)

    def id(self, known: str) -> str:
        """Also of a segment, which begins with its call's."""
        return f"{int(known[:ID_TIME], 16) - self.days * DAY_S * 1000:012x}{known[ID_TIME:]}"

    def number(self, order: str) -> str:
        day = order[:6]
        if day not in self._numbers:
            # A day without a zone: numbers are of local days.
            moved = datetime.strptime(day, "%y%m%d") - timedelta(days=self.days)
            self._numbers[day] = moved.strftime("%y%m%d")
        return self._numbers[day] + order[6:]

    def call_fact(self, row: LogRow, call: str) -> LogRow:
        """A fact that names one call, or none, and no time."""
        uid, at_us, kind, version, subject, payload = row
        moved = self.id(call) if call else ""
        return (
            self.id(uid),
            at_us - self.days * DAY_S * 1_000_000,
            kind,
            version,
            moved if subject == call else subject,
            payload.replace(call, moved) if call else payload,
        )

    def order_fact(self, row: LogRow) -> LogRow:
        uid, at_us, kind, version, subject, payload = row
        return (
            self.id(uid),
            at_us - self.days * DAY_S * 1_000_000,
            kind,
            version,
            self.number(subject),
            MOVED.sub(self._match, payload),
        )

    def columns(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.value(value) for name, value in row.items()}

    def value(self, value: Any) -> Any:
        if isinstance(value, float):
            # Nothing else of a demo's order is as large as a time.
            return value - self.days * DAY_S if EPOCHS[0] < value < EPOCHS[1] else value
        if isinstance(value, str):
            return MOVED.sub(self._match, value)
        if isinstance(value, Mapping):
            return self.columns(value)
        if isinstance(value, (list, tuple)):
            return [self.value(one) for one in value]
        return value

    def _match(self, found: re.Match[str]) -> str:
        text = found[0]
        if len(text) == ID_LENGTH:
            return self.id(text)
        return self.number(text) if "-" in text else repr(float(text) - self.days * DAY_S)
