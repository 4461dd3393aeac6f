"""The list's filter as it stands in the URL: read, checked in words, written again. Pure.

Without anything chosen the list is of the open orders. A period is of the opening, or with ``by=closed`` of the
closing, or with ``by`` a clock's name of that clock's deadline (and then of those that have come); days and times are
read as on the page of calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from core.errors import BadInput
from core.i18n import N_
from core.numbering import normal
from dashboards.components import filters
from dashboards.pages.orders.words import CLOCKS, FLAGS, STATES, URGENCIES

# Open or overdue are questions of now; ``closed`` and ``all`` ask for orders however they ended.
NOW = {"open": N_("still open"), "overdue": N_("overdue"), "closed": N_("done"), "all": N_("open and done")}
BY = {"opened": N_("opened"), "closed": N_("done"), **CLOCKS}
# Whether that deadline was kept.
KEPT = {"yes": N_("in time"), "no": N_("too late or still open")}
# The district, category or site of an order that has none.
NONE = "none"
# Whether it is known where the order is.
PLACE = {"known": N_("known"), NONE: N_("not known")}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "now": NOW,
    "by": BY,
    "kept": KEPT,
    "state": STATES,
    "urgency": URGENCIES,
    "flag": FLAGS,
    "place": PLACE,
}
TEXTS = ("category", "district", "site", "assignee", "opened_by", "from_call", "q")
NAMES = ("now", "by", "kept", "from", "to", "state", "category", "district", "site", "urgency", "flag", "place")
NAMES_REST = ("assignee", "opened_by", "caller", "customer", "from_call", "q", "page")
LONGEST_Q = 80
# Of these a link may name several, with a comma between them.
MANY = ("category", "district")
LONGEST_MANY = 400


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Empty texts mean all."""

    begin: datetime | None = None
    end: datetime | None = None
    first: str = ""
    last: str = ""
    by: str = ""
    kept: str = ""
    now: str = ""
    state: str = ""
    category: str = ""
    district: str = ""
    site: str = ""
    urgency: str = ""
    flag: str = ""
    place: str = ""
    assignee: str = ""
    opened_by: str = ""
    caller: str = ""
    caller_sealed: str = ""
    customer: str = ""
    from_call: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, parameters: Mapping[str, Any], now: datetime) -> Self:
        """``now`` in the site's zone. Raises ``BadInput`` naming the parameter that cannot be read."""
        given = filters.texts_of(parameters)
        for name in ("open", "overdue"):
            # The interface's own names for the two: open=1, overdue=1.
            if given.get(name) == "1":
                given["now"] = name
        words = {
            name: given.get(name, "")[: LONGEST_MANY if name in MANY else LONGEST_Q] for name in (*CHOICES, *TEXTS)
        }
        reading = filters.FilterReading()
        with reading.part():
            filters.check_choices(words, CHOICES)
        found = cls(
            None,
            None,
            **words,
            caller=normal(given.get("caller", "")),
            caller_sealed=given.get("caller_sealed", ""),
            page=filters.page_of(given),
        )
        with reading.part():
            found = replace(found, customer=_number(given.get("customer", "")))
        with reading.part():
            found = found._of_period(given, now)
        reading.end()
        return found if found.narrowed() else replace(found, now="open")

    @classmethod
    def typed(cls, parameters: Mapping[str, Any]) -> Self:
        """As it was typed, where it cannot be read: for the form that says what is wrong."""
        given = filters.texts_of(parameters)
        first, last = filters.as_typed(given)
        names = ("caller", "caller_sealed", "customer", *CHOICES, *TEXTS)
        texts: dict[str, Any] = {name: given.get(name, "") for name in names}
        return cls(None, None, first, last, **texts)

    def narrowed(self) -> bool:
        """Whether anything was chosen that says by itself which orders are meant."""
        chosen = asdict(self)
        return any(chosen[name] for name in ("begin", "now", "state", "caller", "customer", "from_call", "q"))

    def _of_period(self, given: Mapping[str, str], now: datetime) -> Self:
        one = given.get("day", "")
        first, last = given.get("from", "") or one, given.get("to", "") or one
        if not first and not last:
            return self
        period = filters.period(first or last, last, now)
        return replace(self, begin=period.begin, end=period.end, first=period.first, last=period.last)

    def query(self, **changes: Any) -> str:
        """The filter as the URL's query, without what is empty."""
        caller = self.caller_sealed or self.caller
        chosen = {**asdict(self), "from": self.first, "to": self.last, "caller": caller, **changes}
        return filters.query(chosen, (*NAMES, *NAMES_REST))

    @property
    def clock(self) -> str:
        """The clock whose deadlines the period is of; empty for openings and closings."""
        return self.by if self.by in CLOCKS else ""

    def period(self) -> str:
        return filters.in_words(self.first, self.last)


def _number(text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadInput("{text} is no customer's number.", field="customer", remedy="Use digits only.", text=text[:40])
    return text
