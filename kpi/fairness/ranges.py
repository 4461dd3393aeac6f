"""What totals and ranks the data allow, and when one of two people is proven better. Pure.

Every line's figure is drawn anew a thousand times (``bootstrap``), scored by its curve and added up like the real ones.
A value or a total lies between the borders of the middle 95 % of its draws, widened to what was found.

A rank lies between one more than the people who are proven better and as many as are not proven worse. Proven is a
difference of totals that is more than its standard error (of the draws, in which common lines cancel out) times z; z is
chosen so that with 95 % no one of the comparisons of one person with all others errs (Šidák 1967). These are the
confidence sets for a rank of Mogstad, Romano, Shaikh and Wilhelm (2024), with normal limits. The middle 95 % of drawn
ranks (Goldstein and Spiegelhalter 1996) are shorter, and of sixty equal people nearly always call somebody better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from kpi.scoring.columns import columns_of, totals_of
from kpi.scoring.scheme import Scheme
from kpi.scoring.score import ScoreRange, TotalScore, ValueRange

Floats = NDArray[np.float64]
# Of a hundred ranges, so many hold.
LEVEL = 0.95
# Two totals that are closer than what is shown of them are the same.
LEAST = 0.005


def proven(better: TotalScore, other: TotalScore) -> bool:
    """Whether the data show the first to be better than the second: both of one group, their ranges apart."""
    mine, theirs = better.allowed, other.allowed
    if better.group != other.group or mine is None or theirs is None:
        return False
    return mine.rank_high is not None and theirs.rank_low is not None and mine.rank_high < theirs.rank_low


def carried(before: TotalScore, after: TotalScore) -> TotalScore:
    """The score after a correction with the ranges from before it: that of the total moved along, ranks widened to the
    new one. What was corrected by decision has no chance of its own."""
    known = before.allowed
    if known is None or after.total is None or after.rank is None or known.rank_low is None or known.rank_high is None:
        return after
    off = after.total - (before.total or 0.0)
    total = None if known.total is None else ValueRange(max(0.0, known.total.low + off), known.total.high + off)
    lines = tuple(
        limits if one.figure == other.figure else None
        for limits, one, other in zip(known.lines, before.lines, after.lines, strict=True)
    )
    ranks = min(known.rank_low, after.rank), max(known.rank_high, after.rank)
    return replace(after, allowed=ScoreRange(total, *ranks, lines))


def with_ranges(scheme: Scheme, scores: Sequence[TotalScore], drawn: Sequence[Floats | None]) -> list[TotalScore]:
    """Each with what the data allow. ``drawn``: of each line everybody's values, by person and repeat; ``None`` for
    what nobody draws, such as what people write down."""
    values, counted = columns_of(scheme.lines, [[line.figure for line in one.lines] for one in scores])
    columns = [given[:, None] if new is None else new for given, new in zip(values, drawn, strict=True)]
    repeats = max((new.shape[1] for new in drawn if new is not None), default=1)
    unknown = np.any([counts & np.isnan(new).any(axis=1) for counts, new in zip(counted, columns, strict=True)], axis=0)
    # Of whom nothing is known the others see what was found.
    columns = [np.where(unknown[:, None], given[:, None], new) for given, new in zip(values, columns, strict=True)]
    totals = np.broadcast_to(totals_of(scheme.lines, columns, counted), (len(scores), repeats))
    lines = [_limits(new, given) if new is not None else None for new, given in zip(drawn, values, strict=True)]
    of_totals = _limits(totals, np.array([np.nan if one.total is None else one.total for one in scores]))
    of_ranks = _ranks(scores, totals, unknown)
    return [
        replace(
            one,
            allowed=ScoreRange(
                None if unknown[n] else of_totals[n],
                *of_ranks[n],
                tuple(None if line is None or not counted[k, n] else line[n] for k, line in enumerate(lines)),
            ),
        )
        for n, one in enumerate(scores)
    ]


def _limits(drawn: Floats, found: Floats) -> list[ValueRange | None]:
    """Of each row, with what was found inside."""
    low, high = _middle(drawn)
    low, high = np.minimum(low, found), np.maximum(high, found)
    known = ~(np.isnan(low) | np.isnan(high))
    return [
        ValueRange(*limits) if is_known else None
        for is_known, *limits in zip(known.tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def _middle(drawn: Floats) -> tuple[Floats, Floats]:
    """The order statistics that leave ``(1 − LEVEL) / 2`` of the draws outside on each side; NaN where one is."""
    repeats = drawn.shape[1]
    off = int(repeats * (1.0 - LEVEL) / 2.0)
    sorted_there = np.partition(drawn, sorted({off, repeats - 1 - off, repeats - 1}), axis=1)
    # NaN is sorted to the end.
    lost = np.isnan(sorted_there[:, -1])
    return (
        np.where(lost, np.nan, sorted_there[:, off]),
        np.where(lost, np.nan, sorted_there[:, repeats - 1 - off]),
    )


def _ranks(
    scores: Sequence[TotalScore], totals: Floats, unknown: NDArray[np.bool_]
) -> list[tuple[int | None, int | None]]:
    found: list[tuple[int | None, int | None]] = [(None, None)] * len(scores)
    for group in dict.fromkeys(one.group for one in scores):
        members = [n for n, one in enumerate(scores) if one.group == group and one.rank is not None]
        if not members:
            continue
        better = _proven(np.array([scores[n].total for n in members], dtype=np.float64), totals[members])
        better[unknown[members], :] = better[:, unknown[members]] = False
        for n, behind, ahead in zip(members, better.sum(axis=1).tolist(), better.sum(axis=0).tolist(), strict=True):
            found[n] = (1 + ahead, len(members) - behind)
    return found


def _proven(found: Floats, drawn: Floats) -> NDArray[np.bool_]:
    """Whether the row's is more than the column's, for certain."""
    others = max(1, len(found) - 1)
    z = NormalDist().inv_cdf((1.0 + LEVEL ** (1.0 / others)) / 2.0)
    off = drawn - drawn.mean(axis=1, keepdims=True)
    shared = off @ off.T / max(1, drawn.shape[1] - 1)
    alone = np.diag(shared)
    # What arithmetic leaves where all is shared is no spread.
    variance = np.maximum(0.0, alone[:, None] + alone[None, :] - 2.0 * shared)
    more: NDArray[np.bool_] = found[:, None] - found[None, :] > z * np.sqrt(variance) + LEAST
    return more
