"""Judged periods over HTTP: made as drafts, published, appealed against, frozen.

Whoever may see everybody's scores sees all of it; agents and sites see their own score, of periods that are published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Response
from pydantic import Field
from sqlalchemy.orm import Session

from core.clock import iso, iso_or_none, utc_now
from core.errors import NotFound, Unavailable
from core.i18n import called
from core.people.users import User
from core.rights import Right, Scope
from core.web.answers import off_loop
from core.web.auth import holding
from core.web.routes.telephony import Body
from core.web.shapes import Page
from kpi.api.appeal_rows import appeal_row
from kpi.api.common import Rooms
from kpi.api.indicators import period as checked_period
from kpi.api.indicators import plain
from kpi.api.schemes import Key, Reader
from kpi.api.score_rows import ScoreView, not_yours, only_key, score_rows, who_shown
from kpi.api.score_words import name_of
from kpi.api.scores import PeriodBody, check_sees_all, version_for
from kpi.api.shapes import kpi as shape
from kpi.judging import judge
from kpi.periods import appeals, reading, service
from kpi.periods.appellants import own_key
from kpi.periods.changes import CHANGES, FigureChange
from kpi.periods.life import APPEAL_DAYS, MOST_APPEAL_DAYS, Act
from kpi.periods.reading import PeriodQuery, StoredPeriod
from kpi.periods.record import PeriodRecord, PersonRecord, judged_of, record_of
from kpi.scoring.scheme import measured
from kpi.scoring.score import LineValue

Maker = Annotated[User, Depends(holding(Right.KPI_PERIODS))]
PeriodId = Annotated[str, Path(max_length=40)]
PATH = "/api/v1/kpi/periods"
RIGHTS: dict[Act, Right] = {
    "recompute": Right.KPI_PERIODS,
    "publish": Right.KPI_PERIODS,
    "freeze": Right.KPI_PERIODS,
    "decide": Right.KPI_APPEALS,
    "appeal": Right.KPI,
}


class NewPeriod(PeriodBody):
    """``scheme``: its id."""

    scheme: str = Field(min_length=1, max_length=40)


class PublishRequest(Body):
    """``calendar``: another than that of working days. ``sha256``: of the draft that was looked at."""

    appeal_days: int = Field(APPEAL_DAYS, ge=1, le=MOST_APPEAL_DAYS)
    calendar: str = Field("", max_length=40)
    sha256: str = Field("", max_length=64)


def add_routes(rooms: Rooms) -> None:
    web, zone = rooms.web, rooms.zone

    @web.app.get(PATH, response_model=Page[shape.PeriodSummary], tags=["kpi"])
    async def listed(
        user: Reader,
        scheme: Annotated[str, Query(max_length=40)] = "",
        state: Literal["", "draft", "published", "frozen"] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str, Query(max_length=20)] = "",
    ) -> dict[str, Any]:
        """The latest first; agents and sites see those that judge them, drafts not among them, with ``own``."""
        return await periods_for(rooms, user, PeriodQuery(scheme, state, cursor, limit))

    @web.app.post(PATH, response_model=shape.JudgedPeriod, status_code=201, tags=["kpi"])
    async def make(said: NewPeriod, user: Maker, response: Response, key: Key = "") -> dict[str, Any]:
        """A draft: scheme, figures and scores as they are now; 200 instead of 201 when this key has made it before."""
        check_sees_all(user)
        asked = {"period": said.model_dump(mode="json")}
        before = await web.in_session(lambda session: service.made_before(session, user.name, key, asked))
        if before is not None:
            made, new = before, False
        else:
            record = await _judged_now(rooms, said)
            made, new = await web.in_session(
                lambda session: service.make(session, record, user.name, utc_now(), key=key, asked=asked)
            )
        response.status_code = 201 if new else 200
        response.headers["Location"] = f"{PATH}/{made.id}"
        return await period_for(rooms, user, made.id)

    @web.app.get(f"{PATH}/{{period_id}}", response_model=shape.JudgedPeriod, tags=["kpi"])
    async def one(
        period_id: PeriodId,
        user: Reader,
        edition: Annotated[int | None, Query(ge=1, description="The newest without one.")] = None,
    ) -> dict[str, Any]:
        """What was kept, with the scores that one may see, and the appeals."""
        return await period_for(rooms, user, period_id, edition)

    @web.app.post(f"{PATH}/{{period_id}}/recompute", response_model=shape.JudgedPeriod, tags=["kpi"])
    async def recompute(period_id: PeriodId, user: Maker) -> dict[str, Any]:
        """A draft by its version of the scheme and the data of now."""
        check_sees_all(user)
        head = (await web.in_session(lambda session: reading.period(session, period_id))).head
        now = utc_now()
        found = await judge(web, rooms.warehouse, zone, head.scheme, head.from_at, head.until, now)
        record = await off_loop(lambda: record_of(found, head.version, example=head.example))
        await web.in_session(lambda session: service.recompute(session, period_id, record, user.name, utc_now()))
        return await period_for(rooms, user, period_id)

    @web.app.post(f"{PATH}/{{period_id}}/publish", response_model=shape.JudgedPeriod, tags=["kpi"])
    async def publish(period_id: PeriodId, user: Maker, said: PublishRequest | None = None) -> dict[str, Any]:
        """Those who are judged see it, and may appeal for so many working days. 409 says who was faster, and when."""
        wanted = said or PublishRequest.model_validate({})
        await web.in_session(
            lambda session: service.publish(
                session,
                period_id,
                user.name,
                utc_now(),
                days=wanted.appeal_days,
                calendar=wanted.calendar,
                seen=wanted.sha256,
            )
        )
        return await period_for(rooms, user, period_id)

    @web.app.post(f"{PATH}/{{period_id}}/freeze", response_model=shape.JudgedPeriod, tags=["kpi"])
    async def freeze(period_id: PeriodId, user: Maker) -> dict[str, Any]:
        """For ever: when the deadline of appeals is over and all are decided."""
        await web.in_session(lambda session: service.freeze(session, period_id, user.name, utc_now()))
        return await period_for(rooms, user, period_id)

    @web.app.get(f"{PATH}/{{period_id}}/changes", response_model=Page[shape.FigureChange], tags=["kpi"])
    async def changes(period_id: PeriodId, user: Reader) -> dict[str, Any]:
        """Person by person and line by line, which figures would be others by the data of now."""
        view, stored = await stored_for(rooms, user, period_id)
        found = await rooms.web.parts[CHANGES].changes(stored)
        people = await web.in_session(lambda session: reading.people(session, period_id, edition=service.FIRST))
        seen = [one for one in found if view.only in (None, one.who)]
        return {"items": [_change(user, stored, people, one) for one in seen], "next": None}

    @web.app.get(f"{PATH}/{{period_id}}/record", response_model=shape.PeriodText, tags=["kpi"])
    async def record(
        period_id: PeriodId,
        user: Reader,
        edition: Annotated[int | None, Query(ge=1, description="The newest without one.")] = None,
    ) -> Response:
        """The text itself, for whoever may see everybody's scores; a frozen period's is the same for ever."""
        check_sees_all(user)
        found = await web.in_session(lambda session: reading.whole(session, period_id, edition))
        return Response(found.text.encode(), media_type="application/json")


async def _judged_now(rooms: Rooms, said: NewPeriod) -> PeriodRecord:
    now, zone = utc_now(), rooms.zone
    from_at, until = checked_period(said.begins, said.ends, now, zone)
    version = await rooms.web.in_session(
        lambda session: version_for(session, said.scheme, said.version, from_at, until, zone)
    )
    found = await judge(rooms.web, rooms.warehouse, zone, version.scheme, from_at, until, now)
    return await off_loop(lambda: record_of(found, version.version, example=version.example))


async def periods_for(rooms: Rooms, user: User, wanted: PeriodQuery) -> dict[str, Any]:
    """A page of the list; for the route and for pages."""

    def work(session: Session) -> dict[str, Any]:
        asked = wanted if user.scope(Right.KPI) is Scope.ALL else reading.own(session, user, wanted)
        found, following = reading.periods(session, asked)
        undecided = appeals.open_counts(session)
        rows = [(one, _own(session, user, one)) for one in found]
        return {
            "items": [
                summary_row(one, undecided.get(one.id, 0), own)
                for one, own in rows
                if own is not None or asked.keys is None
            ],
            "next": following,
        }

    return await rooms.web.in_session(work)


@dataclass(frozen=True, slots=True)
class PeriodView:
    """What of a period somebody sees: ``people`` are those, as of the edition; all of the appeals that are theirs."""

    stored: StoredPeriod
    people: dict[str, PersonRecord]
    appeals: list[dict[str, Any]]
    allowed: list[Act]
    own: dict[str, Any] | None
    intact: bool


async def period_for(rooms: Rooms, user: User, period_id: str, edition: int | None = None) -> dict[str, Any]:
    """One period as its answer; for the routes and for pages."""
    view, stored = await stored_for(rooms, user, period_id)
    seen = await rooms.web.in_session(lambda session: _seen(session, view, stored, edition))
    changed = await _changes(rooms, stored)
    rooms.web.audit.seen(user.name, "kpi_scores_read", period_id, only=view.only, edition=edition)
    head = stored.head
    fed_at = head.watermark.fed_at
    return {
        **summary_row(stored, sum(one["state"] == "open" for one in seen.appeals), seen.own),
        "watermark": head.watermark.id,
        "fed_at": None if fed_at is None else iso(fed_at.replace(tzinfo=UTC).timestamp()),
        "judged_at": iso(head.judged_at),
        "sha256": stored.sha256,
        "intact": seen.intact,
        "inputs_changed": None if changed is None else any(view.only in (None, one.who) for one in changed),
        "allowed": seen.allowed,
        "appeals": seen.appeals,
        "scores": await off_loop(lambda: score_rows(view, judged_of(head, seen.people.values()))),
    }


async def _changes(rooms: Rooms, stored: StoredPeriod) -> list[FigureChange] | None:
    """What was kept is shown also while nobody can say what the data of now would give."""
    try:
        return await rooms.web.parts[CHANGES].changes(stored)
    except Unavailable:
        return None


async def stored_for(rooms: Rooms, user: User, period_id: str) -> tuple[ScoreView, StoredPeriod]:
    """``NotFound`` also for a draft of those who see their own only; ``NotAllowed`` where it does not judge them."""

    def work(session: Session) -> tuple[ScoreView, StoredPeriod]:
        stored = reading.period(session, period_id)
        if user.scope(Right.KPI) is not Scope.ALL and stored.state == "draft":
            raise reading.no_period(period_id)
        only = only_key(session, user, stored.head.scheme.subject)
        if only is not None and not reading.texts(session, period_id, who=only):
            raise not_yours()
        return ScoreView(user, rooms.zone, only), stored

    return await rooms.web.in_session(work)


def _seen(session: Session, view: ScoreView, stored: StoredPeriod, edition: int | None) -> PeriodView:
    if edition is not None and edition > stored.edition:
        raise NotFound(
            "The period has no edition {edition}.",
            field="edition",
            remedy="There are {known} so far.",
            edition=edition,
            known=stored.edition,
        )
    user = view.user
    texts = reading.texts(session, stored.id, edition=edition, who=view.only)
    people = {key: reading.person_of(text) for key, text in texts.items()}
    intact = view.only is not None or edition not in (None, stored.edition) or _is_intact(session, stored, texts)
    made = [appeal_row(session, view, stored, one) for one in appeals.appeals(session, stored.id, view.only)]
    acts = [act for act in reading.allowed(session, stored, utc_now()) if user.may(RIGHTS[act])]
    own = _own(session, user, stored)
    # Neither whoever published nor whoever is judged decides, and nobody else appeals.
    shut = {"appeal"} if own is None else {"decide"}
    if user.name == stored.published_by:
        shut.add("decide")
    return PeriodView(stored, people, made, [act for act in acts if act not in shut], own, intact)


def _is_intact(session: Session, stored: StoredPeriod, texts: dict[str, str]) -> bool:
    return PeriodRecord(reading.head_text_of(session, stored.id), texts).sha256 == stored.sha256


def _own(session: Session, user: User, stored: StoredPeriod) -> dict[str, Any] | None:
    subject = stored.head.scheme.subject
    if (key := own_key(session, user, subject)) is None:
        return None
    found = reading.people(session, stored.id, who=key).get(key)
    if found is None or (stored.state == "draft" and user.scope(Right.KPI) is not Scope.ALL):
        return None
    score = found.score
    return {
        "who": who_shown(user, stored.head.scheme, key),
        "total": score.total,
        "grade": score.grade,
        "rank": score.rank,
        "of": found.ranked,
    }


def summary_row(one: StoredPeriod, open_appeals: int, own: dict[str, Any] | None) -> dict[str, Any]:
    head = one.head
    return {
        "id": one.id,
        "scheme": head.scheme.id,
        "version": head.version,
        "name": called(head.scheme),
        "state": one.state,
        "from": iso(head.from_at),
        "to": iso(head.until),
        "example": head.example,
        "demo": head.demo,
        "edition": one.edition,
        "made_by": one.made_by,
        "made_at": iso(one.made_at),
        "computed_by": one.computed_by,
        "computed_at": iso(one.computed_at),
        "published_by": one.published_by,
        "published_at": iso_or_none(one.published_at),
        "appeals_until": iso_or_none(one.appeals_until),
        "frozen_by": one.frozen_by,
        "frozen_at": iso_or_none(one.frozen_at),
        "open_appeals": open_appeals,
        "own": own,
    }


def _change(user: User, stored: StoredPeriod, people: dict[str, PersonRecord], one: FigureChange) -> dict[str, Any]:
    line = stored.head.scheme.lines[one.line]
    return {
        "who": who_shown(user, stored.head.scheme, one.who),
        "name": people[one.who].judged.name,
        "line": one.line,
        "indicator": line.indicator,
        "indicator_name": name_of(line.indicator, measured(line)),
        "before": _figure(one.before),
        "after": _figure(one.after),
    }


def _figure(one: LineValue) -> dict[str, Any]:
    return {
        "value": None if one.value is None else round(one.value, 6),
        "numerator": plain(one.numerator),
        "denominator": plain(one.denominator),
        "sample": one.sample,
    }
