"""What chance does by itself: false discoveries, permuted sums, trends. Pure.

Sums of a neighbourhood are compared with sums of as many cells drawn at random from the whole area: exact where counts
are few and skewed, as those of leaks are, and a normal law would find hot spots that are none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo_analysis.points import Floats

# The smallest probability that can be told is one of this many: enough for 4,000 cells after the correction.
DRAWS = 199_999


def false_discovery(p: Floats) -> Floats:
    """Benjamini and Hochberg (1995): of what has q up to 0.05, one in twenty is chance's at most, on average."""
    flat = p.ravel()
    order = np.argsort(flat, kind="stable")
    n = len(flat)
    stepped = flat[order] * n / np.arange(1, n + 1)
    q = np.empty(n)
    q[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return q.reshape(p.shape)


def two_sided(z: Floats) -> Floats:
    """Probability of a normal value as far out or farther."""
    from scipy.special import ndtr

    return np.asarray(2 * ndtr(-np.abs(z)), np.float64)


def draws(n: int, size: int, times: int, chance: np.random.Generator) -> npt.NDArray[np.int64]:
    """``times`` samples of ``size`` different numbers below ``n``."""
    if size > n:
        raise ValueError(f"{size} of {n}")
    if n < 8 * size:
        return np.argsort(chance.random((times, n)), axis=1)[:, :size]
    found = chance.integers(0, n, (times, size))
    while True:
        ordered = np.sort(found, axis=1)
        twice = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        if not twice.any():
            return found
        found[twice] = chance.integers(0, n, (int(twice.sum()), size))


def sums_by_chance(values: Floats, size: int, times: int, chance: np.random.Generator) -> Floats:
    """Sorted sums of ``size`` cells drawn from all."""
    return np.sort(values[draws(len(values), size, times, chance)].sum(axis=1))


def tails(observed: Floats, by_chance: Floats) -> Floats:
    """Two-sided probability: twice the smaller tail, each with the observation itself counted (Phipson, Smyth 2010)."""
    times = len(by_chance)
    slack = 1e-9 * max(1.0, float(np.abs(by_chance).max(initial=0.0)))
    upper = times - np.searchsorted(by_chance, observed - slack, "left")
    lower = np.searchsorted(by_chance, observed + slack, "right")
    smaller = (np.minimum(upper, lower) + 1) / (times + 1)
    return np.asarray(np.minimum(1.0, 2 * smaller), np.float64)


def mann_kendall(series: Floats) -> tuple[Floats, Floats, Floats]:
    """S, its variance (ties counted) and Z with the correction for continuity, of each row."""
    rows, n = series.shape
    s = np.zeros(rows)
    for lag in range(1, n):
        s += np.sign(series[:, lag:] - series[:, :-lag]).sum(axis=1)
    ordered = np.sort(series, axis=1)
    variance = np.full(rows, n * (n - 1) * (2 * n + 5), np.float64)
    for row in range(rows):
        _, alike = np.unique(ordered[row], return_counts=True)
        ties = alike[alike > 1].astype(np.float64)
        variance[row] -= (ties * (ties - 1) * (2 * ties + 5)).sum()
    variance /= 18
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(variance), 0.0)
    return s, variance, z


def log_likelihood_ratio(observed: Floats, expected: Floats, total: float) -> Floats:
    """Kulldorff's, of more than expected inside; 0 where there is not more."""
    inside, outside = observed, total - observed
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = inside * np.log(inside / expected) + np.where(
            outside > 0, outside * np.log(outside / (total - expected)), 0.0
        )
    return np.where(inside > expected, gain, 0.0)
