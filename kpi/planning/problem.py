"""What a proposed roster is asked for. Pure records.

Days count from the first one; quarters of an hour (900 s) are the unit of hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.rosters.records import (
    Leave,
    Rules,
    Shift,
    Template,
)

SLOTS = 96
UNIT_S = 900.0
RULES = ("rest", "week", "row", "leave", "skills")

ShiftSlot = tuple[int, int]
Choice = tuple[int, int, int]
# A break at a place: which of the template's breaks, and which of its possible times.
Rest = tuple[ShiftSlot, int, int]
# How many people of a sort rest so.
Resting = Counter[tuple[int, Rest]]


@dataclass(frozen=True, slots=True)
class PlannedAgent:
    """``fixed`` are shifts that stay: around the days, and inside when they are kept."""

    extension: str
    serves: tuple[str, ...]
    skills: tuple[str, ...]
    fixed: tuple[Shift, ...] = ()
    leaves: tuple[Leave, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """``needs`` maps a pool to people per quarter, day by day; ``pools`` a pool to its queues; ``standing`` is the
    roster of now, from which the search starts. ``workers`` are threads with a way of searching each: more ways than
    processors find more than as many."""

    first_day: str
    days: int
    timezone: str
    people: tuple[PlannedAgent, ...]
    templates: tuple[Template, ...]
    pools: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, tuple[tuple[float, ...], ...]]
    rules: Rules
    due_week_s: float
    standing: tuple[Shift, ...] = ()
    limit_s: float = 20.0
    workers: int = 8
    seed: int = 1
    least_present: int = 0


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """``missing`` people are needed in ``weight`` quarters that the shifts at ``covering`` (day, template) cover, less
    those who take one of the ``rests`` and those whose leave lies there (``gone``)."""

    pool: str
    missing: int
    covering: tuple[ShiftSlot, ...]
    rests: tuple[Rest, ...]
    gone: tuple[Choice, ...]
    weight: int
