"""Hangs figures and planning into the web process: indicators, calls, alerts, forecasts, staffing, adherence."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from core.clock import utc_now
from core.people import expected_calls
from core.web.context import Web
from etl.feed import FEEDER, Feeder
from etl.warehouse import WAREHOUSE
from kpi import alert_figures
from kpi.api import (
    adherence,
    appeals,
    behind,
    breaks,
    calls,
    comparisons,
    indicators,
    manual,
    periods,
    plan,
    proposals,
    recordings,
    schemes,
    scores,
)
from kpi.api.common import ROOMS, Rooms
from kpi.demo_periods import DemoPeriods
from kpi.judgements import JUDGEMENTS, Judgements
from kpi.judging import judge
from kpi.periods.changes import CHANGES, ChangeWatch
from kpi.plan import PLANNER, Planner
from kpi.proposals import PROPOSALS, Proposals
from kpi.sql_files import sql_of


def mount(web: Web) -> None:
    """After etl, whose warehouse it reads; before the pages, which show it."""
    warehouse, timezone = web.parts[WAREHOUSE], web.settings.timezone
    feeder = web.parts[FEEDER]
    planner = Planner(
        warehouse,
        timezone,
        lambda: float(feeder.status()["lag_s"]),
        lambda: web.in_session(expected_calls.expected),
    )
    rooms = Rooms(web, ZoneInfo(timezone), warehouse, planner)
    proposed = Proposals(web, planner)
    judgements = _judgements(rooms)
    web.parts[PLANNER] = planner
    # For the page that shows the rows behind a figure.
    web.parts[ROOMS] = rooms
    web.parts[PROPOSALS] = proposed
    web.parts[CHANGES] = ChangeWatch(web, warehouse, rooms.zone)
    web.parts[JUDGEMENTS] = judgements
    schemes.add_routes(web)
    for part in (breaks, plan, adherence, indicators, behind, scores, comparisons, periods, appeals, manual):
        part.add_routes(rooms)
    proposals.add_routes(rooms, proposed)
    calls.add_routes(web, warehouse)
    recordings.add_routes(web, warehouse)
    alert_figures.add_to(web, warehouse, feeder.status)
    demo = DemoPeriods(rooms, lambda: _is_fed(feeder))
    web.on_start(proposed.start)
    web.on_start(demo.start)
    web.on_stop(demo.stop)
    web.on_stop(proposed.stop)
    web.on_stop(judgements.stop)


def _is_fed(feeder: Feeder) -> bool:
    told = feeder.status()
    return told["state"] == "up" and not told["behind"]


def _judgements(rooms: Rooms) -> Judgements:
    web, warehouse, zone = rooms.web, rooms.warehouse, rooms.zone

    async def mark() -> int:
        (row,) = await warehouse.fetch(sql_of("schemes/watermark"))
        return int(row["id"])

    return Judgements(
        lambda scheme, from_at, until: judge(web, warehouse, zone, scheme, from_at, until, utc_now()), mark
    )
