"""What a proposal is worked out from, and what it is compared with: the office's roster and plan as a problem, and the
report in equal figures before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.installation.definition import Installation
from core.rosters import service as rosters
from core.rosters.records import Shift, Template
from core.rosters.service import Roster, RosterSettings
from kpi.plan import Planner, StaffingPlan
from kpi.planning import staffing
from kpi.planning.problem import PlannedAgent, RosterProblem


@dataclass(frozen=True, slots=True)
class ProposalRequest:
    """``keep``: what stands stays, only gaps are filled."""

    first_day: str
    days: int
    keep: bool = False
    limit_s: float = 30.0


@dataclass(frozen=True, slots=True)
class ProposalInputs:
    """What a proposal is worked out from."""

    installation: Installation
    settings: RosterSettings
    templates: tuple[Template, ...]
    near: Roster
    plan: StaffingPlan


def problem_of(ground: ProposalInputs, wanted: ProposalRequest, timezone: str) -> RosterProblem:
    last = rosters.later(wanted.first_day, wanted.days)
    inside = [shift for shift in ground.near.shifts if wanted.first_day <= shift.day < last]
    around = [shift for shift in ground.near.shifts if not wanted.first_day <= shift.day < last]
    fixed = rosters.by_agent([*around, *(inside if wanted.keep else ())])
    people = tuple(
        PlannedAgent(
            agent.extension,
            tuple(sorted(agent.queues)),
            tuple(sorted(agent.skills)),
            tuple(fixed.get(agent.extension, ())),
            tuple(
                leave
                for leave in ground.near.leaves
                if leave.extension == agent.extension and leave.state == "approved"
            ),
        )
        for agent in ground.installation.agents.values()
        if agent.queues
    )
    return RosterProblem(
        wanted.first_day,
        wanted.days,
        timezone,
        people,
        ground.templates,
        {pool.id: tuple(sorted(pool.queues)) for pool in ground.plan.pools},
        {
            need.pool: tuple(tuple(map(float, row)) for row in np.nan_to_num(need.rostered))
            for need in ground.plan.needs
        },
        ground.settings.rules,
        ground.settings.due_week_s,
        () if wanted.keep else tuple(inside),
        wanted.limit_s,
        least_present=ground.settings.least_present,
    )


def report_of(
    ground: ProposalInputs, wanted: ProposalRequest, shifts: Sequence[Shift], reached: dict[str, Any], planner: Planner
) -> dict[str, Any]:
    """Before and after, in the same figures: agent hours missing by pool, hours of people, unpopular shifts."""
    last = rosters.later(wanted.first_day, wanted.days)
    before = [shift for shift in ground.near.shifts if wanted.first_day <= shift.day < last]
    night_before = [shift for shift in ground.near.shifts if shift.day == rosters.later(wanted.first_day, -1)]
    places = [{(s.extension, s.starts_at, s.ends_at) for s in some} for some in (before, shifts)]
    return {
        **reached,
        "before": figures(ground, [*night_before, *before], before, wanted, planner),
        "after": figures(ground, [*night_before, *shifts], shifts, wanted, planner),
        "added": len(places[1] - places[0]),
        "removed": len(places[0] - places[1]),
        "kept": len(places[0] & places[1]),
        "rested": _moved(before, shifts),
    }


def _moved(before: Sequence[Shift], after: Sequence[Shift]) -> int:
    """How many shifts stay and rest at another time."""
    rests = {(s.extension, s.starts_at, s.ends_at): set(s.breaks) for s in before}
    return sum(rests.get((s.extension, s.starts_at, s.ends_at), set(s.breaks)) != set(s.breaks) for s in after)


def figures(
    ground: ProposalInputs,
    everything: Sequence[Shift],
    inside: Sequence[Shift],
    wanted: ProposalRequest,
    planner: Planner,
) -> dict[str, Any]:
    serves: dict[str, Sequence[str]] = {
        agent.extension: list(agent.queues) for agent in ground.installation.agents.values()
    }
    duty = staffing.on_duty(everything, wanted.first_day, wanted.days, planner.zone)
    short = {
        pool.id: round(float(staffing.short_hours(need, staffing.rostered(duty, serves, pool)).sum()), 2)
        for pool, need in zip(ground.plan.pools, ground.plan.needs, strict=True)
    }
    by_agent = rosters.by_agent(inside)
    hours = [sum(s.paid_s for s in by_agent.get(extension, ())) / 3600 for extension in serves]
    return {
        "short_h": short,
        "shifts": len(inside),
        "hours": round(sum(hours), 1),
        "hours_least": round(min(hours, default=0.0), 1),
        "hours_most": round(max(hours, default=0.0), 1),
    }
