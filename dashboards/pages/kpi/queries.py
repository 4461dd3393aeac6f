"""What the review shows: a scheme, a period judged by it, the one before, and who of whom. Nothing here draws.

A period that somebody keeps is shown as it was kept; any other month as it would be judged now, with nothing saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import HotlineError, NotAllowed, NotFound
from core.rights import Right, Scope
from dashboards.pages.kpi.groups import GroupScores, group_of, groups_of
from dashboards.pages.kpi.selection import MONTHS, Month, ReviewQuery, month_at, month_of, query_of
from dashboards.session import user, web
from kpi.api.appeal_rows import appeal_row
from kpi.api.common import ROOMS, Rooms
from kpi.api.periods import RIGHTS
from kpi.api.score_rows import ScoreView
from kpi.judgements import JUDGEMENTS
from kpi.judging import JudgedPeriod
from kpi.periods import appeals, reading
from kpi.periods.life import Act
from kpi.periods.reading import PeriodQuery, StoredPeriod
from kpi.periods.record import judged_of
from kpi.schemes import service
from kpi.schemes.service import SchemeRecord
from kpi.scoring.scheme import AGENT

TREND_PERIODS = 6
# Of a scheme: more than anybody scrolls through.
MOST_STORED = 120


def rooms() -> Rooms:
    return web().parts[ROOMS]


def require_everybodys() -> None:
    """What is asked for here is of everybody: who sees the own score only has a page of the own."""
    if user().scope(Right.KPI) is not Scope.ALL:
        raise NotAllowed("You may see your own score only.", remedy="Open the page of your own score.")


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """``value`` stands in the address: a month, or the id of a kept period that is no month."""

    value: str
    month: Month | None
    stored: StoredPeriod | None = None


@dataclass(frozen=True, slots=True)
class Judging:
    """A period with the version of the scheme that judged it."""

    judged: JudgedPeriod
    version: int
    example: bool
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """``problem`` says why nothing is judged. ``before`` is the period before, where that could be judged. ``allowed``:
    what this person may do with a kept period now."""

    asked: ReviewQuery
    now: float
    schemes: Sequence[SchemeRecord]
    scheme_id: str
    periods: Sequence[PeriodChoice]
    period: PeriodChoice
    judging: Judging | None = None
    before: JudgedPeriod | None = None
    problem: HotlineError | None = None
    group: str = ""
    who: str = ""
    appeals: Sequence[Mapping[str, Any]] = ()
    allowed: Sequence[Act] = ()

    @property
    def judged(self) -> JudgedPeriod:
        """Only where there is no ``problem``."""
        assert self.judging is not None
        return self.judging.judged

    @property
    def groups(self) -> list[str]:
        return groups_of(self.judged) if self.judging else []

    @property
    def names(self) -> Mapping[str, str]:
        return {one.key: one.name for one in self.judged.people}

    @property
    def ranked(self) -> GroupScores:
        return group_of(self.judged, self.group)

    @property
    def shown(self) -> dict[str, str]:
        """What is drawn, with everything said: for what is asked once the page is there."""
        stored, month = self.period.stored, self.period.month
        return {
            **self.asked.given,
            "scheme": self.scheme_id,
            "period": self.period.value,
            "group": self.group,
            "who": self.who,
            "stored": stored.id if stored else "",
            "month": str(month) if month else "",
        }

    @property
    def is_running(self) -> bool:
        """The period has not ended: the figures are those up to now."""
        return self.judged.until > self.now

    @property
    def open_appeals(self) -> int:
        return sum(one["state"] == "open" for one in self.appeals)


async def review(asked: ReviewQuery) -> Review:
    require_everybodys()
    now = utc_now()
    schemes, found = await web().in_session(lambda session: _schemes(session, asked))
    periods = _periods(found, month_at(now, rooms().zone))
    shown = Review(asked, now, schemes, scheme_of(asked, schemes), periods, periods[0])
    for choice in _tried(asked, periods):
        shown = await _judged(replace(shown, period=choice))
        if shown.judging is not None and any(one.total is not None for one in shown.judged.scores):
            break
    if shown.judging is None:
        return shown
    return await _with_life(_placed(shown))


def scheme_of(asked: ReviewQuery, schemes: Sequence[SchemeRecord]) -> str:
    """The office's own before the examples, those of agents before the others."""
    ordered = sorted(schemes, key=lambda one: (one.example, one.scheme.subject.post != AGENT))
    return asked.of("scheme", (one.scheme.id for one in ordered))


def _schemes(session: Session, asked: ReviewQuery) -> tuple[list[SchemeRecord], list[StoredPeriod]]:
    schemes = service.newest(session)
    found, _more = reading.periods(session, PeriodQuery(scheme_of(asked, schemes), limit=MOST_STORED))
    return schemes, found


def _periods(found: Sequence[StoredPeriod], this: Month) -> list[PeriodChoice]:
    """The last months, the newest first, each with what is kept of it; and what is kept of other stretches."""
    zone, held = rooms().zone, {(one.head.from_at, one.head.until): one for one in sorted(found, key=_standing)}
    months = [this.later(-n) for n in range(MONTHS)]
    choices = [PeriodChoice(str(one), one, held.pop(one.span(zone), None)) for one in months]
    others = sorted(held.values(), key=lambda one: -one.head.until)
    return [*choices, *(PeriodChoice(one.id, None, one) for one in others)]


