"""Figures drawn anew out of what they are made of, to see how far they could be others by chance alone. Pure.

Bootstrap (Efron 1979) over each one's own calls, entries, orders, shifts and days of work: of n of them n − 1 are drawn
with replacement, which gives the spread of the sample variance (Rao and Wu 1988). Where one has more than ``BUNDLES``
different ones, they are first put by chance into so many bundles, and bundles are drawn: the spread of a sum of sums is
the same, and known to 1 / sqrt(2 · BUNDLES), that is 3 %. A single one tells nothing about chance.

Each place (person, site, the whole) has chances of its own, made of its name: neither the order of people nor who else
is judged changes anybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEED = 20_260_101
REPEATS = 1000
BUNDLES = 500
# So many alike on the average: drawing how many of each kind is quicker than drawing one after the other.
ALIKE = 4


@dataclass(frozen=True, slots=True)
class Units:
    """What figures of one kind are made of, units alike in one row: ``alike`` so many of them, at ``place`` of
    ``places``. Columns of ``sums``: numerator and denominator of the first figure, of the second, and so on."""

    kind: str
    places: Sequence[str]
    place: NDArray[np.intp]
    sums: Floats
    alike: NDArray[np.int64]

    @property
    def figures(self) -> int:
        return int(self.sums.shape[1]) // 2


def redrawn(units: Units, repeats: int = REPEATS, seed: int = SEED) -> Floats:
    """By figure, place and repeat. NaN for a place with less than two units. All figures of a repeat are of the same
    draw, so that what goes together stays together."""
    # The same units give the same answer, in whatever order they come.
    order = np.lexsort((*units.sums.T, units.place))
    place, sums, alike = units.place[order], units.sums[order], units.alike[order]
    borders = np.searchsorted(place, np.arange(len(units.places) + 1))
    found = np.full((units.figures, len(units.places), repeats), np.nan)
    for n, key in enumerate(units.places):
        own = slice(borders[n], borders[n + 1])
        if alike[own].sum() >= 2:
            chance = np.random.default_rng([seed, crc32(f"{units.kind}/{key}".encode())])
            found[:, n] = _ratios(chance, sums[own], alike[own], repeats)
    return found


def _ratios(chance: np.random.Generator, sums: Floats, alike: NDArray[np.int64], repeats: int) -> Floats:
    n = int(alike.sum())
    if len(alike) * ALIKE > n:
        sums = np.repeat(sums, alike, axis=0)
        drawn = _one_by_one(chance, *_bundled(chance, sums), repeats)
    else:
        drawn = chance.multinomial(n - 1, alike / n, repeats) @ sums
    top, below = drawn[:, 0::2].T, drawn[:, 1::2].T
    whole = alike @ sums if len(alike) == len(sums) else sums.sum(axis=0)
    usual = np.divide(whole[0::2], whole[1::2], out=np.full(len(top), np.nan), where=whole[1::2] > 0)
    # A draw without anything to divide by says nothing: the figure is as it was.
    return np.where(below > 0, top / np.where(below > 0, below, 1.0), usual[:, None])


def _bundled(chance: np.random.Generator, sums: Floats) -> tuple[Floats, int]:
    n = len(sums)
    if n <= BUNDLES:
        return sums, n
    bundle = chance.permutation(n) % BUNDLES
    return np.stack([np.bincount(bundle, column, BUNDLES) for column in sums.T], axis=1), BUNDLES


def _one_by_one(chance: np.random.Generator, sums: Floats, n: int, repeats: int) -> Floats:
    drawn = chance.integers(0, n, (repeats, n - 1), dtype=np.uint16) + (np.arange(repeats) * n)[:, None]
    times = np.bincount(drawn.ravel(), minlength=repeats * n).reshape(repeats, n)
    counted: Floats = times.astype(np.float64) @ sums
    return counted
