"""Totals, ranks and grades of everybody whom a scheme judges, out of the figures of each. Pure.

The total is Σ weight · score / Σ weight over the lines that count, plus what lines without weight add or take, never
below nought, rounded once at the end. Sums are exact (``math.fsum``), so that the order of lines does not matter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kpi.scoring.curves import FULL, Bonus, Deduction, Veto, points_at
from kpi.scoring.grades import graded, ranks, rounded, worse
from kpi.scoring.scheme import Scheme, SchemeLine

# too_few: 样本不足, the sample is below the line's minimum. In both others but counted the line's rule applies.
State = Literal["counted", "too_few", "no_data"]


@dataclass(frozen=True, slots=True)
class LineValue:
    """One indicator of one person: ``value`` is numerator / denominator, ``None`` without a denominator. Where it is
    compared with the same cases of all, it is numerator / ``expected`` × ``reference``, the value of all together."""

    numerator: float = 0.0
    denominator: float = 0.0
    value: float | None = None
    sample: int = 0
    expected: float | None = None
    reference: float | None = None


NOTHING = LineValue()


def restated(before: LineValue, now: LineValue) -> LineValue:
    """Another figure in the place of one that was compared with the same cases: it is compared with as many."""
    if before.expected is None or before.reference is None or now.value is None or before.denominator <= 0:
        return now
    expected = before.expected * now.denominator / before.denominator
    value = now.numerator / expected * before.reference if expected > 0 else now.value
    return replace(now, value=value, expected=expected, reference=before.reference)


@dataclass(frozen=True, slots=True)
class LineScore:
    """``score`` in points of the curve, ``None`` where the line is left out; ``weight`` is what it counted of 100,
    after what others left has been spread; ``points`` are what it brings to the total, to the last digit."""

    figure: LineValue
    state: State
    score: float | None
    weight: float
    points: float
    struck: bool = False


@dataclass(frozen=True, slots=True)
class AppealPoints:
    """What an upheld appeal gives to the total, or takes: ``n`` is the appeal's number, ``line`` the place of the line
    that it was made against, ``words`` the reason of who decided."""

    n: int
    line: int
    points: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class ValueRange:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """What the data allow (``kpi.fairness``). ``total`` is ``None`` where nothing is known of its chances, or there is
    no total; the ranks are then all of the group's, or ``None`` without a rank. ``lines``: each one's value, ``None``
    where chance has no part or is not known."""

    total: ValueRange | None
    rank_low: int | None
    rank_high: int | None
    lines: tuple[ValueRange | None, ...]


@dataclass(frozen=True, slots=True)
class TotalScore:
    """``total`` rounded, ``None`` where nothing could be judged. ``lines`` are in the order of the scheme's;
    ``allowed`` is ``None`` where nobody has worked it out; ``appeals`` are those that moved the total."""

    who: str
    group: str
    total: float | None
    grade: str | None
    rank: int | None
    lines: tuple[LineScore, ...]
    allowed: ScoreRange | None = None
    appeals: tuple[AppealPoints, ...] = ()

    @property
    def appeal_points(self) -> float:
        return math.fsum(one.points for one in self.appeals)


def scores(
    scheme: Scheme,
    figures: Mapping[str, Sequence[LineValue]],
    groups: Mapping[str, str] | None = None,
    appeals: Mapping[str, Sequence[AppealPoints]] | None = None,
) -> list[TotalScore]:
    """By who they are, with a figure for each line; ranks and grades are given within each of ``groups``. ``appeals``
    move whatever the lines make of the total."""
    people = list(figures)
    columns = [_column(line, [figures[who][n] for who in people]) for n, line in enumerate(scheme.lines)]
    alone = [
        _alone(scheme, who, (groups or {}).get(who, ""), figures[who], [column[n] for column in columns])
        for n, who in enumerate(people)
    ]
    return _compared(scheme, [_moved(one, (appeals or {}).get(one.who, ())) for one in alone])


def _column(line: SchemeLine, figures: Sequence[LineValue]) -> list[tuple[State, float | None]]:
    """State and score of one line, for all people at once; of a veto no score."""
    states = [line_state(line, figure) for figure in figures]
    if isinstance(line.curve, Veto):
        return [(state, None) for state in states]
    values = [
        figure.value if state == "counted" and figure.value is not None else np.nan
        for state, figure in zip(states, figures, strict=True)
    ]
    found = points_at(line.curve, values).tolist()
    instead = instead_of(line)
    return [(state, score if state == "counted" else instead) for state, score in zip(states, found, strict=True)]


def line_state(line: SchemeLine, figure: LineValue) -> State:
    if figure.value is None:
        return "no_data"
    return "too_few" if figure.sample < (line.minimum or 0) else "counted"


def instead_of(line: SchemeLine) -> float | None:
    """The score where nothing counts; ``None`` leaves the line out."""
    if not line.weight or isinstance(line.curve, Veto):
        return None
    match line.missing:
        case "neutral":
            return line.curve.neutral
        case "nought":
            return 0.0
    return None


def _alone(
    scheme: Scheme, who: str, group: str, figures: Sequence[LineValue], found: Sequence[tuple[State, float | None]]
) -> TotalScore:
    """Total, not yet rounded, and lines; rank and grade need the others."""
    lines = scheme.lines
    counts = [line.weight > 0 and score is not None for line, (_state, score) in zip(lines, found, strict=True)]
    whole = math.fsum(line.weight for line, counted in zip(lines, counts, strict=True) if counted)
    made = []
    for line, counted, figure, (state, score) in zip(lines, counts, figures, found, strict=True):
        if counted and score is not None:
            made.append(LineScore(figure, state, score, 100.0 * line.weight / whole, line.weight * score / whole))
        else:
            moves = not line.weight and isinstance(line.curve, Deduction | Bonus)
            extra = score - FULL if moves and score is not None else 0.0
            made.append(LineScore(figure, state, score, 0.0, extra, _strikes(line, figure, state)))
    total = max(0.0, math.fsum(one.points for one in made)) if whole else None
    if total is not None and any(
        one.struck and isinstance(line.curve, Veto) and line.curve.effect == "nought"
        for line, one in zip(lines, made, strict=True)
    ):
        total = 0.0
    return TotalScore(who, group, total, None, None, tuple(made))


def _moved(one: TotalScore, appeals: Sequence[AppealPoints]) -> TotalScore:
    moved = replace(one, appeals=tuple(appeals))
    return moved if moved.total is None else replace(moved, total=max(0.0, moved.total + moved.appeal_points))


def _strikes(line: SchemeLine, figure: LineValue, state: State) -> bool:
    curve = line.curve
    return isinstance(curve, Veto) and state == "counted" and figure.value is not None and curve.strikes(figure.value)


def _compared(scheme: Scheme, alone: Sequence[TotalScore]) -> list[TotalScore]:
    """Rounded, ranked and graded, in the order given."""
    exact = [one if one.total is None else replace(one, total=rounded(one.total)) for one in alone]
    done: dict[str, TotalScore] = {}
    for group in dict.fromkeys(one.group for one in exact):
        members = [one for one in exact if one.group == group]
        totals = [one.total for one in members]
        for one, rank, grade in zip(members, ranks(totals), graded(scheme.grades, totals), strict=True):
            done[one.who] = replace(one, rank=rank, grade=_capped(scheme, one, grade))
    return [done[one.who] for one in exact]


def _capped(scheme: Scheme, one: TotalScore, grade: str | None) -> str | None:
    for line, found in zip(scheme.lines, one.lines, strict=True):
        if grade is not None and found.struck and isinstance(line.curve, Veto) and line.curve.effect == "cap_grade":
            grade = worse(scheme.grades, grade, line.curve.grade)
    return grade
