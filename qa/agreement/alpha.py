"""Krippendorff's alpha: how far any number of raters agree, with ratings missing. Pure.

Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability: from the coincidences of values within units.
``None`` where it is not defined: no unit was rated twice, or all ratings are equal (which shows no reliability, since
nothing varied).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["nominal", "ordinal", "interval"]


def alpha(ratings: Sequence[Sequence[float | None]], level: Level) -> float | None:
    """``ratings``: a row for each rater, a column for each unit, ``None`` where it was not rated."""
    units = [[one for one in unit if one is not None] for unit in zip(*ratings, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = sorted({one for unit in units for one in unit})
    if len(values) < 2:
        return None
    together = _coincidences(units, values)
    each = together.sum(axis=1)
    gaps = _gaps(values, each, level)
    by_chance = (np.outer(each, each) * gaps).sum() / (each.sum() - 1)
    return float(1 - (together * gaps).sum() / by_chance)


def _coincidences(units: Sequence[Sequence[float]], values: Sequence[float]) -> NDArray[np.float64]:
    """How often each pair of values was given to one unit; a unit of m ratings counts m."""
    place = {value: n for n, value in enumerate(values)}
    table = np.zeros((len(values), len(values)))
    for unit in units:
        counts = np.bincount([place[one] for one in unit], minlength=len(values)).astype(np.float64)
        table += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    return table


def _gaps(values: Sequence[float], each: NDArray[np.float64], level: Level) -> NDArray[np.float64]:
    """Squared differences of the level of measurement."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        return np.subtract.outer(values, values) ** 2
    # Ordinal: how many ratings lie between the two, half of each end included.
    middle = np.cumsum(each) - each / 2
    return np.subtract.outer(middle, middle) ** 2
