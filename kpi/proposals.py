"""Proposed rosters of the running site: asked for, worked out in a process of their own, kept as drafts.

The web process only starts the solver, hears of its progress and can end it. A draft outlives a reload of the page;
one that was running when the house ended is marked as failed at the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.api.app import Web
from core.clock import utc_now
from core.errors import BadInput, HotlineError, NotFound, Unavailable
from core.people import roster_drafts, roster_templates, rosters
from core.people.roster_drafts import Draft
from core.people.roster_records import Shift, Template
from core.people.rosters import NEIGHBOUR_DAYS, Roster, Settings
from core.people.site_service import load_site
from core.people.users import Role
from core.site import Site
from kpi.plan import Plan, Planner
from kpi.planning import staffing
from kpi.planning.problem import Person, Problem
from kpi.planning.worker import problem_row, shift_of

log = logging.getLogger(__name__)

WATCHERS = (Role.SUPERVISOR, Role.DIRECTOR, Role.ADMIN)
# A solver that does not end by itself is ended, this much after its limit.
PATIENCE_S = 60.0
END_LIMIT_S = 5.0
LONGEST_LINE = 1 << 24


@dataclass(frozen=True, slots=True)
class Wanted:
    """``keep``: what stands stays, only gaps are filled."""

    first_day: str
    days: int
    keep: bool = False
    limit_s: float = 30.0


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a proposal is worked out from."""

    site: Site
    settings: Settings
    templates: tuple[Template, ...]
    near: Roster
    plan: Plan