def _standing(one: StoredPeriod) -> tuple[bool, float]:
    """Of several of one stretch what was published comes last, and so counts; then the newest draft."""
    return one.state != "draft", one.made_at


def _tried(asked: ReviewQuery, periods: Sequence[PeriodChoice]) -> list[PeriodChoice]:
    """What the address says; else the last that was published; else the month that ended last, or this one where
    nothing is known of that."""
    said = asked.given.get("period", "")
    named = next((one for one in periods if one.value == said), None)
    if named is not None:
        return [named]
    if (month := month_of(said)) is not None:
        return [PeriodChoice(said, month)]
    settled = [one for one in periods if one.stored and one.stored.state != "draft"]
    return [*settled[:1], periods[1], periods[0]]


async def _judged(review: Review) -> Review:
    try:
        judging = await judging_of(review.scheme_id, review.period)
    except HotlineError as no:
        return replace(review, problem=no)
    before = await _before(review)
    return replace(review, judging=judging, before=before.judged if before else None, problem=None)


async def judging_of(scheme_id: str, period: PeriodChoice) -> Judging:
    """As it was kept, or as it would be judged now."""
    if period.stored is not None:
        stored = period.stored
        people = await web().in_session(lambda session: reading.people(session, stored.id))
        head = stored.head
        return Judging(judged_of(head, people.values()), head.version, head.example, is_kept=True)
    month = period.month
    assert month is not None
    record = await web().in_session(lambda session: service.holding(session, scheme_id, *month.days))
    judged = await web().parts[JUDGEMENTS].of(record.scheme, *month.span(rooms().zone))
    return Judging(judged, record.version, record.example)


async def _before(review: Review) -> Judging | None:
    """The period before, with which people are compared."""
    if review.period.month is None:
        return None
    month = review.period.month.later(-1)
    choice = next((one for one in review.periods if one.month == month), PeriodChoice(str(month), month))
    return await _judging_or_none(review.scheme_id, choice)


async def _judging_or_none(scheme_id: str, choice: PeriodChoice) -> Judging | None:
    """``None`` where no version of the scheme held in that month."""
    try:
        return await judging_of(scheme_id, choice)
    except HotlineError:
        return None


def _placed(review: Review) -> Review:
    """With the group and the person that are looked at."""
    asked, groups = review.asked, groups_of(review.judged)
    who = asked.given.get("who", "")
    theirs = next((one.group for one in review.judged.scores if one.who == who), None)
    said = asked.given.get("group")
    group = said if said in groups else theirs if theirs is not None else _largest(review.judged, groups)
    ranked = group_of(review.judged, group)
    return replace(review, group=group, who=who if ranked.of(who) else ranked.scores[0].who)


def _largest(judged: JudgedPeriod, groups: Sequence[str]) -> str:
    """Whom a review is mostly about."""
    return max(groups, key=lambda name: sum(one.group == name for one in judged.scores))


async def _with_life(review: Review) -> Review:
    """With the appeals against a kept period, and what may be done with it."""
    stored, me = review.period.stored, user()
    if stored is None:
        return review
    web().audit.seen(me.name, "kpi_scores_read", stored.id, only=None, edition=None)

    def work(session: Session) -> Review:
        view = ScoreView(me, rooms().zone)
        made = [appeal_row(session, view, stored, one) for one in appeals.appeals(session, stored.id)]
        acts = [act for act in reading.allowed(session, stored, review.now) if me.may(RIGHTS[act])]
        # Whoever published does not decide on appeals against that.
        acts = [act for act in acts if act != "decide" or me.name != stored.published_by]
        return replace(review, appeals=made, allowed=acts)

    return await web().in_session(work)


# --- what is asked once the page is there -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The period that a page has drawn, and who of it."""

    judging: Judging
    who: str


@dataclass(frozen=True, slots=True)
class LastPeriods:
    """The oldest first; ``None`` where a month could not be judged."""

    periods: Sequence[tuple[Month, Judging | None]]
    who: str
    group: str


async def looked_at(given: Any) -> LookedAt:
    """``given`` is what the page has said it shows; it comes from a browser."""
    require_everybodys()
    asked = query_of(given)
    return LookedAt(await judging_of(asked.given.get("scheme", ""), await _choice(asked)), asked.given.get("who", ""))


async def stored_period(given: Any) -> StoredPeriod | None:
    require_everybodys()
    return (await _choice(query_of(given))).stored


async def last_periods(given: Any) -> LastPeriods:
    """The six that end with the one that is looked at."""
    require_everybodys()
    asked = query_of(given)
    this = month_of(asked.given.get("month", "")) or month_at(utc_now(), rooms().zone)
    _records, found = await web().in_session(lambda session: _schemes(session, asked))
    held = {one.month: one for one in _periods(found, this) if one.month}
    months = [this.later(-n) for n in reversed(range(TREND_PERIODS))]
    scheme_id = asked.given.get("scheme", "")
    judged = [(month, await _judging_or_none(scheme_id, held[month])) for month in months]
    return LastPeriods(judged, asked.given.get("who", ""), asked.given.get("group", ""))


async def _choice(asked: ReviewQuery) -> PeriodChoice:
    said = asked.given.get("stored", "")
    if said:
        return PeriodChoice(said, None, await web().in_session(lambda session: reading.period(session, said)))
    month = month_of(asked.given.get("month", ""))
    if month is None:
        raise NotFound("There is no period {id}.", field="period", remedy="Choose one from the list.", id=said)
    return PeriodChoice(str(month), month)
