"""Swaps over HTTP: the agent asks, the colleague answers, the supervisor decides."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from core.clock import utc_now
from core.rosters import swaps as roster_swaps
from core.rosters.swaps import SwapRequest
from core.web.routes.roster_office import Agent, Editor, RosterOffice, own_extension
from core.web.routes.telephony import Body
from core.web.shapes import Page
from core.web.shapes import rosters as shape


class SwapBody(Body):
    """Without ``other_shift_id`` the colleague takes the shift over and gives none back."""

    shift_id: int
    other_extension: str = Field(min_length=1, max_length=20)
    other_shift_id: int | None = None
    words: str = Field("", max_length=200)


class SwapAnswer(Body):
    accept: bool


class SwapDecision(Body):
    approve: bool
    words: str = Field("", max_length=200)


def add_routes(office: RosterOffice) -> None:
    web, zone = office.web, office.zone
    path = "/api/v1/rosters/swaps"

    @web.app.get(f"{path}/candidates", response_model=Page[shape.SwapCandidate], tags=["rosters"])
    async def candidates(shift: int, user: Agent) -> dict[str, Any]:
        """Swaps of this shift that the rules permit, on both sides."""
        me = own_extension(user)
        found = await web.in_session(lambda session: roster_swaps.candidates(session, shift, me, utc_now(), zone))
        return {"items": found, "next": None}

    @web.app.post(path, response_model=shape.Swap, status_code=201, tags=["rosters"])
    async def ask(wanted: SwapBody, user: Agent) -> dict[str, Any]:
        me, asked = own_extension(user), SwapRequest(**wanted.model_dump())
        return await done(lambda session: roster_swaps.ask(session, asked, me, user.name, utc_now(), zone))

    @web.app.post(f"{path}/{{swap_id}}/answer", response_model=shape.Swap, tags=["rosters"])
    async def answer(swap_id: int, said: SwapAnswer, user: Agent) -> dict[str, Any]:
        me = own_extension(user)
        return await done(
            lambda session: roster_swaps.answer(session, swap_id, me, user.name, utc_now(), zone, accept=said.accept)
        )

    @web.app.post(f"{path}/{{swap_id}}/decision", response_model=shape.Swap, tags=["rosters"])
    async def decide(swap_id: int, said: SwapDecision, user: Editor) -> dict[str, Any]:
        """With the approval the shifts change hands."""
        return await done(
            lambda session: roster_swaps.decide(
                session, swap_id, user.name, utc_now(), zone, approve=said.approve, words=said.words
            )
        )

    @web.app.delete(f"{path}/{{swap_id}}", response_model=shape.Swap, tags=["rosters"])
    async def withdraw(swap_id: int, user: Agent) -> dict[str, Any]:
        me = own_extension(user)
        return await done(lambda session: roster_swaps.withdraw(session, swap_id, me, user.name, utc_now()))

    async def done(work: Any) -> dict[str, Any]:
        row: dict[str, Any] = await web.in_session(work)
        office.changed()
        return row
