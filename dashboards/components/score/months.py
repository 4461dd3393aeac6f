"""Calendar months of the site, as addresses name them and people read them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.i18n import language

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


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


def month_text(month: Month) -> str:
    return f"{month.year}年{month.month}月" if language() == "zh_CN" else str(month)


def month_short(month: Month) -> str:
    """Under a figure, where the year is plain."""
    return f"{month.month}月" if language() == "zh_CN" else str(month)[2:]
