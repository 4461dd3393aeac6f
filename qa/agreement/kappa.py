"""Cohen's kappa of two raters, plain and weighted. Pure.

Cohen, J. (1960), A coefficient of agreement for nominal scales; (1968), Weighted kappa. ``None`` where it is not
defined: nothing was rated by both, or both gave one and the same rating to everything.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

R = TypeVar("R", bound=Hashable)
Weights = Literal["linear", "quadratic"]


def kappa(
    first: Sequence[R | None], second: Sequence[R | None], categories: Sequence[R], weights: Weights | None = None
) -> float | None:
    """Of ratings of the same units in the same order; a unit that one of them left out (``None``) does not count.
    ``categories``, in their order, are all ratings that there can be; weights go by their places."""
    place = {category: n for n, category in enumerate(categories)}
    table = np.zeros((len(place), len(place)))
    for one, other in zip(first, second, strict=True):
        if one is not None and other is not None:
            table[place[one], place[other]] += 1
    whole = table.sum()
    if not whole:
        return None
    gaps = _gaps(len(place), weights)
    by_chance = (gaps * np.outer(table.sum(axis=1), table.sum(axis=0))).sum() / whole
    return None if by_chance == 0 else float(1 - (gaps * table).sum() / by_chance)


def _gaps(n: int, weights: Weights | None) -> NDArray[np.float64]:
    """How bad it is that one says i and the other j."""
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n))).astype(np.float64)
    if weights is None:
        return (apart > 0).astype(np.float64)
    return apart if weights == "linear" else apart**2
