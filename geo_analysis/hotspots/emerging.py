"""Emerging hot spots: Gi* over cells and periods, and a trend by Mann and Kendall for each cell. Pure.

The classes are those of the space-time analysis that geographers know; what chance explains has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo_analysis.points import Floats
from geo_analysis.significance import false_discovery, mann_kendall, sums_by_chance, tails, two_sided

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ALPHA = 0.05
# "Nearly always": nine of ten periods.
ALWAYS = 0.9
FEWEST_STEPS, MOST_STEPS = 4, 60


@dataclass(frozen=True, slots=True)
class Emerging:
    """``hot`` by cell and period, ``z`` of the trend with its probability; ``kind`` new, intensifying, persistent,
    diminishing, sporadic, former or chance."""

    hot: npt.NDArray[np.bool_]
    z: Floats
    trend: Floats
    p: Floats
    q: Floats
    kind: npt.NDArray[np.str_]


def emerging(cube: Floats, neighbours: csr_array, seed: int = 1, times: int = 49_999) -> Emerging:
    """``cube`` holds counts by cell and period. A neighbourhood is the cell and its neighbours, in a period and the
    one before."""
    cells, steps = cube.shape
    near = neighbours @ cube + cube
    around = near.copy()
    around[:, 1:] += near[:, :-1]
    sizes = np.asarray(neighbours.sum(axis=1)).ravel().astype(np.int64) + 1
    size = np.repeat(sizes[:, None], steps, axis=1)
    size[:, 1:] *= 2
    values, n = cube.ravel(), cells * steps
    mean, spread = values.mean(), values.std()
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(spread > 0, (around - mean * size) / (spread * np.sqrt(size * (n - size) / (n - 1))), 0.0)
    chance = np.random.default_rng(seed)
    p = np.ones_like(cube)
    for each in np.unique(size):
        own = size == each
        if each < n:
            p[own] = tails(around[own], sums_by_chance(values, int(each), times, chance))
    q = false_discovery(p)
    hot = (q <= ALPHA) & (z > 0)
    _, _, trend = mann_kendall(z)
    trend_p = two_sided(trend)
    return Emerging(hot, z, trend, trend_p, q.min(axis=1), kinds(hot, trend, trend_p))


def kinds(hot: npt.NDArray[np.bool_], trend: Floats, p: Floats) -> npt.NDArray[np.str_]:
    """Of each cell, by the periods in which it was hot and its trend."""
    share, last, before = hot.mean(axis=1), hot[:, -1], hot[:, :-1].any(axis=1)
    always, certain = (share >= ALWAYS) & last, p <= ALPHA
    return np.select(
        [
            ~hot.any(axis=1),
            always & certain & (trend > 0),
            always & certain & (trend < 0),
            always,
            last & ~before,
            last,
        ],
        ["chance", "intensifying", "diminishing", "persistent", "new", "sporadic"],
        "former",
    )
