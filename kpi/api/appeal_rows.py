"""An appeal as the interface writes it, with the figures before and after."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.clock import iso, iso_or_none
from core.web.masking import shown_text
from kpi.api.indicators import plain
from kpi.api.score_rows import ScoreView, who_shown
from kpi.api.score_words import name_of
from kpi.periods import reading
from kpi.periods.appeals import Appeal
from kpi.periods.reading import StoredPeriod
from kpi.periods.record import PersonRecord
from kpi.scoring.scheme import measured


def appeal_row(session: Session, view: ScoreView, stored: StoredPeriod, one: Appeal) -> dict[str, Any]:
    line = stored.head.scheme.lines[one.line]

    def person(edition: int | None) -> PersonRecord:
        return reading.people(session, stored.id, edition=edition, who=one.who)[one.who]

    before = person(one.edition - 1 if one.edition is not None else None)
    return {
        "n": one.n,
        "who": who_shown(view.user, stored.head.scheme, one.who),
        "name": before.judged.name,
        "line": one.line,
        "indicator": line.indicator,
        "indicator_name": name_of(line.indicator, measured(line)),
        "reason": shown_text(view.user, one.reason),
        "state": one.state,
        "made_by": one.made_by,
        "made_at": iso(one.made_at),
        "decided_by": one.decided_by,
        "decided_at": iso_or_none(one.decided_at),
        "words": shown_text(view.user, one.words),
        "correction": None if one.correction is None else dict(one.correction),
        "before": _figures(before, one.line),
        "after": None if one.edition is None else _figures(person(one.edition), one.line),
    }


def _figures(person: PersonRecord, line: int) -> dict[str, Any]:
    score, found = person.score, person.score.lines[line]
    figure = found.figure
    return {
        "total": score.total,
        "grade": score.grade,
        "rank": score.rank,
        "value": None if figure.value is None else round(figure.value, 6),
        "numerator": plain(figure.numerator),
        "denominator": plain(figure.denominator),
        "sample": figure.sample,
        "score": None if found.score is None else round(found.score, 6),
    }
