"""Space-time scan: which places had more reports at a time than the places and the times bring by themselves. Pure.

The space-time permutation statistic of Kulldorff and others (PLoS Medicine 2005): it needs the reports alone, no number
of customers, and neither a place with many leaks nor a hard winter is a cluster by itself. Probabilities by permuting
the times among the places, with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo_analysis.points import Floats
from geo_analysis.significance import log_likelihood_ratio

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PERMUTATIONS = 999
MOST_RINGS = 5
# A cluster that holds more than half of all is not one place.
LARGEST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Cylinder:
    """A cell with ``rings`` of cells around it, from step ``first`` to step ``last`` (both included)."""

    centre: int
    rings: int
    first: int
    last: int
    observed: int
    expected: float
    ratio: float
    p: float = 1.0


@dataclass(frozen=True, slots=True)
class ScanRule:
    """``longest`` is in steps; with ``prospective`` only cylinders that reach the last step are looked at."""

    rings: int = 3
    longest: int = 3
    prospective: bool = False
    fewest: int = 3
    permutations: int = PERMUTATIONS
    seed: int = 1
    most: int = 20


def discs(neighbours: csr_array, rings: int) -> list[csr_array]:
    """Which cells lie within 0, 1, … rings of each, as 0/1 matrices."""
    from scipy.sparse import csr_array as sparse
    from scipy.sparse import eye_array

    wide = sparse(eye_array(neighbours.shape[0], format="csr"))
    step = sparse(wide + neighbours)
    found = [wide]
    for _ in range(rings):
        wide = sparse(wide @ step)
        wide.data[:] = 1.0
        found.append(wide)
    return found


def space_time_scan(
    cell: npt.NDArray[np.int64], step: npt.NDArray[np.int64], neighbours: csr_array, steps: int, rule: ScanRule
) -> list[Cylinder]:
    """Clusters that do not overlap in space, the least likely first. ``cell`` and ``step`` are those of each report."""
    from scipy.sparse import vstack

    busy = np.flatnonzero(np.bincount(cell, minlength=neighbours.shape[0]))
    circles = discs(neighbours, rule.rings)
    stacked = vstack([each[busy] for each in circles], format="csr")
    total = float(len(cell))
    in_space = stacked @ np.bincount(cell, minlength=neighbours.shape[0]).astype(np.float64)
    in_time = np.bincount(step, minlength=steps).astype(np.float64)
    small = in_space <= LARGEST_SHARE * total
    found = _candidates(stacked, cell, step, steps, in_space, in_time, small, rule)
    best = _apart(found, circles, busy, rule.most)
    if not best:
        return []
    needed = _needed(in_space, in_time, small, total, min(one.ratio for one in best), rule)
    chance = np.random.default_rng(rule.seed)
    highest = np.array(
        [_highest(stacked, cell, chance.permutation(step), steps, needed, rule) for _ in range(rule.permutations)]
    )
    return [replace(one, p=float((np.sum(highest >= one.ratio - 1e-9) + 1) / (rule.permutations + 1))) for one in best]


def _windows(counts: Floats, in_time: Floats, rule: ScanRule) -> Iterator[tuple[int, Floats, Floats]]:
    """Length, counts of each disc by last step, and reports of the whole area in those steps."""
    steps = len(in_time)
    summed = np.concatenate((np.zeros((len(counts), 1)), counts.cumsum(axis=1)), axis=1)
    whole = np.concatenate(([0.0], in_time.cumsum()))
    for length in range(1, min(rule.longest, steps - 1) + 1):
        ends = slice(steps, steps + 1) if rule.prospective else slice(length, steps + 1)
        begins = slice(steps - length, steps - length + 1) if rule.prospective else slice(0, steps + 1 - length)
        yield length, summed[:, ends] - summed[:, begins], whole[ends] - whole[begins]


def _table(stacked: csr_array, cell: npt.NDArray[np.int64], step: npt.NDArray[np.int64], steps: int) -> Floats:
    cells = stacked.shape[1]
    flat = np.bincount(cell * steps + step, minlength=cells * steps).reshape(cells, steps).astype(np.float64)
    return np.asarray(stacked @ flat, np.float64)


@dataclass(frozen=True, slots=True)
class _Needed:
    """Of windows of one length: what is expected, and how many it takes to be as unusual as the least of the clusters.
    What does not reach it changes no probability."""

    expected: Floats
    fewest: Floats


def _needed(
    in_space: Floats, in_time: Floats, small: npt.NDArray[np.bool_], total: float, ratio: float, rule: ScanRule
) -> dict[int, _Needed]:
    found = {}
    for length, _, whole in _windows(np.zeros((len(in_space), len(in_time))), in_time, rule):
        expected = in_space[:, None] * whole[None, :] / total
        low, high = expected.copy(), np.full_like(expected, total)
        for _ in range(40):
            middle = (low + high) / 2
            enough = log_likelihood_ratio(middle, expected, total) >= ratio - 1e-9
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        fewest = np.maximum(np.ceil(high - 1e-6), rule.fewest)
        found[length] = _Needed(expected, np.where(small[:, None], fewest, np.inf).astype(np.float32))
    return found


def _highest(
    stacked: csr_array, cell: npt.NDArray[np.int64], step: npt.NDArray[np.int64], steps: int,
    needed: Mapping[int, _Needed], rule: ScanRule,
) -> float:  # fmt: skip
    """The greatest ratio of a shuffled map; 0 where nothing is as unusual as the least of the clusters."""
    counts = _table(stacked, cell, step, steps)
    total, best = float(len(cell)), 0.0
    for length, inside, _ in _windows(counts, np.zeros(steps), rule):
        chosen = inside >= needed[length].fewest
        if chosen.any():
            ratio = log_likelihood_ratio(inside[chosen], needed[length].expected[chosen], total)
            best = max(best, float(ratio.max()))
    return best


def _candidates(
    stacked: csr_array, cell: npt.NDArray[np.int64], step: npt.NDArray[np.int64], steps: int,
    in_space: Floats, in_time: Floats, small: npt.NDArray[np.bool_], rule: ScanRule,
) -> list[tuple[float, int, int, int, float, float]]:  # fmt: skip
    """The best window of each disc: ratio, disc, first step, last step, observed, expected."""
    counts = _table(stacked, cell, step, steps)
    total = float(len(cell))
    best: dict[int, tuple[float, int, int, int, float, float]] = {}
    for length, inside, whole in _windows(counts, in_time, rule):
        expected = in_space[:, None] * whole[None, :] / total
        ratio = log_likelihood_ratio(inside, expected, total)
        ratio[(inside < rule.fewest) | ~small[:, None]] = 0.0
        at = ratio.argmax(axis=1)
        for disc in np.flatnonzero(ratio[np.arange(len(ratio)), at] > 0):
            column = int(at[disc])
            value = float(ratio[disc, column])
            first = steps - length if rule.prospective else column
            if value > best.get(int(disc), (0.0,))[0]:
                best[int(disc)] = (
                    value, int(disc), first, first + length - 1,
                    float(inside[disc, column]), float(expected[disc, column]),
                )  # fmt: skip
    return sorted(best.values(), key=lambda one: (-one[0], one[1]))


def _apart(
    found: list[tuple[float, int, int, int, float, float]],
    circles: list[csr_array],
    busy: npt.NDArray[np.int64],
    most: int,
) -> list[Cylinder]:
    taken: set[int] = set()
    kept: list[Cylinder] = []
    for ratio, disc, first, last, observed, expected in found:
        rings, centre = disc // len(busy), int(busy[disc % len(busy)])
        circle = circles[rings]
        members = set(circle.indices[circle.indptr[centre] : circle.indptr[centre + 1]].tolist())
        if taken.isdisjoint(members):
            taken |= members
            kept.append(Cylinder(centre, rings, first, last, int(observed), expected, ratio))
        if len(kept) == most:
            break
    return kept
