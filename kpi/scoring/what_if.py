"""What would be if weights, targets or curves were others, or somebody's figures: who moves. Pure.

Out of figures that are known already, so that a page can ask at every step of a slider; nothing is saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import BadInput
from kpi.scoring.columns import columns_of, totals_of
from kpi.scoring.curves import Veto
from kpi.scoring.grades import graded, ranks, worse
from kpi.scoring.scheme import Scheme, settle
from kpi.scoring.score import LineValue, TotalScore


@dataclass(frozen=True, slots=True)
class Placing:
    total: float | None
    grade: str | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class Movement:
    """One person's place before and after a change."""

    who: str
    group: str
    before: Placing
    after: Placing

    @property
    def moved(self) -> bool:
        return self.before != self.after

    @property
    def places(self) -> int | None:
        """How many places up; below nought: down. ``None`` where there is no rank before or after."""
        if self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank


def what_if(
    scores: Sequence[TotalScore],
    scheme: Scheme,
    figures: Mapping[str, Mapping[int, LineValue]] | None = None,
) -> list[Movement]:
    """Everybody's, in the order of ``scores``, which were made by a scheme with the same indicators in the same order.
    ``figures``: other ones of some people, by the line's number from 0; what appeals gave or took stays.
    A line whose weight is nought counts nothing. The scheme need not be one that could be saved: its weights may
    sum to anything."""
    scheme = settle(scheme)
    if any(len(one.lines) != len(scheme.lines) for one in scores):
        raise BadInput(
            "The scheme has other lines than the scores.", field="lines", remedy="Work the scores out anew with it."
        )
    known = [[line.figure for line in one.lines] for one in scores]
    for n, one in enumerate(scores):
        for line, figure in (figures or {}).get(one.who, {}).items():
            known[n][line] = figure
    values, counted = columns_of(scheme.lines, known)
    found = totals_of(scheme.lines, list(values), counted, [one.appeal_points for one in scores])
    totals = [None if np.isnan(total) else float(total) for total in found]
    caps = _caps(scheme, values, counted)
    after: list[Placing] = [Placing(None, None, None)] * len(scores)
    for group in dict.fromkeys(one.group for one in scores):
        members = [n for n, one in enumerate(scores) if one.group == group]
        theirs = [totals[n] for n in members]
        for n, rank, grade in zip(members, ranks(theirs), graded(scheme.grades, theirs), strict=True):
            capped = worse(scheme.grades, grade, caps[n]) if grade is not None and n in caps else grade
            after[n] = Placing(totals[n], capped, rank)
    return [
        Movement(one.who, one.group, Placing(one.total, one.grade, one.rank), then)
        for one, then in zip(scores, after, strict=True)
    ]


def _caps(scheme: Scheme, values: np.ndarray, counted: np.ndarray) -> dict[int, str]:
    """The best grade that a veto leaves to whom it strikes."""
    found: dict[int, str] = {}
    for line, given, counts in zip(scheme.lines, values, counted, strict=True):
        if isinstance(line.curve, Veto) and line.curve.effect == "cap_grade":
            for n in np.flatnonzero(counts & line.curve.strikes_any(given)).tolist():
                found[n] = worse(scheme.grades, found.get(n, line.curve.grade), line.curve.grade)
    return found