class Proposals:
    def __init__(self, web: Web, planner: Planner) -> None:
        self.web, self.planner = web, planner
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.processes: dict[int, Process] = {}
        self.progress: dict[int, dict[str, Any]] = {}

    async def start(self) -> None:
        report = error_row(
            Unavailable("The house was ended while it was being worked out.", remedy="Ask for a new one.")
        )
        try:
            await self.web.in_session(lambda session: roster_drafts.end_orphans(session, report, utc_now()))
        except SQLAlchemyError as away:
            # Pages are served without a database; the draft is then put right at the next start.
            log.warning("drafts are not looked at: %s", away)

    async def stop(self) -> None:
        for draft_id in list(self._tasks):
            await self._end(draft_id)

    async def ask(self, wanted: Wanted, by: str) -> Draft:
        """Begins; ``BadInput`` for days that have begun, ``Conflict`` while another is worked out."""
        today = self.planner.today().isoformat()
        if wanted.first_day <= today:
            raise BadInput(
                "A proposal begins tomorrow at the earliest.", field="from", remedy="Choose a later first day."
            )
        ground = await self._ground(wanted)
        problem = problem_of(ground, wanted, self.planner.timezone)
        about = {"keep": wanted.keep, "limit_s": wanted.limit_s}
        draft = await self.web.in_session(
            lambda session: roster_drafts.begin_draft(session, wanted.first_day, wanted.days, about, by, utc_now())
        )
        self.progress[draft.id] = {"phase": "start", "limit_s": wanted.limit_s}
        self._tasks[draft.id] = asyncio.create_task(self._work(draft.id, problem, ground, wanted))
        return draft

    async def cancel(self, draft_id: int) -> None:
        await self._end(draft_id)
        await self.web.in_session(
            lambda session: roster_drafts.end_draft(session, draft_id, "cancelled", utc_now(), report={})
        )
        self._tell(draft_id)

    # --- inside ------------------------------------------------------------------------------------------------

    async def _ground(self, wanted: Wanted) -> _Ground:
        first = rosters.later(wanted.first_day, -NEIGHBOUR_DAYS)
        days = wanted.days + 2 * NEIGHBOUR_DAYS

        def work(session: Session) -> tuple[Site, Settings, tuple[Template, ...], Roster]:
            return (
                load_site(session),
                rosters.settings(session),
                tuple(roster_templates.templates(session)),
                rosters.roster(session, first, days, self.planner.zone),
            )

        site, settings, templates, near = await self.web.in_session(work)
        plan = await self.planner.plan(site, settings, wanted.first_day, wanted.days)
        return _Ground(site, settings, templates, near, plan)

    async def _work(self, draft_id: int, problem: Problem, ground: _Ground, wanted: Wanted) -> None:
        state, report = "failed", {}
        shifts: tuple[Shift, ...] = ()
        try:
            async with asyncio.timeout(problem.limit_s * 2 + PATIENCE_S):
                said = await self._solve(draft_id, problem)
            if "proposal" in said:
                shifts = tuple(shift_of(one) for one in said["proposal"].pop("shifts"))
                report = await asyncio.to_thread(report_of, ground, wanted, shifts, said["proposal"], self.planner)
                state = "done"
            else:
                report = {"error": said["error"]}
        except TimeoutError:
            report = error_row(Unavailable("The solver did not end in time.", remedy="Ask for fewer days."))
        except HotlineError as refused:
            report = error_row(refused)
        except asyncio.CancelledError:
            # Whoever cancelled writes it down.
            raise
        except Exception:
            log.exception("proposal %s", draft_id)
            report = error_row(Unavailable("The solver failed.", remedy="Try again; the log says more."))
        finally:
            self._tasks.pop(draft_id, None)
            self.progress.pop(draft_id, None)
            await self._kill(draft_id)
        await self.web.in_session(
            lambda session: roster_drafts.end_draft(session, draft_id, state, utc_now(), shifts=shifts, report=report)
        )
        self._tell(draft_id)

    async def _solve(self, draft_id: int, problem: Problem) -> dict[str, Any]:
        """The worker's last word."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kpi.planning.worker", stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
        )
        self.processes[draft_id] = process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(problem_row(problem))
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        process.stdin.close()
        while line := await process.stdout.readline():
            said: dict[str, Any] = orjson.loads(line)
            if "progress" not in said:
                await process.wait()
                return said
            known = self.progress.get(draft_id, {})
            self.progress[draft_id] = {**known, **said["progress"]}
            self._tell(draft_id)
        raise Unavailable(
            "The solver ended without an answer ({code}).",
            remedy="Try again; the log says more.",
            code=await process.wait(),
        )

    async def _end(self, draft_id: int) -> None:
        task = self._tasks.pop(draft_id, None)
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._kill(draft_id)

    async def _kill(self, draft_id: int) -> None:
        process = self.processes.pop(draft_id, None)
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_LIMIT_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _tell(self, draft_id: int) -> None:
        message = {"type": "roster_proposal", "id": draft_id, "progress": self.progress.get(draft_id)}
        self.web.live.say(message, lambda user: user.role in WATCHERS)


def problem_of(ground: _Ground, wanted: Wanted, timezone: str) -> Problem:
    last = rosters.later(wanted.first_day, wanted.days)
    inside = [shift for shift in ground.near.shifts if wanted.first_day <= shift.day < last]
    around = [shift for shift in ground.near.shifts if not wanted.first_day <= shift.day < last]
    fixed = rosters.by_agent([*around, *(inside if wanted.keep else ())])
    people = tuple(
        Person(
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
        for agent in ground.site.agents.values()
        if agent.queues
    )
    return Problem(
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
    )


def report_of(
    ground: _Ground, wanted: Wanted, shifts: Sequence[Shift], reached: dict[str, Any], planner: Planner
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
    }


def figures(
    ground: _Ground, everything: Sequence[Shift], inside: Sequence[Shift], wanted: Wanted, planner: Planner
) -> dict[str, Any]:
    serves: dict[str, Sequence[str]] = {agent.extension: list(agent.queues) for agent in ground.site.agents.values()}
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


def error_row(error: HotlineError) -> dict[str, Any]:
    values = {name: str(value) for name, value in error.values.items()}
    return {"error": {"message": error.message, "remedy": error.remedy, "values": values}}


def error_of(kept: dict[str, Any]) -> HotlineError:
    """A kept refusal, to be translated for whoever reads it now."""
    return HotlineError(kept["message"], remedy=kept.get("remedy"), **kept.get("values", {}))


def known(draft: Draft | None) -> Draft:
    if draft is None:
        raise NotFound("There is no proposal yet.", remedy="Ask for one.")
    return draft
