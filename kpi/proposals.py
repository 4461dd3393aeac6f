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
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import BadInput, HotlineError, NotFound, Unavailable
from core.installation.definition import Installation
from core.installation.service import load_installation
from core.process import Key
from core.rights import Right
from core.rosters import drafts as roster_drafts
from core.rosters import service as rosters
from core.rosters import templates as roster_templates
from core.rosters.drafts import Draft
from core.rosters.records import Shift, Template
from core.rosters.service import NEIGHBOUR_DAYS, Roster, RosterSettings
from core.web.context import Web
from kpi.plan import Planner
from kpi.planning.problem import RosterProblem
from kpi.planning.worker import problem_row, shift_of
from kpi.proposal_ground import ProposalInputs, ProposalRequest, problem_of, report_of

log = logging.getLogger(__name__)

# A solver that does not end by itself is ended, this much after its limit.
PATIENCE_S = 60.0
END_LIMIT_S = 5.0
LONGEST_LINE = 1 << 24


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

    async def ask(self, wanted: ProposalRequest, by: str) -> Draft:
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

    async def _ground(self, wanted: ProposalRequest) -> ProposalInputs:
        first = rosters.later(wanted.first_day, -NEIGHBOUR_DAYS)
        days = wanted.days + 2 * NEIGHBOUR_DAYS

        def work(session: Session) -> tuple[Installation, RosterSettings, tuple[Template, ...], Roster]:
            return (
                load_installation(session),
                rosters.settings(session),
                tuple(roster_templates.templates(session)),
                rosters.roster(session, first, days, self.planner.zone),
            )

        installation, settings, templates, near = await self.web.in_session(work)
        plan = await self.planner.plan(installation, settings, wanted.first_day, wanted.days)
        return ProposalInputs(installation, settings, templates, near, plan)

    async def _work(
        self, draft_id: int, problem: RosterProblem, ground: ProposalInputs, wanted: ProposalRequest
    ) -> None:
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

    async def _solve(self, draft_id: int, problem: RosterProblem) -> dict[str, Any]:
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
        self.web.live.say(message, lambda user: user.may(Right.ROSTER_PLANS))


def error_row(error: HotlineError) -> dict[str, Any]:
    values = {name: str(value) for name, value in error.values.items()}
    return {"error": {"message": error.message, "remedy": error.remedy, "values": values}}


def error_of(kept: dict[str, Any]) -> HotlineError:
    """A kept refusal, to be translated for whoever reads it now."""
    return HotlineError(kept["message"], remedy=kept.get("remedy"), **kept.get("values", {}))


def existing(draft: Draft | None) -> Draft:
    if draft is None:
        raise NotFound("There is no proposal yet.", remedy="Ask for one.")
    return draft


PROPOSALS = Key[Proposals]("proposals")
