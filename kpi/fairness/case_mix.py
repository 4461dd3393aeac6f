"""What the same work would have been for everybody together: indirect standardisation. Pure.

Each thing counted lies in a stratum (its category, district and hour). Expected of somebody is what the own things
would have made at the rate of their strata, all people together. A stratum with less than ``LEAST`` things, or of one
place alone, is no comparison: what lies in such is put together in the next coarser one, at last in one for all. So
what is expected of all together is what all together made.

The standardised value is observed / expected × the value of all together, so that it keeps its unit and a curve fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpi.fairness.bootstrap import Units

Floats = NDArray[np.float64]
# Things in a stratum that are enough for a rate.
LEAST = 50


@dataclass(frozen=True, slots=True)
class Cases:
    """Things counted of all places, those alike in one row: ``alike`` of them with such a numerator and denominator.
    ``strata``: the number of each one's stratum, from the finest division to the coarsest."""

    places: Sequence[str]
    place: NDArray[np.intp]
    numerator: Floats
    denominator: Floats
    alike: NDArray[np.int64]
    strata: Sequence[NDArray[np.intp]]


@dataclass(frozen=True, slots=True)
class Standardised:
    """Of one place: ``expected`` is the numerator that its things would have made, ``reference`` the value of all."""

    observed: float
    expected: float
    reference: float

    @property
    def value(self) -> float:
        # Nothing is expected only where nobody has anything.
        return self.observed / self.expected * self.reference if self.expected > 0 else 0.0


def reference(cases: Cases) -> float:
    """The value of all together; nought where nothing was counted."""
    whole = float(cases.alike @ cases.denominator)
    return float(cases.alike @ cases.numerator) / whole if whole > 0 else 0.0


def expected(cases: Cases, least: int = LEAST) -> Floats:
    """Of each row, for one of its things."""
    found = np.zeros(len(cases.place))
    left = np.arange(len(cases.place))
    everybody = np.zeros(len(cases.place), dtype=np.intp)
    for n, level in enumerate((*cases.strata, everybody)):
        code = level[left]
        size = int(code.max(initial=-1)) + 1
        alike = cases.alike[left]
        whole = np.bincount(code, alike * cases.denominator[left], size)
        rate = np.divide(
            np.bincount(code, alike * cases.numerator[left], size), whole, out=np.zeros(size), where=whole > 0
        )
        enough = (np.bincount(code, alike, size) >= least) & (_places(code, cases.place[left], size) > 1)
        if n == len(cases.strata):
            enough[:] = True
        taken = enough[code]
        found[left[taken]] = cases.denominator[left[taken]] * rate[code[taken]]
        left = left[~taken]
    return found


def standardised(cases: Cases, least: int = LEAST) -> dict[str, Standardised]:
    """Of every place where anything was counted."""
    size, of_all = len(cases.places), reference(cases)
    observed = np.bincount(cases.place, cases.alike * cases.numerator, size)
    hoped = np.bincount(cases.place, cases.alike * expected(cases, least), size)
    whole = np.bincount(cases.place, cases.alike * cases.denominator, size)
    return {
        name: Standardised(float(observed[n]), float(hoped[n]), of_all)
        for n, name in enumerate(cases.places)
        if whole[n] > 0
    }


def units_of(kind: str, cases: Cases, places: Sequence[str], least: int = LEAST) -> Units:
    """To draw standardised values anew: the rates of the strata stay, since they are of all people together."""
    index = {name: n for n, name in enumerate(places)}
    place = np.array([index.get(name, -1) for name in cases.places], dtype=np.intp)[cases.place]
    known = place >= 0
    sums = np.stack([cases.numerator * reference(cases), expected(cases, least)], axis=1)
    return Units(kind, places, place[known], sums[known], cases.alike[known])


def _places(code: NDArray[np.intp], place: NDArray[np.intp], size: int) -> NDArray[np.int64]:
    """How many different places each stratum has."""
    pairs = np.unique(np.stack([code, place], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=size)
