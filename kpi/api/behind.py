"""The rows behind a figure over HTTP, for programs and for the page that shows them; agents see their own only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from core.clock import iso, utc_now
from core.errors import BadInput, NotAllowed
from core.people.users import User
from core.rights import Right, Scope
from core.web.answers import off_loop
from core.web.masking import masked, sees_numbers
from core.web.routes.roster_office import own_extension
from kpi.api.called import Called
from kpi.api.common import Rooms
from kpi.api.indicators import NONE, Reader, check_level, described, period
from kpi.api.shapes import figures as shape
from kpi.lists.calls import numbers_shown
from kpi.lists.categories import categories
from kpi.measures import behind
from kpi.measures.behind import Item
from kpi.measures.catalogue import Level, Measure, measure
from kpi.measures.counting import MeasureQuery, Measuring

GROUPS = ("queue", "agent", "group", "district", "category", "site")
A_PAGE = 500


@dataclass(frozen=True, slots=True)
class RowsQuery:
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
    @rooms.web.app.get("/api/v1/indicators/{id}/rows", response_model=shape.Rows, tags=["indicators"])
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
        return await answer(rooms, user, RowsQuery(id, start, end, chosen, level, threshold, cursor, limit))


async def answer(rooms: Rooms, user: User, wanted: RowsQuery) -> dict[str, Any]:
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
    question = MeasureQuery(found, from_at, until, tuple(chosen), now, _own(user, found), wanted.threshold, level)
    installation, _settings = await rooms.installation()
    called = Called(installation, await categories(rooms.warehouse))
    rows = await behind.items(Measuring(rooms.web, rooms.warehouse, rooms.zone, installation), question, chosen)
    last = wanted.skip + wanted.most
    told = {"from": iso(from_at), "to": iso(until), **chosen}
    if any(one.kind == "caller" for one in rows):
        told["numbers"] = numbers_shown(user)
    rooms.web.audit.seen(user.name, "figure_opened", found.id, **told)
    return await off_loop(
        lambda: {
            **described(found),
            "from": iso(from_at),
            "to": iso(until),
            "chosen": chosen,
            "level": level,
            "count": len(rows),
            "sum_numerator": round(sum(one.numerator for one in rows), 3),
            "sum_denominator": round(sum(one.denominator for one in rows), 3),
            "items": [_row(rooms, user, called, one) for one in rows[wanted.skip : last]],
            "next": last if last < len(rows) else None,
        }
    )


def _own(user: User, one: Measure) -> str | None:
    if user.scope(Right.INDICATORS) is Scope.ALL:
        return None
    if "agent" not in one.by:
        raise NotAllowed("You may see your own figures only.", field="id", remedy="Choose a figure of agents.")
    return own_extension(user)


def _row(rooms: Rooms, user: User, called: Called, one: Item) -> dict[str, Any]:
    plain = sees_numbers(user)
    hidden = one.kind == "caller" and not plain
    return {
        "kind": one.kind,
        "id": masked(one.id) if hidden else one.id,
        "link": None if hidden else _link(rooms, one),
        "at": iso(one.at),
        "until": None if one.until is None else iso(one.until),
        **{name: _key(name, key, plain=plain) for name, key in one.group.items()},
        "names": {name: called.name(name, key) or _key(name, key, plain=plain) for name, key in one.group.items()},
        **one.facts,
        **({"reason_name": called.reason(one.facts["reason"])} if "reason" in one.facts else {}),
        "numerator": round(one.numerator, 6),
        "denominator": round(one.denominator, 6),
    }


def _link(rooms: Rooms, one: Item) -> str | None:
    match one.kind:
        case "call":
            return f"/calls/{one.id}"
        case "order":
            return f"/orders/{one.id}"
        case "caller":
            # The site's day, and no number in an address.
            day = datetime.fromtimestamp(one.at, rooms.zone).date().isoformat()
            return f"/calls?{urlencode({'from': day, 'caller': rooms.web.sessions.seal.seal(one.id)})}"
    return None


def _key(name: str, key: str, *, plain: bool) -> str:
    return (masked(key) if name == "agent" and not plain else key) or NONE
