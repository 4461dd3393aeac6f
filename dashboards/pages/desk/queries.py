"""What the desk reads from the marts: the agent's own day."""

from __future__ import annotations

from datetime import date
from typing import Any

from etl.warehouse import Warehouse
from kpi.measures import boards
from kpi.measures.ratios import aht


async def today(warehouse: Warehouse, extension: str, day: date) -> dict[str, Any]:
    """Calls handled and their mean handling time; ``None`` before the first one."""
    handled = await boards.handled(warehouse, day, extension)
    # Nothing is counted of a call before its wrap-up ends: no mean then, not one of zero.
    return {"handled": handled["handled"], "mean_handling_s": aht(handled) or None}
