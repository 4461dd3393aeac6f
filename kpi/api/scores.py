"""Scores over HTTP: a period judged by a scheme as a draft, with nothing saved.

For those who may see everybody's: others see their own score once it is published (``kpi.api.periods``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import iso, utc_now
from core.errors import NotAllowed
from core.i18n import called
from core.people.users import User
from core.rights import Right, Scope
from core.web.answers import off_loop
from core.web.routes.telephony import Body
from kpi.api.common import Rooms
from kpi.api.indicators import period
from kpi.api.schemes import PATH, Editor, Id, Reader
from kpi.api.score_rows import ScoreView, score_rows
from kpi.api.shapes import kpi as shape
from kpi.judging import judge
from kpi.schemes import service
from kpi.scoring.check import checked
from kpi.scoring.scheme import Scheme


class PeriodBody(Body):
    """Times without an offset are the site's; ``to`` is not included. ``version``: another than the one that holds."""

    begins: datetime = Field(alias="from")
    ends: datetime = Field(alias="to")
    version: int | None = Field(None, ge=1)


class DraftBody(PeriodBody):
    """A scheme that is not saved."""

    scheme: Scheme


@dataclass(frozen=True, slots=True)
class _Asked:
    user: User
    scheme: Scheme
    version: int | None
    example: bool
    from_at: float
    until: float
    now: float


def add_routes(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    @web.app.post(f"{PATH}/{{scheme_id}}/preview", response_model=shape.Scores, tags=["kpi"])
    async def preview(scheme_id: Id, said: PeriodBody, user: Reader) -> dict[str, Any]:
        """The scores of everybody concerned; nothing is saved. The period lies within the days of one version of the
        scheme, unless a version is named. Agents and sites see their own once it is published: 403."""
        check_sees_all(user)
        now = utc_now()
        from_at, until = period(said.begins, said.ends, now, zone)
        kept = await web.in_session(lambda session: version_for(session, scheme_id, said.version, from_at, until, zone))
        asked = _Asked(user, kept.scheme, kept.version, kept.example, from_at, until, now)
        return await _answer(rooms, asked)

    @web.app.post("/api/v1/kpi/preview", response_model=shape.Scores, tags=["kpi"])
    async def draft(said: DraftBody, user: Editor) -> dict[str, Any]:
        """A scheme that is being written, on a past period; neither is saved."""
        check_sees_all(user)
        now, scheme = utc_now(), checked(said.scheme)
        from_at, until = period(said.begins, said.ends, now, zone)
        return await _answer(rooms, _Asked(user, scheme, None, False, from_at, until, now))


async def _answer(rooms: Rooms, asked: _Asked) -> dict[str, Any]:
    found = await judge(rooms.web, rooms.warehouse, rooms.zone, asked.scheme, asked.from_at, asked.until, asked.now)
    fed_at = found.watermark.fed_at
    return {
        "scheme": asked.scheme.id,
        "version": asked.version,
        "name": called(asked.scheme),
        "state": "draft",
        "from": iso(asked.from_at),
        "to": iso(asked.until),
        "watermark": found.watermark.id,
        "fed_at": None if fed_at is None else iso(fed_at.replace(tzinfo=UTC).timestamp()),
        "example": asked.example,
        "demo": found.demo,
        "scores": await off_loop(score_rows, ScoreView(asked.user, rooms.zone), found),
    }


def version_for(
    session: Session, scheme_id: str, version: int | None, from_at: float, until: float, zone: ZoneInfo
) -> service.SchemeRecord:
    """The one that holds on all days of the period, or the one that is named."""
    if version is not None:
        return service.version(session, scheme_id, version)
    return service.holding(session, scheme_id, _day(from_at, zone), _day(until - 1, zone))


def check_sees_all(user: User) -> None:
    """What is not published is for those who may see everybody's."""
    if user.scope(Right.KPI) is not Scope.ALL:
        raise NotAllowed(
            "You may see your own score once it is published.", field="scheme", remedy="Look at the published periods."
        )


def _day(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).date().isoformat()
