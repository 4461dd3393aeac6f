"""What a person looks at, as the address says it, and the addresses that lead on from there. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

FORTNIGHT = 14
DAY = re.compile(r"\d{4}-\d\d-\d\d")
INTERVALS = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class Selection:
    """``given`` is the address's query as it stands; what is none of it is the view's first choice."""

    view: str
    given: Mapping[str, str]
    today: date

    @property
    def first(self) -> date:
        """Adherence begins a week earlier: what is past is what it is about."""
        said = _day(self.given.get("from", ""))
        return said or monday(self.today - timedelta(days=7 if self.view == "adherence" else 0))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(FORTNIGHT)]

    @property
    def day(self) -> date | None:
        """The one day that is open, of the grid's view."""
        return _day(self.given.get("day", "")) if self.view == "grid" else None

    @property
    def pool(self) -> str:
        return self.given.get("pool", "") or "all"

    @property
    def group(self) -> str:
        return self.given.get("group", "")

    def minutes(self) -> int:
        said = self.given.get("minutes", "")
        return int(said) if said.isdigit() and int(said) in INTERVALS else 30

    def link(self, **changes: str | None) -> str:
        """The address with some of it changed; nothing takes a part away. ``first`` stands for ``from``."""
        named = {"from" if name == "first" else name: value for name, value in changes.items()}
        kept = {name: value for name, value in {**self.given, **named}.items() if value}
        return "/rosters" + (f"?{urlencode(kept)}" if kept else "")


def selection_of(parameters: Mapping[str, Any], views: tuple[str, ...], today: date) -> Selection:
    given = {name: str(value)[:200] for name, value in parameters.items() if value is not None}
    return Selection(given["view"] if given.get("view") in views else views[0], given, today)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(text: str) -> date | None:
    if not DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
