"""Indicators over HTTP: the catalogue, and one indicator's values with what was counted, of what, and the rows behind.

Agents see their own figures only. Nothing is defined here: ``kpi.measures`` says what each indicator is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from core.clock import iso, utc_now, wall_text
from core.errors import BadInput, NotAllowed
from core.i18n import LANGUAGES, _, language, set_language
from core.people.users import User
from core.rights import Right, Scope
from core.web.answers import off_loop
from core.web.auth import holding
from core.web.masking import masked, sees_numbers
from core.web.routes.roster_office import own_extension
from kpi.api.called import Called
from kpi.api.common import Rooms
from kpi.api.shapes import figures as shape
from kpi.lists.categories import categories
from kpi.measures.catalogue import MEASURES, NOT_MEASURED, Level, Measure, measure
from kpi.measures.counting import QUARTER_S, MeasureQuery, Measuring
from kpi.measures.ratios import Row

Reader = Annotated[User, Depends(holding(Right.INDICATORS))]
NONE = "none"
# A year, and five weeks of quarters: more lines than anybody reads.
MOST_DAYS, MOST_INTERVAL_DAYS = 366, 35
BESIDE = ("median", "p90")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What every value of one answer is written with."""

    user: User
    called: Called
    zone: ZoneInfo
    question: MeasureQuery


def add_routes(rooms: Rooms) -> None:
    app, zone = rooms.web.app, rooms.zone

    @app.get("/api/v1/indicators", response_model=shape.IndicatorPage, tags=["indicators"])
    async def catalogue(_user: Reader) -> dict[str, Any]:
        """Every indicator: what it is, its unit, and what ``by`` it knows."""
        lacking = [{"id": one, "reason": _(why)} for one, why in NOT_MEASURED.items()]
        return {"items": [described(one) for one in MEASURES.values()], "next": None, "not_measured": lacking}

    @app.get("/api/v1/indicators/{id}", response_model=shape.Values, tags=["indicators"])
    async def values(
        id: str,
        user: Reader,
        start: Annotated[
            datetime | None, Query(alias="from", description="Begin; ISO 8601. Today without one.")
        ] = None,
        end: Annotated[datetime | None, Query(alias="to", description="End, not included. Now without one.")] = None,
        by: Annotated[str, Query(max_length=64, description="One or more of the indicator's, with commas.")] = "",
        level: Annotated[
            Level | None, Query(description="Of figures of queues: every entry, or each caller once.")
        ] = None,
        threshold: Annotated[int | None, Query(ge=1, le=3600, description="Another T, whole seconds.")] = None,
    ) -> dict[str, Any]:
        """Numerator, denominator, sample and value of each group. A time without an offset is the site's; the period is
        of whole quarters of an hour, as ``from`` and ``to`` of the answer say. No denominator, no value: null."""
        found, now = measure(id), utc_now()
        wanted = dimensions(found, by)
        from_at, until = period(start, end, now, zone, intervals="interval" in wanted)
        own = _own(user, wanted)
        check_level(found, wanted, level)
        if threshold is not None and not found.id.startswith("service_level."):
            raise BadInput("Only service levels have a threshold.", field="threshold", remedy="Leave it out.")
        installation, _settings = await rooms.installation()
        asked = MeasureQuery(found, from_at, until, wanted, now, own, threshold, level)
        measuring = Measuring(rooms.web, rooms.warehouse, zone, installation)
        groups = await measuring.answer(asked)
        called = Called(installation, await categories(rooms.warehouse))
        shown = _Shown(user, called, zone, asked)
        demo = await measuring.demo(asked)
        written = await off_loop(lambda: [_value(shown, group, row) for group, row in groups])
        return {
            **described(found),
            "from": iso(from_at),
            "to": iso(until),
            "grouped_by": list(wanted),
            "level": asked.counted if found.source == "visits" else None,
            "threshold_s": threshold,
            "demo": demo,
            "values": written,
        }


def described(one: Measure) -> dict[str, Any]:
    """``expression`` in symbols, numerator and denominator in words."""
    return {
        "id": one.id,
        "name": _(one.name),
        "names": {code[:2]: _in(code, one.name) for code in LANGUAGES},
        "unit": one.unit,
        "expression": one.expression,
        "numerator": _(one.counted),
        "denominator": _(one.among),
        "by": list(one.by),
        "minimum": one.minimum,
        "n": one.number,
    }


def dimensions(one: Measure, by: str) -> tuple[str, ...]:
    """The groups asked for; ``BadInput`` for one that the indicator does not know."""
    wanted = tuple(dict.fromkeys(word.strip() for word in by.split(",") if word.strip()))
    for name in wanted:
        if name not in one.by:
            raise BadInput(
                "{indicator} cannot be split by {text}.",
                field="by",
                remedy="Choose among {known}.",
                indicator=one.id,
                text=name,
                known=", ".join(one.by),
            )
    return wanted


