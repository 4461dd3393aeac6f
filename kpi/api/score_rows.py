"""Scores as the interface writes them: the best first, each line with its sentence and the rows behind it.

The same for a period that has just been judged and for one that was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import iso
from core.errors import NotAllowed
from core.people.users import User
from core.rights import Right, Scope
from core.web.masking import masked, sees_numbers, shown_text
from kpi.api.indicators import links, plain
from kpi.api.score_words import name_of, sentence
from kpi.judging import JudgedPeriod
from kpi.manual.entries import kind_of, whole_days
from kpi.periods.appellants import own_key
from kpi.schemes.values import Judged, place_of
from kpi.scoring.scheme import AGENT, MANUAL, Scheme, SchemeLine, SchemeScope, measured, unit_of
from kpi.scoring.score import LineScore, TotalScore

ENTRIES = "/api/v1/kpi/inputs"
# More would make too long an address.
MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class ScoreView:
    """Whom the rows are written for. ``only``: the one key that may be seen; ``None``: everybody's."""

    user: User
    zone: ZoneInfo
    only: str | None = None


def only_key(session: Session, user: User, subject: SchemeScope) -> str | None:
    """The one whose scores the person may see, ``None`` for everybody's; ``NotAllowed`` where nothing is theirs."""
    if user.scope(Right.KPI) is Scope.ALL:
        return None
    if (own := own_key(session, user, subject)) is None:
        raise not_yours()
    return own


def not_yours() -> NotAllowed:
    return NotAllowed("You may see your own score only.", field="scheme", remedy="Choose a scheme that judges you.")


def score_rows(view: ScoreView, found: JudgedPeriod) -> list[dict[str, Any]]:
    names = {one.key: one for one in found.people}
    seen = [one for one in found.scores if view.only in (None, one.who)]
    seen.sort(key=lambda one: (one.group, one.rank is None, one.rank or 0, one.who))
    return [_score(view, found, names[one.who], one) for one in seen]


def who_shown(user: User, scheme: Scheme, key: str) -> str:
    """An extension that is a telephone number of somebody's own is masked as one."""
    return (masked(key) or "") if scheme.subject.post == AGENT and not sees_numbers(user) else key


def _score(view: ScoreView, found: JudgedPeriod, who: Judged, score: TotalScore) -> dict[str, Any]:
    return {
        "who": who_shown(view.user, found.scheme, who.key),
        "name": who.name,
        "group": score.group,
        "total": score.total,
        "grade": score.grade,
        "rank": score.rank,
        **_allowed(score),
        "appeals": [
            {"n": one.n, "line": one.line, "points": one.points, "words": shown_text(view.user, one.words)}
            for one in score.appeals
        ],
        "lines": [
            {**line_row(line, one, _links(found, n, who, view.zone)), **_limits(score, n)}
            for n, (line, one) in enumerate(zip(found.scheme.lines, score.lines, strict=True))
        ],
    }


def _allowed(score: TotalScore) -> dict[str, float | None]:
    known = score.allowed
    total = known.total if known else None
    return {
        "rank_low": known.rank_low if known else None,
        "rank_high": known.rank_high if known else None,
        "total_low": total.low if total else None,
        "total_high": total.high if total else None,
    }


def _limits(score: TotalScore, line: int) -> dict[str, float | None]:
    known = score.allowed.lines[line] if score.allowed else None
    return {"low": round(known.low, 6) if known else None, "high": round(known.high, 6) if known else None}


def _links(found: JudgedPeriod, n: int, who: Judged, zone: ZoneInfo) -> Mapping[str, str | None]:
    question = found.questions[n]
    if question is not None:
        return links(question, zone, place_of(question, who))
    rows = _entries_link(found, n, who, zone) if found.scheme.lines[n].indicator in MANUAL else None
    return {"list": None, "list_shows": None, "rows": rows}


def _entries_link(found: JudgedPeriod, n: int, who: Judged, zone: ZoneInfo) -> str:
    """The entries that counted, also after others were made or withdrawn."""
    counted = found.entries.get(who.key, {}).get(n, ())
    if len(counted) <= MOST_NAMED:
        # There is no entry 0: of nothing the list is empty, whatever is written down later.
        return f"{ENTRIES}?{urlencode({'ids': ','.join(str(one.id) for one in counted) or '0'})}"
    line = found.scheme.lines[n]
    first, last = whole_days(found.from_at, found.until, zone)
    exact = {
        "indicator": line.indicator,
        "kind": kind_of(found.scheme.subject),
        "who": who.key,
        "from": first,
        "to": last,
        # The text has whole milliseconds, rounded down.
        "as_of": iso(found.judged_at + 0.001),
        **({"consent": "true"} if line.consent else {}),
    }
    return f"{ENTRIES}?{urlencode(exact)}"


def line_row(line: SchemeLine, one: LineScore, where: Mapping[str, str | None]) -> dict[str, Any]:
    found, figure = measured(line), one.figure
    return {
        "indicator": line.indicator,
        "name": name_of(line.indicator, found),
        "unit": unit_of(line.indicator),
        "of": line.of,
        "value": None if figure.value is None else round(figure.value, 6),
        "numerator": plain(figure.numerator),
        "denominator": plain(figure.denominator),
        "sample": figure.sample,
        "adjust": line.adjust,
        "expected": None if figure.expected is None else plain(figure.expected),
        "reference": None if figure.reference is None else round(figure.reference, 6),
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
