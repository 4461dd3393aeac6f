"""Funnels: how far a figure may lie from everybody's by chance, given how much somebody had to do. Pure.

Limits of 95 % and 99.8 % around the value of all together, by the number of calls, orders, shifts or days
(Spiegelhalter 2005). A share of things is binomial: exact limits, beyond which chance alone leaves at most 2.5 % and
0.1 % on each side, or normal ones, cut at 0 and 1. All else (seconds, shares of time) is a mean: normal limits by the
spread of single things within each place.
``dispersion`` is the mean square of the places' standardised distances, the outermost tenths drawn in: about 1 where
chance alone is at work. Limits are not widened by it: what lies outside differs by more than chance, by whatever cause.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kpi.fairness.bootstrap import Units

Floats = NDArray[np.float64]
FunnelMethod = Literal["exact", "normal", "mean"]
WIDE, WIDEST = 0.95, 0.998
# From here on exact and normal limits are the same to the fourth digit.
MOST_EXACT = 20_000
CURVE_POINTS = 40
WINSOR = 0.1


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """For ``n`` things."""

    n: int
    low_95: float
    high_95: float
    low_998: float
    high_998: float

    def outside(self, value: float) -> Literal["95", "99.8"] | None:
        """The widest limit that the value lies beyond."""
        if not self.low_998 <= value <= self.high_998:
            return "99.8"
        return None if self.low_95 <= value <= self.high_95 else "95"


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    place: str
    value: float
    numerator: float
    denominator: float
    limits: FunnelLimits

    @property
    def outside(self) -> Literal["95", "99.8"] | None:
        return self.limits.outside(self.value)


@dataclass(frozen=True, slots=True)
class Funnel:
    """``spread`` is the standard deviation of a single thing; ``dispersion`` ``None`` with less than two places."""

    target: float
    method: FunnelMethod
    spread: float
    dispersion: float | None
    points: Sequence[FunnelPoint]
    curve: Sequence[FunnelLimits]


def share_limits(
    target: float, n: int, level: float, method: Literal["exact", "normal"] = "normal"
) -> tuple[float, float]:
    """Within 0 and 1."""
    if method == "exact" and n <= MOST_EXACT:
        off = (1.0 - level) / 2.0
        return _quantile(target, n, off), _quantile(target, n, 1.0 - off)
    low, high = mean_limits(target, math.sqrt(target * (1.0 - target)), n, level)
    return max(0.0, low), min(1.0, high)


def mean_limits(target: float, spread: float, n: int, level: float) -> tuple[float, float]:
    off = NormalDist().inv_cdf((1.0 + level) / 2.0) * spread / math.sqrt(n)
    return target - off, target + off


def funnel(units: Units, figure: int = 0, method: Literal["exact", "normal"] = "exact") -> Funnel | None:
    """Of one figure of the units, all places together being the target; ``None`` where nothing was counted."""
    top, below = units.sums[:, 2 * figure], units.sums[:, 2 * figure + 1]
    counted = below > 0
    size = len(units.places)
    place, alike = units.place[counted], units.alike[counted]
    top, below = top[counted], below[counted]
    n = np.bincount(place, alike, size).astype(np.int64)
    if not n.any():
        return None
    tops, belows = np.bincount(place, alike * top, size), np.bincount(place, alike * below, size)
    target = float(tops.sum() / belows.sum())
    is_share = bool(((top == 0) | (top == 1)).all() and (below == 1).all())
    spread = math.sqrt(target * (1 - target)) if is_share else _spread(place, alike, top, below)
    limits = _limits_of(target, spread, method if is_share else "mean")
    points = [
        FunnelPoint(units.places[k], float(tops[k] / belows[k]), float(tops[k]), float(belows[k]), limits(int(n[k])))
        for k in np.flatnonzero(n).tolist()
    ]
    return Funnel(
        target,
        method if is_share else "mean",
        spread,
        _dispersion(points, target, spread),
        points,
        [limits(one) for one in _numbers(int(n[n > 0].min()), int(n.max()))],
    )


def _limits_of(target: float, spread: float, method: FunnelMethod) -> Callable[[int], FunnelLimits]:
    def limits(n: int) -> FunnelLimits:
        if method == "mean":
            wide, widest = (mean_limits(target, spread, n, level) for level in (WIDE, WIDEST))
            return FunnelLimits(n, max(0.0, wide[0]), wide[1], max(0.0, widest[0]), widest[1])
        wide, widest = (share_limits(target, n, level, method) for level in (WIDE, WIDEST))
        return FunnelLimits(n, *wide, *widest)

    return limits


def _quantile(target: float, n: int, share: float) -> float:
    """The least binomial share up to which more than ``share`` of the chances lie."""
    if target <= 0 or target >= 1:
        return float(round(target))
    k = np.arange(1, n + 1)
    odds = math.log(target) - math.log1p(-target)
    log_p = (
        np.concatenate([[0.0], np.cumsum(np.log((n - k + 1) / k))]) + n * math.log1p(-target) + np.arange(n + 1) * odds
    )
    first = int(np.searchsorted(np.cumsum(np.exp(log_p)), share, side="right"))
    return min(first, n) / n


def _spread(place: NDArray[np.intp], alike: NDArray[np.int64], top: Floats, below: Floats) -> float:
    """Standard deviation of one thing's share in the ratio, around the own place's."""
    tops, belows = np.bincount(place, alike * top), np.bincount(place, alike * below)
    own = np.divide(tops, belows, out=np.zeros(len(tops)), where=belows > 0)[place]
    freedom = int(alike.sum()) - int((belows > 0).sum())
    if freedom < 1:
        return 0.0
    off = top - own * below
    return math.sqrt(float(alike @ (off * off)) / freedom) / float(alike @ below / alike.sum())


def _dispersion(points: Sequence[FunnelPoint], target: float, spread: float) -> float | None:
    if len(points) < 2 or spread <= 0:
        return None
    z = np.array([(one.value - target) * math.sqrt(one.limits.n) / spread for one in points])
    low, high = np.quantile(z, [WINSOR, 1.0 - WINSOR])
    return float(np.mean(np.clip(z, low, high) ** 2))


def _numbers(least: int, most: int) -> list[int]:
    """For the curve: from few to many, closer where it is steep."""
    ends = max(1, least // 2), math.ceil(most * 1.1) + 1
    return sorted({round(float(n)) for n in np.geomspace(*ends, CURVE_POINTS)})