def check_level(one: Measure, by: tuple[str, ...], level: Level | None) -> None:
    """``BadInput`` where there is nothing to choose."""
    if level is not None and one.source != "visits":
        raise BadInput("Only figures of queues have a level.", field="level", remedy="Leave it out.")
    if level == "caller" and "queue" in by:
        raise BadInput(
            "A queue counts entries: one caller may enter several.",
            field="level",
            remedy="Leave it out, or ask without queue in by.",
        )


def period(
    start: datetime | None, end: datetime | None, now: float, zone: ZoneInfo, *, intervals: bool = False
) -> tuple[float, float]:
    """Epoch seconds of whole quarters, outward; the day of its end up to now where nothing is said."""
    until = _at(end, zone) if end is not None else datetime.fromtimestamp(now, zone)
    begin = _at(start, zone) if start is not None else until.replace(hour=0, minute=0, second=0, microsecond=0)
    if start is None and begin == until:
        begin -= timedelta(days=1)
    if begin >= until:
        raise BadInput("The end of the period is not after its start.", field="to", remedy="Choose a later end.")
    most = MOST_INTERVAL_DAYS if intervals else MOST_DAYS
    if until - begin > timedelta(days=most):
        raise BadInput("The period is too long.", field="from", remedy="Ask for {days} days at most.", days=most)
    first, last = math.floor(begin.timestamp() / QUARTER_S), math.ceil(until.timestamp() / QUARTER_S)
    return float(first * QUARTER_S), float(last * QUARTER_S)


def _at(given: datetime, zone: ZoneInfo) -> datetime:
    """In the site's zone, so that its midnight is the site's."""
    return given.replace(tzinfo=zone) if given.tzinfo is None else given.astimezone(zone)


def _own(user: User, by: tuple[str, ...]) -> str | None:
    if user.scope(Right.INDICATORS) is Scope.ALL:
        return None
    if "agent" not in by:
        raise NotAllowed("You may see your own figures only.", field="by", remedy="Ask with by=agent.")
    return own_extension(user)


def _value(shown: _Shown, group: dict[str, str], row: Row) -> dict[str, Any]:
    one = shown.question.measure
    value, sample = one.of(row), one.sample_of(row)
    return {
        **{name: _key(shown.user, name, key) for name, key in group.items()},
        "names": {name: _name(shown, name, key) for name, key in group.items()},
        "value": None if value is None else round(value, 6),
        "numerator": plain(one.of.numerator(row)),
        "denominator": plain(one.of.denominator(row)),
        "sample": sample,
        "enough": sample >= one.minimum,
        **{name: round(row[name], 3) for name in BESIDE if row.get(name) is not None},
        **links(shown.question, shown.zone, group),
    }


def links(question: MeasureQuery, zone: ZoneInfo, group: Mapping[str, str]) -> dict[str, str]:
    """The page with exactly the rows counted: of calls or orders where its filter can say it, else of all that counts
    with its share; and the same rows for programs."""
    listed = question.measure.listed
    first, last = question.from_at, question.until
    if "interval" in group:
        first = datetime.fromisoformat(group["interval"]).timestamp()
        last = first + QUARTER_S
    chosen = {name: key or NONE for name, key in group.items() if name != "interval"}
    if question.level == "entry" and "queue" not in chosen:
        chosen["level"] = "entry"
    exact = {"from": iso(first), "to": iso(last), **chosen}
    if question.threshold_s is not None:
        exact["threshold"] = str(question.threshold_s)
    rows = {"rows": f"/api/v1/indicators/{quote(question.measure.id)}/rows?{urlencode(exact)}"}
    if listed is None or (listed.own_threshold and question.threshold_s is not None):
        page = f"/figures?{urlencode({'indicator': question.measure.id, **exact})}"
        return {"list": page, "list_shows": "both", **rows}
    begin, end = (wall_text(datetime.fromtimestamp(at, zone)) for at in (first, last))
    page = f"{listed.page}?{urlencode({'from': begin, 'to': end, **chosen, **listed.filter})}"
    return {"list": page, "list_shows": listed.shows, **rows}


def _key(user: User, name: str, key: str) -> str:
    if name == "agent" and not sees_numbers(user):
        return masked(key) or NONE
    return key or NONE


def _name(shown: _Shown, name: str, key: str) -> str:
    if name == "interval":
        return wall_text(datetime.fromisoformat(key).astimezone(shown.zone))
    return shown.called.name(name, key) or _key(shown.user, name, key)


def plain(number: float) -> float:
    return int(number) if float(number).is_integer() else round(number, 3)


def _in(code: str, message: str) -> str:
    before = language()
    set_language(code)
    try:
        return _(message)
    finally:
        set_language(before)
