"""Gi* (Getis, Ord 1992) and local Moran's I (Anselin 1995) over the cells of an area. Pure.

Statistics are those of esda, to the last digits; probabilities come from random draws, see ``significance``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo_analysis.points import Flags, Floats
from geo_analysis.significance import DRAWS, draws, sums_by_chance, tails

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class LocalStatistic:
    """``value``: z of Gi*, or I of Moran. ``around`` is the sum (Gi*) or mean (Moran) of the neighbourhood and
    ``expected`` what chance brings there."""

    value: Floats
    around: Floats
    expected: Floats
    p: Floats


def gi(values: Floats, neighbours: csr_array, *, star: bool) -> tuple[Floats, Floats, Floats]:
    """z, sum and expected sum of each neighbourhood with binary weights; with ``star`` the cell is its own neighbour.

    The area's edge is respected: a cell there is compared with as few others as it has.
    """
    n = len(values)
    sizes = np.asarray(neighbours.sum(axis=1)).ravel() + (1.0 if star else 0.0)
    around = neighbours @ values + (values if star else 0.0)
    if star:
        count, mean = float(n), np.full(n, values.mean())
        variance = np.full(n, (values**2).mean()) - mean**2
    else:
        count = n - 1.0
        mean = (values.sum() - values) / count
        variance = ((values**2).sum() - values**2) / count - mean**2
    spread = np.sqrt(np.maximum(variance, 0) * (count * sizes - sizes**2) / (count - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(spread > 0, (around - mean * sizes) / spread, 0.0)
    return z, around, mean * sizes


def gi_star(values: Floats, neighbours: csr_array, seed: int = 1, times: int = DRAWS) -> LocalStatistic:
    """With the probability that as many cells drawn anywhere in the area hold as much, or as little."""
    z, around, expected = gi(values, neighbours, star=True)
    sizes = np.asarray(neighbours.sum(axis=1)).ravel().astype(np.int64) + 1
    chance = np.random.default_rng(seed)
    p = np.ones(len(values))
    for size in np.unique(sizes):
        own = sizes == size
        p[own] = tails(around[own], sums_by_chance(values, int(size), times, chance))
    return LocalStatistic(z, around, expected, p)


def local_moran(values: Floats, neighbours: csr_array, seed: int = 1, times: int = DRAWS) -> LocalStatistic:
    """Row-standardised. The probability is that of the neighbours' mean with the cell itself left where it is."""
    n = len(values)
    sizes = np.asarray(neighbours.sum(axis=1)).ravel().astype(np.int64)
    z = values - values.mean()
    total = float((z**2).sum())
    mean = neighbours @ values / np.maximum(sizes, 1)
    lag = np.where(sizes > 0, mean - values.mean(), 0.0)
    value = (n - 1) * z * lag / total if total > 0 else np.zeros(n)
    expected = (values.sum() - values) / max(1, n - 1)
    chance = np.random.default_rng(seed)
    p = np.ones(n)
    for size in np.unique(sizes[sizes > 0]):
        own = sizes == size
        p[own] = _conditional(values, own, mean[own] * size, int(size), times, chance)
    return LocalStatistic(value, mean, expected, p)


def _conditional(
    values: Floats, own: Flags, observed: Floats, size: int, times: int, chance: np.random.Generator
) -> Floats:
    """Of the draws from all cells those without the cell itself are draws from all others: no second run is needed."""
    if size >= len(values):
        return np.ones(int(own.sum()))
    drawn = draws(len(values), size, times, chance)
    sums = values[drawn].sum(axis=1)
    order = np.argsort(sums, kind="stable")
    ordered, members = sums[order], drawn[order].ravel()
    slack = 1e-9 * max(1.0, float(np.abs(ordered).max()))
    from_here = np.searchsorted(ordered, observed - slack, "left")
    up_to = np.searchsorted(ordered, observed + slack, "right")
    # Where in the order each cell's own draws stand.
    ranks = np.repeat(np.arange(times), size)
    # Stable, so that ranks stay in order; small whole numbers are sorted by their digits.
    small = members.astype(np.uint16) if len(values) < 1 << 16 else members
    by_cell = np.argsort(small, kind="stable")
    starts = np.searchsorted(members[by_cell], np.arange(len(values) + 1))
    p = np.ones(int(own.sum()))
    for n, cell in enumerate(np.flatnonzero(own)):
        mine = ranks[by_cell[starts[cell] : starts[cell + 1]]]
        left = times - len(mine)
        upper = times - from_here[n] - (len(mine) - np.searchsorted(mine, from_here[n]))
        lower = up_to[n] - np.searchsorted(mine, up_to[n])
        p[n] = min(1.0, 2 * (min(upper, lower) + 1) / (left + 1))
    return p


def standardised_rates(cases: Floats, exposed: Floats) -> Floats:
    """Rates that can be compared although some rest on few customers: empirical Bayes (Assunção, Reis 1999)."""
    overall = cases.sum() / exposed.sum()
    rates = cases / exposed
    spread = float((exposed * (rates - overall) ** 2).sum() / exposed.sum()) - overall / exposed.mean()
    variance = max(spread, 0.0) + overall / exposed
    return np.asarray((rates - overall) / np.sqrt(variance), np.float64)
