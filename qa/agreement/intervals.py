"""How sure a share or a mean is. Pure.

Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. Student's t by the finite
series of Abramowitz and Stegun 26.7.3 and 26.7.4, which is exact for whole degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev
from typing import NamedTuple

LEVEL = 0.95


class Interval(NamedTuple):
    low: float
    high: float


def wilson(successes: int, n: int, level: float = LEVEL) -> Interval | None:
    """Of the share ``successes / n``; ``None`` of nothing."""
    if not n:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, spread = successes / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    # At the ends the square root and the middle cancel, but for their last digits.
    low = 0.0 if successes == 0 else max(middle - half, 0.0)
    return Interval(low, 1.0 if successes == n else min(middle + half, 1.0))


def of_mean(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """Student's interval; ``None`` of fewer than two values, which do not say how far they vary."""
    if len(values) < 2:
        return None
    half = t_quantile((1 + level) / 2, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return Interval(fmean(values) - half, fmean(values) + half)


def t_quantile(share: float, degrees: int) -> float:
    """Below which ``share`` (over a half) of Student's distribution lies."""
    low, high = 0.0, 1.0
    while t_below(high, degrees) < share:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if t_below(middle, degrees) < share else (low, middle)
    return (low + high) / 2


def t_below(t: float, degrees: int) -> float:
    """The share of Student's distribution below ``t``, which is not negative."""
    angle = math.atan(t / math.sqrt(degrees))
    cos2 = math.cos(angle) ** 2
    odd = degrees % 2
    term = math.cos(angle) if odd else 1.0
    terms = [] if degrees == 1 else [term]
    for k in range(2 + odd, degrees - 1, 2):
        term *= cos2 * (k - 1) / k
        terms.append(term)
    series = math.sin(angle) * math.fsum(terms)
    within = 2 / math.pi * (angle + series) if odd else series
    return (1 + within) / 2
