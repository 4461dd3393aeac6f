"""Adherence over HTTP: who should be on now and is not; and the past, shift by shift, opened down to its stretches."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import from_iso, iso, utc_now
from core.i18n import called
from core.installation.definition import Agent, Installation
from core.installation.service import load_installation
from core.people.users import User
from core.rosters import service as rosters
from core.rosters.records import Shift, epoch
from core.web.routes import roster_rows as rows
from core.web.routes.roster_office import Days, FirstDay, Reader, limited_to, may_see
from kpi import reading
from kpi.api.common import Rooms
from kpi.api.shapes import planning as shape
from kpi.planning import adherence
from kpi.planning.adherence import AdherenceInterval, AdherenceSums
from kpi.planning.adherence_sums import NO_STATES, StateTimes, sums_of, sums_of_shifts


def add_routes(rooms: Rooms) -> None:
    _add_now(rooms)
    _add_past(rooms)
    _add_shift(rooms)


def _add_now(rooms: Rooms) -> None:
    web = rooms.web

    @web.app.get("/api/v1/rosters/adherence/now", response_model=shape.AdherenceNow, tags=["rosters"])
    async def now(user: Reader) -> dict[str, Any]:
        """Every agent with plan and state of this moment; ``stale`` when the states are not live."""
        return await now_of(rooms, user)


def _now(
    installation: Installation,
    agent: Agent,
    shifts: list[Shift],
    live_agent: Mapping[str, Any] | None,
    at: float,
    zone: ZoneInfo,
) -> dict[str, Any]:
    """``live_agent`` is the agent's line of the live floor, if there is one."""
    state = live_agent["state"] if live_agent else "offline"
    reason = (live_agent.get("reason") or "") if live_agent else ""
    since = from_iso(live_agent["since"]) if live_agent and live_agent.get("since") else None
    here = adherence.right_now(agent.extension, shifts, state, since, at)
    return {
        "extension": agent.extension,
        "name": agent.name,
        "group": agent.group,
        "plan": here.plan,
        "shift": rows.shift_row(here.shift, zone) if here.shift else None,
        "state": state,
        "reason": reason,
        "reason_name": called(installation.break_reasons[reason]) if reason in installation.break_reasons else reason,
        "since": iso(since) if since is not None else None,
        "adherent": here.adherent,
        "off_since": iso(here.off_since) if here.off_since is not None else None,
        "next_change": iso(here.next_change) if here.next_change is not None else None,
    }


def _add_past(rooms: Rooms) -> None:
    web = rooms.web

    @web.app.get("/api/v1/rosters/adherence", response_model=shape.AdherencePast, tags=["rosters"])
    async def past(user: Reader, first: FirstDay, days: Days = 14, agent: str | None = None) -> dict[str, Any]:
        """Sums by agent and by shift. Times before the first state ever written down are not counted at all."""
        return await past_of(rooms, user, first, days, agent)


def _add_shift(rooms: Rooms) -> None:
    web = rooms.web

    @web.app.get("/api/v1/rosters/adherence/shifts/{shift_id}", response_model=shape.AdherenceShift, tags=["rosters"])
    async def shift(shift_id: int, user: Reader) -> dict[str, Any]:
        """One shift: what was planned and what state there was, stretch by stretch."""
        return await shift_of(rooms, user, shift_id)


def _piece_row(piece: AdherenceInterval) -> dict[str, Any]:
    return {
        "from": iso(piece.span.start),
        "to": iso(piece.span.end),
        "seconds": round(piece.span.seconds),
        "plan": piece.plan,
        "state": piece.state,
        "adherent": piece.adherent,
    }


def _with_neighbours(
    session: Session, first_day: str, days: int, zone: ZoneInfo, only: str | None
) -> tuple[Installation, tuple[Shift, ...]]:
    before = rosters.later(first_day, -1)
    return load_installation(session), rosters.roster(session, before, days + 2, zone, own=only).shifts


@dataclass(frozen=True, slots=True)
class _Period:
    """The days asked for, the last not included; what is known, and the moment of asking."""

    first_day: str
    last_day: str
    known_from: float
    at: float
    zone: ZoneInfo


