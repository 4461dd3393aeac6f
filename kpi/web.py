"""Hangs planning into the web process: rosters, forecasts, proposals, adherence, calendars."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from core.api.app import Web
from kpi.api import adherence, behind, breaks, calendar, indicators, leave, plan, proposals, roster, swaps
from kpi.api.common import Rooms
from kpi.plan import Planner
from kpi.proposals import Proposals


def mount(web: Web) -> None:
    """After etl, whose warehouse it reads; before the pages, which show it."""
    warehouse, timezone = web.parts["warehouse"], web.settings.timezone
    feeder = web.parts["feeder"]
    planner = Planner(warehouse, timezone, lambda: float(feeder.status()["lag_s"]))
    rooms = Rooms(web, warehouse, planner, ZoneInfo(timezone))
    proposed = Proposals(web, planner)
    web.parts["planner"] = planner
    # For the page that shows the rows behind a figure.
    web.parts["rooms"] = rooms
    web.parts["proposals"] = proposed
    for part in (roster, breaks, leave, swaps, plan, adherence, calendar, indicators, behind):
        part.add_routes(rooms)
    proposals.add_routes(rooms, proposed)
    web.on_start(proposed.start)
    web.on_stop(proposed.stop)
