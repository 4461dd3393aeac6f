"""Grades and ranks of totals. Pure.

Equal totals share a rank and a grade. In a forced distribution the places of the best grades are filled by rank, and
who shares a rank shares the better grade, also where it has then one place more than its share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from typing import Literal, TypeAlias

from kpi.scoring.curves import STRICT


@dataclass(frozen=True, slots=True)
class GradeBands:
    """Each of ``bands`` is a grade and the total from which it is given, best first; the last one takes the rest."""

    __pydantic_config__ = STRICT
    bands: tuple[tuple[str, float], ...]
    kind: Literal["bands"] = "bands"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _from in self.bands)


@dataclass(frozen=True, slots=True)
class ForcedShares:
    """Each of ``shares`` is a grade and its share of the people in per cent, the best first; 100 in all."""

    __pydantic_config__ = STRICT
    shares: tuple[tuple[str, float], ...]
    kind: Literal["forced"] = "forced"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _share in self.shares)


Grades: TypeAlias = GradeBands | ForcedShares


def rounded(total: float, digits: int = 2) -> float:
    """Half up, as people round; what arithmetic leaves behind the ninth digit is no half."""
    exact = Decimal(repr(round(total, 9)))
    return float(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def ranks(totals: Sequence[float | None]) -> list[int | None]:
    """1, 2, 2, 4: as many as are better, and one. Who has no total has no rank."""
    known = sorted((total for total in totals if total is not None), reverse=True)
    first: dict[float, int] = {}
    for place, total in enumerate(known, 1):
        first.setdefault(total, place)
    return [None if total is None else first[total] for total in totals]


def graded(grades: Grades, totals: Sequence[float | None]) -> list[str | None]:
    """One group's grades, in the order of its totals."""
    if isinstance(grades, GradeBands):
        return [None if total is None else _of_band(grades, total) for total in totals]
    places = ranks(totals)
    n = sum(place is not None for place in places)
    ends = [int(rounded(n * share / 100.0, 0)) for share in accumulate(share for _name, share in grades.shares)]
    return [None if place is None else _of_place(grades, ends, place) for place in places]


def worse(grades: Grades, one: str, other: str) -> str:
    names = grades.names
    return max(one, other, key=names.index)


def _of_band(grades: GradeBands, total: float) -> str:
    return next((name for name, least in grades.bands if total >= least), grades.names[-1])


def _of_place(grades: ForcedShares, ends: Sequence[int], place: int) -> str:
    return next((name for name, end in zip(grades.names, ends, strict=True) if place <= end), grades.names[-1])
