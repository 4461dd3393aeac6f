"""What the lists' filters share: how a period, a choice and a page stand in the URL. Pure.

Times are typed as people write them: ``2026-11-25``, ``11-25``, ``2026-11-25 06:15``, ``today``; links give
seconds, too. A day as the end is included, a time as the end is not.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import timezone as Offset  # noqa: N812 - not the site's zone
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from core.clock import wall_text
from core.errors import BadInput, Several

TODAY, YESTERDAY = ("today", "今天", "今日"), ("yesterday", "昨天", "昨日")
# The offset at the end says which is meant in the hour that clocks being set back repeat.
DAY = re.compile(
    r"^(?:(\d{4})[-/.年]?)?(\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]+(\d{1,2})[:：](\d\d)(?:[:：](\d\d))?(?:([+ -]\d\d):?(\d\d))?)?$"
)
COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)$")


@dataclass(frozen=True, slots=True)
class Period:
    """``first`` and ``last`` are how its ends are written; a whole day as the end is written as that day."""

    begin: datetime
    end: datetime
    first: str
    last: str


@dataclass(slots=True)
class FilterReading:
    """A filter is read to its end, so that everything that is wrong in it is told at once."""

    wrong: list[BadInput] = field(default_factory=list)

    @contextlib.contextmanager
    def part(self) -> Iterator[None]:
        try:
            yield
        except Several as several:
            self.wrong += several.parts
        except BadInput as one:
            self.wrong.append(one)

    def end(self) -> None:
        """Raises what was wrong, if anything was."""
        if self.wrong:
            raise self.wrong[0] if len(self.wrong) == 1 else Several(self.wrong)


def as_typed(given: Mapping[str, str]) -> tuple[str, str]:
    """Both ends of the period as they stand in the address, read or not."""
    one = given.get("day", "")
    return given.get("from", "") or one, given.get("to", "") or one


def texts_of(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The URL's parameters without the space around them."""
    return {name: str(value).strip() for name, value in parameters.items() if value is not None}


def check_choices(given: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> None:
    reading = FilterReading()
    for name, known in choices.items():
        with reading.part():
            if given.get(name) and given[name] not in known:
                raise BadInput(
                    "{text} is not a choice here.", field=name, remedy="Choose from the list.", text=given[name]
                )
    reading.end()


def page_of(given: Mapping[str, str]) -> int:
    page = given.get("page", "")
    return max(1, int(page)) if page.isdigit() else 1


def query(values: Mapping[str, Any], names: Iterable[str]) -> str:
    """The filter as the URL's query, without what is empty and without the first page."""
    return urlencode({name: values[name] for name in names if values[name] and (name, values[name]) != ("page", 1)})


def period(first: str, last: str, now: datetime) -> Period:
    """Without ``last`` to the end of today, or of the first day when that is later. ``now`` in the site's zone."""
    reading = FilterReading()
    begin, whole = end, last_whole = now, True
    try:
        with reading.part():
            begin, whole = moment(first, now, "from")
        with reading.part():
            end, last_whole = moment(last, now, "to") if last else (max(begin, now), True)
        reading.end()
        if last_whole:
            end = midnight(end) + timedelta(days=1)
    except OverflowError as beyond:
        raise no_moment(last or first, "to") from beyond
    # By the moments: two times of one zone are compared as walls show them.
    if end.timestamp() <= begin.timestamp():
        raise BadInput("The end of the period is not after its start.", field="to", remedy="Choose a later end.")
    shown = end - timedelta(days=1) if last_whole else end
    return Period(begin, end, written(begin, whole=whole), written(shown, whole=last_whole))


def in_words(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


def moment(text: str, now: datetime, field: str) -> tuple[datetime, bool]:
    """A local time, and whether the text named only its day."""
    if text.lower() in TODAY:
        return midnight(now), True
    if text.lower() in YESTERDAY:
        return midnight(now - timedelta(days=1)), True
    match = COMPACT.match(text) or DAY.match(text)
    try:
        if match is None:
            raise ValueError(text)
        year, month, day, hour, minute, second, ahead, beside = (*match.groups(""), *[""] * 5)[:8]
        local = date(int(year), int(month), int(day)) if year else _nearest(int(month), int(day), now.date())
        at = datetime.combine(local, datetime.min.time(), now.tzinfo)
        if not hour:
            return at, True
        # 24:00 is the end of the day, as on any timetable.
        clock = timedelta(hours=int(hour), minutes=int(minute or 0), seconds=int(second or 0))
        if clock > timedelta(hours=24) or int(minute or 0) > 59 or int(second or 0) > 59:
            raise ValueError(text)
        if ahead:
            # A plus sign that nobody wrote as %2B arrives as a space.
            offset = timedelta(hours=int(ahead[1:]), minutes=int(beside)) * (-1 if ahead[0] == "-" else 1)
            return (at.replace(tzinfo=Offset(offset)) + clock).astimezone(now.tzinfo), False
        return at + clock, False
    except ValueError as wrong:
        raise no_moment(text, field) from wrong


def _nearest(month: int, day: int, today: date) -> date:
    """The day of the year that is meant where none is written: on the first of January 12-31 was yesterday."""
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        with contextlib.suppress(ValueError):
            found.append(date(year, month, day))
    if not found:
        raise ValueError(f"{month}-{day}")
    return min(found, key=lambda one: abs(one - today))


def no_moment(text: str, field: str) -> BadInput:
    return BadInput(
        "{text} is not a day or a time.",
        field=field,
        remedy="Write it like 2026-11-23 or 2026-11-23 08:30.",
        text=text,
    )


def midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def written(at: datetime, *, whole: bool) -> str:
    return at.strftime("%Y-%m-%d") if whole else wall_text(at)


def local_now(at: float, timezone: str) -> datetime:
    """Epoch seconds in the site's zone."""
    return datetime.fromtimestamp(at, ZoneInfo(timezone))
