"""Scores over HTTP: a period judged by a scheme as a draft, with nothing saved.

Whose figures count is the scheme's to say; who sees whose score, the right's: agents their own, a site its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from core.web.masking import masked, sees_numbers
from core.web.routes.roster_office import own_extension
from core.web.routes.telephony import Body
from core.workorders import office
from kpi.api.common import Rooms
from kpi.api.indicators import links, period, plain
from kpi.api.schemes import PATH, Editor, Id, Reader
from kpi.api.score_words import name_of, sentence
from kpi.api.shapes import kpi as shape
from kpi.judging import JudgedPeriod, judge
from kpi.measures.counting import MeasureQuery
from kpi.schemes import service
from kpi.schemes.values import Judged, place_of
from kpi.scoring.check import checked
from kpi.scoring.scheme import AGENT, Scheme, SchemeLine, measured
from kpi.scoring.score import LineScore, TotalScore


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
    """``only``: the one key that the asker may see; ``None``: everybody's."""

    user: User
    scheme: Scheme
    version: int | None
    example: bool
    from_at: float
    until: float
    now: float
    only: str | None


def add_routes(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    @web.app.post(f"{PATH}/{{scheme_id}}/preview", response_model=shape.Scores, tags=["kpi"])
    async def preview(scheme_id: Id, said: PeriodBody, user: Reader) -> dict[str, Any]:
        """The scores of everybody concerned whom one may see; nothing is saved. The period lies within the days of one
        version of the scheme, unless a version is named."""
        now = utc_now()
        from_at, until = period(said.begins, said.ends, now, zone)
        first, last = (_day(at, zone) for at in (from_at, until - 1))

        def work(session: Session) -> tuple[service.SchemeRecord, str | None]:
            if said.version is None:
                kept = service.holding(session, scheme_id, first, last)
            else:
                kept = service.version(session, scheme_id, said.version)
            return kept, _only(session, user, kept.scheme)

        kept, only = await web.in_session(work)
        asked = _Asked(user, kept.scheme, kept.version, kept.example, from_at, until, now, only)
        return await _answer(rooms, asked)

    @web.app.post("/api/v1/kpi/preview", response_model=shape.Scores, tags=["kpi"])
    async def draft(said: DraftBody, user: Editor) -> dict[str, Any]:
        """A scheme that is being written, on a past period; neither is saved."""
        now, scheme = utc_now(), checked(said.scheme)
        from_at, until = period(said.begins, said.ends, now, zone)
        return await _answer(rooms, _Asked(user, scheme, None, False, from_at, until, now, None))


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
        "scores": await off_loop(_written, asked, found, rooms.zone),
    }


def _only(session: Session, user: User, scheme: Scheme) -> str | None:
    """``NotAllowed`` where nothing of the scheme is the asker's."""
    reach, subject = user.scope(Right.KPI), scheme.subject
    if reach is Scope.ALL:
        return None
    if reach is Scope.OWN and subject.post == AGENT:
        return own_extension(user)
    if reach is Scope.SITE and subject.site:
        return office.site_of(session, user.name)
    raise NotAllowed("You may see your own score only.", field="scheme", remedy="Choose a scheme that judges you.")


def _day(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).date().isoformat()


def _written(asked: _Asked, found: JudgedPeriod, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The best first."""
    names = {one.key: one for one in found.people}
    seen = [one for one in found.scores if asked.only in (None, one.who)]
    seen.sort(key=lambda one: (one.group, one.rank is None, one.rank or 0, one.who))
    return [_score(asked, found.questions, names[one.who], one, zone) for one in seen]


def _score(
    asked: _Asked, questions: Sequence[MeasureQuery | None], who: Judged, score: TotalScore, zone: ZoneInfo
) -> dict[str, Any]:
    shown = masked(who.key) if asked.scheme.subject.post == AGENT and not sees_numbers(asked.user) else who.key
    return {
        "who": shown,
        "name": who.name,
        "group": score.group,
        "total": score.total,
        "grade": score.grade,
        "rank": score.rank,
        "rank_low": None,
        "rank_high": None,
        "lines": [
            _line(line, one, _links(question, who, zone))
            for line, one, question in zip(asked.scheme.lines, score.lines, questions, strict=True)
        ],
    }


def _links(question: MeasureQuery | None, who: Judged, zone: ZoneInfo) -> Mapping[str, str | None]:
    if question is None:
        return {"list": None, "list_shows": None, "rows": None}
    return links(question, zone, place_of(question, who))


def _line(line: SchemeLine, one: LineScore, where: Mapping[str, str | None]) -> dict[str, Any]:
    found, figure = measured(line), one.figure
    return {
        "indicator": line.indicator,
        "name": name_of(line.indicator, found),
        "unit": found.unit if found else "number",
        "of": line.of,
        "value": None if figure.value is None else round(figure.value, 6),
        "numerator": plain(figure.numerator),
        "denominator": plain(figure.denominator),
        "sample": figure.sample,
        "minimum": line.minimum,
        "state": one.state,
        "missing": line.missing,
        "score": None if one.score is None else round(one.score, 6),
        "weight": line.weight,
        "counted_weight": round(one.weight, 6),
        "points": round(one.points, 6),
        "vetoed": one.struck,
        "sentence": sentence(line, one),
        **where,
    }
