"""Sliders over lines of one score: from the worst to the best that a curve knows, in steps that people count. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards.components.score.bill import ScoreBill, ScoreBillLine
from dashboards.components.score.curves import target_of
from kpi.scoring.curves import Veto, points_of
from kpi.scoring.score import LineValue

MOST = 3
# About so many steps from end to end, and no finer than one writes it down.
STEPS = 100
FINEST: Mapping[str, float] = {"share": 0.001, "seconds": 1.0, "number": 0.1}


@dataclass(frozen=True, slots=True)
class Lever:
    """``worst`` and ``best`` are values of the indicator; ``at`` and ``target`` count steps from the worst. ``n`` is
    the line's place in the scheme."""

    n: int
    name: str
    unit: str
    worst: float
    best: float
    step: float
    own: float
    target: int | None

    @property
    def steps(self) -> int:
        return max(1, round(abs(self.best - self.worst) / self.step))

    @property
    def at(self) -> int:
        """Where the own value stands, to the nearest step."""
        return self.step_at(self.own)

    def step_at(self, value: float) -> int:
        part = (value - self.worst) / (self.best - self.worst)
        return min(self.steps, max(0, round(part * self.steps)))

    def value(self, step: int) -> float:
        """At the own step the own value itself, so that a slider that was not moved changes nothing."""
        if step == self.at:
            return self.own
        inside = min(self.steps, max(0, step))
        return round(self.worst + (self.best - self.worst) * inside / self.steps, 6)


def levers_of(bill: ScoreBill) -> list[Lever]:
    """Of the lines where most is to be got; then of the heaviest."""
    known = [one for one in bill.weighted if _may_turn(one)]
    known.sort(key=lambda one: (-one.lost, -one.line.weight, one.n))
    return [_lever(one) for one in known[:MOST]]


def _may_turn(one: ScoreBillLine) -> bool:
    return one.score.state == "counted" and one.score.figure.value is not None and not isinstance(one.line.curve, Veto)


def _lever(one: ScoreBillLine) -> Lever:
    curve, own = one.line.curve, one.score.figure.value
    assert own is not None
    assert not isinstance(curve, Veto)
    knots = curve.knots
    low, high = min(knots[0][0], own), max(knots[-1][0], own)
    finest = FINEST[one.unit]
    step = max(finest, _round((high - low) / STEPS))
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    falls = knots[0][1] > knots[-1][1]
    worst, best = (high, low) if falls else (low, high)
    lever = Lever(one.n, one.name, one.unit, worst, best, step, own, None)
    target = target_of(curve)
    return lever if target is None else replace(lever, target=lever.step_at(target[0]))


def _round(step: float) -> float:
    """The next of 1, 2, 5, 10, … that is not smaller."""
    scale = 10.0 ** math.floor(math.log10(step)) if step > 0 else 1.0
    return next((one * scale for one in (1.0, 2.0, 5.0, 10.0) if one * scale >= step * (1 - 1e-9)), 10.0 * scale)


def turned(bill: ScoreBill, levers: Mapping[int, Lever], steps: Mapping[int, int]) -> dict[int, LineValue]:
    """The figures that the sliders say, by line: as many counted as were, of another value."""
    found = {}
    for n, lever in levers.items():
        value = lever.value(steps.get(n, lever.at))
        figure = bill.lines[n].score.figure
        if value != figure.value:
            found[n] = replace(figure, value=value, numerator=_numerator(figure, value))
    return found


def _numerator(figure: LineValue, value: float) -> float:
    """What would have been counted; compared with the same cases where the figure is."""
    if figure.expected is not None and figure.reference:
        return value / figure.reference * figure.expected
    return value * figure.denominator


@dataclass(frozen=True, slots=True)
class Gain:
    name: str
    points: float


def gains(bill: ScoreBill, figures: Mapping[int, LineValue]) -> list[Gain]:
    """What each changed line brings more (or less) to the total, the most first."""
    found = []
    for n, figure in figures.items():
        one = bill.lines[n]
        if isinstance(one.line.curve, Veto) or figure.value is None:
            continue
        points = one.score.weight * (points_of(one.line.curve, figure.value) - (one.score.score or 0.0)) / 100
        found.append(Gain(one.name, points))
    return sorted(found, key=lambda one: -one.points)
