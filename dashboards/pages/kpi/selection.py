"""What a reviewer looks at, as the address says it, and the addresses that lead on from there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
PATH = "/kpi"
# What the address may say; anything else is left out of the links.
NAMES = ("scheme", "period", "group", "who", "view", "change")
# What a drawn page says of itself, beside that: the period's id where it is kept, and its month where it is one.
ITSELF = ("stored", "month")
VIEWS = ("review", "compare", "appeals")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of the site."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def later(self, months: int) -> Month:
        at = self.year * 12 + self.month - 1 + months
        return Month(at // 12, at % 12 + 1)

    def span(self, zone: ZoneInfo) -> tuple[float, float]:
        """Epoch seconds of its begin, and of the next month's."""
        first, following = (datetime(one.year, one.month, 1, tzinfo=zone) for one in (self, self.later(1)))
        return first.timestamp(), following.timestamp()

    @property
    def days(self) -> tuple[str, str]:
        """Its first and its last day."""
        following = self.later(1)
        last = date.fromordinal(date(following.year, following.month, 1).toordinal() - 1)
        return date(self.year, self.month, 1).isoformat(), last.isoformat()


def month_of(text: str) -> Month | None:
    found = MONTH.fullmatch(text)
    return Month(int(found[1]), int(found[2])) if found else None


def month_at(at: float, zone: ZoneInfo) -> Month:
    local = datetime.fromtimestamp(at, zone)
    return Month(local.year, local.month)


@dataclass(frozen=True, slots=True)
class ReviewQuery:
    """``given`` is the address's query as it stands; what is none of it is the page's first choice."""

    given: Mapping[str, str]

    @property
    def view(self) -> str:
        said = self.given.get("view", "")
        return said if said in VIEWS else VIEWS[0]

    def of(self, name: str, choices: Iterable[str]) -> str:
        """What the address says, where it is one of the choices; else the first of them, or nothing."""
        known = list(choices)
        said = self.given.get(name, "")
        return said if said in known else next(iter(known), "")

    def link(self, **changes: str | None) -> str:
        """The address with some of it changed; nothing takes a part away."""
        held = {name: value for name, value in {**self.given, **changes}.items() if value and name in NAMES}
        return PATH + (f"?{urlencode(held)}" if held else "")


def query_of(parameters: Any) -> ReviewQuery:
    """``parameters`` may come from a browser."""
    given = parameters if isinstance(parameters, Mapping) else {}
    return ReviewQuery({name: str(given[name])[:100] for name in (*NAMES, *ITSELF) if given.get(name)})
