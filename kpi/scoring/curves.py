"""Scoring curves: how many points a value is worth. Each is a line through knots, flat outside of them. Pure.

Two knots with the same x are a jump; at the jump itself the higher score counts, in favour of who is judged, so that a
curve and its reverse agree. Values are in the unit of the indicator (shares from 0 to 1, seconds, counts), scores are
points, of which 100 are what is expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ConfigDict

FULL = 100.0
# Fields that nobody knows are refused, also where a file or a request is read into these records.
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Linear:
    """Nothing at ``floor``, ``base`` at ``target``, ``cap`` at ``stretch``, in lines between; ``reverse``: less is
    better, so that ``floor`` is the largest. Unsaid, the indicator says which."""

    __pydantic_config__ = STRICT
    floor: float
    target: float
    stretch: float
    base: float = FULL
    cap: float = 120.0
    reverse: bool | None = None
    kind: Literal["linear"] = "linear"

    @property
    def knots(self) -> Knots:
        return _rising((self.floor, 0.0), (self.target, self.base), (self.stretch, self.cap))

    @property
    def neutral(self) -> float:
        return self.base


@dataclass(frozen=True, slots=True)
class Band:
    """``full`` from ``low`` to ``high``, falling in a line to nothing at ``zero_below`` and ``zero_above``."""

    __pydantic_config__ = STRICT
    zero_below: float
    low: float
    high: float
    zero_above: float
    full: float = FULL
    kind: Literal["band"] = "band"

    @property
    def knots(self) -> Knots:
        return ((self.zero_below, 0.0), (self.low, self.full), (self.high, self.full), (self.zero_above, 0.0))

    @property
    def neutral(self) -> float:
        return self.full


@dataclass(frozen=True, slots=True)
class Steps:
    """Each of ``steps`` is a limit and the score from it on (``reverse``: up to it); ``otherwise`` if none is met."""

    __pydantic_config__ = STRICT
    steps: tuple[tuple[float, float], ...]
    otherwise: float = 0.0
    reverse: bool | None = None
    kind: Literal["steps"] = "steps"

    @property
    def knots(self) -> Knots:
        found: list[tuple[float, float]] = []
        before = self.otherwise
        for limit, score in sorted(self.steps, reverse=bool(self.reverse)):
            found += [(limit, before), (limit, score)]
            before = score
        return tuple(reversed(found)) if self.reverse else tuple(found)

    @property
    def neutral(self) -> float:
        return FULL


@dataclass(frozen=True, slots=True)
class Points:
    """Any line through ``points`` of value and score, from left to right; the same value twice is a jump."""

    __pydantic_config__ = STRICT
    points: tuple[tuple[float, float], ...]
    kind: Literal["points"] = "points"

    @property
    def knots(self) -> Knots:
        return self.points

    @property
    def neutral(self) -> float:
        return FULL


@dataclass(frozen=True, slots=True)
class Deduction:
    """``each`` point less for every one counted, ``most`` points in all. A line without weight takes them off the
    total; one with a weight scores 100 less them."""

    __pydantic_config__ = STRICT
    each: float
    most: float
    kind: Literal["deduction"] = "deduction"

    @property
    def knots(self) -> Knots:
        return ((0.0, FULL), (self.most / self.each, FULL - self.most))

    @property
    def neutral(self) -> float:
        return FULL


@dataclass(frozen=True, slots=True)
class Bonus:
    """``each`` point more for every one counted, ``most`` in all; as ``Deduction`` otherwise."""

    __pydantic_config__ = STRICT
    each: float
    most: float
    kind: Literal["bonus"] = "bonus"

    @property
    def knots(self) -> Knots:
        return ((0.0, FULL), (self.most / self.each, FULL + self.most))

    @property
    def neutral(self) -> float:
        return FULL


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: from ``limit`` on (``reverse``: up to it) the total is nought, or the grade no better than ``grade``.
    It has no points and no weight."""

    __pydantic_config__ = STRICT
    limit: float
    effect: Literal["nought", "cap_grade"] = "nought"
    grade: str = ""
    reverse: bool = False
    kind: Literal["veto"] = "veto"

    def strikes(self, value: float) -> bool:
        return value <= self.limit if self.reverse else value >= self.limit

    def strikes_any(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Of each; NaN strikes nobody."""
        return values <= self.limit if self.reverse else values >= self.limit


Curve: TypeAlias = Linear | Band | Steps | Points | Deduction | Bonus
Rule: TypeAlias = Curve | Veto


def points_at(curve: Curve, values: ArrayLike) -> NDArray[np.float64]:
    """The score of each value, in the same shape; of NaN it is NaN."""
    given = np.asarray(values, dtype=np.float64)
    knots = curve.knots
    found = np.where(np.isnan(given), np.nan, knots[0][1])
    for (x, y), (next_x, next_y) in pairwise(knots):
        if next_x > x:
            found += np.clip((given - x) / (next_x - x), 0.0, 1.0) * (next_y - y)
        else:
            found += ((given >= x) if next_y > y else (given > x)) * (next_y - y)
    return found


def points_of(curve: Curve, value: float) -> float:
    return float(points_at(curve, value))


def settled(rule: Rule, *, less_is_better: bool) -> Rule:
    """With its direction written down, so that it does not hang on the catalogue of a later version."""
    if isinstance(rule, (Linear, Steps)) and rule.reverse is None:
        return replace(rule, reverse=less_is_better)
    return rule


def is_monotone(scores: Sequence[float]) -> bool:
    return list(scores) in (sorted(scores), sorted(scores, reverse=True))


def _rising(*knots: tuple[float, float]) -> Knots:
    return tuple(sorted(knots))
