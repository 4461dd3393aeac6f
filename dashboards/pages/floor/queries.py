"""What the floor reads from the marts: the day's figures and those of the last quarter of an hour, as counts."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import iso, naive_utc
from dashboards.components.turned_away import turned_away
from etl.warehouse import Warehouse
from kpi.measures import boards
from kpi.measures.ratios import CallCounts, abandon_rate, aht, short_abandons_removed


async def figures(warehouse: Warehouse, now: float, timezone: str) -> dict[str, Any]:
    """``day`` and ``lately`` hold ratios beside the counts that make them up; ``None`` is no data.

    Of whole seconds, so that a link can name the quarter of an hour that ``lately`` counted: ``from`` and ``to``.
    """
    now = math.floor(now)
    day = datetime.fromtimestamp(now, ZoneInfo(timezone)).date()
    handled = await boards.handled(warehouse, day)
    today, lately = await boards.today(warehouse, day), await boards.lately(warehouse, naive_utc(now))
    return {
        "day": {**_of_the_house(today), **await turned_away(warehouse, day)},
        "lately": {**_of_the_house(lately), "from": iso(now - boards.LATELY.total_seconds()), "to": iso(now)},
        "aht": aht(handled),
        "handled": handled["handled"],
    }


def _of_the_house(found: boards.ByQueue) -> dict[str, Any]:
    counts = found.get(None, CallCounts())
    return {
        **asdict(counts),
        "offered": counts.offered,
        "service_level": short_abandons_removed(counts),
        "abandon_rate": abandon_rate(counts),
    }
