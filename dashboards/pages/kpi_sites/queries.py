"""What the site review shows: a month judged by a scheme for sites, and the months before. Nothing here draws.

Whoever sees everybody's scores sees the month as it stands now; who leads a site sees the own figures at any time, and
the score once it is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import HotlineError, NotAllowed
from core.people.users import User
from core.rights import Right, Scope
from core.workorders import office
from dashboards.components.score.months import Month, month_at, month_of
from dashboards.session import user, web
from kpi.api.common import ROOMS
from kpi.judgements import JUDGEMENTS
from kpi.judging import JudgedPeriod
from kpi.periods import reading
from kpi.periods.life import State
from kpi.periods.reading import PeriodQuery, StoredPeriod
from kpi.periods.record import judged_of
from kpi.schemes import service
from kpi.schemes.service import SchemeRecord
from kpi.scoring.scheme import SchemeLine
from kpi.scoring.score import TotalScore

MONTHS, TREND_MONTHS = 12, 6
PUBLISHED: tuple[State, ...] = ("published", "frozen")


@dataclass(frozen=True, slots=True)
class SiteReview:
    """``own`` is the one site that may be seen, ``None`` for every one. ``stored``: the judged period is the one that
    was kept. ``scored``: totals, ranks and grades may be shown, too. ``problem`` says why nothing is judged."""

    now: float
    schemes: Sequence[SchemeRecord]
    record: SchemeRecord
    months: Sequence[Month]
    month: Month
    own: str | None
    scored: bool
    judged: JudgedPeriod | None = None
    stored: StoredPeriod | None = None
    problem: HotlineError | None = None
    site: str = ""

    @property
    def is_running(self) -> bool:
        return self.judged is not None and self.judged.until > self.now


def zone() -> ZoneInfo:
    return web().parts[ROOMS].zone


def own_site(session: Session, who: User) -> str | None:
    """``NotAllowed`` for whom no site's scores are."""
    reach = who.scope(Right.KPI)
    if reach is Scope.ALL:
        return None
    found = office.site_of(session, who.name) if reach is Scope.SITE else ""
    if not found:
        raise NotAllowed(
            "You belong to no site whose scores you could see.", remedy="Ask an administrator to put you to your site."
        )
    return found


async def review(asked: Mapping[str, str]) -> SiteReview:
    now, who = utc_now(), user()
    own, schemes = await web().in_session(lambda session: (own_site(session, who), _of_sites(session)))
    record = next((one for one in schemes if one.scheme.id == asked.get("scheme")), schemes[0])
    this = month_at(now, zone())
    months = [this.later(-n) for n in range(MONTHS)]
    said = month_of(asked.get("period", ""))
    found = SiteReview(now, schemes, record, months, months[1], own, own is None)
    # What is not said is the last whole month, or this one where nothing was counted in that.
    for month in [said] if said else months[1::-1]:
        found = await _judged(replace(found, month=month))
        if found.judged is not None and any(one.total is not None for one in found.judged.scores):
            break
    return _placed(found, asked.get("site", ""))


def _of_sites(session: Session) -> list[SchemeRecord]:
    """The office's own before the shipped example."""
    return [one for one in service.newest(session) if one.scheme.subject.site]


async def _judged(found: SiteReview) -> SiteReview:
    """As it was published, where it was; else as it stands now."""
    scheme_id, month = found.record.scheme.id, found.month
    try:
        kept = await web().in_session(lambda session: _stored(session, scheme_id, month))
        if kept is not None:
            stored, judged = kept
            return replace(found, stored=stored, judged=judged, scored=True, problem=None)
        record = await web().in_session(lambda session: service.holding(session, scheme_id, *month.days))
        judged = await web().parts[JUDGEMENTS].of(record.scheme, *month.span(zone()))
    except HotlineError as no:
        return replace(found, judged=None, stored=None, problem=no)
    return replace(found, record=record, judged=judged, stored=None, problem=None)


def _stored(session: Session, scheme_id: str, month: Month) -> tuple[StoredPeriod, JudgedPeriod] | None:
    """The published period of exactly this month."""
    span = month.span(zone())
    periods, _next = reading.periods(session, PeriodQuery(scheme=scheme_id))
    for one in periods:
        if one.state in PUBLISHED and (one.head.from_at, one.head.until) == span:
            return one, judged_of(one.head, reading.people(session, one.id).values())
    return None


def _placed(found: SiteReview, said: str) -> SiteReview:
    """With the site that is looked at: the own, the one that was said, else the best."""
    if found.judged is None:
        return found
    if found.own is not None:
        return replace(found, site=found.own)
    keys = [one.who for one in ranked(found.judged)]
    return replace(found, site=said if said in keys else keys[0])


def ranked(judged: JudgedPeriod) -> list[TotalScore]:
    return sorted(judged.scores, key=lambda one: (one.rank is None, one.rank or 0, one.who))


# --- the months before ------------------------------------------------------------------------------------------


Values = Mapping[str, float | None]


async def trend(scheme_id: str, last: Month, site: str) -> tuple[Sequence[SchemeLine], list[tuple[Month, Values]]]:
    """One site's figures by indicator in the last months, the oldest first; none where nothing could be judged. Each
    month by the version that held in it; the lines are the newest one's that did."""
    if (own := await web().in_session(lambda session: own_site(session, user()))) is not None:
        site = own
    lines: Sequence[SchemeLine] = ()
    found: list[tuple[Month, Values]] = []
    for n in range(TREND_MONTHS - 1, -1, -1):
        month = last.later(-n)
        judged = await _of_month(scheme_id, month)
        if judged is not None:
            lines = judged.scheme.lines
        found.append((month, _values(judged, site)))
    return lines, found


async def _of_month(scheme_id: str, month: Month) -> JudgedPeriod | None:
    try:
        record = await web().in_session(lambda session: service.holding(session, scheme_id, *month.days))
        if not record.scheme.subject.site:
            return None
        return await web().parts[JUDGEMENTS].of(record.scheme, *month.span(zone()))
    except HotlineError:
        return None


def _values(judged: JudgedPeriod | None, site: str) -> Values:
    score = next((one for one in judged.scores if one.who == site), None) if judged else None
    if judged is None or score is None:
        return {}
    return {line.indicator: one.figure.value for line, one in zip(judged.scheme.lines, score.lines, strict=True)}
