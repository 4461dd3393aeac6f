"""One's own scores of periods that were published or frozen, with the own appeals. Nothing here draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.rights import Right
from dashboards.components.score.trend import TrendPoint
from dashboards.components.score.words import month_text
from dashboards.session import user, web
from kpi.api.appeal_rows import appeal_row
from kpi.api.common import ROOMS
from kpi.api.score_rows import ScoreView
from kpi.judging import JudgedPeriod
from kpi.periods import appeals, reading
from kpi.periods.appellants import own_key
from kpi.periods.reading import PeriodQuery, StoredPeriod
from kpi.periods.record import PersonRecord, judged_of

MOST = 60
TREND_PERIODS = 6
# In a smaller group its median tells too much of single colleagues.
LEAST_GROUP = 5


@dataclass(frozen=True, slots=True)
class OwnPeriod:
    """``judged`` has the own score alone. ``may_appeal`` while the deadline lasts."""

    stored: StoredPeriod
    who: str
    judged: JudgedPeriod
    ranked: int
    appeals: Sequence[Mapping[str, Any]]
    may_appeal: bool


@dataclass(frozen=True, slots=True)
class OwnScores:
    """The latest period first; ``shown`` is ``None`` while nothing is published."""

    periods: Sequence[StoredPeriod]
    shown: OwnPeriod | None
    trend: Sequence[TrendPoint]
    zone: ZoneInfo


async def own_scores(period_id: str) -> OwnScores:
    """Of whoever asks; another's period is none of the list, and so the latest is shown instead."""
    me, zone, now = user(), web().parts[ROOMS].zone, utc_now()

    def work(session: Session) -> OwnScores:
        found, _more = reading.periods(session, reading.own(session, me, PeriodQuery(limit=MOST)))
        mine = [(one, record) for one in found if (record := _own(session, one)) is not None]
        if not mine:
            return OwnScores([], None, [], zone)
        stored, record = next((pair for pair in mine if pair[0].id == period_id), mine[0])
        who = record.judged.key
        made = [
            appeal_row(session, ScoreView(me, zone, who), stored, one)
            for one in appeals.appeals(session, stored.id, who)
        ]
        may = me.may(Right.KPI) and "appeal" in reading.allowed(session, stored, now)
        shown = OwnPeriod(stored, who, judged_of(stored.head, [record]), record.ranked, made, may)
        alike = [pair for pair in mine if pair[0].head.scheme.id == stored.head.scheme.id]
        before = [pair for pair in alike if pair[0].head.until <= stored.head.until][:TREND_PERIODS]
        return OwnScores(
            [one for one, _record in mine], shown, [_point(session, *pair, zone) for pair in reversed(before)], zone
        )

    def _own(session: Session, one: StoredPeriod) -> PersonRecord | None:
        key = own_key(session, me, one.head.scheme.subject)
        return None if key is None or one.state == "draft" else reading.people(session, one.id, who=key).get(key)

    found = await web().in_session(work)
    if found.shown is not None:
        web().audit.seen(me.name, "kpi_scores_read", found.shown.stored.id, only=found.shown.who, edition=None)
    return found


def _point(session: Session, stored: StoredPeriod, own: PersonRecord, zone: ZoneInfo) -> TrendPoint:
    group = [
        one.score.total for one in reading.people(session, stored.id).values() if one.judged.group == own.judged.group
    ]
    totals = [one for one in group if one is not None]
    middle = median(totals) if len(totals) >= LEAST_GROUP else None
    return TrendPoint(month_text(stored.head.from_at, zone), own.score.total, middle)
