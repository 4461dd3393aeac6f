"""What the review shows: a scheme, a period judged by it, the one before, and who of whom. Nothing here draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import HotlineError, NotAllowed, NotFound
from core.rights import Right, Scope
from dashboards.pages.kpi.selection import MONTHS, Month, ReviewQuery, month_at, month_of
from dashboards.session import user, web
from kpi.api.common import ROOMS, Rooms
from kpi.judgements import JUDGEMENTS
from kpi.judging import JudgedPeriod
from kpi.schemes import service
from kpi.schemes.service import SchemeRecord
from kpi.scoring.scheme import AGENT
from kpi.scoring.score import TotalScore


def rooms() -> Rooms:
    return web().parts[ROOMS]


def require_everybodys() -> None:
    """What is asked for here is of everybody: who sees the own score only has a page of the own."""
    if user().scope(Right.KPI) is not Scope.ALL:
        raise NotAllowed("You may see your own score only.", remedy="Open the page of your own score.")


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """``value`` stands in the address: a month."""

    value: str
    month: Month


@dataclass(frozen=True, slots=True)
class GroupScores:
    """Those who are ranked together, the best first; without a total at the end."""

    name: str
    scores: Sequence[TotalScore]

    @property
    def totals(self) -> list[float]:
        return [one.total for one in self.scores if one.total is not None]

    @property
    def median(self) -> float | None:
        return median(self.totals) if self.totals else None

    @property
    def mean(self) -> float | None:
        return sum(self.totals) / len(self.totals) if self.totals else None

    def grades(self, names: Sequence[str]) -> dict[str, int]:
        """How many have each, the best first; those that nobody has are among them."""
        return {name: sum(one.grade == name for one in self.scores) for name in names}

    def of(self, who: str) -> TotalScore | None:
        return next((one for one in self.scores if one.who == who), None)


@dataclass(frozen=True, slots=True)
class Review:
    """``problem`` says why nothing is judged. ``before`` is the period before, where that could be judged."""

    asked: ReviewQuery
    now: float
    schemes: Sequence[SchemeRecord]
    record: SchemeRecord
    periods: Sequence[PeriodChoice]
    period: PeriodChoice
    judged: JudgedPeriod | None = None
    before: JudgedPeriod | None = None
    problem: HotlineError | None = None
    group: str = ""
    who: str = ""

    @property
    def groups(self) -> list[str]:
        return groups_of(self.judged) if self.judged else []

    @property
    def names(self) -> Mapping[str, str]:
        return {one.key: one.name for one in self.judged.people} if self.judged else {}

    @property
    def ranked(self) -> GroupScores:
        assert self.judged is not None
        return group_of(self.judged, self.group)

    @property
    def is_running(self) -> bool:
        """The period has not ended: the figures are those up to now."""
        return self.judged is not None and self.judged.until > self.now


async def review(asked: ReviewQuery) -> Review:
    require_everybodys()
    now, zone = utc_now(), rooms().zone
    schemes = await web().in_session(service.newest)
    mine = [one for one in schemes if not one.example]
    agents = [one for one in schemes if one.scheme.subject.post == AGENT]
    # The office's own before the examples, those of agents before the others.
    ordered = dict.fromkeys(
        one.scheme.id for one in (*(one for one in agents if one in mine), *mine, *agents, *schemes)
    )
    scheme_id = asked.of("scheme", ordered)
    this = month_at(now, zone)
    periods = [PeriodChoice(str(one), one) for one in (this.later(-n) for n in range(MONTHS))]
    found = None
    for choice in _tried(asked, periods):
        found = await _judged(Review(asked, now, schemes, _record(schemes, scheme_id), periods, choice), scheme_id)
        if found.judged is not None and any(one.total is not None for one in found.judged.scores):
            break
    assert found is not None
    if found.judged is None:
        return found
    return _placed(found)


def _record(schemes: Sequence[SchemeRecord], scheme_id: str) -> SchemeRecord:
    one = next((one for one in schemes if one.scheme.id == scheme_id), None)
    if one is None:
        raise NotFound("There is no scheme {id}.", field="scheme", remedy="Choose one from the list.", id=scheme_id)
    return one


def _tried(asked: ReviewQuery, periods: Sequence[PeriodChoice]) -> list[PeriodChoice]:
    """What the address says; else the month that ended last, or this one where nothing is known of that."""
    said = month_of(asked.given.get("period", ""))
    if said is not None:
        return [PeriodChoice(str(said), said)]
    this, last = periods[:2]
    return [last, this]


async def _judged(review: Review, scheme_id: str) -> Review:
    month, zone = review.period.month, rooms().zone

    def work(session: Session, of: Month) -> SchemeRecord:
        return service.holding(session, scheme_id, *of.days)

    try:
        record = await web().in_session(lambda session: work(session, month))
        judged = await web().parts[JUDGEMENTS].of(record.scheme, *month.span(zone))
    except HotlineError as no:
        return replace(review, problem=no)
    try:
        earlier = await web().in_session(lambda session: work(session, month.later(-1)))
        before = await web().parts[JUDGEMENTS].of(earlier.scheme, *month.later(-1).span(zone))
    except HotlineError:
        before = None
    return replace(review, record=record, judged=judged, before=before)


def _placed(review: Review) -> Review:
    """With the group and the person that are looked at."""
    assert review.judged is not None
    asked, groups = review.asked, groups_of(review.judged)
    who = asked.given.get("who", "")
    theirs = next((one.group for one in review.judged.scores if one.who == who), None)
    said = asked.given.get("group")
    group = said if said in groups else theirs if theirs is not None else _by_size(review.judged, groups)[0]
    ranked = group_of(review.judged, group)
    return replace(review, group=group, who=who if ranked.of(who) else ranked.scores[0].who)


def groups_of(judged: JudgedPeriod) -> list[str]:
    return sorted({one.group for one in judged.scores})


def _by_size(judged: JudgedPeriod, groups: Sequence[str]) -> list[str]:
    """The largest first: whom a review is mostly about."""
    return sorted(groups, key=lambda name: -sum(one.group == name for one in judged.scores))


def group_of(judged: JudgedPeriod, group: str) -> GroupScores:
    members = [one for one in judged.scores if one.group == group]
    return GroupScores(group, sorted(members, key=lambda one: (one.rank is None, one.rank or 0, one.who)))
