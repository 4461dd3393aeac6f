"""What a reviewer looks at, as the address says it, and the addresses that lead on from there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dashboards.components.score.months import Month, month_at, month_of

__all__ = ["MONTHS", "NAMES", "PATH", "VIEWS", "Month", "ReviewQuery", "month_at", "month_of", "query_of"]

PATH = "/kpi"
# What the address may say; anything else is left out of the links.
NAMES = ("scheme", "period", "group", "who", "view", "change")
# What a drawn page says of itself, beside that: the period's id where it is kept, and its month where it is one.
ITSELF = ("stored", "month")
VIEWS = ("review", "compare", "fairness", "appeals")
MONTHS = 12


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
