"""The wall's figures of work orders: what the day brought by category and district, what is overdue, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.i18n import _
from core.workorders.shipped import DEFAULT
from dashboards.components.words import word
from kpi.lists.categories import categories
from kpi.measures.orders import MILESTONES, timeliness
from kpi.measures.ratios import DeadlineCounts
from kpi.measures.warehouse import Fetches

CLOCKS = {clock.id: clock.name for clock in DEFAULT.clocks}

HERE = Path(__file__).parent
COUNTS = (HERE / "orders.sql").read_text("utf-8")
PLACES = (HERE / "order_places.sql").read_text("utf-8")
MOST_POINTS = 600
COUNTED = ("opened", "closed", "closed_at_once", "open", "overdue")
NONE = "none"


async def today(warehouse: Fetches, now: float, timezone: str) -> dict[str, Any]:
    """``points`` are [longitude, latitude, overdue]; every figure is the number of rows of its list."""
    at = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    day = datetime.fromtimestamp(now, ZoneInfo(timezone)).date()
    rows = await warehouse.fetch(COUNTS, {"day": day, "at": at})
    points = await warehouse.fetch(PLACES, {"day": day, "at": at, "most": MOST_POINTS})
    midnight = datetime.combine(day, datetime.min.time(), ZoneInfo(timezone))
    until = midnight + timedelta(days=1)
    kept = await timeliness(warehouse, midnight.timestamp(), until.timestamp(), now)
    names = (await categories(warehouse)).names
    total = {what: sum(row[what] for row in rows) for what in COUNTED}
    return {
        **total,
        "located": points[0]["located"] if points else 0,
        "categories": shares(rows, "category", names),
        "districts": shares(rows, "district", {}),
        "timeliness": [milestone(clock, kept) for clock in MILESTONES if clock != "total"],
        "points": [[row["longitude"], row["latitude"], row["overdue"]] for row in points],
    }


def milestone(clock: str, found: Iterable[tuple[str, Any, DeadlineCounts]]) -> dict[str, Any]:
    """Of the deadlines that fell today up to now, those that were kept."""
    whole = sum((one for name, _group, one in found if name == clock), DeadlineCounts())
    return {"clock": clock, "name": word(CLOCKS, clock), "due": whole.due, "kept": whole.kept, "share": whole.share}


def shares(rows: Iterable[dict[str, Any]], what: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Summed by category or district, most of the day first; those without anything to tell are left out."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        known = row[what]
        name = _("not known") if known == NONE else names.get(known, known)
        one = found.setdefault(known, {"id": known, "name": name, "opened": 0, "closed": 0, "overdue": 0})
        for counted in ("opened", "closed", "overdue"):
            one[counted] += row[counted]
    some = [one for one in found.values() if one["opened"] or one["closed"] or one["overdue"]]
    return sorted(some, key=lambda one: (-one["opened"], -one["overdue"], one["name"]))
