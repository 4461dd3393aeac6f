"""Proposals over HTTP: ask, watch, cancel, compare, take over."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import Field

from core.clock import utc_now
from core.i18n import translate_error
from core.rosters import drafts as roster_drafts
from core.rosters.drafts import Draft
from core.web.routes import roster_rows as rows
from core.web.routes.roster_office import FORTNIGHT, Editor, Planning
from core.web.routes.roster_rows import DAY
from core.web.routes.telephony import Body
from core.web.shapes import rosters as shape
from kpi.api.common import Rooms
from kpi.proposal_ground import ProposalRequest
from kpi.proposals import Proposals, error_of, existing

Number = Annotated[int, Path(ge=1)]


class ProposalBody(Body):
    """``keep``: what stands stays, only gaps are filled. ``limit_s``: how long the solver may take."""

    first_day: str = Field(alias="from", pattern=DAY)
    days: int = Field(FORTNIGHT, ge=1, le=28)
    keep: bool = False
    limit_s: float = Field(40.0, ge=5, le=300)


def add_routes(rooms: Rooms, proposals: Proposals) -> None:
    web, zone = rooms.web, rooms.zone
    path = "/api/v1/rosters/proposals"

    @web.app.post(path, response_model=shape.Proposal, status_code=202, tags=["rosters"])
    async def ask(wanted: ProposalBody, user: Editor) -> dict[str, Any]:
        """Begins to work one out in a process of its own; ask again for how far it is."""
        first_day = rows.checked_day(wanted.first_day, "from")
        draft = await proposals.ask(ProposalRequest(first_day, wanted.days, wanted.keep, wanted.limit_s), user.name)
        return shown(rooms, proposals, draft)

    @web.app.get(f"{path}/newest", response_model=shape.Proposal, tags=["rosters"])
    async def newest(_user: Planning) -> dict[str, Any]:
        return shown(rooms, proposals, existing(await web.in_session(roster_drafts.newest_draft)))

    @web.app.get(f"{path}/{{draft_id}}", response_model=shape.Proposal, tags=["rosters"])
    async def one(draft_id: Number, _user: Planning) -> dict[str, Any]:
        return shown(rooms, proposals, await web.in_session(lambda session: roster_drafts.draft(session, draft_id)))

    @web.app.post(f"{path}/{{draft_id}}/cancel", response_model=shape.Proposal, tags=["rosters"])
    async def cancel(draft_id: Number, _user: Editor) -> dict[str, Any]:
        await web.in_session(lambda session: roster_drafts.draft(session, draft_id))
        await proposals.cancel(draft_id)
        return shown(rooms, proposals, await web.in_session(lambda session: roster_drafts.draft(session, draft_id)))

    @web.app.post(f"{path}/{{draft_id}}/take-over", response_model=shape.TakenOver, tags=["rosters"])
    async def take_over(draft_id: Number, user: Editor) -> dict[str, Any]:
        """The draft becomes the roster of its days, checked against the rules as they are now; all of it or nothing."""
        today = rooms.today().isoformat()
        counts = await web.in_session(
            lambda session: roster_drafts.take_over(session, draft_id, today, user.name, utc_now(), zone)
        )
        rooms.changed()
        return counts


def shown(rooms: Rooms, proposals: Proposals, draft: Draft) -> dict[str, Any]:
    """The draft with how far it is; a failure in the reader's language."""
    row = rows.draft_row(draft, rooms.zone)
    row["progress"] = proposals.progress.get(draft.id) or draft.progress
    if (refused := draft.report.get("error")) is not None:
        message, remedy = translate_error(error_of(refused))
        row["report"] = {"error": {"message": message, "remedy": remedy}}
    return row
