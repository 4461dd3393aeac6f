"""Swaps over HTTP: the agent asks, the colleague answers, the supervisor decides."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from core.api.telephony import Body
from core.clock import utc_now
from core.people import roster_swaps
from core.people.roster_swaps import SwapWanted
from kpi.api.common import Agent, Editor, Rooms, own_extension


class SwapBody(Body):
    """Without ``other_shift_id`` the colleague takes the shift over and gives none back."""

    shift_id: int
    other_extension: str = Field(min_length=1, max_length=20)
    other_shift_id: int | None = None
    words: str = Field("", max_length=200)


class Answer(Body):
    accept: bool


class Decision(Body):
    approve: bool
    words: str = Field("", max_length=200)


def add_routes(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone
    path = "/api/v1/rosters/swaps"

    @web.app.get(f"{path}/candidates", tags=["rosters"])
    async def candidates(shift: int, user: Agent) -> dict[str, Any]:
        """Swaps of this shift that the rules permit, on both sides."""
        me = own_extension(user)
        found = await web.in_session(lambda session: roster_swaps.candidates(session, shift, me, utc_now(), zone))
        return {"candidates": found}

    @web.app.post(path, status_code=201, tags=["rosters"])
    async def ask(wanted: SwapBody, user: Agent) -> dict[str, Any]:
        me, asked = own_extension(user), SwapWanted(**wanted.model_dump())
        return await done(lambda session: roster_swaps.ask(session, asked, me, user.name, utc_now(), zone))

    @web.app.post(f"{path}/{{swap_id}}/answer", tags=["rosters"])
    async def answer(swap_id: int, said: Answer, user: Agent) -> dict[str, Any]:
        me = own_extension(user)
        return await done(
            lambda session: roster_swaps.answer(session, swap_id, me, user.name, utc_now(), zone, accept=said.accept)
        )

    @web.app.post(f"{path}/{{swap_id}}/decision", tags=["rosters"])
    async def decide(swap_id: int, said: Decision, user: Editor) -> dict[str, Any]:
        """With the approval the shifts change hands."""
        return await done(
            lambda session: roster_swaps.decide(
                session, swap_id, user.name, utc_now(), zone, approve=said.approve, words=said.words
            )
        )

    @web.app.delete(f"{path}/{{swap_id}}", tags=["rosters"])
    async def withdraw(swap_id: int, user: Agent) -> dict[str, Any]:
        me = own_extension(user)
        return await done(lambda session: roster_swaps.withdraw(session, swap_id, me, user.name, utc_now()))

    async def done(work: Any) -> dict[str, Any]:
        row: dict[str, Any] = await web.in_session(work)
        rooms.changed()
        return row
