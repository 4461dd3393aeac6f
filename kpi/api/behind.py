"""The rows behind a figure over HTTP, for programs and for the page that shows them; agents see their own only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from core.api.masking import masked, sees_numbers
from core.clock import iso, utc_now
from core.errors import BadInput, NotAllowed
from core.people.users import User
from core.rights import Right, Scope
from core.site import Site
from kpi import behind
from kpi.api.common import Rooms, own_extension
from kpi.api.indicators import NONE, Reader, check_level, described, period
from kpi.behind import Item
from kpi.measures import Level, Measure, measure
from kpi.measuring import Measuring, Question

GROUPS = ("queue", "agent", "group", "district", "category", "site")
A_PAGE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows; ``chosen`` limits to groups of the indicator, ``none`` being those without one."""

    indicator: str
    start: datetime | None = None
    end: datetime | None = None
    chosen: Mapping[str, str] | None = None
    level: Level | None = None
    threshold: int | None = None
    skip: int = 0
    most: int = A_PAGE


def add_routes(rooms: Rooms) -> None:
    @rooms.web.app.get("/api/v1/indicators/{id}/rows", tags=["indicators"])
    async def rows(
        id: str,
        user: Reader,
        start: Annotated[datetime | None, Query(alias="from", description="As of the figure.")] = None,
        end: Annotated[datetime | None, Query(alias="to", description="As of the figure.")] = None,
        queue: Annotated[str, Query(max_length=64)] = "",
        agent: Annotated[str, Query(max_length=64)] = "",
        group: Annotated[str, Query(max_length=64)] = "",
        district: Annotated[str, Query(max_length=64)] = "",
        category: Annotated[str, Query(max_length=64)] = "",
        site: Annotated[str, Query(max_length=64)] = "",
        level: Annotated[Level | None, Query(description="Every entry, or each caller once.")] = None,
        threshold: Annotated[int | None, Query(ge=1, le=3600, description="Another T, whole seconds.")] = None,
        limit: Annotated[int, Query(ge=1, le=5000)] = A_PAGE,
        cursor: Annotated[int, Query(ge=0, description="``next`` of the page before.")] = 0,
    ) -> dict[str, Any]:
        """Each thing that the figure counts, with its own share of numerator and denominator: they add up to it."""
        given = dict(zip(GROUPS, (queue, agent, group, district, category, site), strict=True))
        chosen = {name: key for name, key in given.items() if key}
        return await answer(rooms, user, Wanted(id, start, end, chosen, level, threshold, cursor, limit))


async def answer(rooms: Rooms, user: User, wanted: Wanted) -> dict[str, Any]:
    """One page of the rows, and the sums of all of them."""
    found, now, chosen = measure(wanted.indicator), utc_now(), dict(wanted.chosen or {})
    for name in chosen:
        if name not in found.by:
            raise BadInput(
                "{indicator} cannot be split by {text}.",
                field=name,
                remedy="Choose among {known}.",
                indicator=found.id,
                text=name,
                known=", ".join(found.by),
            )
    check_level(found, tuple(chosen), wanted.level)
    from_at, until = period(wanted.start, wanted.end, now, rooms.zone)
    level = wanted.level or ("entry" if "queue" in chosen else "caller") if found.source == "visits" else None
    question = Question(found, from_at, until, tuple(chosen), now, _own(user, found), wanted.threshold, level)
    site, _settings = await rooms.site()
    rows = await behind.items(Measuring(rooms.web, rooms.warehouse, rooms.zone, site), question, chosen)
    last = wanted.skip + wanted.most
    return {
        **described(found),
        "from": iso(from_at),
        "to": iso(until),
        "chosen": chosen,
        "level": level,
        "count": len(rows),
        "sum_numerator": round(sum(one.numerator for one in rows), 3),
        "sum_denominator": round(sum(one.denominator for one in rows), 3),
        "items": [_row(user, site, one) for one in rows[wanted.skip : last]],
        "next": last if last < len(rows) else None,
    }


def _own(user: User, one: Measure) -> str | None:
    if user.scope(Right.INDICATORS) is Scope.ALL:
        return None
    if "agent" not in one.by:
        raise NotAllowed("You may see your own figures only.", field="id", remedy="Choose a figure of agents.")
    return own_extension(user)


def _row(user: User, site: Site, one: Item) -> dict[str, Any]:
    plain = sees_numbers(user)
    hidden = one.kind == "caller" and not plain
    return {
        "kind": one.kind,
        "id": masked(one.id) if hidden else one.id,
        "link": None if hidden else _link(one),
        "at": iso(one.at),
        "until": None if one.until is None else iso(one.until),
        **{name: _key(name, key, plain=plain) for name, key in one.group.items()},
        "names": {name: _name(site, name, key, plain=plain) for name, key in one.group.items()},
        **one.facts,
        "numerator": round(one.numerator, 6),
        "denominator": round(one.denominator, 6),
    }


def _link(one: Item) -> str | None:
    match one.kind:
        case "call":
            return f"/calls/{one.id}"
        case "order":
            return f"/orders/{one.id}"
        case "caller":
            return f"/calls?{urlencode({'from': iso(one.at)[:10], 'caller': one.id})}"
    return None


def _key(name: str, key: str, *, plain: bool) -> str:
    return (masked(key) if name == "agent" and not plain else key) or NONE


def _name(site: Site, name: str, key: str, *, plain: bool) -> str:
    if name == "queue" and key in site.queues:
        return site.queues[key].name
    if name == "agent" and key in site.agents:
        return site.agents[key].name
    return _key(name, key, plain=plain)
