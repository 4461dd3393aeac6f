"""An entry that somebody made for a person or unit over days, what it must be, and the figure of several. Pure.

An entry counts in a period that holds all of its days. It is never changed: a wrong one is withdrawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.errors import BadInput
from kpi.scoring.scheme import AGENT, MANUAL, SchemeScope
from kpi.scoring.score import NOTHING, LineValue

# What ``who`` is: an agent's extension, a user's name, a site's id, a department.
SubjectKind = Literal["agent", "user", "site", "department"]
ATTENDANCE, TRAINING = "manual.attendance", "manual.training"
COUNTED = ("manual.commendations", "manual.complaints")
MOST_DAYS = 366
MOST_COUNT = 1000
BEST_RESULT = 100.0
# Links that a browser opens outside of the house.
SCHEMES = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """``value`` is days attended of ``out_of`` days due, a number of commendations or complaints, or a result from 0 to
    100. Days are local (ISO), both included. Evidence is a file that was taken in, by its id, or a link."""

    indicator: str
    who: str
    first_day: str
    last_day: str
    value: float
    out_of: float | None = None
    kind: SubjectKind = "agent"
    note: str = ""
    link: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ManualEntry:
    """Times are epoch seconds. ``batch`` is the file that it came in, empty for a single one."""

    id: int
    indicator: str
    kind: SubjectKind
    who: str
    first_day: str
    last_day: str
    numerator: float
    denominator: float
    note: str
    link: str
    evidence: str
    entered_by: str
    entered_at: float
    consent_by: str = ""
    consent_at: float | None = None
    withdrawn_by: str = ""
    withdrawn_at: float | None = None
    withdrawn_why: str = ""
    batch: str = ""

    def counts_at(self, at: float, *, consent: bool) -> bool:
        """Whether it stood at that moment, and had the second person's consent where that is asked for."""
        agreed = not consent or (self.consent_at is not None and self.consent_at <= at)
        return self.entered_at <= at and agreed and (self.withdrawn_at is None or self.withdrawn_at > at)


@dataclass(frozen=True, slots=True)
class CountedEntry:
    """What a score keeps of an entry that counted in it."""

    id: int
    numerator: float
    denominator: float
    first_day: str
    last_day: str


def counted(one: ManualEntry) -> CountedEntry:
    return CountedEntry(one.id, one.numerator, one.denominator, one.first_day, one.last_day)


def problems(wanted: EntryRequest) -> list[BadInput]:
    """Everything that is wrong with it by itself, by its fields."""
    found = []
    if wanted.indicator not in MANUAL:
        found.append(
            BadInput(
                "{indicator} is nothing that is written down.",
                field="indicator",
                remedy="Use one of: {known}.",
                indicator=wanted.indicator,
                known=", ".join(MANUAL),
            )
        )
    else:
        found += _of_value(wanted)
    found += _of_days(wanted)
    if bool(wanted.link) == bool(wanted.evidence):
        found.append(
            BadInput(
                "An entry needs evidence: a file or a link.", field="evidence", remedy="Send exactly one of the two."
            )
        )
    if wanted.link and not (wanted.link.startswith(SCHEMES) and wanted.link.isprintable()):
        found.append(
            BadInput("This is no link.", field="link", remedy="Write it whole, with https:// or http:// before it.")
        )
    return found


def parts(wanted: EntryRequest) -> tuple[float, float]:
    """Numerator and denominator of a checked request."""
    if wanted.indicator == ATTENDANCE:
        return wanted.value, wanted.out_of or 0.0
    return wanted.value, 1.0 if wanted.indicator == TRAINING else 0.0


def figure(indicator: str, entries: Sequence[ManualEntry]) -> LineValue:
    """Attendance is a share of the days due, training a mean; a count of nothing is nought, since nothing was there to
    be written down."""
    numerator = math.fsum(one.numerator for one in entries)
    if indicator in COUNTED:
        return LineValue(numerator, 1.0, numerator, 1)
    denominator = math.fsum(one.denominator for one in entries)
    if not denominator:
        return NOTHING
    sample = len(entries) if indicator == TRAINING else math.ceil(denominator)
    return LineValue(numerator, denominator, numerator / denominator, sample)


def kind_of(subject: SchemeScope) -> SubjectKind:
    if subject.department:
        return "department"
    if subject.site:
        return "site"
    return "agent" if subject.post == AGENT else "user"


def whole_days(from_at: float, until: float, zone: ZoneInfo) -> tuple[str, str]:
    """The first and the last local day that lie in the period as a whole; the first after the last where none does."""
    first, last = datetime.fromtimestamp(from_at, zone), datetime.fromtimestamp(until, zone)
    begins = first.date() if first == _midnight(first.date(), zone) else first.date() + timedelta(days=1)
    return begins.isoformat(), (last.date() - timedelta(days=1)).isoformat()


def days_meet(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two stretches of days, both ends included, have one in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _of_value(wanted: EntryRequest) -> list[BadInput]:
    value, out_of = wanted.value, wanted.out_of
    if wanted.indicator == ATTENDANCE:
        if out_of is None or not (math.isfinite(out_of) and 0 < out_of <= MOST_DAYS):
            return [_between("out_of", "0", str(MOST_DAYS))]
        return [] if math.isfinite(value) and 0 <= value <= out_of else [_between("value", "0", f"{out_of:g}")]
    found = []
    if out_of is not None:
        found.append(BadInput("Only attendance is out of something.", field="out_of", remedy="Leave it out."))
    if wanted.indicator == TRAINING:
        return found if 0 <= value <= BEST_RESULT else [*found, _between("value", "0", f"{BEST_RESULT:g}")]
    if not (0 <= value <= MOST_COUNT and float(value).is_integer()):
        found.append(
            BadInput(
                "This is a number of times.",
                field="value",
                remedy="Write a whole number up to {most}.",
                most=MOST_COUNT,
            )
        )
    return found


def _between(field: str, least: str, most: str) -> BadInput:
    return BadInput(
        "This figure must lie between {least} and {most}.",
        field=field,
        remedy="Correct the figure.",
        least=least,
        most=most,
    )


def _of_days(wanted: EntryRequest) -> list[BadInput]:
    days = []
    for field, said in (("from", wanted.first_day), ("to", wanted.last_day)):
        try:
            days.append(date.fromisoformat(said))
        except ValueError:
            return [BadInput("There is no day {day}.", field=field, remedy="Write 2026-10-01.", day=said[:40])]
    if days[1] < days[0]:
        return [BadInput("The last day lies before the first.", field="to", remedy="Choose a later last day.")]
    if (days[1] - days[0]).days >= MOST_DAYS:
        return [BadInput("The period is too long.", field="to", remedy="Ask for {days} days at most.", days=MOST_DAYS)]
    return []
