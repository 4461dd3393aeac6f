"""The call indicators that are ratios of counts, each written once. Pure: counts in, shares out.

``counts`` carries the names of ``docs/marts.md``; every function gives ``None`` where the denominator is zero,
which pages show as a dash. Ratios are of sums: add up counts first (``Counts.__add__``), divide afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import N_

DEFAULT = "service_level.short_abandons_removed"


@dataclass(frozen=True, slots=True)
class Counts:
    """A answered, B abandoned, R redirected; A_T, B_T within the threshold; B_S abandoned at once."""

    answered: int = 0
    abandoned: int = 0
    redirected: int = 0
    answered_in_t: int = 0
    abandoned_in_t: int = 0
    short_abandons: int = 0
    wait_answered_seconds: float = 0.0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Counts:
        """From a row of ``marts.agg_queue_interval`` or of sums over it; what is missing or null counts as nothing."""
        return cls(
            answered=int(row.get("answered") or 0),
            abandoned=int(row.get("abandoned") or 0),
            redirected=int(row.get("redirected") or 0),
            answered_in_t=int(row.get("answered_in_t") or 0),
            abandoned_in_t=int(row.get("abandoned_in_t") or 0),
            short_abandons=int(row.get("short_abandons") or 0),
            wait_answered_seconds=float(row.get("wait_answered_seconds") or 0.0),
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.answered + other.answered,
            self.abandoned + other.abandoned,
            self.redirected + other.redirected,
            self.answered_in_t + other.answered_in_t,
            self.abandoned_in_t + other.abandoned_in_t,
            self.short_abandons + other.short_abandons,
            self.wait_answered_seconds + other.wait_answered_seconds,
        )

    @property
    def offered(self) -> int:
        return self.answered + self.abandoned + self.redirected


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def abandons_in_time_count(c: Counts) -> float | None:
    """Who gave up within the threshold was not failed."""
    return _share(c.answered_in_t + c.abandoned_in_t, c.answered + c.abandoned)


def answered_only(c: Counts) -> float | None:
    """Of those who got through."""
    return _share(c.answered_in_t, c.answered)


def strict(c: Counts) -> float | None:
    """Every caller who gave up counts against us."""
    return _share(c.answered_in_t, c.answered + c.abandoned)


def early_abandons_ignored(c: Counts) -> float | None:
    """Who gave up within the threshold is left out."""
    return _share(c.answered_in_t, c.answered + c.abandoned - c.abandoned_in_t)


def short_abandons_count(c: Counts) -> float | None:
    """Who gave up at once counts as served."""
    return _share(c.answered_in_t + c.short_abandons, c.answered + c.abandoned)


def short_abandons_removed(c: Counts) -> float | None:
    """Who gave up at once is left out: the default."""
    return _share(c.answered_in_t, c.answered + c.abandoned - c.short_abandons)


def answer_rate(c: Counts) -> float | None:
    """接通率: of everybody who came into the queue."""
    return _share(c.answered, c.offered)


def abandon_rate(c: Counts) -> float | None:
    """放弃率 without those who gave up at once."""
    return _share(c.abandoned - c.short_abandons, c.offered - c.short_abandons)


def abandon_rate_all(c: Counts) -> float | None:
    return _share(c.abandoned, c.offered)


def asa(c: Counts) -> float | None:
    """平均应答速度 in seconds: the mean wait of those answered."""
    return _share(c.wait_answered_seconds, c.answered)


@dataclass(frozen=True, slots=True)
class Indicator:
    """``expression`` is what pages show beside the figure, so that nobody has to guess which definition it is."""

    id: str
    name: str
    expression: str
    of: Callable[[Counts], float | None]
    unit: str = "share"


INDICATORS: Mapping[str, Indicator] = {
    one.id: one
    for one in (
        Indicator(
            "service_level.abandons_in_time_count",
            N_("Service level (abandons in time count)"),
            "(A_T + B_T) / (A + B)",
            abandons_in_time_count,
        ),
        Indicator("service_level.answered_only", N_("Service level (answered only)"), "A_T / A", answered_only),
        Indicator("service_level.strict", N_("Service level (strict)"), "A_T / (A + B)", strict),
        Indicator(
            "service_level.early_abandons_ignored",
            N_("Service level (early abandons ignored)"),
            "A_T / (A + B − B_T)",
            early_abandons_ignored,
        ),
        Indicator(
            "service_level.short_abandons_count",
            N_("Service level (short abandons count)"),
            "(A_T + B_S) / (A + B)",
            short_abandons_count,
        ),
        Indicator(DEFAULT, N_("Service level"), "A_T / (A + B − B_S)", short_abandons_removed),
        Indicator("answer_rate", N_("Answer rate"), "A / O", answer_rate),
        Indicator("abandon_rate", N_("Abandon rate"), "(B − B_S) / (O − B_S)", abandon_rate),
        Indicator("abandon_rate.all", N_("Abandon rate (all)"), "B / O", abandon_rate_all),
        Indicator("asa", N_("Average speed of answer"), "Σ wait of answered / A", asa, "seconds"),
    )
}