def _agent(
    installation: Installation, extension: str, shifts: list[Shift], states: StateTimes, period: _Period
) -> tuple[dict[str, Any], AdherenceSums]:
    at, zone, known_from = period.at, period.zone, period.known_from
    inside = [s for s in shifts if period.first_day <= s.day < period.last_day and s.starts_at < at]
    found = list(zip(inside, sums_of_shifts(inside, shifts, states, known_from, at), strict=True))
    whole = sum((one for _shift, one in found), AdherenceSums())
    agent = installation.agents[extension]
    row = {
        "extension": extension,
        "name": agent.name,
        "group": agent.group,
        **adherence_row(whole),
        "by_shift": [{"shift": rows.shift_row(shift, zone), **adherence_row(one)} for shift, one in found],
    }
    return row, whole


def adherence_row(one: AdherenceSums) -> dict[str, Any]:
    """The ratios with the seconds that make them up; null without a denominator."""
    return {
        "adherence": None if one.adherence is None else round(one.adherence, 4),
        "conformance": None if one.conformance is None else round(one.conformance, 4),
        "scheduled_s": round(one.scheduled_s),
        "adherent_s": round(one.adherent_s),
        "planned_work_s": round(one.planned_work_s),
        "worked_s": round(one.worked_s),
        "late_s": round(one.late_s),
        "shifts": one.shifts,
        "absent": one.absent,
    }


async def now_of(rooms: Rooms, user: User) -> dict[str, Any]:
    """Of those whom the person may see."""
    web, zone = rooms.web, rooms.zone
    own, at = limited_to(user), utc_now()
    first = rosters.later(rooms.today().isoformat(), -1)
    installation, found = await web.in_session(
        lambda s: (load_installation(s), rosters.roster(s, first, 3, zone, own=own))
    )
    shifts = rosters.by_agent(found.shifts)
    live_agents = {row["extension"]: row for row in web.live.state()["agents"]}
    lines = [
        _now(installation, agent, shifts.get(agent.extension, []), live_agents.get(agent.extension), at, zone)
        for agent in installation.agents.values()
        if own is None or agent.extension == own
    ]
    return {"at": iso(at), "stale": web.live.stale, "agents": lines}


async def past_of(rooms: Rooms, user: User, first: str, days: int, agent: str | None = None) -> dict[str, Any]:
    """Sums by agent and shift of those whom the person may see."""
    web, zone = rooms.web, rooms.zone
    first_day = rows.checked_day(first, "from")
    own = limited_to(user)
    if agent is not None:
        may_see(user, agent)
    only, at = own or agent, utc_now()
    installation, found = await web.in_session(lambda s: _with_neighbours(s, first_day, days, zone, only))
    since = await reading.states_from(rooms.warehouse)
    start, end = epoch(first_day, 0, zone), epoch(rosters.later(first_day, days), 0, zone)
    states = await reading.state_times(rooms.warehouse, start - adherence.AROUND_S, end + 24 * 3600.0, at, only)
    known_from = since if since is not None else at
    by_agent = rosters.by_agent(found)
    wanted = [extension for extension in installation.agents if only is None or extension == only]

    def work() -> list[tuple[dict[str, Any], AdherenceSums]]:
        period = _Period(first_day, rosters.later(first_day, days), known_from, at, zone)
        return [_agent(installation, e, by_agent.get(e, []), states.get(e, NO_STATES), period) for e in wanted]

    lines = await asyncio.to_thread(work)
    whole = sum((one for _row, one in lines), AdherenceSums())
    return {
        "from": first_day,
        "days": days,
        "known_from": iso(since) if since is not None else None,
        "whole": adherence_row(whole),
        "agents": [row for row, _one in lines],
    }


async def shift_of(rooms: Rooms, user: User, shift_id: int) -> dict[str, Any]:
    """One shift's stretches; ``NotFound`` where it is not the person's to see."""
    web, zone = rooms.web, rooms.zone
    at = utc_now()

    def work(session: Session) -> tuple[Installation, Shift, Sequence[Shift]]:
        one = rosters.one_shift(session, shift_id)
        may_see(user, one.extension)
        return load_installation(session), one, rosters.around(session, one.extension, one.day, zone)[0]

    installation, one, others = await web.in_session(work)
    since = await reading.states_from(rooms.warehouse)
    known_from = since if since is not None else at
    around = adherence.AROUND_S
    states = (
        await reading.stretches(rooms.warehouse, one.starts_at - around, one.ends_at + around, at, one.extension)
    ).get(one.extension, [])
    neighbours = [other for other in others if other.id != one.id]
    agent = installation.agents.get(one.extension)
    return {
        "shift": rows.shift_row(one, zone),
        "name": agent.name if agent else one.extension,
        "sums": adherence_row(sums_of(one, neighbours, states, known_from, at)),
        "pieces": [_piece_row(piece) for piece in adherence.pieces(one, states, known_from, at)],
    }
