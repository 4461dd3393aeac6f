"""Totals of many at once, line by line in arrays: for what-if, and for figures that were drawn anew. Pure.

The rules are those of ``score``, whose totals these are; a test holds both together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpi.scoring.curves import FULL, Bonus, Deduction, Veto, points_at
from kpi.scoring.scheme import SchemeLine
from kpi.scoring.score import LineValue, instead_of, line_state

Floats = NDArray[np.float64]


def columns_of(lines: Sequence[SchemeLine], figures: Sequence[Sequence[LineValue]]) -> tuple[Floats, NDArray[np.bool_]]:
    """Of each line (first) and person (second) the value, NaN without one, and whether it counts."""
    shape = len(lines), len(figures)
    values = np.array(
        [[np.nan if one[n].value is None else one[n].value for one in figures] for n in range(len(lines))],
        dtype=np.float64,
    ).reshape(shape)
    counted = np.array(
        [[line_state(line, one[n]) == "counted" for one in figures] for n, line in enumerate(lines)], dtype=np.bool_
    ).reshape(shape)
    return values, counted


def totals_of(
    lines: Sequence[SchemeLine],
    values: Sequence[Floats],
    counted: NDArray[np.bool_],
    effects: Sequence[float] | None = None,
) -> Floats:
    """Rounded; NaN where nothing could be judged. ``values`` of a line are of any shape whose first axis is the
    people; ``counted`` of line and person holds for all of a person's. ``effects``: points of appeals."""
    people = counted.shape[1]
    more = (1,) * (max((one.ndim for one in values), default=1) - 1)
    weights, added, extra = np.zeros((people, *more)), np.zeros((people, *more)), np.zeros((people, *more))
    struck: Any = np.zeros((people, *more), dtype=np.bool_)
    for line, given, counts in zip(lines, values, counted, strict=True):
        real = counts.reshape(people, *more)
        if isinstance(line.curve, Veto):
            if line.curve.effect == "nought":
                struck = struck | (real & line.curve.strikes_any(given))
            continue
        scores = np.where(real, points_at(line.curve, given), np.nan)
        if line.weight:
            otherwise = instead_of(line)
            included = real | (otherwise is not None)
            weights = weights + np.where(included, line.weight, 0.0)
            added = added + np.where(real, line.weight * scores, line.weight * (otherwise or 0.0) * included)
        elif isinstance(line.curve, Deduction | Bonus):
            extra = extra + np.where(real, scores - FULL, 0.0)
    whole = np.where(weights > 0, weights, np.nan)
    totals = np.where(struck & (weights > 0), 0.0, np.maximum(0.0, added / whole + extra))
    if effects is not None:
        totals = np.maximum(0.0, totals + np.reshape(effects, (people, *more)))
    return rounded_all(totals)


def rounded_all(totals: Floats) -> Floats:
    """As ``grades.rounded``: half up to two digits; what arithmetic leaves behind the ninth is no half."""
    return np.floor(np.round(np.round(totals, 9) * 100.0, 7) + 0.5) / 100.0
