"""Where today's reports come from and what they are about: calls of the day, placed by the customers' meters."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from core.api.app import Web
from core.customers.service import Place, places_of
from dashboards.pages.wallboard.queries import Fetches

# Work orders will take the place of calls here; until then a report is a call of these queues or categories.
REPORT_QUEUES = ("repair",)
REPORT_CATEGORIES = ("报修", "水质", "举报")
MOST_POINTS = 600
REMEMBERED = 50_000

CATEGORIES = """
select
    split_part(category, '/', 1) as name,
    count(*) as calls
from marts.fct_calls
where day = $day and category is not null and category <> ''
group by name
order by
    calls desc,
    name
"""

REPORTS = """
select
    caller,
    arrived_at
from marts.fct_calls
where
    day = $day
    and direction = 'inbound'
    and (list_contains($queues, last_queue) or list_contains($categories, split_part(category, '/', 1)))
order by arrived_at desc
"""


class Places:
    """Remembers where numbers are, so that the operational database is asked once for each."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._known: OrderedDict[str, Place | None] = OrderedDict()

    async def today(self, warehouse: Fetches, day: date) -> dict[str, Any]:
        """``categories`` by calls; ``districts`` with counts; ``points`` newest first as [longitude, latitude]."""
        categories = await warehouse.fetch(CATEGORIES, {"day": day})
        wanted = {"day": day, "queues": list(REPORT_QUEUES), "categories": list(REPORT_CATEGORIES)}
        numbers = [row["caller"] for row in await warehouse.fetch(REPORTS, wanted)]
        await self._look_up(numbers)
        placed = [place for number in numbers if (place := self._known.get(number)) is not None]
        counts = Counter(place.district for place in placed)
        return {
            "categories": [{"name": row["name"], "calls": row["calls"]} for row in categories],
            "located": len(placed),
            "unlocated": len(numbers) - len(placed),
            "districts": [{"name": name, "reports": count} for name, count in counts.most_common()],
            "points": [[place.longitude, place.latitude] for place in placed[:MOST_POINTS]],
        }

    async def _look_up(self, numbers: Iterable[str]) -> None:
        unknown = [number for number in dict.fromkeys(numbers) if number not in self._known]
        if not unknown:
            return
        found = await self._web.in_session(lambda session: places_of(session, unknown))
        self._known.update((number, found.get(number)) for number in unknown)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def outlines(places: Iterable[tuple[str, float, float]]) -> dict[str, list[list[float]]]:
    """A district's outline as the convex hull of its addresses (Andrew 1979): a site's own layers come later."""
    by_name: dict[str, list[tuple[float, float]]] = {}
    for name, longitude, latitude in places:
        by_name.setdefault(name, []).append((longitude, latitude))
    return {name: [list(point) for point in hull(points)] for name, points in by_name.items()}


def hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Counter-clockwise, without the first point again; fewer than three points are returned as they are."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def half(some: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for point in some:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return half(ordered) + half(reversed(ordered))


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Positive for a left turn."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
