"""What the routes of planning and of figures share."""

from __future__ import annotations

from dataclasses import dataclass

from core.process import Key
from core.web.routes.roster_office import RosterOffice
from etl.warehouse import Warehouse
from kpi.plan import Planner


@dataclass(frozen=True, slots=True)
class Rooms(RosterOffice):
    """The roster's, and the warehouse and the planner."""

    warehouse: Warehouse
    planner: Planner


ROOMS = Key[Rooms]("rooms")
